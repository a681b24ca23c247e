import { type Delivery, TerminalError } from '@backhaul/sdk/connector'
import { z } from 'zod'
import { begin, ownPending, unitsOf } from './changes-of-order.ts'
import type { Shop } from './client.ts'
import type { Config } from './config.ts'
import { type Found, readReturn } from './find.ts'
import { changeNote, keys } from './marks.ts'
import { boughtAs } from './match-lines.ts'
import { type Order, type ShopReturn, shopReturn } from './shapes.ts'
import { type Told, type ToldLine, whole } from './told.ts'

type Update = Delivery<Config, 'channel.update'>

const made = z.object({ return: shopReturn })

/**
 * Makes the return in the shop, where there is none and goods are to come: a draft with our number, its items, and the
 * request that makes it valid. Each step is looked for first, so that a half made one is finished.
 *
 * @returns the return; null where there is nothing to make.
 * @throws {TerminalError} ITEM_NOT_FOUND: the order has no such line.
 */
export async function ensureReturn(
  shop: Shop,
  { order, made: known }: Found,
  delivery: Update,
): Promise<ShopReturn | null> {
  if (known !== null && known.status !== 'open') return known
  const told: Told = delivery.command.body
  const lines = (told.lines ?? []).filter(({ authorized }) => whole(authorized) > 0)
  if (lines.length === 0 || !shop.config.createReturns) return known
  const draft = known ?? (await createDraft(shop, order, delivery))
  const pending = await ownPending(shop, draft, 'return_request')
  const missing = wantedItems(order, lines).filter(
    ({ id }) => pending === null || unitsOf(pending, 'RETURN_ITEM', id) === 0,
  )
  if (missing.length > 0) {
    await shop.write(`/returns/${draft.id}/request-items`, { items: missing }, z.unknown())
  }
  const { notifyCustomer } = shop.config
  const request = { no_notification: !notifyCustomer }
  await shop.write(`/returns/${draft.id}/request`, request, z.unknown())
  return readReturn(shop, draft.id)
}

async function createDraft(shop: Shop, order: Order, { command }: Update): Promise<ShopReturn> {
  const { location } = shop.config
  const body = {
    order_id: order.id,
    ...(location === undefined ? {} : { location_id: location }),
    internal_note: changeNote(command.caseNo),
    metadata: { [keys.caseNo]: command.caseNo, [keys.caseId]: command.caseId },
  }
  const answer = await begin(shop, order.id, () => shop.write('/returns', body, made))
  return answer.return
}

function wantedItems(order: Order, lines: readonly ToldLine[]) {
  return lines.map((line) => {
    const [item] = boughtAs(line, order.items)
    if (item === undefined) {
      const reason = `The order has no item that is line ${line.lineNo} of the return.`
      throw new TerminalError({ code: 'ITEM_NOT_FOUND', reason })
    }
    const quantity = whole(line.authorized)
    return { id: item.id, quantity, metadata: { line_no: line.lineNo } }
  })
}

/** Takes a return back of which nothing has come: the request of a draft, or the return itself. */
export async function cancelReturn(shop: Shop, known: ShopReturn): Promise<void> {
  const isTouched = known.items.some(
    ({ received_quantity: received, damaged_quantity: damaged }) =>
      (received ?? 0) + (damaged ?? 0) > 0,
  )
  if (known.status === 'canceled' || isTouched) return
  if (known.status === 'open') {
    const pending = await ownPending(shop, known, 'return_request')
    if (pending !== null) await shop.remove(`/returns/${known.id}/request`)
    return
  }
  const { notifyCustomer } = shop.config
  const body = { no_notification: !notifyCustomer }
  await begin(shop, known.order_id, () =>
    shop.write(`/returns/${known.id}/cancel`, body, z.unknown()),
  )
}
