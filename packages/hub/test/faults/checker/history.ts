import { isDeepStrictEqual } from 'node:util'
import { type EventData, type EventType, eventData } from '@backhaul/sdk/canonical'
import { sourceConnection } from '../../../bench/workload/stream.ts'
import { fold, type StampedEvent } from '../../../src/domain/index.ts'
import type { PlannedCase, PlannedEvent } from '../plan.ts'
import type { Findings } from './findings.ts'
import type { StoredCase, StoredEvent } from './stored-cases.ts'

/** What was sent, as the check looks it up. */
export class Sent {
  readonly #byRef: ReadonlyMap<string, PlannedCase>
  readonly #byId: ReadonlyMap<string, PlannedEvent>
  readonly #found = new Map<string, number>()
  readonly #openedAs = new Map<string, number>()

  constructor(cases: readonly PlannedCase[]) {
    this.#byRef = new Map(cases.map((one) => [one.plan.ref, one]))
    this.#byId = new Map(cases.flatMap(({ events }) => events.map((event) => [event.id, event])))
  }

  caseOf(ref: string): PlannedCase | undefined {
    return this.#byRef.get(ref)
  }

  eventOf(id: string): PlannedEvent | undefined {
    return this.#byId.get(id)
  }

  isFound(id: string): void {
    this.#found.set(id, (this.#found.get(id) ?? 0) + 1)
  }

  isOpened(ref: string): void {
    this.#openedAs.set(ref, (this.#openedAs.get(ref) ?? 0) + 1)
  }

  /** To be asked when all cases have been looked at. */
  checkAll(findings: Findings): void {
    for (const [id, event] of this.#byId) {
      const times = this.#found.get(id) ?? 0
      if (event.state === 'acknowledged' && times === 0) {
        findings.add('acknowledged and lost', `${id} ${event.type}`)
      }
      findings.expect(times <= 1, 'event applied more than once', () => `${id}: ${times} times`)
    }
    for (const [ref, times] of this.#openedAs) {
      findings.expect(times === 1, 'return opened more than one case', () => `${ref}: ${times}`)
    }
  }
}

/**
 * Whether a case's history is what was sent about it, each thing once, and its state what that history
 * comes to.
 *
 * @returns the keys of the events that the state is made of.
 */
export function checkHistory(
  findings: Findings,
  sent: Sent,
  stored: StoredCase,
): ReadonlySet<string> {
  const { caseId, refs, events } = stored
  const [ref = ''] = refs
  const planned = sent.caseOf(ref)
  if (planned === undefined || refs.length !== 1) {
    findings.add('case without a return', `${caseId}: ${refs.join(', ')}`)
    return checkState(findings, stored)
  }
  sent.isOpened(ref)
  const isWhole = events.every(({ seq }, index) => seq === index + 1)
  findings.expect(
    isWhole && events.length === stored.version,
    'history with gaps',
    () =>
      `${caseId} ${ref}: version ${stored.version}, rows ${events.map(({ seq }) => seq).join(' ')}`,
  )
  for (const event of events) checkEvent(findings, { sent, planned }, event)
  checkFacts(findings, planned, stored)
  return checkState(findings, stored)
}

function checkEvent(
  findings: Findings,
  { sent, planned }: { sent: Sent; planned: PlannedCase },
  event: StoredEvent,
): void {
  // Results of deliveries come in through the same door; nobody sent them.
  if (event.source === 'delivery') return
  const original = sent.eventOf(event.eventId)
  if (original === undefined || event.source !== sourceConnection) {
    findings.add('event that nobody sent', `${event.eventId} ${event.type} of ${event.source}`)
    return
  }
  sent.isFound(event.eventId)
  findings.expect(original.of === planned, 'event in a foreign case', () => event.eventId)
  const body = JSON.parse(original.body) as { time: string; data: unknown }
  const isSame =
    original.type === event.type &&
    body.time === event.occurredAt &&
    isDeepStrictEqual(eventData[original.type].parse(body.data), event.data)
  findings.expect(isSame, 'event changed on its way', () => `${event.eventId} ${event.type}`)
}

/** The state is the fold of the history in the order in which things happened, whatever order they came in. */
function checkState(
  findings: Findings,
  { caseId, state, events }: StoredCase,
): ReadonlySet<string> {
  const folded = fold(events.map(stamped))
  findings.expect(
    isDeepStrictEqual(JSON.parse(JSON.stringify(folded.state)), state),
    'state other than its history',
    () => `${caseId}: ${differences(folded.state, state).join(', ')}`,
  )
  const applied = folded.decisions.filter(({ decision }) => decision.outcome === 'applied')
  return new Set(applied.map(({ eventId }) => eventId))
}

function stamped(event: StoredEvent): StampedEvent {
  return {
    id: event.eventKey,
    type: event.type as EventType,
    occurredAt: event.occurredAt,
    source: event.source,
    actor: event.actor,
    owns: event.owns,
    data: event.data as EventData,
    ...(event.room === null ? {} : { room: event.room as NonNullable<StampedEvent['room']> }),
  }
}

function differences(expected: unknown, actual: unknown): string[] {
  const [a, b] = [expected, actual].map((value) => (value ?? {}) as Record<string, unknown>)
  return [...new Set([...Object.keys(a ?? {}), ...Object.keys(b ?? {})])].filter(
    (key) => JSON.stringify(a?.[key]) !== JSON.stringify(b?.[key]),
  )
}

/**
 * What must be so by the plan alone, without the hub's core: everything was received, credited once and
 * paid back once, and there is nothing left to do.
 */
function checkFacts(findings: Findings, { plan }: PlannedCase, stored: StoredCase): void {
  const received = Object.fromEntries(
    plan.lines.map(({ lineNo, quantity }) => [lineNo, String(quantity)]),
  )
  const where = `${stored.caseId} ${plan.ref}`
  findings.expect(
    isDeepStrictEqual(received, stored.received),
    'received quantities',
    () => `${where}: ${JSON.stringify(stored.received)} instead of ${JSON.stringify(received)}`,
  )
  findings.expect(
    stored.postedMinor === plan.creditMinor && stored.refundedMinor === plan.creditMinor,
    'money',
    () =>
      `${where}: posted ${stored.postedMinor}, refunded ${stored.refundedMinor} of ${plan.creditMinor}`,
  )
  findings.expect(stored.headline === 'closed', 'headline', () => `${where}: ${stored.headline}`)
}
