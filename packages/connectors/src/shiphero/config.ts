import { secret } from '@backhaul/sdk/connector'
import { z } from 'zod'

const text = z.string().min(1).max(200)

/** What `return_create` wants of every return, whatever it is. */
const address = z.object({
  name: text,
  address1: text,
  address2: text.optional(),
  city: text,
  state: text,
  zip: text,
  country: z.string().regex(/^[A-Z]{2}$/, 'two capital letters'),
  phone: text.optional(),
})

export const config = z.object({
  url: z
    .url({ protocol: /^https?$/ })
    .max(500)
    .default('https://public-api.shiphero.com')
    .describe('Address of the public API, without a path.'),
  refreshToken: secret(z.string().min(10).max(5_000)).describe(
    'Of a user of the account; access tokens are made of it.',
  ),
  webhookSecrets: z
    .array(secret(z.string().min(8).max(500)))
    .max(4)
    .default([])
    .describe(
      'What `webhook_create` gave as shared_signature_secret; two while one replaces the other.',
    ),
  customerAccountId: text.optional().describe('Of the 3PL customer that is acted for.'),
  warehouses: z
    .record(z.string().min(1).max(64), text)
    .describe("Ids of the hub's warehouses; `*` for those that are not named."),
  address: address.describe('Stands in each return; no label is made with it.'),
  carrier: text.default('genericlabel').describe('Carrier of a return whose label the hub made.'),
  method: text.default('Generic Label').describe('Its method.'),
  dimensions: z
    .object({ weight: text, length: text, width: text, height: text })
    .default({ weight: '1', length: '1', width: '1', height: '1' })
    .describe('Of a parcel; it is needed, and means nothing where no label is made.'),
  canceledStatus: text
    .default('cancelled')
    .describe('The status that a canceled return is set to.'),
  timeoutMs: z.int().min(1_000).max(30_000).default(20_000).describe('For one call.'),
})
export type Config = z.output<typeof config>
