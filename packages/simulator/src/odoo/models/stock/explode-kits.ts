import type { Env } from '../../orm/env.ts'
import type { Row } from '../../orm/rows.ts'
import { convertUnits } from '../units.ts'
import type { Product, StockMove } from './stock-rows.ts'

/** A bill of materials of a kit. */
export interface Kit extends Row {
  readonly product_qty: number
  readonly product_uom_id: number
}

/** One component of a kit. */
export interface KitLine extends Row {
  readonly product_id: number
  readonly product_qty: number
  readonly product_uom_id: number
}

/** The kit that a product is, if it is one. */
export function kitOf(env: Env, productId: number): Kit | undefined {
  const product = env.get<Product>('product.product', productId)
  return env
    .by<Kit>('mrp.bom', 'product_tmpl_id', product['product_tmpl_id'])
    .find((bom) => bom['type'] === 'phantom' && bom['active'] !== false)
}

/** Puts the components of kits in the place of the kits. */
export function explodeKits(env: Env, moves: readonly StockMove[]): StockMove[] {
  return moves.flatMap((move) => {
    const kit = kitOf(env, move.product_id)
    return kit ? explode(env, move, kit) : [move]
  })
}

function explode(env: Env, move: StockMove, kit: Kit): StockMove[] {
  const kits =
    convertUnits(env, move.product_uom_qty, { from: move.product_uom, to: kit.product_uom_id }) /
    kit.product_qty
  const { id, ...values } = move
  const parts = env.by<KitLine>('mrp.bom.line', 'bom_id', kit.id).map((line) =>
    env.insert<StockMove>('stock.move', {
      ...values,
      product_id: line.product_id,
      product_uom: line.product_uom_id,
      product_uom_qty: line.product_qty * kits,
      bom_line_id: line.id,
    }),
  )
  env.delete('stock.move', env.get('stock.move', id))
  return explodeKits(env, parts)
}
