import { z } from 'zod'
import { nested, readNested, reference } from '../client/nested-read.ts'
import type { Odoo } from '../client/odoo.ts'
import { dateTime, decimal, ids, text } from '../client/values.ts'
import type { Abilities } from './abilities.ts'
import { unit } from './units.ts'

const product = z.object({
  id: z.int(),
  default_code: text,
  barcode: text,
  name: text,
  active: z.boolean(),
  type: z.string(),
  tracking: z.string().optional(),
  product_tmpl_id: reference,
  uom_id: nested(unit),
})
export type Product = z.output<typeof product>

const bomLine = z.object({
  id: z.int(),
  product_qty: decimal,
  product_uom_id: nested(unit),
  bom_id: nested(
    z.object({
      id: z.int(),
      product_qty: decimal,
      product_uom_id: nested(unit),
      product_tmpl_id: reference,
    }),
  ),
})
export type BomLine = z.output<typeof bomLine>

const move = z.object({
  id: z.int(),
  state: z.string(),
  date: dateTime,
  origin: text,
  picking_id: nested(z.object({ id: z.int(), origin: text })),
  product_id: nested(product),
  product_uom: nested(unit),
  product_uom_qty: decimal,
  quantity: decimal,
  location_usage: text,
  location_dest_usage: text,
  origin_returned_move_id: reference,
  move_line_ids: z.array(
    z.object({
      id: z.int(),
      quantity_product_uom: decimal,
      lot_id: nested(z.object({ id: z.int(), name: text })),
    }),
  ),
  bom_line_id: nested(bomLine).optional(),
})
export type Move = z.output<typeof move>

const currency = nested(z.object({ id: z.int(), name: z.string() }))

const invoiceLine = z.object({
  id: z.int(),
  move_id: reference,
  parent_state: text,
  move_type: text,
  quantity: decimal,
  product_uom_id: nested(unit),
  price_subtotal: decimal,
  price_total: decimal,
  currency_id: currency,
})
export type InvoiceLine = z.output<typeof invoiceLine>

const orderLine = z.object({
  id: z.int(),
  order_id: reference,
  display_type: text,
  is_downpayment: z.boolean(),
  product_id: nested(product),
  product_uom: nested(unit).optional(),
  product_uom_id: nested(unit).optional(),
  product_uom_qty: decimal,
  move_ids: z.array(move).optional(),
  invoice_lines: z.array(invoiceLine),
})
export type OrderLine = z.output<typeof orderLine>

/** How an invoice was settled, as the screen lists it; the sums are those set off against this invoice. */
const settlements = z.union([
  z.literal(false).transform(() => []),
  z
    .object({
      content: z.array(
        z.object({
          account_payment_id: reference,
          amount: decimal,
          currency_id: reference,
          is_exchange: z.boolean(),
        }),
      ),
    })
    .transform(({ content }) => content),
])

const invoice = z.object({
  id: z.int(),
  name: text,
  ref: text,
  state: z.string(),
  move_type: z.string(),
  reversed_entry_id: reference,
  currency_id: currency,
  invoice_payments_widget: settlements,
})
export type Invoice = z.output<typeof invoice>

/** An account and what it is below of: a company of a group is an account of its own. */
const account = z.object({
  id: z.int(),
  parent_id: nested(z.object({ id: z.int(), parent_id: nested(z.object({ id: z.int() })) })),
})

const place = nested(z.object({ id: z.int(), code: text }))

/** Where an order goes: the customer, or an address of its own. */
const deliveryAddress = z.object({
  id: z.int(),
  name: text,
  street: text,
  street2: text,
  city: text,
  zip: text,
  state_id: place,
  country_id: place,
})
export type DeliveryAddress = z.output<typeof deliveryAddress>

export const order = z.object({
  id: z.int(),
  name: z.string(),
  state: z.string(),
  client_order_ref: text,
  origin: text,
  company_id: reference,
  currency_id: currency,
  partner_id: nested(z.object({ id: z.int(), commercial_partner_id: nested(account) })),
  partner_shipping_id: nested(deliveryAddress),
  order_line: ids,
  invoice_ids: z.array(invoice),
})
export type Order = z.output<typeof order>

/** Lines with their moves take up to 3 kB each, and the hub reads answers up to 1 MiB. */
const linesAtOnce = 100

/** The lines of orders, in their order there, with their moves and invoice lines; without sections and notes. */
export async function readLines(
  odoo: Odoo,
  lineIds: readonly number[],
  abilities: Abilities,
): Promise<OrderLine[]> {
  const isAbsent = absentIn(abilities)
  const lines: OrderLine[] = []
  for (let at = 0; at < lineIds.length; at += linesAtOnce) {
    const some = lineIds.slice(at, at + linesAtOnce)
    const options = { ids: some, row: orderLine, isAbsent }
    lines.push(...(await readNested(odoo, 'sale.order.line', options)))
  }
  return lines.filter(({ display_type, is_downpayment }) => !display_type && !is_downpayment)
}

function absentIn({ fields, readsKits }: Abilities): (path: string) => boolean {
  return (path) => {
    if (path === 'move_ids' || path === 'product_uom' || path === 'product_uom_id') {
      return !fields.has(`sale.order.line.${path}`)
    }
    if (path === 'move_ids.bom_line_id') return !readsKits
    if (path.endsWith('.factor_inv')) return !fields.has('uom.uom.factor_inv')
    return path.endsWith('.tracking') && !fields.has('product.product.tracking')
  }
}
