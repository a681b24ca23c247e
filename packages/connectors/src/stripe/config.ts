import { secret } from '@backhaul/sdk/connector'
import { z } from 'zod'

export const config = z.object({
  apiKey: secret(z.string().min(1).max(500)).describe(
    'A restricted key with rights to write refunds and to read charges, payment intents and events.',
  ),
  account: z
    .string()
    .regex(/^acct_\w{1,60}$/)
    .optional()
    .describe('A connected account, for a platform.'),
  webhookSecrets: z
    .array(secret(z.string().min(1).max(500)))
    .max(2)
    .default([])
    .describe('Signing secret of the endpoint; two while one replaces the other.'),
  orderMetadata: z
    .string()
    .regex(/^\w{1,40}$/)
    .optional()
    .describe(
      'Key under which payments carry the number of the order, for returns whose payment is not known by its id.',
    ),
  reason: z
    .enum(['requested_by_customer', 'duplicate', 'fraudulent'])
    .default('requested_by_customer'),
  url: z
    .url({ protocol: /^https?$/ })
    .max(500)
    .default('https://api.stripe.com'),
})
export type Config = z.output<typeof config>
