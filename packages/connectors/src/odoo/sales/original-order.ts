import { TerminalError } from '@backhaul/sdk/connector'
import { z } from 'zod'
import { reference, searchNested } from '../client/nested-read.ts'
import type { Domain, Odoo } from '../client/odoo.ts'
import { text } from '../client/values.ts'
import { numbersIn } from '../orders/find-orders.ts'
import { parseReference } from '../references.ts'

const order = z.object({
  id: z.int(),
  name: z.string(),
  client_order_ref: text,
  origin: text,
  state: z.string(),
  partner_id: reference,
  partner_invoice_id: reference,
  partner_shipping_id: reference,
  pricelist_id: reference,
  warehouse_id: reference,
})
export type OriginalOrder = z.output<typeof order>

/** What says which order the goods of a return are from. */
export interface OrderNaming {
  readonly orderRefs: readonly string[]
  readonly orderLines: readonly (string | undefined)[]
}

const enough = 20

/**
 * The order that the goods are from: by its lines, where the hub was told of them, else by its number, else by the
 * customer's reference. What the hub made itself for a return is never it.
 *
 * @throws {TerminalError} ORDER_NOT_FOUND, ORDER_AMBIGUOUS.
 */
export async function findOriginalOrder(
  odoo: Odoo,
  { orderRefs, orderLines }: OrderNaming,
): Promise<OriginalOrder> {
  const lineIds = numbersIn(orderLines)
  const byLines: Domain = [['order_line', 'in', lineIds]]
  const byReference: Domain = [
    '|',
    ['name', 'in', orderRefs],
    ['client_order_ref', 'in', orderRefs],
  ]
  const found = await searchNested(odoo, 'sale.order', {
    domain: lineIds.length > 0 ? byLines : byReference,
    row: order,
    order: 'id',
    limit: enough,
  })
  const sold = found.filter(({ origin, state }) => {
    return parseReference(origin) === null && (state === 'sale' || state === 'done')
  })
  const named = sold.filter(({ name }) => orderRefs.includes(name))
  const [first, second] = named.length > 0 ? named : sold
  if (first === undefined) {
    const reason = 'Odoo has no confirmed order that the goods of this return are from.'
    throw new TerminalError({ code: 'ORDER_NOT_FOUND', exception: 'CU02', reason })
  }
  if (second === undefined) return first
  const reason = `The return is of several orders, ${first.name} and ${second.name} among them; say which one it is.`
  throw new TerminalError({ code: 'ORDER_AMBIGUOUS', exception: 'CU02', reason })
}
