import type { Axis, AxisState } from '@backhaul/sdk/canonical'
import type { ParcelState } from '../case-state.ts'
import {
  type Draft,
  editLine,
  findLine,
  namedLines,
  refuse,
  repeat,
  type Verdict,
} from '../draft.ts'
import { raise } from '../exceptions/raise.ts'
import { plus } from '../ledger/decimal.ts'
import { moveLines, parcelMove } from '../move.ts'
import { findParcel, linesIn, putParcel, unannouncedParcel } from '../parcels.ts'
import type { StampedEvent } from '../stamped-event.ts'

/** `label.issued`: a parcel has a label, with or without having been planned here. */
export function issueLabel(draft: Draft, { data }: StampedEvent<'label.issued'>): Verdict {
  const said = data.parcel
  const known = draft.state.parcels.find(({ parcelId }) => parcelId === said.parcelId)
  if (known && isLabeled(known)) {
    return known.tracking === (said.tracking ?? known.tracking)
      ? repeat('the parcel has its label already')
      : refuse('conflicting_repeat', 'the parcel has another tracking number')
  }
  const next: ParcelState = {
    parcelId: said.parcelId,
    direction: said.direction,
    carrier: said.carrier ?? known?.carrier ?? null,
    tracking: said.tracking ?? known?.tracking ?? null,
    status: 'label_issued',
    lines: said.lines ?? known?.lines ?? null,
    isCounted: false,
  }
  putParcel(draft, known, next)
  if (next.direction !== 'inbound') return null
  const verdict = moveLines(draft, linesIn(draft.state, next), 'transport')
  // The parcel has its label, even where its lines are further along with another one.
  return verdict?.outcome === 'refused' && verdict.code === 'guard' ? verdict : null
}

function isLabeled({ status }: ParcelState): boolean {
  return status !== 'none' && status !== 'awaiting_label' && status !== 'voided'
}

/** `label.voided`: only a label that no carrier has scanned. */
export function voidLabel(draft: Draft, { data }: StampedEvent<'label.voided'>): Verdict {
  const known = draft.state.parcels.find(({ parcelId }) => parcelId === data.parcelId)
  if (!known) return refuse('unknown_object', `no parcel ${data.parcelId}`)
  if (known.status === 'voided') return repeat('the label is void already')
  if (known.status !== 'label_issued' && known.status !== 'awaiting_label') {
    return refuse('no_transition', 'the parcel is on its way already')
  }
  putParcel(draft, known, { ...known, status: 'voided' })
  if (known.direction === 'inbound') moveLines(draft, linesIn(draft.state, known), 'transport')
  return null
}

/** `label.failed`: the carrier would not give a label. */
export function failLabel(draft: Draft, { data }: StampedEvent<'label.failed'>): Verdict {
  const parcel = findParcel(draft.state, data)
  const object = parcel ? `parcel:${parcel.parcelId}` : 'case'
  raise(draft, { code: 'LG01', object, detail: data.code })
  return null
}

export type Scan = StampedEvent<
  | 'parcel.in_transit'
  | 'parcel.delayed'
  | 'parcel.damaged'
  | 'parcel.lost'
  | 'parcel.returned_to_sender'
  | 'parcel.delivered'
>

/** What moves by a parcel's scans: the goods that come back, those that go out, or the supplier's. */
const axisOfDirection: Readonly<Record<ParcelState['direction'], Axis>> = {
  inbound: 'transport',
  outbound: 'fulfillment',
  to_vendor: 'supplierRecovery',
}

/** A carrier's scan of a parcel, known or not. */
export function scan(draft: Draft, event: Scan): Verdict {
  const { data, type } = event
  const named = namedLines(draft.state, data.lineNos)
  if (!named) return refuse('unknown_line', 'the return has no such line')
  const known = findParcel(draft.state, data)
  const parcel = known ?? unannouncedParcel(draft.state, data)
  const status = parcelMove(parcel.status, type)
  const next = status ? shipped(draft, { ...parcel, status }) : parcel
  const isNews = status !== null
  if (isNews || !known) putParcel(draft, known, next)
  const lines = data.lineNos ? named : linesIn(draft.state, parcel)
  const before = draft.moves.length
  const verdict = moveLines(draft, lines, axisOfDirection[parcel.direction])
  if (type === 'parcel.damaged' && isNews) {
    raise(draft, { code: 'RX07', object: `parcel:${parcel.parcelId}` })
  }
  if (isNews || draft.moves.length > before) return null
  // One more scan of a parcel that is where it was said to be tells where it is now: news, though it moves nothing.
  return verdict?.outcome === 'repeated' ? null : verdict
}

const leftTheSender: ReadonlySet<AxisState<'transport'>> = new Set([
  'in_transit',
  'delayed',
  'damaged',
  'lost',
  'returned_to_sender',
  'delivered',
])

/** Counts the contents of a parcel as shipped, once, at its first scan. */
function shipped(draft: Draft, parcel: ParcelState): ParcelState {
  if (parcel.isCounted || parcel.direction !== 'inbound' || !leftTheSender.has(parcel.status)) {
    return parcel
  }
  for (const { lineNo, quantity } of parcel.lines ?? []) addShipped(draft, lineNo, quantity)
  return { ...parcel, isCounted: true }
}

function addShipped(draft: Draft, lineNo: number, quantity: string): void {
  const line = findLine(draft.state, lineNo)
  if (!line) return
  const edited = editLine(draft, line)
  edited.quantities.shipped = plus(edited.quantities.shipped, quantity)
}

/** Weights differ by more than this share of what was expected, and by more than this many grams. */
const weightTolerance = { share: 0.1, grams: 50 } as const

/** `parcel.weighed`: a parcel much lighter than its goods is opened before anything else. */
export function weigh(draft: Draft, { data }: StampedEvent<'parcel.weighed'>): Verdict {
  const { expectedGrams, actualGrams } = data
  const allowed = Math.max(expectedGrams * weightTolerance.share, weightTolerance.grams)
  if (Math.abs(actualGrams - expectedGrams) <= allowed) return null
  const parcel = findParcel(draft.state, data)
  const object = parcel ? `parcel:${parcel.parcelId}` : 'case'
  raise(draft, { code: 'LG06', object, detail: `${actualGrams} g instead of ${expectedGrams} g` })
  return null
}
