import { type Headline, headlines } from '@backhaul/sdk/canonical'
import { secret } from '@backhaul/sdk/connector'
import { z } from 'zod'

const recordId = z.int().min(1)

/** The fields of tickets that returns are worked on with, by what they are for. */
const fields = z.object({
  caseNo: recordId.optional().describe('Text: the number of the return.'),
  status: recordId
    .optional()
    .describe('Drop-down: the state of the return, for views and reports.'),
  sentence: recordId.optional().describe('Text: the state of the return in a sentence.'),
  action: recordId.optional().describe('Drop-down: what the agent asks for: to start, to cancel.'),
  order: recordId.optional().describe('Number of the order.'),
  sku: recordId.optional().describe('What comes back.'),
  quantity: recordId.optional().describe('Whole number: how many come back.'),
  reason: recordId.optional().describe('Drop-down: why.'),
  resolution: recordId.optional().describe('Drop-down: what the customer wants for it.'),
})
export type FieldName = keyof z.output<typeof fields>

const shownStatus = z.union([
  z.enum(['open', 'pending', 'hold', 'solved']),
  z.object({ customStatus: recordId.describe('Id of a custom status.') }),
])
export type ShownStatus = z.output<typeof shownStatus>

const usualStatuses: Partial<Record<Headline, ShownStatus>> = {
  requested: 'open',
  info_needed: 'pending',
  exception_hold: 'open',
  authorized: 'pending',
  in_transit: 'pending',
  delivered: 'open',
  partially_received: 'open',
  received: 'open',
  in_inspection: 'open',
  inspected: 'open',
  approved: 'open',
  rejected: 'open',
  canceled: 'solved',
  expired: 'solved',
  refunded: 'solved',
  replaced: 'solved',
  repaired: 'solved',
  returned_to_customer: 'solved',
  closed: 'solved',
}

export const config = z.object({
  url: z
    .url({ protocol: /^https?$/ })
    .max(500)
    .describe('Address of the account, without a path: https://acme.zendesk.com.'),
  email: z
    .string()
    .min(3)
    .max(200)
    .optional()
    .describe('Of the agent whose API token it is; left out, the token is an OAuth access token.'),
  token: secret(z.string().min(1).max(1_000)).describe('API token or OAuth access token.'),
  webhookSecrets: z
    .array(secret(z.string().min(1).max(500)))
    .max(2)
    .default([])
    .describe('Signing secrets of the webhook; two while one replaces the other.'),
  fields: fields.default({}).describe('Ids of ticket fields; `backhaul zendesk setup` makes them.'),
  createTickets: z
    .enum(['when_missing', 'never'])
    .default('when_missing')
    .describe('Whether a return that no ticket is known of gets one.'),
  newTickets: z
    .object({
      groupId: recordId.optional(),
      brandId: recordId.optional(),
      formId: recordId.optional(),
      tags: z.array(z.string().min(1).max(80)).max(20).default(['return']),
    })
    .prefault({})
    .describe('What tickets are made with.'),
  statuses: z
    .partialRecord(z.enum(headlines), shownStatus)
    .default(usualStatuses)
    .describe(
      'Status of a ticket by the state of its return; one that is not named is left alone.',
    ),
  publicAt: z
    .array(z.enum(headlines))
    .default([])
    .describe('States that the customer is told by a public comment; all else are internal notes.'),
  quietAt: z
    .array(z.enum(headlines))
    .default([])
    .describe('States at which fields and status are set and no note is left.'),
})
export type Config = z.output<typeof config>
