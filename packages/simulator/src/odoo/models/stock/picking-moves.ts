import type { Env } from '../../orm/env.ts'
import type { Picking, StockMove } from './stock-rows.ts'

/** The moves of a transfer, by id. */
export function movesOf(env: Env, picking: Picking): StockMove[] {
  return env.by<StockMove>('stock.move', 'picking_id', picking.id)
}
