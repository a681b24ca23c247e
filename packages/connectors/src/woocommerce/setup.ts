import type {
  SetupContext,
  SetupDefinition,
  SetupPlan,
  SetupState,
  SetupStep,
} from '@backhaul/sdk/connector'
import { TerminalError } from '@backhaul/sdk/connector'
import { z } from 'zod'
import type { Config } from './config.ts'
import { type ShopWebhook, shopWebhook } from './shapes.ts'
import { Shop } from './shop.ts'
import { webhookName } from './webhook-names.ts'
import { topics } from './webhooks.ts'

type Context = SetupContext<Config>

/**
 * Has the shop call the hub: a webhook for each topic, by name, with an address and a secret of ours. One that
 * WooCommerce has disabled is switched on again; its count of failures stays until a delivery succeeds.
 */
export const setup: SetupDefinition<Config> = {
  async plan(context) {
    const known = await readWebhooks(new Shop(context))
    return { steps: topics.map((topic) => look(context, known, topic)) }
  },

  async apply(context, onStep) {
    const { webhooks } = context
    const { webhookSecret } = context.config
    if (webhooks === null || webhookSecret === undefined) return setup.plan(context)
    const shop = new Shop(context)
    const known = await readWebhooks(shop)
    const isAllWell = topics.every((topic) => look(context, known, topic).state === 'present')
    // A new address replaces that of every topic, so that it is asked for only where one is needed.
    const areAddressesWell = topics.every((topic) => hasAddress(context, known, topic))
    const addressOf = areAddressesWell ? null : await webhooks.renew()
    const steps: SetupStep[] = []
    for (const topic of topics) {
      const own = ownOf(context, known, topic)
      if (!isAllWell) {
        const address = addressOf?.(topic) ?? own?.delivery_url ?? ''
        await mend(shop, own, { name: webhookName(context.connectionId, topic), topic, address })
      }
      const step = stepOf(topic, 'present', 'The shop calls the hub.')
      onStep(step)
      steps.push(step)
    }
    return { steps }
  },

  async remove(context, onStep): Promise<SetupPlan> {
    const shop = new Shop(context)
    const known = await readWebhooks(shop)
    const steps: SetupStep[] = []
    for (const topic of topics) {
      const own = ownOf(context, known, topic)
      if (own !== undefined) {
        const query = { force: 'true' }
        await shop.write('DELETE', `/webhooks/${own.id}`, { query, schema: z.unknown() })
      }
      const step = stepOf(topic, 'missing', 'The shop calls the hub no more.')
      onStep(step)
      steps.push(step)
    }
    return { steps }
  },
}

function readWebhooks(shop: Shop): Promise<ShopWebhook[]> {
  return shop.readAll('/webhooks', z.array(shopWebhook))
}

function ownOf(
  { connectionId }: Context,
  known: readonly ShopWebhook[],
  topic: string,
): ShopWebhook | undefined {
  const name = webhookName(connectionId, topic)
  return known.find((one) => one.name === name)
}

function hasAddress(context: Context, known: readonly ShopWebhook[], topic: string): boolean {
  const own = ownOf(context, known, topic)
  return own !== undefined && context.webhooks?.isCurrent(topic, own.delivery_url) === true
}

function look(context: Context, known: readonly ShopWebhook[], topic: string): SetupStep {
  const own = ownOf(context, known, topic)
  if (context.webhooks === null) {
    return stepOf(topic, 'by_hand', 'The hub has no public address that the shop could call.')
  }
  if (context.config.webhookSecret === undefined) {
    return stepOf(topic, 'by_hand', 'Configure `webhookSecret` first: 32 random characters.')
  }
  if (own === undefined) return stepOf(topic, 'missing', 'The shop does not call the hub.')
  if (own.status !== 'active') {
    const detail = `Webhook ${own.id} is ${own.status}: WooCommerce does so after some failures.`
    return stepOf(topic, 'differs', detail)
  }
  return hasAddress(context, known, topic)
    ? stepOf(topic, 'present', `Webhook ${own.id} calls the hub.`)
    : stepOf(topic, 'differs', `Webhook ${own.id} calls an address that is not the hub's.`)
}

function stepOf(topic: string, state: SetupState, detail: string): SetupStep {
  const key = `webhook-${topic.replaceAll(/[^a-z]+/g, '-')}`
  return { key, title: `Webhook ${topic}`, state, detail }
}

async function mend(
  shop: Shop,
  own: ShopWebhook | undefined,
  { name, topic, address }: { readonly name: string; readonly topic: string; address: string },
): Promise<void> {
  const { webhookSecret: secret } = shop.config
  if (secret === undefined) throw new TerminalError({ code: 'NOT_CONFIGURED' })
  const body = { name, topic, delivery_url: address, secret, status: 'active' }
  const schema = z.looseObject({ id: z.int() })
  if (own === undefined) await shop.write('POST', '/webhooks', { body, schema })
  else await shop.write('PUT', `/webhooks/${own.id}`, { body, schema })
}
