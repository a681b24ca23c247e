import { secret } from '@backhaul/sdk/connector'
import { z } from 'zod'
import { returnAddresses } from '../return-address.ts'
import { parcelSize } from '../return-parcel.ts'

export const config = z.object({
  url: z
    .url({ protocol: /^https?$/ })
    .max(500)
    .default('https://api.easypost.com/v2')
    .describe('Address of the API, with its version.'),
  apiKey: secret(z.string().min(1).max(200)).describe(
    'Production key of the account; a test key makes labels that cost nothing and no carrier takes.',
  ),
  webhookSecrets: z
    .array(secret(z.string().min(16).max(500)))
    .max(2)
    .default([])
    .describe('What webhooks are signed with; two while one replaces the other.'),
  returnAddresses,
  parcel: parcelSize.describe('Weight and size of a usual parcel.'),
  carrierAccounts: z
    .array(z.string().regex(/^ca_[0-9a-f]{32}$/))
    .max(60)
    .default([])
    .describe('Carrier accounts that may carry returns (`ca_…`); all of the account when empty.'),
  services: z
    .array(z.string().regex(/^[A-Za-z0-9]+(:[A-Za-z0-9]+)?$/))
    .max(50)
    .default([])
    .describe(
      'Carriers, or services of them, in the order of preference: `USPS:GroundAdvantage`, `UPSDAP`. Empty: the cheapest.',
    ),
  labelFormat: z.enum(['PDF', 'PNG', 'ZPL']).default('PDF'),
  qrCode: z
    .boolean()
    .default(false)
    .describe('Ask USPS for a code that its counters print the label from, too.'),
  referencePrefix: z
    .string()
    .regex(/^[A-Za-z0-9_-]{0,20}$/)
    .default('')
    .describe('Before references; needed where two hubs share an account. Never change it.'),
  trackDays: z
    .int()
    .min(1)
    .max(90)
    .default(30)
    .describe('How old trackers may be for the poll to look at them.'),
  timeoutMs: z.int().min(1_000).max(60_000).default(30_000).describe('For one call.'),
})
export type Config = z.output<typeof config>
