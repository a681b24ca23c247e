import type { Env } from '../../orm/env.ts'
import type { Many2one } from '../../orm/rows.ts'
import { convertUnits } from '../units.ts'
import type { Picking, Product, StockMove } from './stock-rows.ts'

/** The moves of a transfer, by id. */
export function movesOf(env: Env, picking: Picking): StockMove[] {
  return env.by<StockMove>('stock.move', 'picking_id', picking.id)
}

interface OrderedGoods {
  readonly productId: Many2one
  /** In the unit that was ordered. */
  readonly quantity: number
  readonly unitId: Many2one
  /** The line that ordered it. */
  readonly line: { readonly sale_line_id: number } | { readonly purchase_line_id: number }
}

/** A draft move of a transfer for what an order's line asks for, in the product's own unit. */
export function addOrderedMove(env: Env, picking: Picking, ordered: OrderedGoods): StockMove {
  const product = env.get<Product>('product.product', ordered.productId)
  const units = { from: ordered.unitId, to: product.uom_id }
  const { location_id, location_dest_id, origin } = picking
  return env.insert<StockMove>('stock.move', {
    location_id,
    location_dest_id,
    origin,
    state: 'draft',
    company_id: 1,
    sequence: 10,
    picking_id: picking.id,
    product_id: product.id,
    product_uom: product.uom_id,
    product_uom_qty: convertUnits(env, ordered.quantity, units),
    ...ordered.line,
    to_refund: env.version >= 19,
    date: env.stamp.slice(0, 19),
  })
}
