import { setImmediate as nextTurn } from 'node:timers/promises'
import type { CanonicalEvent, ConnectionId } from '@backhaul/sdk/canonical'
import type { Connections } from '../../connect/connections.ts'
import { type ActivePolicies, openingClass, type StampedEvent } from '../../domain/index.ts'
import type { Mapper } from '../../mapping/mapper.ts'
import { type AuditWriter, chainConflict } from '../../store/audit.ts'
import { type EndedMessage, endStoredMessages, type Lease } from '../../store/batch.ts'
import type { Tx } from '../../store/database.ts'
import type { LeasedDelivery } from '../../store/outbox.ts'
import { writeBatch } from '../../store/write-batch.ts'
import type { MessageResult } from '../message.ts'
import { applyToCase, bindings } from './apply.ts'
import type { CaseCache } from './case-cache.ts'
import { type Addressed, addressOf, CaseDesk } from './correlate.ts'
import { effectOf, eventWrite } from './effect.ts'
import { applied, combine, ignored, type PartResult, parked, unreadable } from './endings.ts'
import { type LaneHolder, type Placed, placeDeliveries } from './lanes.ts'
import { recordRoom, writeLedgers } from './ledgers.ts'
import { attachEvent, dropAnswered, owe } from './owe.ts'
import { park, releaseParked } from './park.ts'
import { withOwners } from './return-scope.ts'
import { claimSerials, scheduleDecisions } from './schedule-decisions.ts'
import { splitFiles } from './split-files.ts'
import { nameTargets } from './targets.ts'
import {
  type Ending,
  eventKeyOf,
  type HeldCase,
  hasSeen,
  normalizeInstant,
  type Work,
} from './work.ts'
import { auditEntriesOf, caseWritesOf, writeSurroundings } from './write.ts'

/** What a batch needs beside its transaction. */
export interface ProcessDeps {
  readonly connections: Connections
  readonly mapper: Pick<Mapper, 'speaks'>
  readonly cache: CaseCache
  readonly lanes: LaneHolder
  readonly lease: () => Lease
  readonly policies: ActivePolicies
  /** How long a message waits for its case before it may open one by itself, such as goods that nobody announced. */
  readonly graceMs: number
  /** How long the rules wait for what the system of record says of an order. */
  readonly lookUpWaitMs: number
}

/** When and why a batch began. */
export interface BatchOrigin {
  /** By the monotonic clock, milliseconds. */
  readonly sinceMs: number
  /** Its messages have waited for long. */
  readonly isBacklog: boolean
}

export interface BatchResult {
  readonly results: ReadonlyMap<string, MessageResult>
  readonly leased: readonly LeasedDelivery[]
  /** The cases as the batch leaves them, to be remembered once it is committed. */
  readonly cases: readonly HeldCase[]
  /** Messages that had waited for what this batch brought. */
  readonly released: number
  readonly hasDue: boolean
  /** Returns that a rule set has to be asked about. */
  readonly undecided: number
}

/** One event of a message, made ready. */
interface Prepared {
  readonly work: Work
  readonly event: CanonicalEvent
  readonly stamped: StampedEvent
  readonly address: Addressed
}

/**
 * Applies messages to their cases and writes everything that follows, in the transaction `tx`: history,
 * state, ledgers, exceptions, timers, deliveries, audit. The messages themselves were taken in by the
 * caller. Nothing outside the database happens here.
 *
 * @throws {CorrelationRace} when the batch has to run again; whatever PostgreSQL refuses.
 */
