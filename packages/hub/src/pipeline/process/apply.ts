import type { CanonicalEvent } from '@backhaul/sdk/canonical'
import {
  apply,
  type Decision,
  fold,
  isLate,
  isStillOwed,
  type OwedCommand,
  type Room,
  refsOf,
  refusalCodes,
  type StampedEvent,
} from '../../domain/index.ts'
import {
  type IssuedCommand,
  listCaseEvents,
  listCommands,
  type StoredCaseEvent,
} from '../../store/cases.ts'
import type { Tx } from '../../store/database.ts'
import type { HeldCase } from './work.ts'

/** What one event did to its case. */
export interface Applied {
  readonly decision: Decision
  readonly isLate: boolean
  readonly owed: readonly OwedCommand[]
}

/**
 * Applies an event to a held case. One that sorts after everything known is folded on top; a late one
 * makes the whole history be folded anew, so that the order of arrival leaves no trace in the state.
 * Commands that were owed once are not owed again.
 */
export async function applyToCase(tx: Tx, held: HeldCase, event: StampedEvent): Promise<Applied> {
  if (held.state !== null && isLate(held.state, event)) return applyLate(tx, held, event)
  const { decision, state } = apply(held.state, event)
  held.state = state
  held.stamped.push(event)
  return { decision, isLate: false, owed: decision.outcome === 'applied' ? decision.owes : [] }
}

async function applyLate(tx: Tx, held: HeldCase, event: StampedEvent): Promise<Applied> {
  const stored = held.isNew ? [] : await listCaseEvents(tx, held)
  const issued = held.isNew ? [] : await listCommands(tx, held)
  for (const { commandKey, commandType, body } of held.deliveries)
    issued.push({ key: commandKey, type: commandType, body })
  const folded = fold([...stored.map(stampedOf), ...held.stamped, event])
  const decision = folded.decisions.find(({ eventId }) => eventId === event.id)?.decision
  held.state = folded.state
  held.stamped.push(event)
  return {
    decision: decision ?? {
      outcome: 'refused',
      code: 'no_case',
      reason: refusalCodes.no_case,
      next: folded.state,
    },
    isLate: true,
    owed: stillOwed(folded, issued),
  }
}

function stillOwed(
  { owed, state }: ReturnType<typeof fold>,
  issued: readonly IssuedCommand[],
): OwedCommand[] {
  if (state === null) return []
  const known = new Set(issued.map(({ key }) => key))
  return owed.filter((command) => !known.has(command.key) && isStillOwed(command, state, issued))
}

function stampedOf(stored: StoredCaseEvent): StampedEvent {
  return {
    id: stored.eventKey,
    type: stored.type as StampedEvent['type'],
    occurredAt: stored.occurredAt.toISOString(),
    source: stored.source,
    actor: stored.actor,
    owns: stored.owns,
    data: stored.data as StampedEvent['data'],
    ...(stored.room ? { room: stored.room as Room } : {}),
  }
}

/** The identifiers that an event ties to its case. */
export function bindings(event: StampedEvent): HeldCase['refs'] {
  return refsOf(event).map(({ system, type, value, identifying }) => ({
    ref: { system, type, value },
    identifying,
  }))
}

/** The event as subscribers get it: a CloudEvent, about our case. */
export function publishedEvent(event: CanonicalEvent, held: HeldCase): Record<string, unknown> {
  return {
    id: event.id,
    source: event.source,
    type: event.type,
    subject: held.caseId,
    time: event.time,
    data: event.data,
  }
}
