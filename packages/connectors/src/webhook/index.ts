import { commandTypes, systemRoles } from '@backhaul/sdk/canonical'
import {
  canonicalEvents,
  type DeliveryDefinition,
  defineConnector,
  header,
  webhook,
} from '@backhaul/sdk/connector'
import { standardWebhooks } from '@backhaul/sdk/signing'
import { type Config, config } from './config.ts'
import { postEvent } from './post-event.ts'

const posted: DeliveryDefinition<Config> = {
  deliver: postEvent,
  idempotency: { kind: 'native_key', header: 'webhook-id' },
}

/**
 * Any system that speaks the canonical language over HTTP.
 *
 * In:  webhook `canonical-events`: one CloudEvent or a batch, signed by Standard Webhooks.
 * Out: every command but `order.look_up`, as JSON, signed by Standard Webhooks. That one is a question, which a
 *      receiver could not answer in its response: who knows of the order says `order.recorded` by itself.
 * Source: Standard Webhooks 1.0.0, https://www.standardwebhooks.com, read 2026-11-23.
 */
export default defineConnector({
  key: 'webhook',
  title: 'Webhook',
  sdkVersion: 1,
  config,
  roles: systemRoles.filter((role) => role !== 'hub'),
  limits: { timeoutMs: 15_000 },
  webhooks: {
    'canonical-events': webhook({
      payload: canonicalEvents,
      verify: standardWebhooks.verify,
      secrets: ({ inboundSecrets }: Config) => inboundSecrets,
      messageId: (_events, { headers }) => header(headers, 'webhook-id') ?? '',
      interprets: 'canonical',
    }),
  },
  delivers: Object.fromEntries(
    commandTypes.filter((type) => type !== 'order.look_up').map((type) => [type, posted]),
  ),
})
