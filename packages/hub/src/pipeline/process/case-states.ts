import assert from 'node:assert/strict'
import { apply, type CaseState, type StampedEvent } from '../../domain/index.ts'
import {
  type CaseRow,
  listTails,
  readSnapshots,
  type StoredCaseEvent,
  type StoredSnapshot,
  type Tail,
} from '../../store/cases.ts'
import type { Queryable } from '../../store/database.ts'
import type { CachedCase } from './case-cache.ts'

/** A stored case with what this process remembers of it. */
export interface StoredCase {
  readonly row: Pick<CaseRow, 'caseId' | 'version' | 'snapshotVersion' | 'createdAt'>
  readonly known: CachedCase | undefined
}

/** A case's fold up to some version: null before its first event. */
type Base = Omit<CachedCase, 'state'> & { readonly state: CaseState | null; readonly since: Date }

/**
 * The cases in the versions of their rows: what is remembered or was last kept of each, with the events that
 * came later folded on top. Events are folded in the order of their arrival here. One that came late, and
 * changed what had come before it, was kept with a snapshot: nothing older than the last one is built upon.
 *
 * The rows are locked, or the caller calls it again where they change meanwhile (`null`).
 */
export async function currentCases(
  db: Queryable,
  stored: readonly StoredCase[],
): Promise<Map<string, CachedCase | null>> {
  const asked = stored.filter(isForgotten).map(({ row }) => row.caseId as string)
  const snapshots = await readSnapshots(db, asked)
  const bases = stored.map((one) => ({ row: one.row, base: baseOf(one, snapshots) }))
  const tails = await listTails(db, bases.flatMap(tailOf))
  return new Map(
    bases.map(({ row, base }) => [
      row.caseId as string,
      base.version > row.version ? null : foldOn(base, tails.get(row.caseId) ?? [], row.version),
    ]),
  )
}

/** Whether nothing is remembered of a case that could be built upon. */
function isForgotten({ row, known }: StoredCase): boolean {
  return known === undefined || known.version < row.snapshotVersion || known.version > row.version
}

function baseOf(one: StoredCase, snapshots: ReadonlyMap<string, StoredSnapshot>): Base {
  const { row, known } = one
  if (known !== undefined && !isForgotten(one)) return { ...known, since: row.createdAt }
  const snapshot = snapshots.get(row.caseId)
  if (snapshot === undefined) {
    return { version: 0, state: null, seen: '', timers: null, ledgers: null, since: row.createdAt }
  }
  const { version, seen, takenAt } = snapshot
  // Written by this code, in a transaction of its own schema version: it is what it was.
  const state = JSON.parse(snapshot.state) as CaseState
  return { version, state, seen, timers: null, ledgers: null, since: takenAt }
}

function tailOf({ row, base }: { readonly row: StoredCase['row']; readonly base: Base }): Tail[] {
  if (base.version >= row.version) return []
  return [{ caseId: row.caseId, after: base.version, upTo: row.version, since: base.since }]
}

function foldOn(base: Base, tail: readonly StoredCaseEvent[], version: number): CachedCase {
  assert.equal(base.version + tail.length, version, 'a case without a part of its history')
  let { state, seen } = base
  for (const stored of tail) {
    state = apply(state, stampedOf(stored)).state
    seen += stored.eventKey
  }
  assert.ok(state, 'a case without its state')
  const isSame = tail.length === 0
  return {
    version,
    state,
    seen,
    timers: isSame ? base.timers : null,
    ledgers: isSame ? base.ledgers : null,
  }
}

/** An event of the history as the core takes it. */
export function stampedOf(stored: StoredCaseEvent): StampedEvent {
  return {
    id: stored.eventKey,
    type: stored.type as StampedEvent['type'],
    occurredAt: stored.occurredAt.toISOString(),
    source: stored.source,
    actor: stored.actor,
    owns: stored.owns,
    data: stored.data as StampedEvent['data'],
    ...(stored.room ? { room: stored.room } : {}),
  }
}
