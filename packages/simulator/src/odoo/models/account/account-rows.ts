import type { Many2one, Row, Text } from '../../orm/rows.ts'

/** A journal entry: an invoice, a credit note, a bill, or the entry of a payment. */
export interface AccountMove extends Row {
  name: Text
  state: 'cancel' | 'draft' | 'posted'
  move_type: string
  payment_state: string
  partner_id: Many2one
  commercial_partner_id: Many2one
  journal_id: number
  ref: Text
  invoice_origin: Text
  invoice_date: Text
  date: string
  reversed_entry_id: Many2one
  amount_untaxed: number
  amount_tax: number
  amount_total: number
  amount_residual: number
  matched_payment_ids: readonly number[]
  origin_payment_id: Many2one
  posted_before: boolean
}

/** A journal item. */
export interface InvoiceLine extends Row {
  move_id: number
  display_type: string
  product_id: Many2one
  product_uom_id: Many2one
  quantity: number
  price_unit: number
  discount: number
  tax_ids: readonly number[]
  tax_line_id: Many2one
  account_id: Many2one
  balance: number
  amount_residual: number
  reconciled: boolean
  sale_line_ids: readonly number[]
  purchase_line_id: Many2one
}

/** What was set off between two journal items. */
export interface PartialReconcile extends Row {
  amount: number
  debit_move_id: number
  credit_move_id: number
}

/** A payment. */
export interface Payment extends Row {
  name: Text
  state: string
  payment_type: 'inbound' | 'outbound'
  amount: number
  journal_id: number
  partner_id: Many2one
  memo: Text
  move_id: Many2one
  is_reconciled: boolean
}

/** Says whether a kind of entry is an invoice, a bill or a credit note. */
export const isInvoice = (moveType: string): boolean => moveType !== 'entry'

/** Says whether a kind of entry is a sale's. */
export const isSale = (moveType: string): boolean => moveType.startsWith('out_')

/** 1 where the products of a document are debited (credit notes, bills), -1 where they are credited. */
export const signOf = (moveType: string): 1 | -1 =>
  moveType === 'out_refund' || moveType === 'in_invoice' ? 1 : -1
