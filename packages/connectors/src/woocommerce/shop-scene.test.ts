import assert from 'node:assert/strict'
import { afterEach, beforeEach } from 'node:test'
import type { CommandBody } from '@backhaul/sdk/canonical'
import type { Delivered, Delivery, PolledMessage } from '@backhaul/sdk/connector'
import { noDial } from '@backhaul/sdk/testing'
import { startWoocommerce, type WoocommerceDouble } from '@backhaul/simulator'
import { directFetch } from '../../test-odoo/connection.ts'
import { type Config, config } from './config.ts'
import woocommerce from './index.ts'

/* A shop of our own for each test, and the ways in which its tests look at it and speak to it. */

const consumerKey = 'ck_0123456789abcdef'
const consumerSecret = 'cs_0123456789abcdef'
export const webhookSecret = 'the-shop-and-the-hub-share-this'
export const caseNo = 'RMA-000001-7'
const caseId = '01920000-0000-7000-8000-000000000001'

export let shop: WoocommerceDouble
let clockMs: number
export const now = () => new Date(clockMs)
export const wait = (seconds: number) => {
  clockMs += seconds * 1_000
}

beforeEach(async () => {
  clockMs = Date.parse('2026-11-23T09:00:00Z')
  shop = await startWoocommerce({ now, consumerKey, consumerSecret })
})
afterEach(() => shop.close())

export function configured(changes: object = {}): Config {
  return config.parse({ url: shop.url, consumerKey, consumerSecret, webhookSecret, ...changes })
}

/** A pump, and two hoses without a SKU. */
export function bought(): { readonly id: number; readonly items: readonly number[] } {
  return shop.people.placeOrder({
    lines: [
      { sku: 'PUMP-12V', quantity: 2, totalMinor: 10_000, taxMinor: 1_900 },
      { sku: '', name: 'Hose', quantity: 1, totalMinor: 2_000 },
    ],
  })
}

export async function look(changes: object = {}, from: string | null = null) {
  const messages: PolledMessage[] = []
  const { changes: poll } = woocommerce.polls
  let cursor = from
  for (;;) {
    const page = await poll?.pull({
      config: configured(changes),
      fetch: directFetch,
      dial: noDial,
      signal: new AbortController().signal,
      cursor,
      limit: 2,
      now: now(),
    })
    assert.ok(page)
    // The hub drops what it has read already by its id.
    const known = new Set(messages.map(({ messageId }) => messageId))
    messages.push(...page.messages.filter(({ messageId }) => !known.has(messageId)))
    cursor = page.cursor
    if (!page.hasMore) return { messages, cursor }
  }
}

export function deliveryOf<T extends 'channel.update' | 'refund.issue'>(
  type: T,
  body: CommandBody<T>,
  changes: { readonly version?: number; readonly config?: object } = {},
): Delivery<unknown> {
  return {
    config: configured(changes.config),
    command: {
      type,
      caseId,
      caseNo,
      caseVersion: changes.version ?? 3,
      occurredAt: now().toISOString(),
      body,
    },
    idempotencyKey: `${caseId}:${type}:${changes.version ?? 1}`,
    attempt: 1,
    signal: new AbortController().signal,
    fetch: directFetch,
    dial: noDial,
    now: now(),
  }
}

export function tell(
  order: number | string,
  changes: Parameters<typeof deliveryOf>[2] & object = {},
) {
  const target = [{ system: 'shop', type: 'return', value: String(order) }]
  const body = { target, headline: 'received', sentence: 'Received 2 of 2.' }
  return deliver(deliveryOf('channel.update', body, changes))
}

export function payBack(order: number, amount: string, changes: object = {}): Delivery<unknown> {
  const body = {
    target: [{ system: 'shop', type: 'return', value: String(order) }],
    refundId: 'F-1',
    creditId: 'C-1',
    method: 'card_refund' as const,
    amount: { amount, currency: 'EUR' },
  }
  return deliveryOf('refund.issue', body, changes)
}

export async function deliver(delivery: Delivery<unknown>): Promise<Delivered> {
  const definition = woocommerce.delivers[delivery.command.type]
  assert.ok(definition)
  return definition.deliver(delivery)
}

export async function readBack(delivery: Delivery<unknown>): Promise<string | undefined> {
  return (await woocommerce.delivers[delivery.command.type]?.idempotency.readBack?.(delivery))
    ?.state
}

/** What a message says, as its document reads it. */
export function bodyOf<Body>(message: PolledMessage | undefined): Body {
  assert.ok(message)
  return message.body as Body
}
