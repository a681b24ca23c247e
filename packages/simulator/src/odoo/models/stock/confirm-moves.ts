import type { Env } from '../../orm/env.ts'
import { assignMoves } from './assign-moves.ts'
import { explodeKits } from './explode-kits.ts'
import { linesOf } from './move-lines.ts'
import { nextPickingName } from './picking-names.ts'
import type { Picking, PickingType, StockMove } from './stock-rows.ts'

/** Confirms draft moves: kits fall apart, moves that are alike become one, and what is there is held back. */
export function confirmMoves(env: Env, drafts: readonly StockMove[]): StockMove[] {
  const moves = explodeKits(
    env,
    drafts.filter((move) => move.state === 'draft'),
  )
  for (const move of moves) {
    const state = move.move_orig_ids.length > 0 ? 'waiting' : 'confirmed'
    env.update('stock.move', move, { state })
  }
  const kept = mergeMoves(env, moves)
  for (const move of kept) if (move.product_uom_qty < 0) turnAround(env, move)
  assignMoves(env, kept)
  return kept
}

/** A demand below nothing becomes a transfer the other way, and leaves the one that it was in. */
function turnAround(env: Env, move: StockMove): void {
  const { product_uom_qty, location_id, location_dest_id, picking_id } = move
  const from = env.find<Picking>('stock.picking', picking_id)
  const type = env.find<PickingType>('stock.picking.type', from?.picking_type_id)
  const typeId = type?.return_picking_type_id || type?.id
  if (!from || !typeId) return
  const places = { location_id: location_dest_id, location_dest_id: location_id }
  const picking = env.insert<Picking>('stock.picking', {
    ...places,
    name: nextPickingName(env, typeId),
    state: 'draft',
    move_type: 'direct',
    priority: '0',
    company_id: 1,
    partner_id: from.partner_id,
    origin: from.origin,
    picking_type_id: typeId,
    scheduled_date: env.stamp.slice(0, 19),
  })
  env.announce('stock.picking', picking, true)
  env.announce('stock.picking', picking, false)
  const values = { ...places, product_uom_qty: -product_uom_qty, picking_id: picking.id }
  env.update('stock.move', move, values)
}

const mergedBy = [
  'product_id',
  'location_id',
  'location_dest_id',
  'product_uom',
  'description_picking',
  'origin_returned_move_id',
  'sale_line_id',
  'purchase_line_id',
  'bom_line_id',
]

/** Two moves of a transfer that differ in nothing but their demand end up as one: the other is deleted. */
function mergeMoves(env: Env, moves: readonly StockMove[]): StockMove[] {
  const kept = new Set(moves)
  for (const pickingId of new Set(moves.map((move) => move.picking_id))) {
    if (pickingId === false) continue
    const groups = new Map<string, StockMove[]>()
    for (const move of env.by<StockMove>('stock.move', 'picking_id', pickingId)) {
      if (['cancel', 'done', 'draft'].includes(move.state)) continue
      const key = JSON.stringify(mergedBy.map((field) => move[field]))
      groups.set(key, [...(groups.get(key) ?? []), move])
    }
    for (const [first, ...others] of groups.values()) {
      if (!first || others.length === 0) continue
      for (const move of others) kept.delete(move)
      kept.add(first)
      mergeInto(env, first, others)
    }
  }
  return [...kept]
}

function mergeInto(env: Env, first: StockMove, others: readonly StockMove[]): void {
  const demands = others.map((move) => move.product_uom_qty)
  const product_uom_qty = demands.reduce((a, b) => a + b, first.product_uom_qty)
  const move_orig_ids = [...new Set([first, ...others].flatMap((move) => move.move_orig_ids))]
  for (const move of others) {
    for (const line of linesOf(env, move)) {
      env.update('stock.move.line', line, { move_id: first.id })
    }
    env.delete('stock.move', move)
  }
  env.update('stock.move', first, { product_uom_qty, move_orig_ids })
}
