import { secret } from '@backhaul/sdk/connector'
import { isVerifyingSecret } from '@backhaul/sdk/signing'
import { z } from 'zod'

export const config = z.object({
  url: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .refine(isBare, 'without user name, password, query and fragment')
    .describe('What the paths of the contract are below of.'),
  token: secret(z.string().regex(/^[\x21-\x7e]{16,500}$/, '16 to 500 printable signs')).describe(
    'Sent as `Authorization: Bearer`.',
  ),
  nextToken: secret(z.string().regex(/^[\x21-\x7e]{16,500}$/, '16 to 500 printable signs'))
    .optional()
    .describe('Taken when `token` is refused, so that one can replace the other without a gap.'),
  inboundSecrets: z
    .array(
      secret(z.string().refine(isVerifyingSecret, 'whsec_ and 24 to 64 bytes in base64, or whpk_')),
    )
    .max(4)
    .default([])
    .describe(
      'Verify what the warehouse sends: `whsec_…` or a public key `whpk_…`. None: it is only asked.',
    ),
  warehouses: z
    .record(z.string().min(1).max(64), z.string().min(1).max(64))
    .default({})
    .describe("The warehouse's own names of the hub's warehouses, where they differ."),
  asksForEvents: z
    .boolean()
    .default(true)
    .describe('Off for a warehouse that sends its events and keeps none to be asked for.'),
  timeoutMs: z.int().min(100).max(30_000).default(15_000).describe('For one call.'),
})
export type Config = z.output<typeof config>

/** Zod asks this of a text that is no URL as well, to report all that is wrong at once. */
function isBare(text: string): boolean {
  if (!URL.canParse(text)) return true
  const { username, password, search, hash } = new URL(text)
  return [username, password, search, hash].every((part) => part === '')
}
