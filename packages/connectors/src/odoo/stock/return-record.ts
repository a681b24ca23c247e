import type { Delivered, Delivery, DeliveryDefinition } from '@backhaul/sdk/connector'
import { z } from 'zod'
import type { Odoo } from '../client/odoo.ts'
import { many2one } from '../client/values.ts'
import type { Config } from '../config.ts'
import { externalId, transferOrigin } from '../references.ts'
import { kitRatios } from './kits.ts'
import { type GoodsLine, idOf, resolveLines } from './lines.ts'
import { findMoves, type Move } from './moves.ts'
import {
  deliveredTransfers,
  familyDomain,
  isReturn,
  type Opened,
  openFor,
  toldTransfers,
} from './opening.ts'
import { type NewMove, planReturn, type ReturnPlan } from './plan-return.ts'
import { refusal } from './refusals.ts'
import {
  addMoves,
  makeTransfer,
  operationType,
  type PlannedMove,
  partnersPlace,
} from './transfers.ts'

/**
 * Announces a return in Odoo: one transfer from the customer into quarantine, with the deliveries that the goods
 * come back from. Told again with other quantities it changes what is still expected.
 *
 * Safe to repeat: the transfer and its moves have external ids, and what is there is read before anything is
 * changed. Three calls and one to read back for a new return; more for kits, serial numbers, and lines whose ids
 * in Odoo the hub does not know.
 *
 * @returns the ref `return_transfer` of each transfer that is open.
 * @throws {TerminalError} RETURN_EXCEEDS_DELIVERED, ORDER_LINE_AMBIGUOUS, PRODUCT_UNKNOWN, PRODUCT_AMBIGUOUS,
 * KIT_UNCLEAR, NOT_CONFIGURED.
 */
export const recordReturn: DeliveryDefinition<Config, 'return.record'> = {
  idempotency: { kind: 'upsert' },
  deliver,
}

type Body = Delivery<Config, 'return.record'>['command']['body']

async function deliver(delivery: Delivery<Config, 'return.record'>): Promise<Delivered> {
  const { body } = delivery.command
  const opened = await openFor(delivery, { about: body.about })
  const { odoo } = opened
  const lines = await resolveLines(odoo, body)
  const moves = await movesAround(opened, { lines, body })
  const own = moves.filter((move) => isReturn(move) && isOwn(move, opened, body))
  const ratios = await kitRatios(odoo, moves)
  const shippedBy = await deliveriesOfSerials(odoo, { lines, moves })
  const plan = planReturn(lines, { moves, own, ratios, shippedBy })
  const isNew = await carryOut(opened, { plan, own, body })
  const hasDraft = own.some(({ isDraft }) => isDraft)
  if (!isNew && !hasDraft && plan.changes.length === 0) return deliveredTransfers(openIds(own))
  const after = await readBack(opened, body)
  return deliveredTransfers(openIds(after))
}

function openIds(own: readonly Move[]): (number | null)[] {
  const open = own.filter(({ state }) => state === 'open')
  return (open.length > 0 ? open : own).map(({ transferId }) => transferId)
}

/** A transfer of ours is known by its source document, its moves by theirs. */
function isOwn(move: Move, { caseNo }: Opened, { target }: Body): boolean {
  return move.caseNo === caseNo || toldTransfers(target).includes(move.transferId ?? 0)
}

function movesAround(
  { odoo, caseNo }: Opened,
  { lines, body }: { readonly lines: readonly GoodsLine[]; readonly body: Body },
): Promise<Move[]> {
  const saleLineIds = [...new Set(lines.flatMap(({ saleLineId }) => saleLineId ?? []))]
  const family = familyDomain(caseNo, toldTransfers(body.target), 'move')
  if (saleLineIds.length === 0) return findMoves(odoo, family)
  return findMoves(odoo, ['|', ['sale_line_id', 'in', saleLineIds], ...family])
}

const shippedRow = z.object({ id: z.int(), lot_id: many2one, move_id: many2one })

/** Which delivery shipped a serial number that is announced. One call, where there are any. */
async function deliveriesOfSerials(
  odoo: Odoo,
  { lines, moves }: { readonly lines: readonly GoodsLine[]; readonly moves: readonly Move[] },
): Promise<ReadonlyMap<string, number>> {
  const names = lines.flatMap(({ serials }) => serials)
  const tracked = moves.filter(
    ({ isToCustomer, tracking }) => isToCustomer && tracking === 'serial',
  )
  if (names.length === 0 || tracked.length === 0) return new Map()
  const domain = [
    ['move_id', 'in', tracked.map(({ id }) => id)],
    ['lot_id.name', 'in', names],
    ['state', '=', 'done'],
  ] as const
  const rows = await odoo.search('stock.move.line', { domain, row: shippedRow, order: 'id' })
  return new Map(rows.map(({ lot_id, move_id }) => [lot_id?.name ?? '', move_id?.id ?? 0]))
}

/** @returns whether anything new has to be read back. */
async function carryOut(
  opened: Opened,
  {
    plan,
    own,
    body,
  }: { readonly plan: ReturnPlan; readonly own: readonly Move[]; readonly body: Body },
): Promise<boolean> {
  const { odoo } = opened
  const changed = await changeDemands(odoo, plan, own)
  const added = await announce(opened, { additions: plan.additions, own, body })
  const drafts = own.filter(({ isDraft }) => isDraft).map(({ transferId }) => transferId ?? 0)
  const unconfirmed = [...new Set([...drafts, ...added])]
  if (unconfirmed.length > 0)
    await odoo.act('stock.picking', 'action_confirm', { ids: unconfirmed })
  // A lowered demand has dropped what Odoo had filled in; people count more easily with it.
  if (changed.length > 0) await odoo.act('stock.picking', 'action_assign', { ids: changed })
  return unconfirmed.length > 0
}

