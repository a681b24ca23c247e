import { createHmac, randomUUID } from 'node:crypto'
import type { HttpDouble } from '../double/index.ts'
import { notFound, Refusal } from './refusal.ts'
import {
  gid,
  type ShopRefund,
  type ShopReturn,
  type ShopState,
  type ShopSubscription,
} from './shop-state.ts'

interface Sender {
  readonly secret: string
  readonly shopDomain: string
  readonly apiVersion: string
}

/**
 * Tells subscribers. A subscription whose calls have failed to the end is gone, and nobody hears of that
 * (shopify.dev, "HTTPS webhook delivery").
 */
export class WebhookNews {
  readonly #state: ShopState
  readonly #sender: Sender
  #webhooks: HttpDouble['webhooks'] | null = null

  constructor(state: ShopState, sender: Sender) {
    this.#state = state
    this.#sender = sender
  }

  open(webhooks: HttpDouble['webhooks']): void {
    this.#webhooks = webhooks
    webhooks.onGivenUp = (url) => this.#drop(({ uri }) => uri === url)
  }

  subscribe({ topic, uri }: { readonly topic: string; readonly uri: string }): ShopSubscription {
    this.#refuseTaken(topic, uri)
    const made = { id: this.#state.nextId(), topic, uri }
    this.#state.subscriptions.push(made)
    this.#listen(uri)
    return made
  }

  readdress(id: unknown, uri: string): ShopSubscription {
    const found = this.find(id)
    if (found.uri !== uri) this.#refuseTaken(found.topic, uri)
    found.uri = uri
    this.#listen(uri)
    return found
  }

  end(id: unknown): void {
    const found = this.find(id)
    this.#drop((one) => one === found)
  }

  find(id: unknown): ShopSubscription {
    const found = this.#state.subscriptions.find((one) => gid('WebhookSubscription', one.id) === id)
    if (found === undefined) throw notFound('Webhook subscription')
    return found
  }

  /** One event; a call of its own for each subscription. */
  tell(topic: string, body: object): void {
    const { shopDomain, apiVersion } = this.#sender
    const eventId = randomUUID()
    for (const one of this.#state.subscriptions) {
      if (one.topic !== topic) continue
      const headers = {
        'x-shopify-topic': topicInHeader(topic),
        'x-shopify-shop-domain': shopDomain,
        'x-shopify-api-version': apiVersion,
        'x-shopify-webhook-id': randomUUID(),
        'x-shopify-event-id': eventId,
        'x-shopify-triggered-at': this.#state.now().toISOString(),
      }
      this.#webhooks?.send({ body, headers, to: one.uri })
    }
  }

  #refuseTaken(topic: string, uri: string): void {
    const isTaken = this.#state.subscriptions.some((one) => one.topic === topic && one.uri === uri)
    if (!URL.canParse(uri)) throw new Refusal('Address is invalid', { field: ['uri'] })
    if (isTaken) {
      throw new Refusal('Address for this topic has already been taken', { field: ['uri'] })
    }
  }

  #listen(url: string): void {
    const { secret } = this.#sender
    const sign = (body: Buffer) => ({
      'x-shopify-hmac-sha256': createHmac('sha256', secret).update(body).digest('base64'),
    })
    this.#webhooks?.subscribe({ url, sign })
  }

  #drop(isGone: (one: ShopSubscription) => boolean): void {
    const { subscriptions } = this.#state
    const kept = subscriptions.filter((one) => !isGone(one))
    subscriptions.splice(0, subscriptions.length, ...kept)
  }
}

/** `RETURNS_REQUEST` -> `returns/request`; the last word is the verb. */
function topicInHeader(topic: string): string {
  const known: Readonly<Record<string, string>> = {
    REVERSE_DELIVERIES_ATTACH_DELIVERABLE: 'reverse_deliveries/attach_deliverable',
    REVERSE_FULFILLMENT_ORDERS_DISPOSE: 'reverse_fulfillment_orders/dispose',
  }
  return known[topic] ?? topic.toLowerCase().replace(/_([a-z]+)$/u, '/$1')
}

/** Ids and a status: no product, no currency, no customer. */
export function returnNews(one: ShopReturn): object {
  return {
    id: one.id,
    admin_graphql_api_id: gid('Return', one.id),
    status: one.status.toLowerCase(),
    order: { id: one.order.id, admin_graphql_api_id: gid('Order', one.order.id) },
    total_return_line_items: one.lines.length,
    return_line_items: one.lines.map(({ id, quantity, reason, of }) => ({
      id,
      admin_graphql_api_id: gid('ReturnLineItem', id),
      quantity,
      return_reason: reason.toLowerCase(),
      fulfillment_line_item: { id: of.id, line_item: { id: of.item.id } },
    })),
  }
}

export function refundNews(one: ShopRefund): object {
  return {
    id: one.id,
    admin_graphql_api_id: gid('Refund', one.id),
    order_id: one.order.id,
    created_at: one.at,
    note: one.note,
  }
}
