import { z } from 'zod'
import { nested, readNested, reference } from '../../client/nested-read.ts'
import type { Odoo } from '../../client/odoo.ts'
import { date, decimal, ids, text } from '../../client/values.ts'
import { unit } from '../../orders/units.ts'
import { isOtherReversalField } from '../../reversal-field.ts'

const product = z.object({
  id: z.int(),
  default_code: text,
  barcode: text,
  uom_id: nested(unit),
})

const line = z.object({
  id: z.int(),
  display_type: text,
  product_id: nested(product),
  product_uom_id: nested(unit),
  quantity: decimal,
  price_subtotal: decimal,
  price_total: decimal,
  sale_line_ids: ids.optional(),
})
export type EntryLine = z.output<typeof line>

/** What an entry was balanced with. A payment has its number; anything else is an invoice, or another credit. */
const settlement = z.object({
  amount: decimal,
  account_payment_id: reference,
  move_id: reference,
  date: date.optional(),
  is_exchange: z.boolean().default(false),
})
export type Settlement = z.output<typeof settlement>

const payments = z.union([
  z.literal(false).transform(() => ({ content: [] as Settlement[] })),
  z.object({ content: z.array(settlement) }),
])

const reversal = z.object({
  id: z.int(),
  name: text,
  state: z.string(),
  amount_total: decimal,
})

const entry = z.object({
  id: z.int(),
  name: text,
  state: z.string(),
  move_type: z.string(),
  payment_state: text,
  ref: text,
  invoice_origin: text,
  invoice_date: date,
  posted_before: z.boolean(),
  create_uid: reference,
  partner_id: reference,
  commercial_partner_id: reference,
  company_id: reference,
  currency_id: nested(z.object({ id: z.int(), name: z.string() })),
  amount_total: decimal,
  amount_residual: decimal,
  reversed_entry_id: nested(z.object({ id: z.int(), name: text })),
  reversal_move_ids: z.array(reversal).optional(),
  /** Its name in Odoo 17. */
  reversal_move_id: z.array(reversal).optional(),
  invoice_payments_widget: payments,
  invoice_line_ids: z.array(line),
})
export type Entry = z.output<typeof entry>

/** The credit notes that were made of an invoice, or the reversals of an entry. */
export function reversalsOf({ reversal_move_ids, reversal_move_id }: Entry) {
  return reversal_move_ids ?? reversal_move_id ?? []
}

/** Credit notes and refunds of suppliers with all that is told of them, in one call. */
export async function readEntries(odoo: Odoo, entryIds: readonly number[]): Promise<Entry[]> {
  if (entryIds.length === 0) return []
  const absent = new Set<string>()
  const units = await odoo.fieldsOf('uom.uom', ['factor_inv'])
  if (!units.has('factor_inv')) absent.add('factor_inv')
  const lines = await odoo.fieldsOf('account.move.line', ['sale_line_ids'])
  if (!lines.has('sale_line_ids')) absent.add('sale_line_ids')
  const { version } = odoo.server
  const isAbsent = (path: string) =>
    absent.has(path.split('.').at(-1) ?? '') || isOtherReversalField(path, version)
  return readNested(odoo, 'account.move', { ids: entryIds, row: entry, isAbsent })
}

const payment = z.object({
  id: z.int(),
  name: text,
  state: z.string(),
  payment_type: z.string(),
  memo: text.optional(),
  ref: text.optional(),
  date,
  amount: decimal,
  company_id: reference,
  reconciled_invoice_ids: z.array(z.object({ id: z.int(), move_type: z.string() })),
})
export type Payment = z.output<typeof payment>

/** Payments, with the invoices and credit notes that they were balanced with. */
export async function readPayments(odoo: Odoo, paymentIds: readonly number[]): Promise<Payment[]> {
  if (paymentIds.length === 0) return []
  const there = await odoo.fieldsOf('account.payment', ['memo', 'ref'])
  const isAbsent = (path: string) => (path === 'memo' || path === 'ref') && !there.has(path)
  return readNested(odoo, 'account.payment', { ids: paymentIds, row: payment, isAbsent })
}
