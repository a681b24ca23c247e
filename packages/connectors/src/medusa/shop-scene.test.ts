import assert from 'node:assert/strict'
import { afterEach, beforeEach } from 'node:test'
import type { CommandBody } from '@backhaul/sdk/canonical'
import type { Delivered, Delivery, PolledMessage } from '@backhaul/sdk/connector'
import { noDial } from '@backhaul/sdk/testing'
import { type MedusaDouble, startMedusa } from '@backhaul/simulator'
import { directFetch } from '../../test-odoo/connection.ts'
import { type Config, config } from './config.ts'
import medusa from './index.ts'
import type { ToldLine } from './told.ts'

/* A shop of our own for each test, and the ways in which its tests look at it and speak to it. */

const secretKey = 'sk_0123456789abcdef'
export const caseNo = 'RMA-000001-7'
const caseId = '01920000-0000-7000-8000-000000000001'

export let shop: MedusaDouble
let clockMs: number
export const now = () => new Date(clockMs)
export const wait = (seconds: number) => {
  clockMs += seconds * 1_000
}

beforeEach(async () => {
  clockMs = Date.parse('2026-11-23T09:00:00Z')
  shop = await startMedusa({ now, secretKey })
})
afterEach(() => shop.close())

export function configured(changes: object = {}): Config {
  return config.parse({ url: shop.url, secretKey, location: 'sloc_1', ...changes })
}

/** Three pumps for 178.50. */
export function bought() {
  return shop.people.placeOrder({ lines: [{ sku: 'PUMP-12V', quantity: 3, totalMinor: 17_850 }] })
}

export async function look(from: string | null = null) {
  const messages: PolledMessage[] = []
  let cursor = from
  for (;;) {
    const page = await medusa.polls['changes']?.pull({
      config: configured(),
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
      caseVersion: changes.version ?? 1,
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

/** A line of two pumps that may come back. */
export function line(changes: Partial<ToldLine> = {}): ToldLine {
  return {
    lineNo: 1,
    product: { sku: 'PUMP-12V' },
    unit: 'EA',
    requested: '2',
    authorized: '2',
    received: '0',
    accepted: '0',
    rejected: '0',
    credited: '0',
    axes: {
      authorization: 'approved',
      transport: 'none',
      receipt: 'none',
      inspection: 'none',
      disposition: 'none',
      settlement: 'none',
      fulfillment: 'none',
      supplierRecovery: 'none',
    },
    ...changes,
  }
}

export function news(
  order: { readonly displayId: number },
  {
    headline = 'authorized',
    lines = [line()],
    version = 1,
    config: given = {},
  }: { headline?: string; lines?: ToldLine[]; version?: number; config?: object } = {},
): Delivery<unknown> {
  const about = { company: 'main', orderRefs: [String(order.displayId)] }
  const body = { about, headline, sentence: 'So it stands.', lines }
  return deliveryOf('channel.update', body, { version, config: given })
}

export function payBack(order: { readonly displayId: number }, amount: string, currency = 'EUR') {
  const about = { company: 'main', orderRefs: [String(order.displayId)] }
  const money = { amount, currency }
  const refund = { refundId: 'F-1', creditId: 'C-1', method: 'card_refund' as const }
  return deliveryOf('refund.issue', { about, ...refund, amount: money })
}

export async function deliver(delivery: Delivery<unknown>): Promise<Delivered> {
  const definition = medusa.delivers[delivery.command.type]
  assert.ok(definition)
  return definition.deliver(delivery)
}

export async function readBack(delivery: Delivery<unknown>): Promise<string | undefined> {
  return (await medusa.delivers[delivery.command.type]?.idempotency.readBack?.(delivery))?.state
}

/** State, and asked for, restocked and dismissed units of each item. */
export function returnsOf(order: { readonly id: string }) {
  return shop.shop
    .returnsOf(order.id)
    .map(({ status, items }) => [
      status,
      ...items.map(({ quantity, received, damaged }) => [quantity, received, damaged]),
    ])
}

/** What a message says, as its document reads it. */
export function bodyOf<Body>(message: PolledMessage | undefined): Body {
  assert.ok(message)
  return message.body as Body
}
