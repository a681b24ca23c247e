import type {
  Delivered,
  Delivery,
  DeliveryDefinition,
  ReadBackResult,
} from '@backhaul/sdk/connector'
import { z } from 'zod'
import { isOldNews, readTold, toldBy, writeTold } from '../told-news.ts'
import type { Config } from './config.ts'
import { findOrder } from './find-order.ts'
import { keys, toldKey } from './marks.ts'
import { metaText, note, type Order } from './shapes.ts'
import { Shop } from './shop.ts'

type Update = Delivery<Config, 'channel.update'>

/**
 * `channel.update`: a note in the order, to the customer or for the shop's people as `notes` says, and the number and
 * the state of the return in the order's meta.
 *
 * Safe to repeat: the order keeps what it was told last, and a note ends in the mark of its news. It is written after
 * the note, and older news than it is told no more.
 *
 * @throws {TerminalError} ORDER_NOT_FOUND.
 */
export const updateChannel: DeliveryDefinition<Config, 'channel.update'> = {
  deliver,
  idempotency: { kind: 'find_before_create', readBack },
}

async function deliver(delivery: Update): Promise<Delivered> {
  const { config, command } = delivery
  const shop = new Shop(delivery)
  const order = await findOrder(shop, command.body)
  if (isTold(order, delivery)) return { externalId: String(order.id) }
  const { headline } = command.body
  const audience = audienceOf(config, headline)
  if (audience !== 'none' && !(await isNoted(shop, order, delivery))) {
    await shop.write('POST', `/orders/${order.id}/notes`, {
      body: { note: textOf(delivery), customer_note: audience === 'customer' },
      schema: note,
    })
  }
  const { caseId, caseNo } = command
  const status = statusOf(config, headline)
  await shop.write('PUT', `/orders/${order.id}`, {
    body: {
      ...(status === null || status === order.status ? {} : { status }),
      meta_data: [
        { key: keys.caseNo, value: caseNo },
        { key: keys.caseId, value: caseId },
        { key: keys.caseStatus, value: headline },
        { key: toldKey(caseNo), value: writeTold(toldBy(delivery)) },
      ],
    },
    schema: z.looseObject({ id: z.int() }),
  })
  return { externalId: String(order.id) }
}

async function readBack(delivery: Update): Promise<ReadBackResult> {
  const shop = new Shop(delivery)
  const order = await findOrder(shop, delivery.command.body)
  return isTold(order, delivery)
    ? { state: 'applied', externalId: String(order.id) }
    : { state: 'absent' }
}

function isTold(order: Order, delivery: Update): boolean {
  const last = readTold(metaText(order.meta_data, toldKey(delivery.command.caseNo)))
  return isOldNews(last, toldBy(delivery))
}

function audienceOf({ notes }: Config, headline: string): 'customer' | 'private' | 'none' {
  const byHeadline: Readonly<Record<string, 'customer' | 'private' | 'none'>> = notes
  return byHeadline[headline] ?? byHeadline['*'] ?? 'private'
}

function statusOf({ orderStatuses }: Config, headline: string): string | null {
  const byHeadline: Readonly<Record<string, string>> = orderStatuses
  return byHeadline[headline] ?? byHeadline['*'] ?? null
}

/** By this a note of ours is known again, whatever a plugin makes of its text. */
function markOf(delivery: Update): string {
  return `[${delivery.command.caseNo} ${toldBy(delivery).mark}]`
}

function textOf(delivery: Update): string {
  const { customerText, sentence } = delivery.command.body
  return `${customerText ?? sentence} ${markOf(delivery)}`
}

async function isNoted(shop: Shop, order: Order, delivery: Update): Promise<boolean> {
  const notes = await shop.read(`/orders/${order.id}/notes`, z.array(note))
  return notes.some((one) => one.note.includes(markOf(delivery)))
}
