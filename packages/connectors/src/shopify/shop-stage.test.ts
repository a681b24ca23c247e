import { after } from 'node:test'
import type { CommandType } from '@backhaul/sdk/canonical'
import type { Delivered, Delivery, GuardedFetch, PolledMessage } from '@backhaul/sdk/connector'
import { noDial } from '@backhaul/sdk/testing'
import { type ShopifyDouble, type ShopifyOptions, startShopify } from '@backhaul/simulator'
import { directFetch } from '../../test-odoo/connection.ts'
import { type Config, config } from './config.ts'
import shopify from './index.ts'
import type { ToldLine } from './returns/told.ts'

/** A shop with a connection to it, for tests. */
export interface ShopStage {
  readonly double: ShopifyDouble
  readonly config: Config
  /** One attempt, as the hub makes it. */
  readonly deliver: (
    type: 'channel.update' | 'refund.issue',
    body: object,
    changes?: { readonly key?: string; readonly fetch?: GuardedFetch },
  ) => Promise<Delivered>
  readonly readBack: (type: 'channel.update' | 'refund.issue', body: object) => Promise<string>
  /** Everything that a poll tells from a cursor on. */
  readonly poll: (
    name: 'changes' | 'open-returns',
    cursor?: string | null,
  ) => Promise<{ readonly messages: readonly PolledMessage[]; readonly cursor: string | null }>
  readonly clock: { now: Date }
}

export const caseNo = 'RMA-000123-7'

async function openStage(settings: object = {}, options: ShopifyOptions = {}): Promise<ShopStage> {
  const clock = { now: new Date('2026-11-20T09:00:00Z') }
  // A clock that stands still fills no bucket.
  const bucket = { maximumAvailable: 1_000_000, restoreRate: 100 }
  const double = await startShopify({ now: () => clock.now, bucket, ...options })
  const parsed = config.parse({
    url: double.url,
    clientSecret: 'client-secret',
    accessToken: 'shpat_lasting',
    ...settings,
  })
  const deliveryOf = (type: CommandType, body: object, changes: object = {}) => ({
    config: parsed,
    command: {
      type,
      caseId: '01920000-0000-7000-8000-000000000001',
      caseNo,
      caseVersion: 3,
      occurredAt: clock.now.toISOString(),
      body,
    },
    idempotencyKey: 'case-1:1:command',
    attempt: 1,
    signal: new AbortController().signal,
    fetch: directFetch,
    dial: noDial,
    now: clock.now,
    ...changes,
  })
  const stage: ShopStage = {
    double,
    config: parsed,
    clock,
    deliver(type, body, { key = 'case-1:1:command', fetch: by = directFetch } = {}) {
      const delivery = deliveryOf(type, body, { idempotencyKey: key, fetch: by })
      return shopify.delivers[type]?.deliver(delivery as Delivery<unknown>) ?? Promise.reject()
    },
    async readBack(type, body) {
      const { idempotency } = shopify.delivers[type] ?? {}
      const read = await idempotency?.readBack?.(deliveryOf(type, body) as Delivery<unknown>)
      return read?.state ?? 'undetermined'
    },
    async poll(name, from = null) {
      const messages: PolledMessage[] = []
      let cursor = from
      for (;;) {
        const pull = {
          config: parsed,
          fetch: directFetch,
          dial: noDial,
          now: clock.now,
          cursor,
          limit: 100,
        }
        const page = await shopify.polls[name]?.pull({
          ...pull,
          signal: new AbortController().signal,
        })
        messages.push(...(page?.messages ?? []))
        cursor = page?.cursor ?? null
        if (!page?.hasMore) return { messages, cursor }
      }
    },
  }
  return stage
}

/** A stage for each test of a group, closed with it. */
export function stages(): (settings?: object, options?: ShopifyOptions) => Promise<ShopStage> {
  const open: ShopStage[] = []
  after(async () => {
    for (const { double } of open) await double.close()
  })
  return async (settings, options) => {
    const stage = await openStage(settings, options)
    open.push(stage)
    return stage
  }
}

/** A line of the case as `channel.update` tells it. */
export function toldLine(
  changes: Partial<Omit<ToldLine, 'axes'>> = {},
  axes: Partial<ToldLine['axes']> = {},
): ToldLine {
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
      transport: 'awaiting_label',
      receipt: 'expected',
      inspection: 'none',
      disposition: 'none',
      settlement: 'none',
      fulfillment: 'none',
      supplierRecovery: 'none',
      ...axes,
    },
    ...changes,
  }
}
