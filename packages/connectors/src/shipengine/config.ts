import { secret } from '@backhaul/sdk/connector'
import { z } from 'zod'
import { returnAddresses } from '../return-address.ts'
import { parcelSize } from '../return-parcel.ts'

const seId = z.string().regex(/^se(-[a-z0-9]+)+$/, 'an id such as se-123456')

export const config = z.object({
  url: z
    .url({ protocol: /^https?$/ })
    .max(500)
    .default('https://api.shipstation.com/v2')
    .describe(
      'Address of the API, with its version; https://api.shipengine.com/v1 for ShipEngine.',
    ),
  apiKey: secret(z.string().min(1).max(200)).describe(
    'Key of the account; `TEST_…` in the sandbox.',
  ),
  webhookKeys: z
    .array(secret(z.string().min(100).max(20_000)))
    .max(2)
    .default([])
    .describe(
      'What https://api.shipengine.com/jwks answers (a JWKS): the public keys of what webhooks are signed with.',
    ),
  returnAddresses: returnAddresses.refine(
    (addresses) => Object.values(addresses).every(({ phone }) => phone !== undefined),
    'each needs a telephone number: no label is made without one',
  ),
  parcel: parcelSize.describe('Weight and size of a usual parcel.'),
  carrierId: seId.describe('Carrier of the account that carries returns.'),
  serviceCode: z
    .string()
    .regex(/^[a-z0-9]+(_[a-z0-9-]+)*$/)
    .describe('Its service, such as `usps_ground_advantage`; one that has return labels.'),
  chargeEvent: z
    .enum(['carrier_default', 'on_creation', 'on_carrier_acceptance'])
    .default('carrier_default')
    .describe('When a label is paid for; on acceptance only where the carrier has agreed to it.'),
  labelFormat: z.enum(['pdf', 'png', 'zpl']).default('pdf'),
  qrCode: z
    .boolean()
    .default(false)
    .describe('Have a code made in place of a label, for carriers that print it at the counter.'),
  referencePrefix: z
    .string()
    .regex(/^[A-Za-z0-9_-]{0,10}$/)
    .default('')
    .describe('Before references; needed where two hubs share an account. Never change it.'),
  trackDays: z
    .int()
    .min(1)
    .max(90)
    .default(30)
    .describe('How old labels may be for the poll to look at their parcels.'),
  timeoutMs: z.int().min(1_000).max(60_000).default(30_000).describe('For one call.'),
})
export type Config = z.output<typeof config>
