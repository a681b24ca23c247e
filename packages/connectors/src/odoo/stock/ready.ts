import type { Big } from 'big.js'
import { findMoves, keyName, type Move } from './moves.ts'
import type { Opened } from './opening.ts'
import { refusal } from './refusals.ts'
import type { LotQuantity } from './serials.ts'
import { makeTransfer, type PlannedMove, type PlannedTransfer } from './transfers.ts'

/** A move of goods that the hub holds, with the lots that go. */
export type ReadyMove = PlannedMove & { readonly lots: readonly LotQuantity[] | null }

export type ReadyPlan = Omit<PlannedTransfer, 'moves'> & { readonly moves: readonly ReadyMove[] }

export interface ReadyTransfer {
  readonly id: number
  readonly name: string
  readonly isDone: boolean
}

/**
 * Makes a transfer of goods that stand in a place, and reserves them; the lots are those that were chosen, not
 * those that Odoo would take. It is left ready for people.
 *
 * Safe to repeat: it is found again, and what is done is left alone. Four calls, one more for lots.
 *
 * @throws {TerminalError} INSUFFICIENT_STOCK when the goods are not there; RETURN_TRANSFER_CANCELED when somebody
 * has canceled it.
 */
export async function makeReady(
  opened: Opened,
  planned: ReadyPlan,
  isPicked = false,
): Promise<ReadyTransfer> {
  const { odoo, caseNo } = opened
  const id = await makeTransfer(odoo, caseNo, planned)
  const found = await findMoves(odoo, [['picking_id', '=', id]])
  if (found.every(({ state }) => state === 'canceled')) {
    const name = found[0]?.transferName ?? ''
    throw refusal('transferCanceled', `${name} has been canceled in Odoo by somebody`)
  }
  if (found.every(({ state }) => state !== 'open')) return toReady(id, found)
  const reserved = await reserve(opened, id, found)
  checkEnough(reserved, planned.moves)
  await stateLots(opened, id, { moves: reserved, planned: planned.moves, isPicked })
  return toReady(id, reserved)
}

function toReady(id: number, moves: readonly Move[]): ReadyTransfer {
  const isDone = moves.length > 0 && moves.every(({ state }) => state !== 'open')
  return { id, name: moves[0]?.transferName ?? '', isDone }
}

/** Confirming reserves at once unless the operation type says otherwise. */
async function reserve(
  { odoo }: Opened,
  id: number,
  found: readonly Move[],
): Promise<readonly Move[]> {
  let moves = found
  if (moves.some(({ isDraft }) => isDraft)) {
    await odoo.act('stock.picking', 'action_confirm', { ids: [id] })
    moves = await findMoves(odoo, [['picking_id', '=', id]])
  }
  if (moves.every((move) => !isShort(move))) return moves
  await odoo.act('stock.picking', 'action_assign', { ids: [id] })
  return findMoves(odoo, [['picking_id', '=', id]])
}

function isShort({ state, quantity, demand }: Move): boolean {
  return state === 'open' && quantity.lt(demand)
}

function checkEnough(moves: readonly Move[], planned: readonly ReadyMove[]): void {
  // Of lots it is known that they are there.
  const short = moves.find((move) => isShort(move) && lotsFor(move, planned) === null)
  if (short === undefined) return
  const reason = `there is not enough of ${short.productName} where the returned goods should be`
  throw refusal('insufficientStock', reason)
}

function lotsFor(move: Move, planned: readonly ReadyMove[]): readonly LotQuantity[] | null {
  return planned.find(({ key }) => keyName(key) === move.key)?.lots ?? null
}

/** Once one move is picked Odoo leaves the others behind: all of them are, or none. */
async function stateLots(
  { odoo }: Opened,
  id: number,
  { moves, planned, isPicked }: StatedMoves,
): Promise<void> {
  if (planned.every(({ lots }) => lots === null)) return
  const open = moves.filter(({ state }) => state === 'open')
  const commands = open.map((move) => [
    1,
    move.id,
    { ...valuesOf(move, lotsFor(move, planned), isPicked), picked: isPicked },
  ])
  await odoo.act('stock.picking', 'write', { ids: [id], named: { vals: { move_ids: commands } } })
}

interface StatedMoves {
  readonly moves: readonly Move[]
  readonly planned: readonly ReadyMove[]
  readonly isPicked: boolean
}

function valuesOf(
  move: Move,
  lots: readonly LotQuantity[] | null,
  isPicked: boolean,
): Record<string, unknown> {
  if (lots === null) return { quantity: inUnit(move, move.demand) }
  const lines = lots.map(({ lotId, quantity }) => {
    const values = { product_id: move.productId, lot_id: lotId, quantity: quantity.toNumber() }
    return [0, 0, { ...values, picked: isPicked }]
  })
  return { move_line_ids: [[5], ...lines] }
}

function inUnit({ factor }: Move, quantity: Big): number {
  return quantity.div(factor).round(6).toNumber()
}

/**
 * Moves goods at once: `makeReady`, and validated. Two calls more.
 *
 * @throws {TerminalError} TRANSFER_NOT_FINISHED when Odoo waits for a person's answer.
 */
export async function moveNow(opened: Opened, planned: ReadyPlan): Promise<ReadyTransfer> {
  const ready = await makeReady(opened, planned, true)
  if (ready.isDone) return ready
  const { odoo } = opened
  // Transfers to customers ask whether to send a message, and do nothing until that is answered.
  const context = { skip_sms: true, skip_backorder: true }
  await odoo.act('stock.picking', 'button_validate', { ids: [ready.id], context })
  const after = await findMoves(odoo, [['picking_id', '=', ready.id]])
  if (after.some(({ state }) => state === 'open') || after.length === 0) {
    throw refusal('notFinished', `Odoo waits for an answer before it finishes ${ready.name}`)
  }
  return { ...ready, isDone: true }
}
