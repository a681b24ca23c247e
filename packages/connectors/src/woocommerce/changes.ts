import type { PollDefinition, PolledMessage, PollPage, PollPull } from '@backhaul/sdk/connector'
import { z } from 'zod'
import type { Config } from './config.ts'
import { nextCursor, readCursor } from './cursor.ts'
import { refundMessage } from './refund-message.ts'
import { isRequested, requestMessages, requestRefOf } from './request-message.ts'
import { note, type Order, order, orderFields, refund } from './shapes.ts'
import { Shop } from './shop.ts'

/** Orders on a page, at most: each may cost a call or two more. */
const pageLimit = 50

/**
 * What became of orders: returns that are asked for, and refunds. The webhooks of a shop are only a hint for this:
 * they tell how an order stands when they are sent, are never repeated, and stop after a few failures.
 *
 * `orderby=modified` and `modified_after` with `dates_are_gmt`: WooCommerce 5.8 and later.
 */
export const changes: PollDefinition<Config> = { everySeconds: 120, pull }

async function pull(page: PollPull<Config>): Promise<PollPage> {
  const { config, now } = page
  const shop = new Shop(page)
  const cursor = readCursor(page.cursor, { now, firstLookDays: config.firstLookDays })
  const limit = Math.min(page.limit, pageLimit)
  const orders = await shop.read('/orders', z.array(order), {
    modified_after: gmt(cursor.after),
    dates_are_gmt: 'true',
    orderby: 'modified',
    order: 'asc',
    per_page: String(limit),
    page: String(cursor.page),
    _fields: orderFields,
  })
  const messages: PolledMessage[] = []
  for (const one of orders) messages.push(...(await messagesOf(shop, one)))
  const last = orders.at(-1)
  const isFull = orders.length === limit
  const next = nextCursor(cursor, {
    last: last === undefined ? null : secondOf(last.date_modified_gmt),
    isFull,
    overlapSeconds: config.overlapSeconds,
  })
  return { messages, cursor: JSON.stringify(next), hasMore: isFull }
}

async function messagesOf(shop: Shop, one: Order): Promise<PolledMessage[]> {
  const { config } = shop
  const path = `/orders/${one.id}`
  // Notes are only asked for where a return may be hidden in them.
  const mayBeNoted = config.requests.note !== undefined && !isRequested(one, config)
  const notes = mayBeNoted ? await shop.read(`${path}/notes`, z.array(note)) : []
  const refunds =
    one.refunds.length > 0 ? await shop.readAll(`${path}/refunds`, z.array(refund)) : []
  const requestRef = requestRefOf(one, { config, notes })
  const inOrder = refunds.toSorted((a, b) => a.id - b.id)
  return [
    ...requestMessages(one, { config, notes }),
    ...inOrder.map((made) => refundMessage(one, { refund: made, config, requestRef })),
  ]
}

function gmt(second: number): string {
  return new Date(second * 1_000).toISOString().slice(0, 19)
}

function secondOf(time: string): number {
  return Math.floor(Date.parse(`${time}Z`) / 1_000)
}
