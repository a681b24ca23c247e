import type { EventData } from '@backhaul/sdk/canonical'
import type { LineState, ReceiptState } from '../case-state.ts'
import { dropUncovered } from '../dispositions.ts'
import {
  type Draft,
  editHeader,
  editLine,
  findLine,
  namedLines,
  refuse,
  repeat,
  type Verdict,
} from '../draft.ts'
import { raise } from '../exceptions/raise.ts'
import { compare, normal, plus } from '../ledger/decimal.ts'
import { rebalance } from '../ledger/lines.ts'
import { moveLines } from '../move.ts'
import { linesIn } from '../parcels.ts'
import { fingerprint } from '../said.ts'
import type { StampedEvent } from '../stamped-event.ts'
import { checkDock } from './dock.ts'
import { type Match, matchLine } from './match-line.ts'

type Received = EventData<'goods.received'>
type ReceivedLine = Received['lines'][number]
type CountedMatch = Match & { readonly line: LineState }

/** `goods.received`: quantities add up over receipt ids; the same receipt counts once. */
export function receive(draft: Draft, { data }: StampedEvent<'goods.received'>): Verdict {
  const known = draft.state.receipts.find(({ receiptId }) => receiptId === data.receiptId)
  const said = fingerprint([data.lines, data.complete ?? false])
  if (known) {
    return known.said === said
      ? repeat('the receipt is counted already')
      : contradict(draft, known, data)
  }
  const matches = data.lines.map((received) => matchLine(draft.state, received))
  const counted = matches.filter((match) => match.line !== null) as CountedMatch[]
  for (const { line, received } of counted) addArrived(draft, line, received)
  checkDock(draft, { data, matches })
  draft.state.receipts = [...draft.state.receipts, receiptOf(draft, { data, said, counted })]
  if (data.warehouse && draft.state.header.warehouse === null) {
    editHeader(draft, { warehouse: data.warehouse })
  }
  const lines = uniqueLines(counted)
  if (data.complete) markUnpacked(draft, data, lines)
  return lines.length === 0 ? null : moveLines(draft, lines, 'receipt')
}

/**
 * What was counted stays counted. Other serial numbers or conditions are refused and kept in the history; another
 * quantity means that somebody has corrected the receipt over there, and people have to know.
 */
function contradict(draft: Draft, known: ReceiptState, { lines, receiptId }: Received): Verdict {
  const counted = known.lines.reduce((sum, { quantity }) => plus(sum, quantity), '0')
  const said = lines.reduce((sum, { quantity }) => plus(sum, quantity), '0')
  if (known.isReversed || compare(counted, said) === 0) {
    return refuse('conflicting_repeat', 'the receipt was reported with other contents')
  }
  const detail = `${draft.event.source} now says ${said} for it; counted were ${counted}`
  raise(draft, { code: 'IT06', object: `receipt:${receiptId}`, detail })
  return null
}

function addArrived(draft: Draft, { lineNo }: LineState, received: ReceivedLine): void {
  const line = findLine(draft.state, lineNo)
  if (!line) return
  const edited = editLine(draft, line)
  edited.quantities.surplus = plus(edited.quantities.surplus, received.quantity)
  if (edited.product === null && received.product) edited.product = received.product
  rebalance(edited)
}

function receiptOf(
  { event, state }: Draft,
  { data, said, counted }: { data: Received; said: string; counted: readonly CountedMatch[] },
): ReceiptState {
  return {
    receiptId: data.receiptId,
    source: event.source,
    at: event.occurredAt,
    warehouse: data.warehouse ?? state.header.warehouse,
    reversalOf: null,
    isReversed: false,
    said,
    lines: counted.map(({ line, received }) => ({
      lineNo: line.lineNo,
      quantity: normal(received.quantity),
      isTold: false,
      ...(received.serials && received.serials.length > 0 ? { serials: received.serials } : {}),
      ...(received.lots && received.lots.length > 0 ? { lots: received.lots } : {}),
    })),
  }
}

function uniqueLines(counted: readonly CountedMatch[]): LineState[] {
  return [...new Map(counted.map(({ line }) => [line.lineNo, line])).values()]
}

/**
 * Marks the lines of which nothing more is to be looked for: the contents of the parcel where they are
 * known, all lines when there is no other parcel, else those that were received.
 */
function markUnpacked(draft: Draft, data: Received, received: readonly LineState[]): void {
  const { parcels } = draft.state
  const parcel = parcels.find(
    ({ parcelId, tracking }) =>
      parcelId === data.parcelId || (tracking !== null && tracking === data.tracking),
  )
  const inbound = parcels.filter(({ direction }) => direction === 'inbound').length
  const lines = parcel?.lines ? linesIn(draft.state, parcel) : inbound > 1 ? received : null
  for (const line of lines ?? draft.state.lines) editLine(draft, line).isUnpacked = true
}

/** `goods.expected`: the warehouse knows that goods are coming. */
export function expect(draft: Draft, { data }: StampedEvent<'goods.expected'>): Verdict {
  const lines = namedLines(draft.state, data.lineNos)
  if (!lines) return refuse('unknown_line', 'the return has no such line')
  const verdict = moveLines(draft, lines, 'receipt')
  if (verdict === null && data.warehouse) editHeader(draft, { warehouse: data.warehouse })
  return verdict
}

/** `goods.closed_short`: what has not come will not come. */
export function closeShort(draft: Draft, { data }: StampedEvent<'goods.closed_short'>): Verdict {
  const lines = namedLines(draft.state, data.lineNos)
  if (!lines) return refuse('unknown_line', 'the return has no such line')
  return moveLines(draft, lines, 'receipt')
}

/** `goods.refused`: the goods were not taken in, and leave our floor. */
export function refuseGoods(draft: Draft, { data }: StampedEvent<'goods.refused'>): Verdict {
  const lines = namedLines(draft.state, data.lineNos)
  if (!lines) return refuse('unknown_line', 'the return has no such line')
  const verdict = moveLines(draft, lines, 'receipt')
  if (verdict) return verdict
  for (const { lineNo, axis } of draft.moves.slice()) {
    const line = axis === 'receipt' && lineNo !== null ? findLine(draft.state, lineNo) : undefined
    if (!line) continue
    const edited = editLine(draft, line)
    edited.quantities.received = '0'
    edited.quantities.surplus = '0'
    edited.isUnpacked = false
    rebalance(edited)
    dropUncovered(draft, edited.lineNo)
  }
  return null
}
