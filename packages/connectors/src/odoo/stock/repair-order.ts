import type { Delivered, Delivery, DeliveryDefinition } from '@backhaul/sdk/connector'
import type { Big } from 'big.js'
import { z } from 'zod'
import { getOrCreate } from '../client/get-or-create.ts'
import type { Odoo } from '../client/odoo.ts'
import { text } from '../client/values.ts'
import type { Config } from '../config.ts'
import { knownEvent } from '../known-event.ts'
import { externalId, transferOrigin } from '../references.ts'
import { chooseLots, goodsOf, type HeldGoods, holdingOf, notEnough } from './held.ts'
import { type Opened, openFor } from './opening.ts'
import { refusal } from './refusals.ts'

/**
 * Orders the repair of returned goods, one order for each serial number; people start and end it. It is
 * confirmed only where Odoo finds the goods: starting a repair would go ahead without them.
 *
 * Safe to repeat: orders have external ids of the step, and only a draft is confirmed. Five calls for one order.
 *
 * @returns a ref `repair_order` for each; the event `repair.started` where somebody has begun already.
 * @throws {TerminalError} GOODS_NOT_RECEIVED, INSUFFICIENT_STOCK, SERIAL_NOT_RECEIVED, RETURN_TRANSFER_CANCELED.
 */
export const orderRepair: DeliveryDefinition<Config, 'repair.order'> = {
  idempotency: { kind: 'upsert' },
  deliver,
}

type Given = Delivery<Config, 'repair.order'>

const row = z.object({ id: z.int(), name: text, state: z.string() })

async function deliver(delivery: Given): Promise<Delivered> {
  const { body } = delivery.command
  const opened = await openFor(delivery, body)
  const { places } = opened
  const goods = goodsOf(body.lines, await holdingOf(opened, body.target), [
    places.repair,
    places.quarantine,
  ])
  const states: { readonly id: number; readonly state: string }[] = []
  for (const planned of await planOrders(opened.odoo, goods)) {
    states.push(await orderOnce(opened, planned, body.fulfillmentId))
  }
  const refs = states.map(({ id }) => ({ type: 'repair_order', value: String(id) }))
  const isUnderWay = states.some(({ state }) => state === 'under_repair' || state === 'done')
  const { fulfillmentId, lines } = body
  const lineNos = lines.map(({ lineNo }) => lineNo)
  const started = () => knownEvent(delivery, 'repair.started', { fulfillmentId, lineNos })
  return { externalId: refs[0]?.value, refs, ...(isUnderWay ? { events: [started()] } : {}) }
}

interface PlannedOrder {
  readonly goods: HeldGoods
  readonly lotId: number | null
  readonly quantity: Big
  /** Within the line of the return, from 1. */
  readonly number: number
}

async function planOrders(odoo: Odoo, goods: readonly HeldGoods[]): Promise<PlannedOrder[]> {
  const lots = await chooseLots(odoo, goods)
  const all = goods.flatMap((one, index): Omit<PlannedOrder, 'number'>[] => {
    const chosen = lots[index]
    if (chosen == null) return [{ goods: one, lotId: null, quantity: one.quantity }]
    return chosen.map(({ lotId, quantity }) => ({ goods: one, lotId, quantity }))
  })
  return all.map((one, index) => {
    const { lineNo } = one.goods.held
    const before = all.slice(0, index).filter(({ goods: { held } }) => held.lineNo === lineNo)
    return { ...one, number: before.length + 1 }
  })
}

async function orderOnce(
  { odoo, caseNo }: Opened,
  { goods, lotId, quantity, number }: PlannedOrder,
  fulfillmentId: string,
): Promise<{ readonly id: number; readonly state: string }> {
  const { held, fromId } = goods
  const [received] = held.received
  const name = `line${held.lineNo}`
  const id = await getOrCreate(odoo, 'repair.order', {
    key: externalId(odoo.config, caseNo, 'repair', fulfillmentId, name, number),
    values: {
      'product_id/.id': held.productId,
      product_qty: quantity.toFixed(),
      'lot_id/.id': lotId,
      'partner_id/.id': received?.partnerId ?? null,
      'picking_id/.id': received?.transferId ?? null,
      ...(await placesOf(odoo, fromId)),
      internal_notes: transferOrigin(caseNo, fulfillmentId),
    },
  })
  const [before] = await odoo.read('repair.order', [id], row)
  if (before?.state === 'cancel') {
    throw refusal('transferCanceled', `${before.name} has been canceled in Odoo by somebody`)
  }
  if (before?.state !== 'draft') return { id, state: before?.state ?? '' }
  await odoo.act('repair.order', 'action_validate', { ids: [id] })
  const [after] = await odoo.read('repair.order', [id], row)
  if (after === undefined || after.state === 'draft') throw notEnough(held)
  return after
}

/** Until Odoo 17 the place of the goods was that of the order. */
async function placesOf(odoo: Odoo, placeId: number): Promise<Record<string, number>> {
  const own = await odoo.fieldsOf('repair.order', ['product_location_src_id'])
  if (own.size === 0) return { 'location_id/.id': placeId }
  return { 'product_location_src_id/.id': placeId, 'product_location_dest_id/.id': placeId }
}
