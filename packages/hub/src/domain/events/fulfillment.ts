import type { EventType } from '@backhaul/sdk/canonical'
import type { FulfillmentState, LineQuantity, LineState } from '../case-state.ts'
import { type Draft, namedLines, refuse, repeat, type Verdict } from '../draft.ts'
import { raise } from '../exceptions/raise.ts'
import {
  countFulfillment,
  findFulfillment,
  newFulfillment,
  outstanding,
  putFulfillment,
} from '../fulfillments.ts'
import { isGoodsResolution } from '../guards.ts'
import { compare, less, normal } from '../ledger/decimal.ts'
import { arrived } from '../ledger/lines.ts'
import { moveLines } from '../move.ts'
import { putParcel } from '../parcels.ts'
import type { StampedEvent } from '../stamped-event.ts'

type Status = FulfillmentState['status']

/** How far along each status is: a fulfillment does not go back, but for being planned again. */
const progress: Readonly<Record<Status, number>> = {
  planned: 0,
  out_of_stock: 0,
  canceled: 0,
  ordered: 1,
  in_repair: 1,
  repaired: 2,
  shipped: 3,
  delivered: 4,
}

const statusBy = {
  'replacement.planned': 'planned',
  'replacement.ordered': 'ordered',
  'replacement.shipped': 'shipped',
  'replacement.delivered': 'delivered',
  'replacement.canceled': 'canceled',
  'repair.planned': 'planned',
  'repair.started': 'in_repair',
  'repair.completed': 'repaired',
  'send_back.shipped': 'shipped',
} as const satisfies Partial<Record<EventType, Status>>

export type FulfillmentEvent = StampedEvent<keyof typeof statusBy>

/** A step of what goes out to the customer, planned here or over there. */
export function stepFulfillment(draft: Draft, event: FulfillmentEvent): Verdict {
  const { data, type } = event
  const known = findFulfillment(draft.state, data.fulfillmentId)
  const status = statusBy[type]
  const refusal = known ? orderRefusal(known, status) : null
  if (refusal) return refusal
  const lines = linesOf(draft, event, known)
  if (!lines) return refuse('unknown_line', 'the return has no such line')
  const item = known ?? { ...newFulfillment(data.fulfillmentId, kindOf(type)), lines }
  const over = type === 'send_back.shipped' ? overRefusal(draft, lines) : null
  if (over) return over
  const next = counted(draft, { ...item, ...(known ? {} : { lines }), status }, event)
  putFulfillment(draft, known, next)
  addParcel(draft, event, next)
  const named = namedLines(
    draft.state,
    lines.map(({ lineNo }) => lineNo),
  )
  if (lines.length === 0 || named === null) return refuse('no_transition', 'no line is left for it')
  const verdict = moveLines(draft, named, 'fulfillment')
  // What is known of it is true even where its lines show another fulfillment, further along.
  return known ? null : verdict
}

function orderRefusal(known: FulfillmentState, status: Status): Verdict {
  if (known.status === status) return repeat(`it is ${status} already`)
  if (status === 'canceled') {
    return progress[known.status] > 1
      ? refuse('no_transition', `it is ${known.status} already`)
      : null
  }
  if (known.status === 'canceled') return null
  return progress[status] < progress[known.status] ? repeat(`it is ${known.status} already`) : null
}

function kindOf(type: keyof typeof statusBy): FulfillmentState['kind'] {
  if (type === 'send_back.shipped') return 'send_back'
  return type.startsWith('repair.') ? 'repair' : 'replacement'
}

/** The units that the step is about: as it says, as was planned, or what the resolution leaves to send. */
function linesOf(
  draft: Draft,
  { data, type }: FulfillmentEvent,
  known: FulfillmentState | undefined,
): readonly LineQuantity[] | null {
  if ('quantities' in data && data.quantities && data.quantities.length > 0) {
    const quantities = new Map(data.quantities.map(({ lineNo, quantity }) => [lineNo, quantity]))
    const lines = namedLines(draft.state, [...quantities.keys()])
    return (
      lines?.map(({ lineNo }) => ({ lineNo, quantity: normal(quantities.get(lineNo) ?? '0') })) ??
      null
    )
  }
  const isNamed = data.lineNos !== undefined && data.lineNos.length > 0
  if (known && !isNamed) return known.lines
  const named = namedLines(draft.state, data.lineNos)
  if (!named) return null
  const kind = known?.kind ?? kindOf(type)
  const fitting = isNamed ? named : fittingLines(named, kind)
  return fitting.map((line) => ({ lineNo: line.lineNo, quantity: toSend(line, kind) }))
}

/** Where a step names no lines: those for which goods were agreed, or else all. */
function fittingLines(lines: readonly LineState[], kind: FulfillmentState['kind']) {
  if (kind === 'send_back') return lines.filter((line) => compare(toSend(line, kind), '0') > 0)
  const agreed = lines.filter(isGoodsResolution)
  return agreed.length > 0 ? agreed : lines
}

function toSend(line: LineState, kind: FulfillmentState['kind']): string {
  if (kind === 'send_back') return less(line.quantities.rejected, line.quantities.sentBack)
  return outstanding(line)
}

function overRefusal(draft: Draft, lines: readonly LineQuantity[]): Verdict {
  for (const { lineNo, quantity } of lines) {
    const line = draft.state.lines.find((entry) => entry.lineNo === lineNo)
    if (line && compare(quantity, less(arrived(line), line.quantities.sentBack)) > 0) {
      return refuse('more_than_received', `line ${lineNo}: more is sent back than has come in`)
    }
  }
  return null
}

/** Books what has left: a replacement and a send-back when they ship, a repair when it is done. */
function counted(
  draft: Draft,
  item: FulfillmentState,
  { type, data }: FulfillmentEvent,
): FulfillmentState {
  const dueAt = 'dueAt' in data && data.dueAt ? new Date(data.dueAt).toISOString() : item.dueAt
  const next = { ...item, dueAt }
  const isOut = next.status === 'shipped' || next.status === 'delivered'
  const isDone = next.kind === 'repair' ? type === 'repair.completed' || isOut : isOut
  return isDone ? countFulfillment(draft, next) : next
}

/** Remembers the outbound parcel, so that the carrier's scans reach the fulfillment. */
function addParcel(draft: Draft, { data }: FulfillmentEvent, item: FulfillmentState): void {
  const { tracking, carrier } = data
  if (tracking === undefined || draft.state.parcels.some((parcel) => parcel.tracking === tracking))
    return
  if (draft.state.parcels.some(({ parcelId }) => parcelId === tracking)) return
  putParcel(draft, undefined, {
    parcelId: tracking,
    direction: 'outbound',
    carrier: carrier ?? null,
    tracking,
    status: 'label_issued',
    lines: item.lines,
    isCounted: true,
  })
}

/** `replacement.out_of_stock`: whoever notices may say it. */
export function reportOutOfStock(
  draft: Draft,
  { data }: StampedEvent<'replacement.out_of_stock'>,
): Verdict {
  const known = findFulfillment(draft.state, data.fulfillmentId)
  if (!known) return refuse('unknown_object', `no fulfillment ${data.fulfillmentId}`)
  if (known.status === 'out_of_stock') return repeat('it is out of stock already')
  if (progress[known.status] > 1 || known.status === 'canceled') {
    return refuse('no_transition', `it is ${known.status} already`)
  }
  putFulfillment(draft, known, { ...known, status: 'out_of_stock' })
  raise(draft, { code: 'CU05', object: `fulfillment:${data.fulfillmentId}` })
  return null
}
