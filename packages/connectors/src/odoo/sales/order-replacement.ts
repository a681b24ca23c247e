import {
  type Delivered,
  type Delivery,
  type DeliveryDefinition,
  TerminalError,
} from '@backhaul/sdk/connector'
import { z } from 'zod'
import { getOrCreate } from '../client/get-or-create.ts'
import { Odoo } from '../client/odoo.ts'
import type { Config } from '../config.ts'
import { knownEvent } from '../known-event.ts'
import { companyIdOf } from '../places.ts'
import { externalId, transferOrigin } from '../references.ts'
import { asRefusal } from '../refused-by-odoo.ts'
import { findProducts } from './ordered-products.ts'
import { findOriginalOrder, type OriginalOrder } from './original-order.ts'

type Replacement = Delivery<Config, 'replacement.order'>

/**
 * `replacement.order`: an order at no charge to where the first one went, confirmed once. Whether the goods are in stock
 * makes no difference: its delivery waits for them.
 *
 * Safe to repeat: the order is named by the fulfillment, and confirmed only while it is a quotation.
 *
 * @throws {TerminalError} REPLACEMENT_CANCELED, ORDER_NOT_FOUND, ORDER_AMBIGUOUS, PRODUCT_UNKNOWN, PRODUCT_ARCHIVED,
 *   PRODUCT_AMBIGUOUS, and what Odoo refuses.
 */
export const orderReplacement: DeliveryDefinition<Config, 'replacement.order'> = {
  deliver: (delivery) => asRefusal({ what: 'the replacement order' }, () => replace(delivery)),
  idempotency: { kind: 'upsert' },
}

async function replace(delivery: Replacement): Promise<Delivered> {
  const { config, command } = delivery
  const { lines, about, fulfillmentId } = command.body
  const odoo = await Odoo.open(delivery, companyIdOf(config, about?.company))
  const orderLines = lines.map(({ orderLine }) => orderLine)
  const [original, productOf] = await inOrder(
    findOriginalOrder(odoo, { orderRefs: about?.orderRefs ?? [], orderLines }),
    findProducts(odoo, lines),
  )
  const orderId = await getOrCreate(odoo, 'sale.order', draftOf(delivery, original, productOf))
  await confirmOnce(odoo, orderId)
  const lineNos = [...new Set(lines.map(({ lineNo }) => lineNo))]
  return {
    externalId: String(orderId),
    refs: [{ type: 'replacement_order', value: String(orderId) }],
    events: [knownEvent(delivery, 'replacement.ordered', { fulfillmentId, lineNos })],
  }
}

/** Both at once. Where both are refused the first says why, whichever call was answered first. */
async function inOrder<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  const [one, other] = await Promise.allSettled([first, second])
  if (one.status === 'rejected') throw one.reason
  if (other.status === 'rejected') throw other.reason
  return [one.value, other.value]
}

/** Quantities are in the product's own unit, which is what an order line takes where none is said. */
function draftOf(
  { config, command }: Replacement,
  original: OriginalOrder,
  productOf: ReadonlyMap<number, number>,
) {
  const { caseNo, body } = command
  const { fulfillmentId, lines } = body
  return {
    key: externalId(config, caseNo, 'replacement', fulfillmentId),
    values: {
      'partner_id/.id': original.partner_id,
      'partner_invoice_id/.id': original.partner_invoice_id,
      'partner_shipping_id/.id': original.partner_shipping_id,
      'pricelist_id/.id': original.pricelist_id,
      'warehouse_id/.id': original.warehouse_id,
      client_order_ref: caseNo,
      origin: transferOrigin(caseNo, fulfillmentId),
    },
    lines: {
      field: 'order_line',
      records: lines.map(({ lineNo, quantity }, index) => ({
        key: externalId(config, caseNo, 'replacement', fulfillmentId, `line${index + 1}`),
        values: {
          'product_id/.id': productOf.get(lineNo) ?? null,
          product_uom_qty: quantity,
          price_unit: '0',
          discount: '0',
        },
      })),
    },
  }
}

const state = z.object({ id: z.int(), name: z.string(), state: z.string() })
const quotations: ReadonlySet<string> = new Set(['draft', 'sent'])

/** A second confirmation is refused, and the answer of the first may have been lost: the state says what is. */
async function confirmOnce(odoo: Odoo, orderId: number): Promise<void> {
  const before = await stateOf(odoo, orderId)
  if (!quotations.has(before.state)) return refuseCanceled(before)
  let refusal: TerminalError | null = null
  try {
    await odoo.act('sale.order', 'action_confirm', { ids: [orderId] })
  } catch (error) {
    if (!(error instanceof TerminalError)) throw error
    refusal = error
  }
  const after = await stateOf(odoo, orderId)
  if (!quotations.has(after.state)) return refuseCanceled(after)
  const reason = `Odoo left the replacement order ${after.name} unconfirmed without saying why.`
  throw refusal ?? new TerminalError({ code: 'REPLACEMENT_NOT_CONFIRMED', reason })
}

async function stateOf(odoo: Odoo, orderId: number) {
  const [row] = await odoo.read('sale.order', [orderId], state)
  return row ?? { id: orderId, name: '', state: 'cancel' }
}

function refuseCanceled(order: z.output<typeof state>): void {
  if (order.state !== 'cancel') return
  const reason = `The replacement order ${order.name} was canceled in Odoo. A new one is needed, under a new name.`
  throw new TerminalError({ code: 'REPLACEMENT_CANCELED', reason })
}
