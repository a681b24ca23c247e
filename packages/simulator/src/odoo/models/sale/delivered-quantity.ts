import type { Env } from '../../orm/env.ts'
import { type KitLine, kitOf } from '../stock/explode-kits.ts'
import type { StockMove } from '../stock/stock-rows.ts'
import { convertUnits } from '../units.ts'
import type { SaleLine } from './sale-rows.ts'

/**
 * What was delivered of an order line, in its unit: what reached the customer, less what came back
 * with `to_refund` set. It can fall below nothing, and a return without `to_refund` is not seen.
 */
export function deliveredQuantity(env: Env, line: SaleLine): number {
  const moves = env
    .by<StockMove>('stock.move', 'sale_line_id', line.id)
    .filter((move) => move.state === 'done')
  const kit = line.product_id && kitOf(env, line.product_id)
  if (kit) return kitsDelivered(env, moves, kit.id)
  return tidy(
    moves
      .filter((move) => move.product_id === line.product_id)
      .reduce((sum, move) => {
        const units = { from: move.product_uom, to: line.product_uom_id }
        return sum + signOf(env, move) * convertUnits(env, move.quantity, units)
      }, 0),
  )
}

const tidy = (quantity: number): number => Math.round(quantity * 1e6) / 1e6

function signOf(env: Env, move: StockMove): number {
  const [from, to] = [move.location_id, move.location_dest_id].map(
    (id) => env.get('stock.location', id)['usage'],
  )
  if (to === 'inventory') return 0
  if (to === 'customer') return !move.origin_returned_move_id || move.to_refund ? 1 : 0
  return from === 'customer' && move.to_refund ? -1 : 0
}

/** As many kits as the component that is shortest makes whole. */
function kitsDelivered(env: Env, moves: readonly StockMove[], kitId: number): number {
  const whole = env.by<KitLine>('mrp.bom.line', 'bom_id', kitId).map((part) => {
    const units = (move: StockMove) => ({ from: move.product_uom, to: part.product_uom_id })
    const delivered = moves
      .filter((move) => move.bom_line_id === part.id)
      .reduce(
        (sum, move) => sum + signOf(env, move) * convertUnits(env, move.quantity, units(move)),
        0,
      )
    return Math.floor(delivered / part.product_qty)
  })
  return whole.length === 0 ? 0 : Math.min(...whole)
}
