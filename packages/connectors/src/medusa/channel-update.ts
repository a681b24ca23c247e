import type {
  Delivered,
  Delivery,
  DeliveryDefinition,
  ReadBackResult,
} from '@backhaul/sdk/connector'
import { z } from 'zod'
import { isOldNews, readTold, toldBy, writeTold } from '../told-news.ts'
import { cancelReturn, ensureReturn } from './authorize.ts'
import { bookIn } from './book-in.ts'
import { Shop } from './client.ts'
import type { Config } from './config.ts'
import { type Found, findReturn } from './find.ts'
import { keys, toldKey } from './marks.ts'
import { metadataText } from './shapes.ts'
import type { Told } from './told.ts'

type Update = Delivery<Config, 'channel.update'>

const over: ReadonlySet<string> = new Set(['rejected', 'canceled', 'expired'])

/**
 * `channel.update`: brings the return of the shop to where the case is (made, booked in, taken back), and writes
 * number, state and sentence into the order's metadata.
 *
 * Safe to repeat: each step reads first and does what is missing. The order's metadata comes last and holds what
 * the shop was told last; older news is told no more.
 *
 * @throws {RetryableError} ORDER_BUSY.
 * @throws {TerminalError} ORDER_NOT_FOUND, ITEM_NOT_FOUND.
 */
export const updateChannel: DeliveryDefinition<Config, 'channel.update'> = {
  deliver,
  idempotency: { kind: 'find_before_create', readBack },
}

async function deliver(delivery: Update): Promise<Delivered> {
  const { command } = delivery
  const shop = new Shop(delivery)
  const found = await findReturn(shop, command)
  if (isTold(found, delivery)) return delivered(found)
  const made = await follow(shop, found, delivery)
  const told: Told = command.body
  const metadata = {
    [keys.caseNo]: command.caseNo,
    [keys.caseId]: command.caseId,
    [keys.caseStatus]: told.headline,
    [keys.caseSentence]: told.sentence,
    [toldKey(command.caseNo)]: writeTold(toldBy(delivery)),
  }
  // What is not named stays: metadata is merged (tried on 2.18.0).
  await shop.write(`/orders/${found.order.id}`, { metadata }, z.object({ order: z.unknown() }))
  return delivered({ order: found.order, made })
}

async function follow(shop: Shop, found: Found, delivery: Update): Promise<Found['made']> {
  const { command } = delivery
  const told: Told = command.body
  if (over.has(told.headline)) {
    if (found.made !== null) await cancelReturn(shop, found.made)
    return found.made
  }
  const made = await ensureReturn(shop, found, delivery)
  if (made === null) return null
  await bookIn(shop, { order: found.order, made }, { caseNo: command.caseNo, told })
  return made
}

async function readBack(delivery: Update): Promise<ReadBackResult> {
  const found = await findReturn(new Shop(delivery), delivery.command)
  if (!isTold(found, delivery)) return { state: 'absent' }
  return { state: 'applied', externalId: found.made?.id ?? found.order.id }
}

function isTold({ order }: Found, delivery: Update): boolean {
  const last = readTold(metadataText(order.metadata, toldKey(delivery.command.caseNo)))
  return isOldNews(last, toldBy(delivery))
}

function delivered({ order, made }: Found): Delivered {
  if (made === null) return { externalId: order.id }
  return { externalId: made.id, refs: [{ type: 'return', value: made.id }] }
}
