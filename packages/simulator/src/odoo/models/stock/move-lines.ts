import type { Env } from '../../orm/env.ts'
import { validationError } from '../../orm/errors.ts'
import type { Values } from '../../orm/rows.ts'
import { convertUnits } from '../units.ts'
import { addToPlace, isReservedAt, releaseLine, reserveLine } from './quants.ts'
import type { MoveLine, Product, StockMove } from './stock-rows.ts'

/** The lines of a move, by id. */
export function linesOf(env: Env, move: StockMove): MoveLine[] {
  return env.by<MoveLine>('stock.move.line', 'move_id', move.id)
}

/** What a line of a move has where it is not said. */
export function lineDefaults(env: Env, move: StockMove): Values {
  return {
    move_id: move.id,
    picking_id: move.picking_id,
    product_id: move.product_id,
    product_uom_id: env.get<Product>('product.product', move.product_id).uom_id,
    location_id: move.location_id,
    location_dest_id: move.location_dest_id,
    picked: move.picked,
    date: env.stamp.slice(0, 19),
  }
}

/** Adds a line to a move, holds its goods back, and counts the move anew. */
export function addLine(env: Env, move: StockMove, values: Values): MoveLine {
  refuseNegative(values['quantity'])
  const line = env.insert<MoveLine>('stock.move.line', {
    ...lineDefaults(env, move),
    ...values,
    reserved: 0,
  })
  settleNewLine(env, move, line)
  return line
}

/** @throws {OdooError} ValidationError. */
function refuseNegative(quantity: unknown): void {
  if (typeof quantity !== 'number' || quantity >= 0) return
  throw validationError('You can not enter negative quantities.')
}

/** What follows from a new line. Where goods come from outside, the move's state is left as it was. */
export function settleNewLine(env: Env, move: StockMove, line: MoveLine): void {
  if (move.state === 'done') moveGoods(env, line, 1)
  else reserveLine(env, line, inProductUnit(env, line, line.quantity))
  countMove(env, move)
  if (isReservedAt(env, move.location_id)) recomputeState(env, move)
}

/** Changes a line with what follows: its goods are held back at its new place, or moved after the fact. */
export function changeLine(env: Env, line: MoveLine, values: Values): void {
  refuseNegative(values['quantity'])
  const move = env.get<StockMove>('stock.move', line.move_id)
  const before = line.quantity
  if (move.state === 'done') moveGoods(env, line, -1)
  else releaseLine(env, line)
  env.update('stock.move.line', line, values)
  if (move.state === 'done') moveGoods(env, line, 1)
  else reserveLine(env, line, inProductUnit(env, line, line.quantity))
  countMove(env, move)
  if (line.quantity !== before) recomputeState(env, move)
}

/** Deletes a line and frees what it held back. */
export function removeLine(env: Env, line: MoveLine): void {
  const move = env.get<StockMove>('stock.move', line.move_id)
  releaseLine(env, line)
  env.delete('stock.move.line', line)
  countMove(env, move)
  recomputeState(env, move)
}

/** Takes a line's goods from its source to its destination, or back where `sign` is -1. */
export function moveGoods(env: Env, line: MoveLine, sign: 1 | -1): void {
  const { product_id, lot_id } = line
  const quantity = sign * inProductUnit(env, line, line.quantity)
  addToPlace(env, { product_id, lot_id, location_id: line.location_id }, -quantity)
  addToPlace(env, { product_id, lot_id, location_id: line.location_dest_id }, quantity)
}

function inProductUnit(env: Env, line: MoveLine, quantity: number): number {
  const { uom_id } = env.get<Product>('product.product', line.product_id)
  return convertUnits(env, quantity, { from: line.product_uom_id, to: uom_id })
}

/** Keeps what the lines of a move add up to, and whether they are picked. */
export function countMove(env: Env, move: StockMove): void {
  const lines = linesOf(env, move)
  const quantities = lines.map((line) =>
    convertUnits(env, line.quantity, { from: line.product_uom_id, to: move.product_uom }),
  )
  const quantity = Math.round(quantities.reduce((a, b) => a + b, 0) * 1e6) / 1e6
  const picked = lines.length > 0 ? lines.some((line) => line.picked) : move.picked
  env.settle('stock.move', move, { quantity, picked })
}

/** The state that a move's quantity puts it in. */
export function recomputeState(env: Env, move: StockMove): void {
  const { state, quantity, product_uom_qty: demand } = move
  if (state === 'cancel' || state === 'done' || (state === 'draft' && quantity === 0)) return
  if (quantity >= demand) env.settle('stock.move', move, { state: 'assigned' })
  else if (quantity > 0) env.settle('stock.move', move, { state: 'partially_available' })
  else env.settle('stock.move', move, { state: 'confirmed' })
}

/** Sets how much a move moves, by shrinking its last lines or stretching and adding to them. */
export function setQuantity(env: Env, move: StockMove, quantity: number): void {
  const missing = quantity - move.quantity
  if (missing < 0) shrink(env, move, -missing)
  else if (missing > 0) stretch(env, move, missing)
}

function shrink(env: Env, move: StockMove, excess: number): void {
  let left = excess
  for (const line of linesOf(env, move).toReversed()) {
    if (left <= 0) return
    const taken = Math.min(line.quantity, left)
    left -= taken
    if (taken === line.quantity && move.state !== 'done') removeLine(env, line)
    else changeLine(env, line, { quantity: line.quantity - taken })
  }
}

function stretch(env: Env, move: StockMove, missing: number): void {
  const { tracking, uom_id } = env.get<Product>('product.product', move.product_id)
  const amount = convertUnits(env, missing, { from: move.product_uom, to: uom_id })
  if (tracking === 'serial') {
    for (let count = 0; count < Math.trunc(amount); count += 1) addLine(env, move, { quantity: 1 })
    return
  }
  const line = linesOf(env, move).find(({ lot_id }) => tracking === 'none' || lot_id === false)
  if (line) changeLine(env, line, { quantity: line.quantity + amount })
  else addLine(env, move, { quantity: amount })
}

/** Has a move of serials move these: lines of others go, lines without a serial are given one. */
export function setSerials(env: Env, move: StockMove, lotIds: readonly number[]): void {
  const { tracking } = env.get<Product>('product.product', move.product_id)
  if (tracking !== 'serial') return
  for (const line of linesOf(env, move)) {
    if (line.lot_id && !lotIds.includes(line.lot_id)) removeLine(env, line)
  }
  for (const lot_id of lotIds) {
    const lines = linesOf(env, move)
    if (lines.some((line) => line.lot_id === lot_id)) continue
    const lot_name = env.get('stock.lot', lot_id)['name']
    const nameless = lines.find((line) => !line.lot_id)
    if (nameless) changeLine(env, nameless, { lot_id, lot_name, quantity: 1 })
    else addLine(env, move, { lot_id, lot_name, quantity: 1 })
  }
}
