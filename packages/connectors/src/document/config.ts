import { secret } from '@backhaul/sdk/connector'
import { z } from 'zod'
import { inboundSchemes } from './verify-inbound.ts'

const headerName = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, 'a header name in lower case')
const headerValue = z.string().regex(/^[\x20-\x7e]{1,2000}$/, 'printable ASCII')
const inboundSecret = secret(z.string().min(24).max(500))

const inbound = z
  .object({
    scheme: z
      .enum(inboundSchemes)
      .default('address')
      .describe(
        'How what comes in is proved: by a secret in the address, in a header, or by a signature of one of these kinds.',
      ),
    secrets: z
      .array(inboundSecret)
      .max(4)
      .default([])
      .describe('Two while one replaces the other. For `address` the hub makes one itself.'),
  })
  .default({ scheme: 'address', secrets: [] })

const outbound = z.object({
  url: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .describe('What the paths of the mapping documents are below of.'),
  headers: z
    .record(headerName, secret(headerValue))
    .default({})
    .describe('Sent along with every request, for example an API key.'),
  idempotencyHeader: headerName
    .default('idempotency-key')
    .describe('The header that carries the key under which the system recognizes a repeat.'),
  timeoutMs: z.int().min(100).max(30_000).default(15_000),
})

export const config = z.object({
  inbound,
  outbound: outbound.optional().describe('Left out: the system is only listened to.'),
})
export type Config = z.output<typeof config>
