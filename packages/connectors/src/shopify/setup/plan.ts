import type {
  SetupContext,
  SetupDefinition,
  SetupPlan,
  SetupState,
  SetupStep,
} from '@backhaul/sdk/connector'
import { z } from 'zod'
import { refuse, Shopify, userErrors } from '../client/shopify.ts'
import type { Config } from '../config.ts'
import { readdressMutation, subscribeMutation, unsubscribeMutation } from '../documents/writes.ts'
import { readInstallation, type Subscription } from './installation.ts'
import { hubTopic, type ShopifyTopic, shopifyTopics } from './topics.ts'

type Context = SetupContext<Config>
type OnStep = (step: SetupStep) => void

interface Wanted {
  readonly topic: ShopifyTopic
  readonly state: SetupState
  /** What there is for this connection; those of other connections are left alone. */
  readonly own: Subscription | undefined
}

/**
 * Subscriptions to what Shopify tells of returns. Shopify deletes one whose calls have failed eight times in a row:
 * `apply` makes it again, however often it is run.
 */
export const setup: SetupDefinition<Config> = { plan, apply, remove }

async function plan(context: Context): Promise<SetupPlan> {
  return { steps: (await look(context)).map(stepOf) }
}

async function look(context: Context): Promise<Wanted[]> {
  const { subscriptions } = await readInstallation(context)
  return shopifyTopics.map((topic) => {
    const own = subscriptions.find((one) => one.topic === topic && isOwn(context, one.uri))
    return { topic, own, state: stateOf(context, own) }
  })
}

/** The address of a connection has its name in front of the secret. */
function isOwn({ connectionId }: Context, uri: string): boolean {
  return uri.includes(`/webhooks/${connectionId}/`)
}

function stateOf({ webhooks }: Context, own: Subscription | undefined): SetupState {
  if (webhooks === null) return own === undefined ? 'by_hand' : 'unknown'
  if (own === undefined) return 'missing'
  return webhooks.isCurrent(hubTopic, own.uri) ? 'present' : 'differs'
}

const details: Readonly<Record<SetupState, string>> = {
  present: 'Shopify tells the hub.',
  missing: 'Nobody is told: never subscribed, or deleted by Shopify after calls that failed.',
  differs: 'Shopify tells an address that is no longer taken.',
  by_hand: 'The hub does not know at which address it can be reached: set publicUrl.',
  unknown: 'Whether its address is the one of now cannot be found out without publicUrl.',
}

function stepOf({ topic, state }: Wanted): SetupStep {
  return { key: keyOf(topic), title: `webhook ${topic}`, state, detail: details[state] }
}

function keyOf(topic: ShopifyTopic): string {
  return `webhook-${topic.toLowerCase().replaceAll('_', '-')}`
}

async function apply(context: Context, onStep: OnStep): Promise<SetupPlan> {
  const { webhooks } = context
  const before = await look(context)
  const isDone = before.every(({ state }) => state === 'present')
  if (webhooks === null || isDone) return { steps: before.map(stepOf) }
  // A new secret makes every address a new one, those that were right before as well.
  const addressOf = await webhooks.renew()
  const shopify = new Shopify(context)
  const uri = addressOf(hubTopic)
  for (const one of before) {
    await point(shopify, one, uri)
    onStep(stepOf({ ...one, state: 'present' }))
  }
  return plan(context)
}

const outcome = z.record(z.string(), z.looseObject({ userErrors }).nullable())

async function point(shopify: Shopify, { topic, own }: Wanted, uri: string): Promise<void> {
  const webhookSubscription = { uri, format: 'JSON' }
  const answer =
    own === undefined
      ? await shopify.write(subscribeMutation, { topic, webhookSubscription }, outcome)
      : await shopify.write(readdressMutation, { id: own.id, webhookSubscription }, outcome)
  for (const field of Object.values(answer)) {
    refuse(field?.userErrors ?? [], `the subscription to ${topic}`)
  }
}

async function remove(context: Context, onStep: OnStep): Promise<SetupPlan> {
  const shopify = new Shopify(context)
  for (const one of await look(context)) {
    if (one.own !== undefined) {
      const answer = await shopify.write(unsubscribeMutation, { id: one.own.id }, outcome)
      for (const field of Object.values(answer)) {
        refuse(field?.userErrors ?? [], `to end the subscription to ${one.topic}`)
      }
    }
    onStep({ ...stepOf({ ...one, state: 'missing' }), detail: 'Shopify tells the hub no more.' })
  }
  return plan(context)
}