export async function processBatch(
  deps: ProcessDeps,
  tx: Tx,
  batch: { readonly works: readonly Work[]; readonly now: Date; readonly audit: AuditWriter },
): Promise<BatchResult> {
  const { works } = batch
  const desk = new CaseDesk(tx, deps.cache)
  const prepared = works.map((work) => prepareAll(deps, work))
  const readable = prepared.flat()
  await desk.load(readable.map(({ address }) => address))
  const now = desk.timeOf(batch.now)
  await desk.reserve(countOpenings(desk, readable))
  await recordRoom(tx, desk, readable)
  const files = await splitFiles(tx, works, batch.audit)
  const endings: Ending[] = []
  for (const [index, work] of works.entries()) {
    if (index % eventsPerTurn === eventsPerTurn - 1) await nextTurn()
    const results: PartResult[] = []
    for (const item of prepared[index] ?? []) {
      results.push(await processOne(deps, { tx, desk, now }, item))
    }
    endings.push(files.endings.get(work) ?? endingOf(work, results))
  }
  const written = await writeAll(deps, tx, {
    audit: batch.audit,
    now,
    cases: [...desk.held()],
    endings,
  })
  return { ...written, released: written.released + files.stored }
}

function endingOf(work: Work, results: readonly PartResult[]): Ending {
  const { reading } = work
  if (reading.kind === 'unreadable') return unreadable(work, reading)
  if (reading.kind === 'ignored') return ignored(work, reading.reason)
  return combine(work, results)
}

/** So many events are some milliseconds of work: then others have their turn of the event loop. */
const eventsPerTurn = 32

function prepareAll(deps: ProcessDeps, work: Work): Prepared[] {
  const { reading } = work
  if (reading.kind === 'event') return [prepare(deps, work, reading.event)]
  if (reading.kind !== 'events') return []
  return reading.events.map((event) => prepare(deps, work, event))
}

function prepare({ connections }: ProcessDeps, work: Work, event: CanonicalEvent): Prepared {
  const { connectionId } = work.message
  const stamped: StampedEvent = {
    id: eventKeyOf(connectionId, event),
    type: event.type,
    occurredAt: normalizeInstant(event.time),
    source: connectionId,
    actor: event.data.actor ?? work.message.actor,
    owns: work.message.owns ?? connections.owns(connectionId),
    data: event.data,
  }
  return { work, event, stamped, address: addressOf(event.subject, stamped) }
}

function countOpenings(desk: CaseDesk, items: readonly Prepared[]): number {
  const opening = items.filter(
    ({ stamped, address }) => openingClass(stamped) !== null && desk.find(address).kind === 'none',
  )
  return new Set(opening.map(({ address }) => JSON.stringify(address.identifying))).size
}

async function processOne(
  deps: ProcessDeps,
  at: { readonly tx: Tx; readonly desk: CaseDesk; readonly now: Date },
  item: Prepared,
): Promise<PartResult> {
  const found = at.desk.find(item.address)
  if (found.kind === 'ambiguous') {
    const detail = 'Its identifiers lead to more than one case.'
    return parked({ code: 'AMBIGUOUS_CASE', detail })
  }
  if (found.kind === 'case') return applyOne(deps, at, { item, held: found.held })
  if (!mayOpen(deps, at.now, item)) {
    const detail = 'No case is known under its identifiers yet.'
    return parked({ code: 'NO_CASE', detail, waitsFor: item.address.identifying })
  }
  return applyOne(deps, at, { item, held: await at.desk.open(at.now) })
}

/** A request opens a case at once. What else can open one waits for its case first, if it says how to find it. */
function mayOpen(deps: ProcessDeps, now: Date, { stamped, address, work }: Prepared): boolean {
  if (address.subject !== undefined || openingClass(stamped) === null) return false
  if (stamped.type === 'return.requested' || address.identifying.length === 0) return true
  return work.storedAt !== null && now.getTime() - work.storedAt.getTime() >= deps.graceMs
}

