import { type DeliveryError, RetryableError, TerminalError } from '@backhaul/sdk/connector'
import { z } from 'zod'
import type { Shop } from './client.ts'
import { isOurNote } from './marks.ts'
import { type OrderChange, orderChange, type ShopReturn } from './shapes.ts'

const changes = z.object({ order_changes: z.array(orderChange) })

/** What was changed of an order, oldest first. */
export async function readChanges(shop: Shop, orderId: string): Promise<OrderChange[]> {
  return (await shop.read(`/orders/${orderId}/changes`, changes)).order_changes
}

/**
 * What of a return was begun and not confirmed by us; null where nothing is under way.
 *
 * @throws {RetryableError} ORDER_BUSY: somebody else is at it, and an order takes one change at a time.
 */
export async function ownPending(
  shop: Shop,
  { id, order_id: orderId }: Pick<ShopReturn, 'id' | 'order_id'>,
  type: 'return_request' | 'return_receive',
): Promise<OrderChange | null> {
  const query = [['status', 'pending']] as const
  const found = await shop.read(`/orders/${orderId}/changes`, changes, query)
  const pending = found.order_changes.filter(({ status }) => status === 'pending')
  const own = pending.find(
    (one) => one.return_id === id && one.change_type === type && isOurNote(one.internal_note),
  )
  if (own === undefined && pending.length > 0) throw busy()
  return own ?? null
}

/** Units that a change moves of an item by an action. */
export function unitsOf({ actions }: OrderChange, action: string, item: string): number {
  return actions
    .filter((one) => one.action === action && one.details?.reference_id === item)
    .reduce((sum, { details }) => sum + (details?.quantity ?? 0), 0)
}

/**
 * Begins a change. A shop refuses a second one with the same words as anything else that is wrong, so whether the
 * order is busy is looked up.
 */
export async function begin<Result>(
  shop: Shop,
  orderId: string,
  act: () => Promise<Result>,
): Promise<Result> {
  try {
    return await act()
  } catch (error) {
    if (!(error instanceof TerminalError) || error.status !== 400) throw error
    const query = [['status', 'pending']] as const
    const found = await shop.read(`/orders/${orderId}/changes`, changes, query)
    throw found.order_changes.length > 0 ? busy() : error
  }
}

function busy(): DeliveryError {
  const reason = 'Somebody is changing the order, and it takes one change at a time.'
  return new RetryableError({ code: 'ORDER_BUSY', reason, retryAfterMs: 120_000 })
}
