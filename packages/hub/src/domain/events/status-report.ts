import type { Axis, EventData, EventType } from '@backhaul/sdk/canonical'
import type { CaseState, LineState } from '../case-state.ts'
import { namedLines } from '../draft.ts'
import type { StampedEvent } from '../stamped-event.ts'
import { transitions } from '../transitions/index.ts'
import type { Transition } from '../transitions/transition.ts'

type Reported = EventData<'status.reported'>

/** A statement that says the same as a plain status, in the words of an event; null when the status is no news. */
export type Rephrased =
  | { readonly kind: 'events'; readonly events: readonly StampedEvent[] }
  | { readonly kind: 'same' }
  | { readonly kind: 'impossible'; readonly reason: string }
  | { readonly kind: 'unknown_line' }

/**
 * Puts `status.reported` into the words of the event that would have brought the lines there. Only
 * rows that are declared reportable serve: a bare "received" says no quantity, and moves nothing.
 */
export function rephrase(state: CaseState, event: StampedEvent<'status.reported'>): Rephrased {
  const { axis, state: said } = event.data
  const lines = namedLines(state, event.data.lineNos)
  if (!lines || lines.length === 0) return { kind: 'unknown_line' }
  const away = lines.filter(({ axes }) => axes[axis] !== said)
  if (away.length === 0) return { kind: 'same' }
  const byEvent = new Map<EventType, number[]>()
  for (const line of away) {
    const on = reportableCause(axis, line.axes[axis], said)
    if (on === null) return { kind: 'impossible', reason: reasonFor(event.data, line) }
    byEvent.set(on, [...(byEvent.get(on) ?? []), line.lineNo])
  }
  const events = [...byEvent].flatMap(([type, lineNos]) =>
    statements(state, event, { type, lineNos }),
  )
  if (events.length === 0)
    return { kind: 'impossible', reason: 'nothing is known that this could be about' }
  return { kind: 'events', events }
}

function reasonFor({ axis, state }: Reported, line: LineState): string {
  return `line ${line.lineNo}: ${axis} cannot go from ${line.axes[axis]} to ${state} by a bare status`
}

function reportableCause(axis: Axis, from: string, to: string): EventType | null {
  const rows: readonly Transition[] = transitions[axis]
  const row = rows.find(
    (entry) =>
      entry.isReportable && entry.to === to && (entry.from as readonly string[]).includes(from),
  )
  return row ? (row.on as EventType) : null
}

function statements(
  state: CaseState,
  event: StampedEvent,
  { type, lineNos }: { readonly type: EventType; readonly lineNos: number[] },
): StampedEvent[] {
  return dataOf(state, type, lineNos).map((data) => ({ ...event, type, data }))
}

/** What the event would have said, as far as the case knows it. */
function dataOf(state: CaseState, type: EventType, lineNos: number[]): object[] {
  if (type === 'return.approved') {
    const lines = lineNos.map((lineNo) => ({ lineNo, quantity: requestedOf(state, lineNo) }))
    return [{ lines }]
  }
  if (type === 'label.issued' || type === 'label.voided') return labelData(state, type, lineNos)
  if (type.startsWith('disposition.')) return dispositionData(state, type, lineNos)
  if (type.startsWith('replacement.') || type.startsWith('repair.')) {
    const known = state.fulfilments.findLast(
      ({ status, lines }) => status !== 'canceled' && has(lines, lineNos),
    )
    return [{ fulfilmentId: known?.fulfilmentId ?? `reported-${lineNos[0]}`, lineNos }]
  }
  if (type.startsWith('supplier_claim.')) return supplierData(state, lineNos)
  return [{ lineNos }]
}

function requestedOf(state: CaseState, lineNo: number): string {
  return state.lines.find((line) => line.lineNo === lineNo)?.quantities.requested ?? '0'
}

function has(
  lines: readonly { readonly lineNo: number }[] | null,
  lineNos: readonly number[],
): boolean {
  return lines === null || lines.some(({ lineNo }) => lineNos.includes(lineNo))
}

function labelData(state: CaseState, type: EventType, lineNos: number[]): object[] {
  const known = state.parcels.findLast(
    ({ direction, lines }) => direction === 'inbound' && has(lines, lineNos),
  )
  const parcelId = known?.parcelId ?? `reported-${lineNos[0]}`
  if (type === 'label.voided') return [{ parcelId }]
  const lines = lineNos.map((lineNo) => ({ lineNo, quantity: requestedOf(state, lineNo) }))
  return [{ parcel: { parcelId, direction: 'inbound', lines: known?.lines ?? lines } }]
}

const dispositionFrom: Readonly<Record<string, readonly string[]>> = {
  'disposition.approved': ['proposed'],
  'disposition.executed': ['proposed', 'approved'],
  'disposition.reversed': ['proposed', 'approved', 'executed'],
}

function dispositionData(state: CaseState, type: EventType, lineNos: number[]): object[] {
  return state.dispositions
    .filter(({ status, lines }) => dispositionFrom[type]?.includes(status) && has(lines, lineNos))
    .map(({ dispositionId }) => ({ dispositionId }))
}

function supplierData(state: CaseState, lineNos: number[]): object[] {
  const known = state.supplierClaims.findLast((claim) =>
    claim.lineNos.some((no) => lineNos.includes(no)),
  )
  return [{ claimId: known?.claimId ?? `reported-${lineNos[0]}`, lineNos }]
}
