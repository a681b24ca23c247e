import type { Env } from '../../orm/env.ts'
import type { Many2one } from '../../orm/rows.ts'
import { convertUnits } from '../units.ts'
import { addLine, changeLine, linesOf, recomputeState, removeLine } from './move-lines.ts'
import { freeQuants, isReservedAt } from './quants.ts'
import type { MoveLine, PickingType, Product, StockMove } from './stock-rows.ts'

const waiting = new Set(['confirmed', 'waiting', 'partially_available'])

/** Fills moves with what is there for them: all that was asked for where it comes from outside. */
export function assignMoves(env: Env, moves: readonly StockMove[]): void {
  for (const move of moves) {
    if (move.picked || !waiting.has(move.state)) continue
    const missing = move.product_uom_qty - move.quantity
    if (missing <= 0) {
      env.settle('stock.move', move, { state: 'assigned' })
      continue
    }
    const product = env.get<Product>('product.product', move.product_id)
    const need = convertUnits(env, missing, { from: move.product_uom, to: product.uom_id })
    if (!product.is_storable || !isReservedAt(env, move.location_id))
      fillFromOutside(env, move, need)
    else reserve(env, move, need)
  }
}

/** Gives back what moves hold, unless it was counted already. */
export function unreserveMoves(env: Env, moves: readonly StockMove[]): void {
  for (const move of moves) {
    if (move.picked || move.state === 'cancel' || move.state === 'done') continue
    for (const line of linesOf(env, move)) if (!line.picked) removeLine(env, line)
    recomputeState(env, move)
  }
}

function fillFromOutside(env: Env, move: StockMove, need: number): void {
  let left = need
  for (const { lot_id, quantity } of broughtByOrigins(env, move)) {
    const taken = Math.min(left, quantity)
    if (taken <= 0) break
    const lot_name = lot_id ? env.get('stock.lot', lot_id)['name'] : false
    addLine(env, move, { quantity: taken, lot_id, lot_name })
    left -= taken
  }
  if (left > 0) fillRest(env, move, left)
  env.settle('stock.move', move, { state: 'assigned' })
}

function fillRest(env: Env, move: StockMove, left: number): void {
  const { tracking } = env.get<Product>('product.product', move.product_id)
  const type = pickingTypeOf(env, move)
  if (tracking === 'serial' && (type?.use_create_lots || type?.use_existing_lots)) {
    for (let count = 0; count < Math.trunc(left); count += 1) addLine(env, move, { quantity: 1 })
    return
  }
  const line = linesOf(env, move).find((one) => !one.picked && one.lot_id === false)
  if (line) changeLine(env, line, { quantity: line.quantity + left })
  else addLine(env, move, { quantity: left })
}

/** The operation type of a move's transfer. */
export function pickingTypeOf(env: Env, move: StockMove): PickingType | undefined {
  const picking = env.find('stock.picking', move.picking_id)
  return picking && env.find<PickingType>('stock.picking.type', picking['picking_type_id'])
}

interface Brought {
  readonly lot_id: Many2one
  readonly quantity: number
}

/** What the moves before this one brought, by lot, without what its siblings took of it. */
function broughtByOrigins(env: Env, move: StockMove): Brought[] {
  const amounts = new Map<Many2one, number>()
  const count = (lines: readonly MoveLine[], sign: 1 | -1): void => {
    for (const { lot_id, quantity } of lines) {
      amounts.set(lot_id, (amounts.get(lot_id) ?? 0) + sign * quantity)
    }
  }
  const origins = move.move_orig_ids.map((id) => env.get<StockMove>('stock.move', id))
  for (const origin of origins) if (origin.state === 'done') count(linesOf(env, origin), 1)
  const siblings = new Set(
    origins.flatMap((origin) => env.by<StockMove>('stock.move', 'move_orig_ids', origin.id)),
  )
  siblings.delete(move)
  for (const sibling of siblings) count(linesOf(env, sibling), -1)
  return [...amounts]
    .map(([lot_id, quantity]) => ({ lot_id, quantity }))
    .filter(({ quantity }) => quantity > 0)
}

function reserve(env: Env, move: StockMove, need: number): void {
  const { product_id, location_id } = move
  const { tracking } = env.get<Product>('product.product', product_id)
  const lots =
    move.move_orig_ids.length > 0 ? broughtByOrigins(env, move).map((one) => one.lot_id) : null
  let left = need
  for (const { quant, free } of freeQuants(env, { product_id, location_id, lot_id: false })) {
    if (lots && !lots.includes(quant.lot_id)) continue
    const taken = Math.min(left, free)
    if (taken <= 0) break
    left -= taken
    takeFromQuant(env, move, { taken, tracking, place: quant })
  }
}

function takeFromQuant(
  env: Env,
  move: StockMove,
  {
    taken,
    tracking,
    place,
  }: { taken: number; tracking: string; place: { location_id: number; lot_id: Many2one } },
): void {
  const { location_id, lot_id } = place
  const known = linesOf(env, move).find(
    (line) => !line.picked && line.location_id === location_id && line.lot_id === lot_id,
  )
  if (known && tracking !== 'serial') changeLine(env, known, { quantity: known.quantity + taken })
  else addLine(env, move, { quantity: taken, location_id, lot_id })
}
