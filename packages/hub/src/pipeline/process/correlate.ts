import type { CaseId, ExternalRef } from '@backhaul/sdk/canonical'
import { formatCaseNo } from '@backhaul/sdk/canonical'
import { refsOf, type StampedEvent } from '../../domain/index.ts'
import { newId } from '../../platform/ids.ts'
import { type CaseRow, findAndLockCases, takeCaseSequences } from '../../store/cases.ts'
import type { Tx } from '../../store/database.ts'
import type { CachedCase, CaseCache } from './case-cache.ts'
import { currentCases } from './case-states.ts'
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

  /** Finds and locks everything that these addresses lead to, and brings it up to date. */
  async load(addresses: readonly Addressed[]): Promise<void> {
    const refs = new Map<string, ExternalRef>()
    for (const { identifying } of addresses) {
      for (const ref of identifying) refs.set(refKey(ref), ref)
    }
    const subjects = new Set(addresses.flatMap(({ subject }) => subject ?? []))
    const { rows, bound } = await findAndLockCases(this.#tx, {
      refs: [...refs.values()],
      caseIds: [...subjects],
    })
    for (const ref of bound) this.#byRef.set(refKey(ref), ref.caseId)
    const current = await currentCases(
      this.#tx,
      rows.map((row) => ({ row, known: this.#cache.get(row.caseId) })),
    )
    for (const row of rows) {
      const one = current.get(row.caseId)
      if (one) this.#byId.set(row.caseId, heldCase(row, one))
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
      updatedAt: null,
      isNew: true,
      before: null,
      state: null,
      version: 0,
      snapshotVersion: 0,
      wantsSnapshot: false,
      deliverySeq: 0,
      seen: '',
      timers: null,
      ledgers: null,
      events: [],
      stamped: [],
      deliveries: [],
      refs: [],
    }
    this.#byId.set(held.caseId, held)
    return held
  }

  /** Whether an identifier leads to the case already, so that it need not be bound again. */
  isBound(held: HeldCase, ref: ExternalRef): boolean {
    return this.#byRef.get(refKey(ref)) === held.caseId
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

function heldCase(row: CaseRow, { state, seen, timers, ledgers }: CachedCase): HeldCase {
  return {
    caseId: row.caseId,
    caseSeq: row.caseSeq,
    caseNo: row.caseNo,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    isNew: false,
    before: state,
    state,
    version: row.version,
    snapshotVersion: row.snapshotVersion,
    wantsSnapshot: false,
    deliverySeq: row.deliverySeq,
    seen,
    timers,
    ledgers,
    events: [],
    stamped: [],
    deliveries: [],
    refs: [],
  }
}
