import { type CaseException, type CaseState, dueAtOf, timersOf } from '../../domain/index.ts'
import { newId } from '../../platform/ids.ts'
import type { AuditEntry } from '../../store/audit.ts'
import {
  type CaseWrite,
  type EventWrite,
  type ExceptionWrite,
  type HeadlineWrite,
  type NewCaseWrite,
  type TimerRow,
  type TimerWrites,
  writeExceptions,
} from '../../store/batch.ts'
import type { Tx } from '../../store/database.ts'
import { type BoundRef, bindRefs, type NewRef } from '../../store/refs.ts'
import { contentHashOf } from './content-hash.ts'
import { headlineWrites } from './headline-writes.ts'
import { type HeldCase, refKey, type TimerMap } from './work.ts'

/**
 * Another process opened a case under the same identifier while this batch ran. Nothing is written; the
 * batch runs again and finds that case.
 */
export class CorrelationRace extends Error {
  override readonly name = 'CorrelationRace'
}

/** What a batch adds to the tables of the cases, ready to be written. */
export interface CaseWrites {
  readonly newCases: readonly NewCaseWrite[]
  readonly cases: readonly CaseWrite[]
  readonly events: readonly EventWrite[]
  readonly headlines: readonly HeadlineWrite[]
  readonly timers: TimerWrites
}

export function caseWritesOf(cases: readonly HeldCase[], now: Date): CaseWrites {
  const changed = cases.filter(hasChanged)
  return {
    newCases: changed.filter(({ isNew }) => isNew).map(newCaseWrite),
    cases: changed.filter(({ isNew }) => !isNew).map(caseWrite),
    events: changed.flatMap(({ events }) => events),
    headlines: changed.flatMap((held) => headlineWrites(held, now)),
    timers: timerChanges(changed),
  }
}

function hasChanged({ events }: HeldCase): boolean {
  return events.length > 0
}

/** Writes what only some batches change: identifiers and exceptions. @returns the identifiers that are new. */
export async function writeSurroundings(
  tx: Tx,
  cases: readonly HeldCase[],
  now: Date,
): Promise<BoundRef[]> {
  const changed = cases.filter(hasChanged)
  const bound = await bindRefs(tx, changed.flatMap(newRefs), now)
  refuseRace(changed, bound)
  await writeExceptions(tx, changed.flatMap(exceptionWrites))
  return bound
}

function newRefs(held: HeldCase): NewRef[] {
  const refs: NewRef[] = held.refs.map(({ ref, identifying }) => ({
    ...ref,
    caseId: held.caseId,
    identifying,
  }))
  if (held.isNew) {
    refs.push({
      system: 'backhaul',
      type: 'case_no',
      value: held.caseNo,
      caseId: held.caseId,
      identifying: true,
    })
  }
  return refs
}

/** A new case must own the identifiers that would have found it; if another case has one now, this one is a double. */
function refuseRace(changed: readonly HeldCase[], bound: readonly BoundRef[]): void {
  const mine = new Set(bound.map((ref) => `${ref.caseId}\n${refKey(ref)}`))
  for (const held of changed) {
    if (!held.isNew) continue
    const isMissing = held.refs.some(
      ({ ref, identifying }) => identifying && !mine.has(`${held.caseId}\n${refKey(ref)}`),
    )
    if (isMissing)
      throw new CorrelationRace('an identifier of a new case was bound by another process')
  }
}

function caseWrite(held: HeldCase): CaseWrite {
  const { state } = held
  return {
    caseId: held.caseId,
    version: held.version,
    deliverySeq: held.deliverySeq,
    orderRefs: state?.header.orderRefs ?? [],
    customerId: state?.header.customer?.partyId ?? null,
    lineCount: state?.lines.length ?? 0,
    snapshot: isDue(held) ? { state: JSON.stringify(state), seen: held.seen } : null,
  }
}

/** Events between two snapshots of a case: each that is read without being remembered folds so many at most. */
const snapshotEvery = 10

/** A case that has closed is seldom changed, and still read. */
function isDue({ version, snapshotVersion, wantsSnapshot, before, state }: HeldCase): boolean {
  if (wantsSnapshot || version - snapshotVersion >= snapshotEvery) return true
  return state?.closedAt !== null && before?.closedAt === null
}

function newCaseWrite(held: HeldCase): NewCaseWrite {
  const header = held.state?.header
  return {
    ...caseWrite(held),
    caseSeq: held.caseSeq,
    caseNo: held.caseNo,
    company: header?.company ?? '',
    channel: header?.channel ?? '',
    kind: header?.kind ?? '',
  }
}

function timerChanges(changed: readonly HeldCase[]): TimerWrites {
  const set: TimerRow[] = []
  const clear: Omit<TimerRow, 'dueAt'>[] = []
  for (const held of changed) {
    const before = held.timers ?? timerMap(held.before)
    const after = timerMap(held.state)
    held.timers = after
    for (const [id, timer] of after) {
      if (before.get(id)?.dueAt !== timer.dueAt) set.push({ caseId: held.caseId, ...timer })
    }
    for (const [id, { kind, key }] of before)
      if (!after.has(id)) clear.push({ caseId: held.caseId, kind, key })
  }
  return { set, clear }
}

function timerMap(state: CaseState | null): TimerMap {
  const timers = state === null ? [] : timersOf(state)
  return new Map(timers.map(({ kind, key, dueAt }) => [`${kind}\n${key}`, { kind, key, dueAt }]))
}

/** Exceptions that the batch raised, changed or ended, and those that a new fold no longer knows. */
function exceptionWrites(held: HeldCase): ExceptionWrite[] {
  const before = held.before?.exceptions ?? {}
  const after = held.state?.exceptions ?? {}
  if (before === after) return []
  const writes: ExceptionWrite[] = []
  for (const [key, exception] of Object.entries(after)) {
    if (before[key] !== exception) writes.push(exceptionWrite(held, key, exception))
  }
  for (const [key, exception] of Object.entries(before)) {
    if (after[key] !== undefined || exception.status === 'resolved') continue
    writes.push({
      ...exceptionWrite(held, key, exception),
      status: 'resolved',
      resolvedAt: held.events.at(-1)?.occurredAt ?? exception.openedAt,
      action: 'withdrawn',
    })
  }
  return writes
}

function exceptionWrite(held: HeldCase, key: string, exception: CaseException): ExceptionWrite {
  return {
    exceptionId: newId(),
    caseId: held.caseId,
    key,
    code: exception.code,
    object: exception.object,
    severity: exception.severity,
    queue: exception.queue,
    owner: exception.owner ?? null,
    status: exception.status,
    detail: exception.detail ?? null,
    openedAt: exception.openedAt,
    dueAt: dueAtOf(exception),
    resolvedAt: exception.resolvedAt ?? null,
    action: exception.action ?? null,
    recurrences: exception.recurrences,
  }
}

/** One audit entry for each event, vouching for its content. */
export function auditEntriesOf(cases: readonly HeldCase[], now: Date): AuditEntry[] {
  const recordedAt = now.toISOString()
  return cases.flatMap(({ events }) => events.map((event) => auditEntry(event, recordedAt)))
}

function auditEntry(event: EventWrite, recordedAt: string): AuditEntry {
  return {
    actor: event.actor,
    action: event.type,
    objectType: 'case',
    objectId: event.caseId,
    caseSeq: event.seq,
    contentHash: contentHashOf({ ...event, recordedAt }),
  }
}
