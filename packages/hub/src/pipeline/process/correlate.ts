import assert from 'node:assert/strict'
import type { CaseId, ExternalRef } from '@backhaul/sdk/canonical'
import { formatCaseNo } from '@backhaul/sdk/canonical'
import { type CaseState, refsOf, type StampedEvent } from '../../domain/index.ts'
import { newId } from '../../platform/ids.ts'
import { type CaseRow, lockCases, noVersion, takeCaseSequences } from '../../store/cases.ts'
import type { Tx } from '../../store/database.ts'
import { findCasesByRefs } from '../../store/refs.ts'
import type { CachedCase, CaseCache } from './case-cache.ts'
import { type HeldCase, refKey } from './work.ts'

/** An event with the identifiers by which its case is looked for. */
export interface Addressed {
  readonly subject: string | undefined
  readonly identifying: readonly ExternalRef[]
}

export type Found =
  | { readonly kind: 'case'; readonly held: HeldCase }
  | { readonly kind: 'none' }
  | { readonly kind: 'ambiguous'; readonly caseIds: readonly string[] }

export function addressOf(subject: string | undefined, event: StampedEvent): Addressed {
  const identifying = refsOf(event).filter((ref) => ref.identifying)
  return {
    subject,
    identifying: identifying.map(({ system, type, value }) => ({ system, type, value })),
  }
}

/**
 * The cases of a batch: found by id or by identifier, locked in the order of their ids, and those that
 * the batch itself opens.
 */
export class CaseDesk {
  readonly #byId = new Map<string, HeldCase>()
  readonly #byRef = new Map<string, string>()
  readonly #tx: Tx
  readonly #cache: CaseCache
  #sequences: number[] = []
  #latest = new Date(0)

  constructor(tx: Tx, cache: CaseCache) {
    this.#tx = tx
    this.#cache = cache
  }

  /** Finds and locks everything that these addresses lead to, in two statements. */
  async load(addresses: readonly Addressed[]): Promise<void> {
    const refs = new Map<string, ExternalRef>()
    for (const { identifying } of addresses) {
      for (const ref of identifying) refs.set(refKey(ref), ref)
    }
    const bound = await findCasesByRefs(this.#tx, [...refs.values()])
    for (const ref of bound) this.#byRef.set(refKey(ref), ref.caseId)
    const ids = new Set(bound.map(({ caseId }) => caseId as string))
    for (const { subject } of addresses) if (subject !== undefined) ids.add(subject)
    // Taken before the rows are read: what is forgotten meanwhile must not leave a version without its state.
    const known = new Map([...ids].map((caseId) => [caseId, this.#cache.get(caseId)]))
    const wanted = [...known].map(([caseId, entry]) => {
      return { caseId, knownVersion: entry?.version ?? noVersion }
    })
    for (const row of await lockCases(this.#tx, wanted)) {
      this.#byId.set(row.caseId, heldCase(row, known.get(row.caseId)))
      if (row.updatedAt > this.#latest) this.#latest = row.updatedAt
    }
  }

  /**
   * The time to write down: the transaction's, or, when that began before another one changed these cases
   * and then waited for it, the other one's. So a case's history never begins before its case, nor runs back.
   */
  timeOf(now: Date): Date {
    return this.#latest > now ? this.#latest : now
  }

  find({ subject, identifying }: Addressed): Found {
    if (subject !== undefined) {
      const held = this.#byId.get(subject)
      return held ? { kind: 'case', held } : { kind: 'none' }
    }
    const ids = new Set(identifying.flatMap((ref) => this.#byRef.get(refKey(ref)) ?? []))
    if (ids.size > 1) return { kind: 'ambiguous', caseIds: [...ids] }
    const [id] = ids
    const held = id === undefined ? undefined : this.#byId.get(id)
    return held ? { kind: 'case', held } : { kind: 'none' }
  }

  /** Takes the numbers for as many cases as will probably be opened, in one statement. */
  async reserve(count: number): Promise<void> {
    this.#sequences = await takeCaseSequences(this.#tx, count)
  }

  /** Opens a case. It exists for the rest of the batch, and in the database when the batch commits. */
  async open(now: Date): Promise<HeldCase> {
    const caseSeq = this.#sequences.shift() ?? (await takeCaseSequences(this.#tx, 1))[0] ?? 0
    const held: HeldCase = {
      caseId: newId<CaseId>(),
      caseSeq,
      caseNo: formatCaseNo(caseSeq),
      createdAt: now,
      isNew: true,
      before: null,
      state: null,
      version: 0,
      deliverySeq: 0,
      seen: '',
      events: [],
      stamped: [],
      deliveries: [],
      refs: [],
    }
    this.#byId.set(held.caseId, held)
    return held
  }

  /** From now on these identifiers lead to the case, for the events that come later in the batch. */
  bind(held: HeldCase, refs: readonly ExternalRef[]): void {
    for (const ref of refs) {
      const key = refKey(ref)
      if (!this.#byRef.has(key)) this.#byRef.set(key, held.caseId)
    }
  }

  held(): Iterable<HeldCase> {
    return this.#byId.values()
  }
}

function heldCase(row: CaseRow, known: CachedCase | undefined): HeldCase {
  const { state, seen } = row.state === null ? remembered(row, known) : parsed(row)
  return {
    ...row,
    state,
    seen,
    isNew: false,
    before: state,
    events: [],
    stamped: [],
    deliveries: [],
    refs: [],
  }
}

/** The database sends no state only for the version that was asked with. */
function remembered({ version }: CaseRow, known: CachedCase | undefined): CachedCase {
  assert.equal(known?.version, version, 'a case without its state')
  return known
}

function parsed({ version, state, seen }: CaseRow): CachedCase {
  // Written by this code, in a transaction of its own schema version: it is what it was.
  return { version, state: JSON.parse(state ?? '') as CaseState, seen: seen ?? '' }
}
