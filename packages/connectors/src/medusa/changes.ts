import type { PollDefinition, PolledMessage, PollPage, PollPull } from '@backhaul/sdk/connector'
import { z } from 'zod'
import { readChanges } from './changes-of-order.ts'
import { Shop } from './client.ts'
import type { Config } from './config.ts'
import { nextCursor, readCursor } from './cursor.ts'
import { receiptMessages, refundMessages, returnMessages } from './messages.ts'
import { type Order, order, orderFields, type ShopReturn, shopReturn } from './shapes.ts'

/** Orders on a page, at most: those whose goods came back cost a call more. */
const pageLimit = 50

/**
 * What became of orders: returns, receipts that people booked, refunds. Medusa tells nobody by itself.
 *
 * Orders are asked for, not returns: a return that stays `partially_received` is not modified when more of it comes,
 * and a refund is none of its affairs, while the order is modified by both (seen on 2.18.0).
 */
export const changes: PollDefinition<Config> = { everySeconds: 60, pull }

const orderPage = z.object({ orders: z.array(order) })
const returnPage = z.object({ returns: z.array(shopReturn), count: z.int() })

async function pull(page: PollPull<Config>): Promise<PollPage> {
  const { config, now } = page
  const shop = new Shop(page)
  const cursor = readCursor(page.cursor, { now, firstLookDays: config.firstLookDays })
  const limit = Math.min(page.limit, pageLimit)
  const { orders } = await shop.read('/orders', orderPage, [
    ['updated_at[$gte]', cursor.from],
    ['order', 'updated_at'],
    ['limit', String(limit)],
    ['offset', String(cursor.offset)],
    ['fields', orderFields],
  ])
  const returns = await readReturns(shop, orders)
  const messages: PolledMessage[] = []
  for (const one of orders) messages.push(...(await messagesOf(shop, one, returns)))
  const isFull = orders.length === limit
  const last = orders.at(-1)?.updated_at ?? null
  const overlapMs = config.overlapSeconds * 1_000
  const next = nextCursor(cursor, { last, read: orders.length, isFull, overlapMs })
  return { messages, cursor: JSON.stringify(next), hasMore: isFull }
}

async function readReturns(shop: Shop, orders: readonly Order[]): Promise<ShopReturn[]> {
  if (orders.length === 0) return []
  const all: ShopReturn[] = []
  for (;;) {
    const { returns, count } = await shop.read('/returns', returnPage, [
      ...orders.map(({ id }) => ['order_id[]', id] as const),
      ['fields', '*items,*items.reason'],
      ['order', 'created_at'],
      ['limit', '100'],
      ['offset', String(all.length)],
    ])
    all.push(...returns)
    if (returns.length === 0 || all.length >= count) return all
  }
}

async function messagesOf(
  shop: Shop,
  one: Order,
  all: readonly ShopReturn[],
): Promise<PolledMessage[]> {
  const { config } = shop
  const returns = all.filter(({ order_id: id }) => id === one.id)
  const isReceived = returns.some(({ items }) =>
    items.some((item) => (item.received_quantity ?? 0) + (item.damaged_quantity ?? 0) > 0),
  )
  const made = isReceived ? await readChanges(shop, one.id) : []
  return [
    ...returns.flatMap((known) => returnMessages(one, known, config)),
    ...returns.flatMap((known) => receiptMessages(one, { one: known, changes: made, config })),
    ...refundMessages(one, { returns, config }),
  ]
}
