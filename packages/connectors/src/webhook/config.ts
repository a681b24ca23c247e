import { secret } from '@backhaul/sdk/connector'
import { isSigningSecret, isVerifyingSecret } from '@backhaul/sdk/signing'
import { z } from 'zod'

/** What we set ourselves, and what the HTTP client does. */
const reservedHeaders =
  /^(webhook-.*|content-.*|transfer-encoding|host|connection|upgrade|te|expect)$/

const headerName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, 'a header name in lower case')
  .refine((name) => !reservedHeaders.test(name), 'this header is set by the hub')

const headerValue = z
  .string()
  .regex(/^[\x21-\x7e]([\x20-\x7e]{0,1998}[\x21-\x7e])?$/, 'printable ASCII')

export const config = z.object({
  url: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .refine(hasNoCredentials, 'put credentials into `headers`, not into the URL')
    .describe('Where commands are posted to.'),
  signingSecret: secret(
    z.string().refine(isSigningSecret, 'whsec_ and 24 to 64 bytes in base64, or whsk_'),
  ).describe('Signs what we send: `whsec_…` (v1), or a private key `whsk_…` (v1a).'),
  inboundSecrets: z
    .array(
      secret(z.string().refine(isVerifyingSecret, 'whsec_ and 24 to 64 bytes in base64, or whpk_')),
    )
    .max(4)
    .default([])
    .describe(
      'Verify what we receive: `whsec_…` or a public key `whpk_…`. Two while one replaces the other; none: nothing is received.',
    ),
  headers: z
    .record(headerName, secret(headerValue))
    .default({})
    .describe('Sent along with every command, for example an API key of a gateway.'),
  timeoutMs: z
    .int()
    .min(100)
    .max(15_000)
    .optional()
    .describe('Gives an attempt up earlier than after 15 seconds.'),
})
export type Config = z.output<typeof config>

/** Zod asks this of a text that is no URL as well, to report all that is wrong at once. */
function hasNoCredentials(text: string): boolean {
  if (!URL.canParse(text)) return true
  const { username, password } = new URL(text)
  return username === '' && password === ''
}
