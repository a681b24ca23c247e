import { nameOf } from '../../orm/display-name.ts'
import type { Env } from '../../orm/env.ts'
import { userError } from '../../orm/errors.ts'
import { asIds } from '../../orm/rows.ts'
import { confirmMoves } from './confirm-moves.ts'
import { finishMoves } from './finish-moves.ts'
import { linesOf, setQuantity } from './move-lines.ts'
import { movesOf } from './picking-moves.ts'
import type { Picking, PickingType, Product, StockMove } from './stock-rows.ts'

/**
 * `button_validate`: `true` when done, and also when it was done before; a window action is a
 * question, and nothing has happened.
 *
 * @throws {OdooError} UserError.
 */
export function validatePickings(env: Env, all: readonly Picking[]): unknown {
  const pickings = all.filter((picking) => picking.state !== 'done')
  for (const picking of pickings) if (picking.state === 'draft') confirmWhole(env, picking)
  for (const picking of pickings) checkSanity(env, picking)
  for (const picking of pickings) pickAllUnlessSome(env, picking)
  const ids = pickings.map((picking) => picking.id)
  const asked = env.context['skip_backorder'] ? [] : pickings.filter((one) => isShort(env, one))
  if (asked.length > 0) return backorderQuestion(env, ids, asked)
  const warned = env.context['skip_sms'] ? [] : pickings.filter((one) => wouldSendSms(env, one))
  if (warned.length > 0) return smsQuestion(env, ids, warned)
  const notToBackorder = asIds(env.context['picking_ids_not_to_backorder'])
  for (const picking of pickings) finish(env, picking, notToBackorder.includes(picking.id))
  return true
}

/** Moves the goods of a transfer. */
function finish(env: Env, picking: Picking, isClosedShort: boolean): void {
  const open = movesOf(env, picking).filter(({ state }) => state !== 'cancel' && state !== 'done')
  finishMoves(env, open, isClosedShort)
  env.flush()
  env.update('stock.picking', picking, { date_done: env.stamp.slice(0, 19), priority: '0' })
}

function confirmWhole(env: Env, picking: Picking): void {
  for (const move of confirmMoves(env, movesOf(env, picking))) {
    if (move.quantity === 0) setQuantity(env, move, move.product_uom_qty)
  }
}

function checkSanity(env: Env, picking: Picking): void {
  const moves = movesOf(env, picking)
  if (moves.length === 0) {
    throw userError(
      'You can’t validate an empty transfer. Please add some products to move before proceeding.',
    )
  }
  const open = moves.filter(({ state }) => state !== 'cancel' && state !== 'done')
  const hasPick = open.some((move) => move.picked)
  const counted = open.filter((move) => !hasPick || move.picked)
  if (counted.every((move) => move.quantity === 0)) {
    throw userError(
      "Transfer trouble alert! Validating a zero quantity transfer? You're not moving invisible goods around are you?\nSet some quantities and let's get moving!",
    )
  }
  const type = env.get<PickingType>('stock.picking.type', picking.picking_type_id)
  if (type.use_create_lots || type.use_existing_lots) requireLots(env, counted)
}

function requireLots(env: Env, moves: readonly StockMove[]): void {
  const nameless = moves
    .filter((move) => env.get<Product>('product.product', move.product_id).tracking !== 'none')
    .filter((move) =>
      linesOf(env, move).some((line) => !line.lot_id && !line.lot_name && line.quantity),
    )
  if (nameless.length === 0) return
  const names = new Set(nameless.map((move) => nameOf(env, 'product.product', move.product_id)))
  throw userError(`You need to supply a Lot/Serial number for products ${[...names].join(', ')}.`)
}

/** Where nothing was marked as picked, all that was prefilled counts as picked. */
function pickAllUnlessSome(env: Env, picking: Picking): void {
  const moves = movesOf(env, picking)
  if (moves.some((move) => move.picked) || moves.every((move) => move.quantity === 0)) return
  for (const move of moves) {
    if (move.state === 'cancel' || move.state === 'done') continue
    for (const line of linesOf(env, move)) env.update('stock.move.line', line, { picked: true })
    env.update('stock.move', move, { picked: true })
  }
}

function isShort(env: Env, picking: Picking): boolean {
  const type = env.get<PickingType>('stock.picking.type', picking.picking_type_id)
  if (type.create_backorder !== 'ask') return false
  return movesOf(env, picking).some((move) => {
    if (move.state === 'cancel') return false
    const lines = linesOf(env, move).filter((line) => line.picked)
    const picked = lines.length === 0 ? 0 : move.quantity
    return (move.product_uom_qty !== 0 && !move.picked) || picked < move.product_uom_qty - 1e-6
  })
}

function wouldSendSms(env: Env, picking: Picking): boolean {
  const type = env.get<PickingType>('stock.picking.type', picking.picking_type_id)
  return type.code === 'outgoing' && Boolean(env.find('res.partner', picking.partner_id)?.['phone'])
}

function backorderQuestion(env: Env, ids: readonly number[], asked: readonly Picking[]): unknown {
  return {
    name: 'Create Backorder?',
    type: 'ir.actions.act_window',
    view_mode: 'form',
    res_model: 'stock.backorder.confirmation',
    views: [[1018, 'form']],
    view_id: 1018,
    target: 'new',
    context: {
      ...env.context,
      button_validate_picking_ids: ids,
      default_show_transfers: ids.length > 1,
      default_pick_ids: asked.map(({ id }) => [4, id]),
    },
  }
}

function smsQuestion(env: Env, ids: readonly number[], warned: readonly Picking[]): unknown {
  const wizard = env.insert('confirm.stock.sms', { pick_ids: warned.map(({ id }) => id) })
  return {
    name: 'SMS',
    type: 'ir.actions.act_window',
    view_mode: 'form',
    res_model: 'confirm.stock.sms',
    views: [[1259, 'form']],
    view_id: 1259,
    target: 'new',
    res_id: wizard.id,
    context: { ...env.context, button_validate_picking_ids: ids },
  }
}
