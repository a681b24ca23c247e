import type { Many2one, Row, Text } from '../../orm/rows.ts'

/** A sales order. */
export interface SaleOrder extends Row {
  name: string
  state: string
  partner_id: number
  partner_invoice_id: number
  partner_shipping_id: number
  client_order_ref: Text
  origin: Text
  currency_id: number
}

/** A line of a sales order. */
export interface SaleLine extends Row {
  order_id: number
  product_id: Many2one
  product_uom_id: Many2one
  product_uom_qty: number
  name: string
  price_unit: number
  discount: number
  tax_ids: readonly number[]
  qty_delivered: number
  qty_invoiced: number
  qty_to_invoice: number
  invoice_status: string
  display_type: Text
}
