import type { CommandType } from '@backhaul/sdk/canonical'
import {
  apply,
  type CaseState,
  type Decision,
  fold,
  isLate,
  moneyCommands,
  type OwedCommand,
  refsOf,
  refusalCodes,
  type StampedEvent,
  stillOwed,
  withinIssued,
} from '../../domain/index.ts'
import type { EventWrite, PublishedEvent } from '../../store/batch.ts'
import {
  type IssuedCommand,
  listCaseEvents,
  listCommands,
  type StoredCaseEvent,
} from '../../store/cases.ts'
import type { Tx } from '../../store/database.ts'
import { stampedOf } from './case-states.ts'
import type { HeldCase } from './work.ts'

/** What one event did to its case. */
export interface Applied {
  readonly decision: Decision
  readonly isLate: boolean
  readonly owed: readonly OwedCommand[]
  /** Earlier entries of the history that this event made possible: only now they count, and are published. */
  readonly revived: readonly PastEvent[]
  /** Numbers of earlier entries that this event made impossible. */
  readonly overturned: readonly number[]
}

/** An entry of a case's history, stored or of this batch. */
export interface PastEvent {
  readonly seq: number
  /** When it was stored; null for an event of this batch. */
  readonly recordedAt: Date | null
  readonly eventKey: string
  readonly event: PublishedEvent
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
  const owed = decision.outcome === 'applied' ? await unasked(tx, held, decision) : []
  return { decision, isLate: false, owed, revived: [], overturned: [] }
}

/** What is owed, less the money that was asked for before; only money is worth the look at what was issued. */
async function unasked(
  tx: Tx,
  held: HeldCase,
  { owes, next }: Extract<Decision, { outcome: 'applied' }>,
): Promise<readonly OwedCommand[]> {
  if (!owes.some(({ type }) => moneyCommands.includes(type))) return owes
  return withinIssued(owes, next, await issuedOf(tx, held, moneyCommands))
}

/** The commands of the case so far, of this batch and stored: of all types, unless some are named. */
async function issuedOf(
  tx: Tx,
  held: HeldCase,
  types?: readonly CommandType[],
): Promise<IssuedCommand[]> {
  const issued: IssuedCommand[] = held.isNew ? [] : await listCommands(tx, held, types)
  for (const { commandKey, commandType, body } of held.deliveries) {
    issued.push({ key: commandKey, type: commandType, body })
  }
  return issued
}

async function applyLate(tx: Tx, held: HeldCase, event: StampedEvent): Promise<Applied> {
  const stored = held.isNew ? [] : await listCaseEvents(tx, held)
  // Retention may have dropped days of a very old case: half a history would fold into a wrong state.
  if (stored.length + held.events.length !== held.version) return historyGone(held)
  const folded = fold([...stored.map(stampedOf), ...held.stamped, event])
  const decisions = new Map(folded.decisions.map(({ eventId, decision }) => [eventId, decision]))
  held.state = folded.state
  held.wantsSnapshot = true
  held.stamped.push(event)
  return {
    decision: decisions.get(event.id) ?? noCase(folded.state),
    isLate: true,
    owed: stillOwed(folded, await issuedOf(tx, held)),
    ...changedMinds([...stored.map(storedPast), ...held.events.map(batchPast)], decisions),
  }
}

function noCase(next: CaseState | null): Decision {
  return { outcome: 'refused', code: 'no_case', reason: refusalCodes.no_case, next }
}

function historyGone({ state }: HeldCase): Applied {
  const { history_gone: reason } = refusalCodes
  const decision: Decision = { outcome: 'refused', code: 'history_gone', reason, next: state }
  return { decision, isLate: true, owed: [], revived: [], overturned: [] }
}

/** Which entries of the history count now and did not, and the other way round, since anybody was last told. */
function changedMinds(
  past: readonly PastEvent[],
  decisions: ReadonlyMap<string, Decision>,
): Pick<Applied, 'revived' | 'overturned'> {
  const counted = new Set<number>()
  for (const { seq, event } of past) {
    const effect = event.effect as { outcome?: string; revived?: number[]; overturned?: number[] }
    if (effect.outcome === 'applied') counted.add(seq)
    for (const again of effect.revived ?? []) counted.add(again)
    for (const gone of effect.overturned ?? []) counted.delete(gone)
  }
  const countsNow = ({ eventKey }: PastEvent): boolean =>
    decisions.get(eventKey)?.outcome === 'applied'
  return {
    revived: past.filter((each) => countsNow(each) && !counted.has(each.seq)),
    overturned: past.flatMap((each) => (!countsNow(each) && counted.has(each.seq) ? each.seq : [])),
  }
}

function storedPast(stored: StoredCaseEvent): PastEvent {
  const { seq, recordedAt, eventKey, eventId, type, source, data, effect } = stored
  const occurredAt = stored.occurredAt.toISOString()
  return { seq, recordedAt, eventKey, event: { eventId, type, occurredAt, source, data, effect } }
}

function batchPast(event: EventWrite): PastEvent {
  return { seq: event.seq, recordedAt: null, eventKey: event.eventKey, event }
}

/** The identifiers that an event ties to its case. */
export function bindings(event: StampedEvent): HeldCase['refs'] {
  return refsOf(event).map(({ system, type, value, identifying }) => ({
    ref: { system, type, value },
    identifying,
  }))
}
