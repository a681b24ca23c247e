import { secret } from '@backhaul/sdk/connector'
import { z } from 'zod'

const name = z.string().min(1).max(100)

export const config = z.object({
  url: z
    .url({ protocol: /^https?$/ })
    .max(500)
    .default('https://api.hubapi.com')
    .describe('Of the API; another one only for tests.'),
  version: z
    .string()
    .regex(/^\d{4}-\d{2}(-beta)?$/)
    .default('2026-03')
    .describe('Version of the API, as it stands in its addresses.'),
  token: secret(z.string().min(1).max(500)).describe('Access token of the private app.'),
  clientSecrets: z
    .array(secret(z.string().min(24).max(200)))
    .max(2)
    .default([])
    .describe(
      'Client secret of the app, which signs webhooks. Two while one replaces the other; none: only polled.',
    ),
  pipeline: name
    .optional()
    .describe('Label or id of the pipeline for new tickets; the first one when left out.'),
  stages: z
    .record(z.string().min(1).max(40), name)
    .default({})
    .describe('Label or id of a stage by state of the return; `-` leaves the stage as it is.'),
  createTickets: z.boolean().default(true).describe('Whether a return without a ticket gets one.'),
  notes: z.boolean().default(true).describe('Whether each turn of the return is a note.'),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .default('USD')
    .describe('Of returns that agents start.'),
  overlapSeconds: z
    .int()
    .min(60)
    .max(3_600)
    .default(300)
    .describe('How far back a look reaches, for what the search finds late.'),
})
export type Config = z.output<typeof config>
