import type { Delivered, Delivery, DeliveryDefinition } from '@backhaul/sdk/connector'
import { Big } from 'big.js'
import type { Config } from '../config.ts'
import { externalId, transferOrigin } from '../references.ts'
import { type Count, countCommands, countInto } from './count.ts'
import { type Family, recordedAs, returnFamily, returnTransfers, type Transfer } from './family.ts'
import { kitRatios } from './kits.ts'
import { type GoodsLine, resolveLines } from './lines.ts'
import { findMoves, type Move } from './moves.ts'
import { deliveredTransfers, type Opened, openFor, toldTransfers } from './opening.ts'
import { planUnexpected } from './plan-return.ts'
import { refusal } from './refusals.ts'
import { partnerOf } from './return-record.ts'
import { makeTransfer, operationType, type PlannedMove, partnersPlace } from './transfers.ts'

/**
 * Records what has really arrived. It is counted into the transfers that expect it, what is missing stays expected
 * in a backorder, and what nothing expects gets a transfer of its own.
 *
 * Safe to repeat: the receipt's mark is written together with the counts and before the transfer is validated, so
 * that a done transfer with the mark proves the receipt. Five calls, two of them at once.
 *
 * @returns the refs `return_transfer` of the receipt and of what is still expected.
 * @throws {TerminalError} SERIAL_UNKNOWN, SERIAL_IN_STOCK, SERIAL_NOT_SHIPPED, SERIALS_NEEDED, PRODUCT_UNKNOWN,
 * PRODUCT_AMBIGUOUS, KIT_UNCLEAR, TRANSFER_NOT_FINISHED, NOT_CONFIGURED.
 */
export const recordReceipt: DeliveryDefinition<Config, 'receipt.record'> = {
  idempotency: { kind: 'upsert' },
  deliver,
}

type Body = Delivery<Config, 'receipt.record'>['command']['body']

async function deliver(delivery: Delivery<Config, 'receipt.record'>): Promise<Delivered> {
  const { body } = delivery.command
  const opened = await openFor(delivery, body)
  const told = toldTransfers(body.target)
  const before = await returnFamily(opened, told)
  const recorded = recordedAs(before.transfers, opened.caseNo, body.receiptId)
  if (recorded.length > 0)
    return answer(
      before.transfers,
      recorded.map(({ id }) => id),
    )
  const lines = addUp(body)
  if (lines.length === 0) return {}
  const expected = await withUnexpected(opened, { body, lines, family: before })
  const counts = await countInto(opened.odoo, expected.lines, expected.open)
  const ids = await countAndValidate(opened, { body, counts, open: expected.open })
  const after = await returnTransfers(opened, [...told, ...ids])
  return answer(after, checkDone(after, opened.caseNo, body.receiptId))
}

/** A receipt may tell of a line twice; what is nothing is left out. */
function addUp({ lines }: Body): Body['lines'] {
  const numbers = [...new Set(lines.map(({ lineNo }) => lineNo))]
  return numbers.flatMap((lineNo) => {
    const same = lines.filter((line) => line.lineNo === lineNo)
    const [first] = same
    const quantity = same.reduce((total, line) => total.plus(line.quantity), new Big(0))
    if (first === undefined || quantity.eq(0)) return []
    const serials = same.flatMap((line) => line.serials ?? [])
    const lots = same.flatMap((line) => line.lots ?? [])
    return [{ ...first, quantity: quantity.toFixed(), serials, lots }]
  })
}

function answer(transfers: readonly Transfer[], done: readonly number[]): Delivered {
  const open = transfers.filter(({ state }) => state === 'open').map(({ id }) => id)
  return deliveredTransfers([...done, ...open])
}

interface Expected {
  readonly lines: readonly GoodsLine[]
  /** All open moves of the transfers that are counted. */
  readonly open: readonly Move[]
}

/** Lines that nothing expects get moves of their own first. */
async function withUnexpected(
  opened: Opened,
  {
    body,
    lines,
    family,
  }: { readonly body: Body; readonly lines: Body['lines']; readonly family: Family },
): Promise<Expected> {
  const open = await confirmed(opened, openMoves(family))
  const isExpected = (line: Body['lines'][number]) =>
    open.some(({ lineNo }) => lineNo === line.lineNo)
  const unexpected = lines.filter((line) => !isExpected(line))
  const known = lines.filter(isExpected).map(toGoodsLine)
  if (unexpected.length === 0) return { lines: known, open }
  const found = await resolveLines(opened.odoo, { lines: unexpected, withProducts: true })
  const added = await expectNow(opened, { body, lines: found, family })
  return { lines: [...known, ...found], open: [...open, ...added] }
}

/** The products of these lines are those of their moves. */
function toGoodsLine({
  lineNo,
  quantity,
  serials = [],
  lots = [],
}: Body['lines'][number]): GoodsLine {
  return { lineNo, quantity: new Big(quantity), serials, lots, saleLineId: null, productId: null }
}

