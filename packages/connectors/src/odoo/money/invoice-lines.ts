import { Big } from 'big.js'
import { z } from 'zod'
import { nested, readNested, reference } from '../client/nested-read.ts'
import type { Odoo } from '../client/odoo.ts'
import { parseAs } from '../client/odoo.ts'
import { decimal, ids, text } from '../client/values.ts'
import { convert, unit } from '../orders/units.ts'
import { isOtherReversalField } from '../reversal-field.ts'
import type { Precision } from './exact-line.ts'

/** A price as it was written: more places than an amount has. */
const price = z.number().transform((value) => new Big(String(value)).round(12).toFixed())

/** A tax, as far as it says what of a price is tax. */
const tax = z.object({
  id: z.int(),
  amount: decimal,
  amount_type: z.string(),
  price_include: z.boolean(),
})

/** A credit note that was made of the invoice before, by the hub or by a person. */
const reversal = z.object({
  id: z.int(),
  state: z.string(),
  ref: text,
  amount_total: decimal,
  invoice_line_ids: z.array(
    z.object({
      id: z.int(),
      quantity: decimal,
      product_uom_id: nested(unit),
      sale_line_ids: ids,
    }),
  ),
})

const invoice = z.object({
  id: z.int(),
  name: text,
  state: z.string(),
  move_type: z.string(),
  partner_id: reference,
  journal_id: reference,
  fiscal_position_id: reference,
  invoice_origin: text,
  currency_id: nested(z.object({ id: z.int(), name: z.string() })),
  amount_total: decimal,
  reversal_move_ids: z.array(reversal).optional(),
  /** Its name in Odoo 17. */
  reversal_move_id: z.array(reversal).optional(),
})

/** A line of an invoice with its invoice, and what was credited of that. */
const invoiceLine = z.object({
  id: z.int(),
  display_type: z.union([z.literal(false), z.string()]),
  name: text,
  product_id: nested(z.object({ id: z.int(), uom_id: nested(unit) })),
  product_uom_id: nested(unit),
  quantity: decimal,
  price_unit: price,
  discount: decimal,
  tax_ids: z.array(tax),
  account_id: reference,
  analytic_distribution: z.union([z.literal(false), z.record(z.string(), z.number())]),
  price_subtotal: decimal,
  price_total: decimal,
  sale_line_ids: ids,
  move_id: nested(invoice),
})
export type InvoiceLine = z.output<typeof invoiceLine>
export type Invoice = z.output<typeof invoice>

/** Lines of invoices, with all that a credit is cut from, in one call. */
export function readInvoiceLines(odoo: Odoo, lineIds: readonly number[]): Promise<InvoiceLine[]> {
  const { version } = odoo.server
  const isAbsent = (path: string) =>
    (version >= 19 && path.endsWith('.factor_inv')) || isOtherReversalField(path, version)
  return readNested(odoo, 'account.move.line', { ids: lineIds, row: invoiceLine, isAbsent })
}

/** Base units of the product in one unit of the line. */
export function ratioOf({ product_uom_id, product_id }: InvoiceLine): string {
  return convert('1', product_uom_id, product_id?.uom_id ?? null).toFixed()
}

/** What a price of the line is for each unit of its net sum: 1.15 where a tax of 15 % is in it, else 1. */
export function priceOfNet({ tax_ids }: InvoiceLine): Big {
  const included = tax_ids.filter((one) => one.price_include && one.amount_type === 'percent')
  return included.reduce((all, { amount }) => all.plus(new Big(amount).div(100)), new Big(1))
}

/** Base units of an order line that other credit notes of the invoice have taken already. */
export function takenOf(line: InvoiceLine, ownReference: string): Big {
  const base = line.product_id?.uom_id ?? null
  let taken = new Big(0)
  for (const note of otherReversals(line.move_id, ownReference)) {
    for (const credited of note.invoice_line_ids) {
      if (!credited.sale_line_ids.some((id) => line.sale_line_ids.includes(id))) continue
      taken = taken.plus(convert(credited.quantity, credited.product_uom_id, base))
    }
  }
  return taken
}

/** Credit notes of the invoice that count, but for those of the credit itself. */
export function otherReversals(of: Invoice | null, ownReference: string) {
  const all = of?.reversal_move_ids ?? of?.reversal_move_id ?? []
  return all.filter(({ state, ref }) => state !== 'cancel' && ref !== ownReference)
}

const described = z.object({ digits: z.union([z.literal(false), z.array(z.int())]).optional() })
const descriptions = z.object({ quantity: described, price_unit: described })
const known = new WeakMap<object, Promise<Precision>>()

/**
 * Decimals that the database keeps of quantities and prices; asked once. Odoo 19 keeps a price as it is
 * written, earlier ones round it to the precision "Product Price".
 */
export function precisionOf(odoo: Odoo): Promise<Precision> {
  const asked = known.get(odoo.config)
  if (asked) return asked
  const asking = askPrecision(odoo)
  known.set(odoo.config, asking)
  asking.catch(() => known.delete(odoo.config))
  return asking
}

async function askPrecision(odoo: Odoo): Promise<Precision> {
  const named = { allfields: ['quantity', 'price_unit'], attributes: ['digits'] }
  const answer = await odoo.ask('account.move.line', 'fields_get', { named })
  const { quantity, price_unit } = parseAs(descriptions, answer, 'account.move.line.fields_get')
  return { quantity: placesOf(quantity), price: placesOf(price_unit) }
}

function placesOf({ digits }: z.output<typeof described>): number | null {
  return digits === undefined || digits === false ? null : (digits[1] ?? null)
}