async function applyOne(
  deps: ProcessDeps,
  at: { readonly tx: Tx; readonly desk: CaseDesk; readonly now: Date },
  { item, held }: { item: Prepared; held: HeldCase },
): Promise<PartResult> {
  const { work, event } = item
  const stamped =
    work.message.owns === null
      ? withOwners(deps.connections, held.state, item.stamped)
      : item.stamped
  if (hasSeen(held.seen, stamped.id)) {
    return applied(held, { outcome: 'repeated', reason: 'The case knows this event.' })
  }
  const change = await applyToCase(at.tx, held, stamped)
  held.version += 1
  held.seen += stamped.id
  const refs = bindings(stamped).filter(({ ref }) => !at.desk.isBound(held, ref))
  held.refs.push(...refs)
  at.desk.bind(
    held,
    refs.flatMap(({ ref, identifying }) => (identifying ? [ref] : [])),
  )
  const from = held.deliveries.length
  const unrouted = owe(deps, held, {
    event,
    eventKey: stamped.id,
    occurredAt: stamped.occurredAt,
    now: at.now,
    owed: change.owed,
    isPublished: change.decision.outcome === 'applied',
    revived: change.revived,
    source: stamped.source,
  })
  const write = eventWrite(held, { work, event, stamped, effect: effectOf(change, unrouted) })
  held.events.push(write)
  attachEvent(held, { from, event: write })
  return applied(held, change.decision)
}

async function writeAll(
  deps: ProcessDeps,
  tx: Tx,
  batch: {
    readonly now: Date
    readonly audit: AuditWriter
    readonly cases: readonly HeldCase[]
    readonly endings: readonly Ending[]
  },
): Promise<BatchResult> {
  const { now, cases, endings } = batch
  for (const held of cases) dropAnswered(held)
  await endStoredMessages(tx, endings.flatMap(endedStored))
  const bound = await writeSurroundings(tx, cases, now)
  await writeLedgers(tx, cases)
  await claimSerials(tx, cases)
  const undecided = await scheduleDecisions(tx, deps, { cases, now })
  await nameTargets(tx, cases)
  const placed = await placeDeliveries(tx, deps.lanes, cases)
  const isWritten = await writeBatch(tx, {
    now,
    lease: deps.lease(),
    messages: endings.filter(isLive).map(endedMessage),
    ...caseWritesOf(cases, now),
    deliveries: placed,
    audit: await batch.audit.prepare(tx, auditEntriesOf(cases, now), now),
  })
  if (!isWritten) throw chainConflict()
  await park(tx, endings, now)
  const released = await releaseParked(tx, bound)
  return {
    cases,
    results: new Map(endings.map(({ result }) => [result.messageId, result])),
    leased: placed
      .filter(({ start }) => start === 'leased')
      .map((delivery) => leasedDelivery(delivery, now)),
    released,
    hasDue: placed.some(({ start }) => start === 'due'),
    undecided,
  }
}

function isLive({ work }: Ending): boolean {
  return work.storedAt === null
}

function endedMessage({ work, result }: Ending): EndedMessage {
  const { outcome, code, caseId, caseNo, caseVersion, detail } = result
  return {
    message: work.message,
    outcome: outcome ?? 'parked',
    code,
    caseId,
    result: { caseNo, caseVersion, detail },
  }
}

function endedStored(ending: Ending): (EndedMessage & { receivedAt: Date })[] {
  const { storedAt } = ending.work
  return storedAt === null ? [] : [{ ...endedMessage(ending), receivedAt: storedAt }]
}

function leasedDelivery(placed: Placed, now: Date): LeasedDelivery {
  return {
    caseId: placed.caseId,
    deliveryNo: placed.deliveryNo,
    connectionId: placed.connectionId as ConnectionId,
    createdAt: now,
    role: placed.role as LeasedDelivery['role'],
    commandType: placed.commandType as LeasedDelivery['commandType'],
    commandKey: placed.commandKey,
    caseNo: placed.caseNo,
    caseVersion: placed.caseVersion,
    occurredAt: placed.occurredAt,
    traceparent: placed.traceparent,
    body: placed.body,
    attempt: 1,
    fence: 1,
    isUnknown: false,
    replayOf: placed.replayOf,
    event: placed.event,
  }
}
