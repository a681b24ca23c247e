import { nameOf } from '../../orm/display-name.ts'
import type { Env } from '../../orm/env.ts'
import { userError } from '../../orm/errors.ts'
import type { Values } from '../../orm/rows.ts'
import { assignMoves, pickingTypeOf, unreserveMoves } from './assign-moves.ts'
import { confirmMoves } from './confirm-moves.ts'
import { linesOf, moveGoods, recomputeState, removeLine } from './move-lines.ts'
import { nextPickingName } from './picking-names.ts'
import { refuseDoubleSerial, releaseLine } from './quants.ts'
import type { MoveLine, Picking, Product, StockMove } from './stock-rows.ts'

/**
 * Moves the goods of picked moves. What is missing goes into a backorder, unless `isClosedShort`:
 * then moves that were not picked are canceled, and the rest of the others is forgotten.
 *
 * @throws {OdooError} for a missing lot, and for a serial that would be twice in one place.
 */
export function finishMoves(env: Env, moves: readonly StockMove[], isClosedShort: boolean): void {
  confirmMoves(env, moves)
  const open = moves.filter((move) => !['cancel', 'done'].includes(move.state))
  for (const move of open) {
    if (move.picked) dropUnpicked(env, move)
    const isIdle = move.quantity <= 0 || !move.picked
    if (isIdle && (isClosedShort || move.product_uom_qty === 0)) cancelMoves(env, [move])
  }
  const todo = open.filter((move) => move.state !== 'cancel' && move.quantity > 0 && move.picked)
  if (!isClosedShort) for (const move of todo) splitRest(env, move)
  const lines = todo.flatMap((move) => linesOf(env, move))
  requireLots(env, lines)
  for (const line of lines) finishLine(env, line)
  const date = env.stamp.slice(0, 19)
  const pickings = new Set(todo.map((move) => move.picking_id))
  if (!isClosedShort) for (const id of pickings) if (id) moveRestToBackorder(env, id, todo)
  for (const move of todo) env.update('stock.move', move, { state: 'done', date })
  for (const move of todo) assignMoves(env, env.by('stock.move', 'move_orig_ids', move.id))
  for (const line of lines) {
    const { product_id, lot_id, location_dest_id: location_id } = line
    refuseDoubleSerial(env, { product_id, lot_id, location_id })
  }
}

function dropUnpicked(env: Env, move: StockMove): void {
  for (const line of linesOf(env, move)) if (!line.picked) removeLine(env, line)
}

/** @throws {OdooError} UserError for a move that is done. */
export function cancelMoves(env: Env, moves: readonly StockMove[]): void {
  if (moves.some((move) => move.state === 'done' && !move.scrap_id)) {
    throw userError(
      "You cannot cancel a stock move that has been set to 'Done'. Create a return in order to reverse the moves which took place.",
    )
  }
  for (const move of moves) {
    if (move.state === 'cancel' || move.state === 'done') continue
    for (const line of linesOf(env, move)) env.settle('stock.move.line', line, { picked: false })
    env.update('stock.move', move, { picked: false })
    unreserveMoves(env, [move])
    env.update('stock.move', move, { state: 'cancel', move_orig_ids: [] })
  }
}

/** Takes what a move lacks off its demand, and puts it into a move of its own. */
function splitRest(env: Env, move: StockMove): void {
  const rest = move.product_uom_qty - move.quantity
  if (rest <= 1e-6) return
  const { id: _id, ...values } = move
  env.update('stock.move', move, { product_uom_qty: move.quantity })
  recomputeState(env, move)
  const fresh: Values = { product_uom_qty: rest, quantity: 0, picked: false, state: 'draft' }
  const split = env.insert<StockMove>('stock.move', { ...values, ...fresh })
  const state = split.move_orig_ids.length > 0 ? 'waiting' : 'confirmed'
  env.update('stock.move', split, { state })
}

/** Moves what is neither done nor canceled into a new transfer, which forgets what it is a return of. */
function moveRestToBackorder(env: Env, pickingId: number, todo: readonly StockMove[]): void {
  const rest = env
    .by<StockMove>('stock.move', 'picking_id', pickingId)
    .filter((move) => !todo.includes(move) && !['cancel', 'done'].includes(move.state))
  if (rest.length === 0) return
  const picking = env.get<Picking>('stock.picking', pickingId)
  const { partner_id, origin, picking_type_id, location_id, location_dest_id } = picking
  const backorder = env.insert<Picking>('stock.picking', {
    partner_id,
    origin,
    picking_type_id,
    location_id,
    location_dest_id,
    state: 'draft',
    company_id: 1,
    backorder_id: pickingId,
    move_type: 'direct',
    priority: '0',
    name: nextPickingName(env, picking_type_id),
    scheduled_date: env.stamp.slice(0, 19),
  })
  env.announce('stock.picking', backorder, true)
  env.announce('stock.picking', backorder, false)
  for (const move of rest) {
    env.update('stock.move', move, { picking_id: backorder.id, picked: false })
    for (const line of linesOf(env, move)) {
      env.update('stock.move.line', line, { picking_id: backorder.id, picked: false })
    }
  }
  assignMoves(env, rest)
  env.flush()
}

/** Odoo creates an unknown lot where the operation type allows it, and asks for it where not. */
function requireLots(env: Env, lines: readonly MoveLine[]): void {
  const nameless: MoveLine[] = []
  for (const line of lines) {
    const { tracking } = env.get<Product>('product.product', line.product_id)
    const type = pickingTypeOf(env, env.get<StockMove>('stock.move', line.move_id))
    if (tracking === 'none' || line.lot_id || !type) continue
    if (!type.use_create_lots && !type.use_existing_lots) continue
    if (!type.use_create_lots || !line.lot_name) nameless.push(line)
    else env.update('stock.move.line', line, { lot_id: findOrCreateLot(env, line) })
  }
  if (nameless.length === 0) return
  const products = new Set(nameless.map((line) => nameOf(env, 'product.product', line.product_id)))
  const list = [...products].map((name) => `- ${name}`).join('\n')
  throw userError(`You need to supply a Lot/Serial Number for product:\n${list}`)
}

function findOrCreateLot(env: Env, line: MoveLine): number {
  const { product_id, lot_name: name } = line
  const known = env.by('stock.lot', 'name', name).find((lot) => lot['product_id'] === product_id)
  return known?.id ?? env.insert('stock.lot', { name, product_id, company_id: 1 }).id
}

function finishLine(env: Env, line: MoveLine): void {
  if (line.quantity <= 0) return
  releaseLine(env, line)
  moveGoods(env, line, 1)
  env.update('stock.move.line', line, { date: env.stamp.slice(0, 19) })
}
