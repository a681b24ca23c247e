import { createHash } from 'node:crypto'
import { commandTypes, systemRoles } from '@backhaul/sdk/canonical'
import { type DeliveryDefinition, defineConnector, header, webhook } from '@backhaul/sdk/connector'
import { z } from 'zod'
import { type Config, config } from './config.ts'
import { sendRequest } from './send-request.ts'
import { markSecrets, verifyInbound } from './verify-inbound.ts'

const sent: DeliveryDefinition<Config> = {
  deliver: sendRequest,
  idempotency: { kind: 'native_key' },
}

/**
 * Any system that speaks a language of its own over HTTP: mapping documents say what its messages mean, and
 * how it is told something.
 *
 * In:  webhooks on any topic, and files; of any format that a mapping document reads.
 * Out: the requests that mapping documents make of commands.
 */
export default defineConnector({
  key: 'document',
  title: 'Any system, by mapping documents',
  sdkVersion: 1,
  config,
  roles: systemRoles.filter((role) => role !== 'hub'),
  limits: { timeoutMs: 30_000 },
  webhooks: {
    '*': webhook({
      format: 'bytes',
      payload: z.instanceof(Uint8Array),
      verify: verifyInbound,
      secretAddress: true,
      secrets: ({ inbound }: Config) => markSecrets(inbound),
      // A sender that names its messages says so in a header; another one's are known by their content.
      messageId: (body, { headers }) =>
        header(headers, 'webhook-id') ?? createHash('sha256').update(body).digest('hex'),
    }),
  },
  delivers: Object.fromEntries(commandTypes.map((type) => [type, sent])),
  deliversMapped: true,
})
