import type { Axis, EventData, EventType } from '@backhaul/sdk/canonical'
import type { CaseState, LineState } from '../case-state.ts'
import { namedLines } from '../draft.ts'
import type { StampedEvent } from '../stamped-event.ts'
import { transitions } from '../transitions/index.ts'
import type { Transition } from '../transitions/transition.ts'
import { inWordsOf } from './in-words-of.ts'

type Reported = EventData<'status.reported'>

/** A statement that says the same as a plain status, in the words of an event; null when the status is no news. */
export type Rephrased =
  | { readonly kind: 'events'; readonly events: readonly StampedEvent[] }
  | { readonly kind: 'same' }
  | { readonly kind: 'impossible'; readonly reason: string }
  | { readonly kind: 'unknown_line' }

/**
 * Puts `status.reported` into the words of the events that would have brought the lines there. Only
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
    inWordsOf(type, { state, lineNos, said, id: event.id }).map((data) => ({
      ...event,
      type,
      data,
    })),
  )
  if (events.length === 0)
    return { kind: 'impossible', reason: 'nothing is known that it is about' }
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