function openMoves({ transfers, moves }: Family): Move[] {
  const open = new Set(
    transfers.filter(({ state }) => state === 'open' || state === 'draft').map(({ id }) => id),
  )
  return moves.filter(({ state, transferId }) => state === 'open' && open.has(transferId ?? 0))
}

/**
 * A draft that is validated counts as if all of it had come. Confirming puts the components of a kit in its place,
 * so that the moves are others afterwards.
 */
async function confirmed({ odoo }: Opened, moves: readonly Move[]): Promise<readonly Move[]> {
  if (!moves.some(({ isDraft }) => isDraft)) return moves
  const ids = [...new Set(moves.map(({ transferId }) => transferId ?? 0))]
  const drafts = moves.filter(({ isDraft }) => isDraft).map(({ transferId }) => transferId ?? 0)
  await odoo.act('stock.picking', 'action_confirm', { ids: [...new Set(drafts)] })
  const found = await findMoves(odoo, [['picking_id', 'in', ids]])
  return found.filter(({ state }) => state === 'open')
}

/** @returns the moves of a transfer for what nobody expected. */
async function expectNow(
  opened: Opened,
  {
    body,
    lines,
    family,
  }: { readonly body: Body; readonly lines: readonly GoodsLine[]; readonly family: Family },
): Promise<readonly Move[]> {
  const { odoo, places, caseNo } = opened
  const moves = await unexpectedMoves(opened, { body, lines, family })
  const type = await operationType(odoo, places.returnsType)
  const partnerId = family.transfers.find((one) => one.partnerId !== null)?.partnerId
  const id = await makeTransfer(odoo, caseNo, {
    key: externalId(odoo.config, caseNo, 'blind', body.receiptId),
    typeId: places.returnsType,
    origin: transferOrigin(caseNo, body.receiptId),
    fromId: type.fromId ?? (await partnersPlace(odoo, 'customer')),
    toId: places.quarantine,
    partnerId: partnerId ?? (await partnerOf(odoo, body)),
    moves,
  })
  return confirmed(opened, await findMoves(odoo, [['picking_id', '=', id]]))
}

/** Where the hub knows the line of the order, or where some of the line has come before, it is that order's. */
async function unexpectedMoves(
  { odoo, caseNo }: Opened,
  {
    body,
    lines,
    family,
  }: { readonly body: Body; readonly lines: readonly GoodsLine[]; readonly family: Family },
): Promise<PlannedMove[]> {
  const saleLineOf = (line: GoodsLine) =>
    line.saleLineId ?? family.moves.find(({ lineNo }) => lineNo === line.lineNo)?.saleLineId ?? null
  const saleLineIds = lines.flatMap((line) => saleLineOf(line) ?? [])
  const ofOrders =
    saleLineIds.length === 0 ? [] : await findMoves(odoo, [['sale_line_id', 'in', saleLineIds]])
  const ratios = await kitRatios(odoo, ofOrders)
  return lines.flatMap((line) => {
    const saleLineId = saleLineOf(line)
    const ofLine = ofOrders.filter((move) => saleLineId !== null && move.saleLineId === saleLineId)
    return planUnexpected(line, ofLine, ratios).map((added, index): PlannedMove => {
      const numbered = index === 0 ? [] : [index + 1]
      const name = `line${line.lineNo}`
      const { lineNo, productId, quantity, delivery } = added
      return {
        key: externalId(odoo.config, caseNo, 'blind', body.receiptId, name, ...numbered),
        lineNo,
        productId,
        quantity,
        toRefund: delivery !== null,
        ...(delivery === null ? {} : { reverses: delivery }),
      }
    })
  })
}

/** @returns the transfers that were validated. */
async function countAndValidate(
  { odoo, caseNo }: Opened,
  {
    body,
    counts,
    open,
  }: { readonly body: Body; readonly counts: readonly Count[]; readonly open: readonly Move[] },
): Promise<number[]> {
  const ids = [...new Set(counts.map(({ move }) => move.transferId ?? 0))]
  const origin = transferOrigin(caseNo, body.receiptId)
  for (const id of ids) {
    const ofTransfer = open.filter(({ transferId }) => transferId === id)
    const vals = { origin, move_ids: countCommands(counts, ofTransfer) }
    await odoo.act('stock.picking', 'write', { ids: [id], named: { vals } })
  }
  // Without the context Odoo asks what to do with the rest, and does nothing. What is open stays expected.
  const context = { skip_backorder: true, skip_sms: true }
  await odoo.act('stock.picking', 'button_validate', { ids, context })
  return ids
}

function checkDone(after: readonly Transfer[], caseNo: string, receiptId: string): number[] {
  const done = recordedAs(after, caseNo, receiptId)
  if (done.length > 0) return done.map(({ id }) => id)
  const reason = 'the goods are counted, but Odoo waits for an answer before it takes them in'
  throw refusal('notFinished', reason)
}
