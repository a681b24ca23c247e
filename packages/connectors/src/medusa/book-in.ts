import { z } from 'zod'
import { begin, ownPending, unitsOf } from './changes-of-order.ts'
import type { Shop } from './client.ts'
import { changeNote } from './marks.ts'
import { itemOf } from './match-lines.ts'
import type { Order, OrderChange, ReturnItem, ShopReturn } from './shapes.ts'
import { bookedIn, type Told } from './told.ts'

interface Move {
  readonly id: string
  readonly quantity: number
}

interface Moves {
  readonly received: readonly Move[]
  readonly dismissed: readonly Move[]
}

/**
 * Books in what the warehouse has decided: `receive-items` restocks, `dismiss-items` does not. What is to be booked in
 * all is compared with what is there, and with what an attempt before has begun, so that nothing is booked twice. Above
 * what was asked for nothing is booked: the shop takes no more.
 *
 * @throws {RetryableError} ORDER_BUSY.
 */
export async function bookIn(
  shop: Shop,
  { order, made }: { readonly order: Order; readonly made: ShopReturn },
  { caseNo, told }: { readonly caseNo: string; readonly told: Told },
): Promise<void> {
  if (made.status === 'open' || made.status === 'canceled') return
  const wanted = movesOf(shop, { order, made, told })
  if (isNothing(wanted)) return
  const pending = await ownPending(shop, made, 'return_receive')
  if (pending === null) {
    const body = { internal_note: changeNote(caseNo) }
    await begin(shop, order.id, () => shop.write(`/returns/${made.id}/receive`, body, z.unknown()))
  }
  const left = pending === null ? wanted : without(wanted, pending)
  await add(shop, `/returns/${made.id}/receive-items`, left.received)
  await add(shop, `/returns/${made.id}/dismiss-items`, left.dismissed)
  const body = { no_notification: !shop.config.notifyCustomer }
  await shop.write(`/returns/${made.id}/receive/confirm`, body, z.unknown())
}

async function add(shop: Shop, path: string, items: readonly Move[]): Promise<void> {
  if (items.length > 0) await shop.write(path, { items }, z.unknown())
}

function isNothing({ received, dismissed }: Moves): boolean {
  return received.length === 0 && dismissed.length === 0
}

function movesOf(
  { config }: Shop,
  { order, made, told }: { readonly order: Order; readonly made: ShopReturn; readonly told: Told },
): Moves {
  const moves = (told.lines ?? []).flatMap((line) => {
    const item = itemOf(line, { items: made.items, bought: order.items })
    if (item === null) return []
    const goal = bookedIn(line, config)
    const dismissed = within(goal.dismissed - (item.damaged_quantity ?? 0), roomOf(item))
    const received = within(goal.received - (item.received_quantity ?? 0), roomOf(item) - dismissed)
    return [{ id: item.item_id, received, dismissed }]
  })
  return {
    received: moves.flatMap(({ id, received }) => moved(id, received)),
    dismissed: moves.flatMap(({ id, dismissed }) => moved(id, dismissed)),
  }
}

function roomOf({ quantity, received_quantity, damaged_quantity }: ReturnItem): number {
  return quantity - (received_quantity ?? 0) - (damaged_quantity ?? 0)
}

function within(units: number, room: number): number {
  return Math.max(0, Math.min(units, room))
}

function moved(id: string, quantity: number): Move[] {
  return quantity > 0 ? [{ id, quantity }] : []
}

function without({ received, dismissed }: Moves, pending: OrderChange): Moves {
  const rest = (moves: readonly Move[], action: string) =>
    moves.flatMap(({ id, quantity }) => moved(id, quantity - unitsOf(pending, action, id)))
  return {
    received: rest(received, 'RECEIVE_RETURN_ITEM'),
    dismissed: rest(dismissed, 'RECEIVE_DAMAGED_RETURN_ITEM'),
  }
}
