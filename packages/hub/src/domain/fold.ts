import type { CaseState } from './case-state.ts'
import { apply } from './decide.ts'
import type { Decision, OwedCommand } from './decision.ts'
import { inCanonicalOrder } from './order.ts'
import type { StampedEvent } from './stamped-event.ts'

export interface Folded {
  readonly state: CaseState | null
  /** Everything that was ever owed, in order. Which of it is still to be sent, `stillOwed` says. */
  readonly owed: readonly OwedCommand[]
  /** One for each event, in canonical order. */
  readonly decisions: readonly { readonly eventId: string; readonly decision: Decision }[]
}

/**
 * The state of a case from the whole of its history, in whatever order the events are given. The
 * history is every event that was led to the case: one that was refused may be possible after a late
 * one has taken its place before it.
 */
export function fold(events: readonly StampedEvent[]): Folded {
  let state: CaseState | null = null
  const owed: OwedCommand[] = []
  const decisions: { eventId: string; decision: Decision }[] = []
  for (const event of inCanonicalOrder(events)) {
    const applied = apply(state, event)
    state = applied.state
    decisions.push({ eventId: event.id, decision: applied.decision })
    if (applied.decision.outcome === 'applied') owed.push(...applied.decision.owes)
  }
  return { state, owed, decisions }
}
