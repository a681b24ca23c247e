import { secret } from '@backhaul/sdk/connector'
import { z } from 'zod'
import { returnAddresses } from '../return-address.ts'
import { parcelSize } from '../return-parcel.ts'

export const config = z.object({
  url: z
    .url({ protocol: /^https?$/ })
    .max(500)
    .refine((text) => !text.endsWith('/'), 'without a path')
    .default('https://onlinetools.ups.com')
    .describe('https://wwwcie.ups.com for the integration environment.'),
  clientId: z.string().min(1).max(200).describe('Of the app at developer.ups.com.'),
  clientSecret: secret(z.string().min(1).max(200)),
  accountNumber: z
    .string()
    .regex(/^[A-Z0-9]{6}$/, 'six letters and digits')
    .describe('Shipper number that labels are billed to.'),
  webhookCredentials: z
    .array(secret(z.string().min(24).max(500)))
    .max(2)
    .default([])
    .describe('What was registered with UPS as the credential of Track Alert webhooks.'),
  returnAddresses,
  parcel: parcelSize.describe('Weight and size of a usual parcel.'),
  serviceCode: z
    .string()
    .regex(/^\d{2}$/)
    .default('03')
    .describe('03 Ground, 11 Standard (EU).'),
  returnService: z
    .enum(['8', '9'])
    .default('9')
    .describe('8 electronic return label, 9 print return label.'),
  description: z
    .string()
    .min(1)
    .max(35)
    .default('Returned goods')
    .describe('Of the merchandise: UPS makes no return label without one.'),
  referencePrefix: z
    .string()
    .regex(/^[A-Z0-9-]{0,10}$/)
    .default('')
    .describe('Before references; needed where two hubs share an account. Never change it.'),
  timeoutMs: z.int().min(1_000).max(60_000).default(30_000).describe('For one call.'),
})
export type Config = z.output<typeof config>
