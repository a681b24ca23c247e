import type { CaseState, Ledgers } from '../../domain/index.ts'
import type { TimerMap } from './work.ts'

/** A case as this process last wrote or read it. */
export interface CachedCase {
  readonly version: number
  readonly state: CaseState
  readonly seen: string
  readonly timers: TimerMap | null
  readonly ledgers: Ledgers | null
}

const limit = 5_000

/**
 * The states of the cases that were busy last, so that they are not read and parsed again for each event.
 * What is remembered is used only for the version that the locked row has: another process may write what
 * it likes. The least recently used one goes first.
 */
export class CaseCache {
  readonly #cases = new Map<string, CachedCase>()

  get(caseId: string): CachedCase | undefined {
    return this.#cases.get(caseId)
  }

  /** After the commit, never before: what was rolled back must not be remembered. */
  remember(
    cases: Iterable<
      Omit<CachedCase, 'state'> & { readonly caseId: string; readonly state: CaseState | null }
    >,
  ): void {
    for (const { caseId, version, state, seen, timers, ledgers } of cases) {
      this.#cases.delete(caseId)
      if (state !== null) this.#cases.set(caseId, { version, state, seen, timers, ledgers })
    }
    for (const oldest of this.#cases.keys()) {
      if (this.#cases.size <= limit) return
      this.#cases.delete(oldest)
    }
  }
}
