import type { Many2one, Row, Text } from '../../orm/rows.ts'

/** A transfer. */
export interface Picking extends Row {
  name: Text
  state: string
  origin: Text
  partner_id: Many2one
  picking_type_id: number
  location_id: number
  location_dest_id: number
  return_id: Many2one
  backorder_id: Many2one
  sale_id: Many2one
  purchase_id: Many2one
  date_done: Text
}

/** An operation type. */
export interface PickingType extends Row {
  name: string
  code: string
  sequence_code: string
  warehouse_id: Many2one
  default_location_src_id: number
  default_location_dest_id: number
  return_picking_type_id: Many2one
  create_backorder: string
  use_create_lots: boolean
  use_existing_lots: boolean
}

/** What moves of one product. */
export interface StockMove extends Row {
  state: string
  picking_id: Many2one
  product_id: number
  product_uom: number
  product_uom_qty: number
  quantity: number
  picked: boolean
  location_id: number
  location_dest_id: number
  sale_line_id: Many2one
  purchase_line_id: Many2one
  origin_returned_move_id: Many2one
  to_refund: boolean
  move_orig_ids: readonly number[]
  scrap_id: Many2one
  repair_id: Many2one
  bom_line_id: Many2one
  origin: Text
}

/** What moves of one lot. */
export interface MoveLine extends Row {
  move_id: number
  picking_id: Many2one
  product_id: number
  product_uom_id: number
  quantity: number
  picked: boolean
  lot_id: Many2one
  lot_name: Text
  location_id: number
  location_dest_id: number
  /** How much of it is held back at the source, in the product's unit; Odoo has no such field. */
  reserved: number
}

/** How much of a product, and of a lot of it, is at a place. */
export interface Quant extends Row {
  product_id: number
  location_id: number
  lot_id: Many2one
  quantity: number
  reserved_quantity: number
}

export interface StockLocation extends Row {
  name: string
  complete_name: string
  usage: string
  location_id: Many2one
}

export interface Product extends Row {
  name: string
  display_name: string
  default_code: Text
  type: string
  is_storable: boolean
  tracking: 'lot' | 'none' | 'serial'
  uom_id: number
  list_price: number
  standard_price: number
  taxes_id: readonly number[]
  supplier_taxes_id: readonly number[]
  invoice_policy: string
}