/** @returns ids of transfers that are still expected and were changed. */
async function changeDemands(
  odoo: Odoo,
  { changes, additions }: ReturnPlan,
  own: readonly Move[],
): Promise<number[]> {
  const ids = [...new Set(changes.map(({ move }) => move.transferId ?? 0))]
  const left: number[] = []
  for (const id of ids) {
    const ofTransfer = own.filter(({ transferId, state }) => transferId === id && state === 'open')
    const demandOf = (move: Move) =>
      changes.find((change) => change.move.id === move.id)?.demand ?? move.demand
    const isEmpty = ofTransfer.every((move) => demandOf(move).eq(0))
    if (isEmpty && additions.length === 0) {
      await odoo.act('stock.picking', 'action_cancel', { ids: [id] })
      continue
    }
    const commands = changes
      .filter(({ move }) => move.transferId === id)
      .map(({ move, demand }) => [1, move.id, { product_uom_qty: inUnitOf(move, demand) }])
    await odoo.act('stock.picking', 'write', { ids: [id], named: { vals: { move_ids: commands } } })
    left.push(id)
  }
  return left
}

/** As Odoo takes a quantity: a number, in the unit of the move. */
function inUnitOf({ factor }: Move, quantity: DemandQuantity): number {
  return quantity.div(factor).round(6).toNumber()
}
type DemandQuantity = ReturnPlan['changes'][number]['demand']

/** @returns the transfer that new moves went into; none when there are none. */
async function announce(
  opened: Opened,
  {
    additions,
    own,
    body,
  }: { readonly additions: readonly NewMove[]; readonly own: readonly Move[]; readonly body: Body },
): Promise<number[]> {
  if (additions.length === 0) return []
  const { odoo, places, caseNo } = opened
  const moves = toPlannedMoves(opened, additions, own)
  const fromId = await customersPlace(opened, additions)
  const common = { typeId: places.returnsType, fromId, toId: places.quarantine, moves }
  const open = own.find(({ state, isPicked }) => state === 'open' && !isPicked)
  if (open?.transferId != null) {
    await addMoves(odoo, caseNo, { ...common, transferId: open.transferId })
    return [open.transferId]
  }
  // A key names one transfer for good, also when it was canceled.
  const earlier = new Set(own.map(({ transferId }) => transferId)).size
  const deliveries = [...new Set(additions.map(({ delivery }) => delivery?.transferId ?? null))]
  const id = await makeTransfer(odoo, caseNo, {
    ...common,
    key: externalId(odoo.config, caseNo, 'return', ...(earlier === 0 ? [] : [earlier + 1])),
    origin: transferOrigin(caseNo),
    partnerId: additions[0]?.delivery?.partnerId ?? (await partnerOf(odoo, body)),
    returnOf: deliveries.length === 1 ? (deliveries[0] ?? null) : null,
    note: noteOf(body),
  })
  return [id]
}

function toPlannedMoves(
  { odoo, caseNo }: Opened,
  additions: readonly NewMove[],
  own: readonly Move[],
): PlannedMove[] {
  return additions.map((added, index) => {
    const { lineNo, productId, quantity, delivery } = added
    const before = additions.slice(0, index).filter((one) => one.lineNo === lineNo).length
    const count = before + own.filter((move) => move.lineNo === lineNo).length
    const numbered = count === 0 ? [] : [count + 1]
    return {
      key: externalId(odoo.config, caseNo, `return-line${lineNo}`, ...numbered),
      lineNo,
      productId,
      quantity,
      toRefund: delivery !== null,
      ...(delivery === null ? {} : { reverses: delivery }),
    }
  })
}

async function customersPlace(
  { odoo, places }: Opened,
  additions: readonly NewMove[],
): Promise<number> {
  const delivery = additions.find((added) => added.delivery !== null)?.delivery
  if (delivery) return delivery.toId
  const type = await operationType(odoo, places.returnsType)
  return type.fromId ?? partnersPlace(odoo, 'customer')
}

const partnerRow = z.object({ id: z.int() })

/** The customer, where the hub knows them by an id that exists in Odoo. */
export async function partnerOf(
  odoo: Odoo,
  { about }: Pick<Body, 'about'>,
): Promise<number | null> {
  const id = idOf(about?.customer?.partyId)
  if (id === null) return null
  const [found] = await odoo.search('res.partner', { domain: [['id', '=', id]], row: partnerRow })
  return found?.id ?? null
}

/** For the people at the dock; Odoo prints it. */
function noteOf({ rmaNo, about, validUntil }: Body): string | null {
  const number = rmaNo ?? about?.rmaNo
  const words = [
    ...(number === undefined ? [] : [`RMA ${number}`]),
    ...(validUntil === undefined ? [] : [`valid until ${validUntil.slice(0, 10)}`]),
  ]
  return words.length === 0 ? null : words.join(', ')
}

async function readBack(opened: Opened, body: Body): Promise<Move[]> {
  const { odoo, caseNo } = opened
  const found = await findMoves(odoo, familyDomain(caseNo, toldTransfers(body.target), 'move'))
  const own = found.filter(isReturn)
  if (own.some(({ isDraft }) => isDraft)) {
    throw refusal('notFinished', 'the return transfer could not be confirmed in Odoo')
  }
  return own
}
