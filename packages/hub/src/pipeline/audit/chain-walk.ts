import { auditHash, auditText, sealHead } from '../../store/audit.ts'
import type { StoredAuditChain, StoredAuditEntry } from '../../store/audit-scan.ts'
import { hashedTime, type Report } from './finding.ts'

/** Hash of an entry that stands behind the one with the hash `previous`. */
function hashAfter(previous: string, entry: StoredAuditEntry): string {
  const { chainId, seq, actor, action, objectType, objectId, caseSeq, contentHash } = entry
  const named = { actor, action, objectType, objectId }
  const stood = caseSeq === null ? {} : { caseSeq }
  const vouched = contentHash === null ? {} : { contentHash }
  const at = hashedTime(entry.recordedAtUs)
  const text = auditText({ ...named, ...stood, ...vouched }, entry.detail, { chainId, seq, at })
  return auditHash(previous, text)
}

/**
 * Follows one chain from its link to its head. Give it the entries in their order, those with one number
 * together.
 */
export class ChainWalk {
  readonly #chain: StoredAuditChain
  readonly #report: Report
  /** What the next entry may stand on: the hash that the last one carries, and the one that it ought to. */
  #before: readonly string[]
  #last = 0

  constructor(chain: StoredAuditChain, report: Report) {
    this.#chain = chain
    this.#report = report
    this.#before = [chain.link]
  }

  get chainId(): string {
    return this.#chain.chainId
  }

  /** @returns the entry that was written here, or null where none of them is. */
  take(group: readonly StoredAuditEntry[]): StoredAuditEntry | null {
    const seq = group[0]?.seq ?? 0
    if (seq < 1 || seq > this.#chain.seq) {
      for (const entry of group)
        this.#say('entry_inserted', entry.seq, `The chain ends at entry ${this.#chain.seq}.`)
      return null
    }
    this.#noteGap(seq)
    const fitting = group.find((entry) => this.#fits(entry))
    const taken = fitting ?? group[0]
    for (const other of group) {
      if (other !== taken)
        this.#say('entry_inserted', seq, `There are several entries with the number ${seq}.`)
    }
    if (taken === undefined) return null
    if (fitting === undefined) {
      this.#say('entry_edited', seq, 'It does not fit its hash and the entry before it.')
    }
    this.#before = [
      ...new Set([taken.hash, ...this.#before.map((before) => hashAfter(before, taken))]),
    ].slice(0, 2)
    this.#last = seq
    return fitting ?? null
  }

  /** Holds the last entry against the head, and the head against its seal. */
  end(sealKeys: readonly Buffer[]): void {
    const { chainId, seq, head, seal } = this.#chain
    if (this.#last < seq) this.#sayMissing(this.#last + 1, seq)
    else if (!this.#before.includes(head)) {
      this.#say('head_mismatch', seq, 'The head of the chain names another last entry.')
    }
    if (!sealKeys.some((key) => sealHead(key, { chainId, seq, head }) === seal)) {
      this.#say(
        'seal_invalid',
        seq,
        'The seal of the head was not made with a master key of this hub.',
      )
    }
  }

  #fits(entry: StoredAuditEntry): boolean {
    return (
      this.#before.length === 0 ||
      this.#before.some((before) => hashAfter(before, entry) === entry.hash)
    )
  }

  #noteGap(seq: number): void {
    if (seq === this.#last + 1) return
    this.#sayMissing(this.#last + 1, seq - 1)
    // What the entry behind the gap stands on is not known any more.
    this.#before = []
  }

  #sayMissing(from: number, to: number): void {
    this.#say(
      'entry_missing',
      from,
      from === to ? `Entry ${from} is gone.` : `Entries ${from} to ${to} are gone.`,
    )
  }

  #say(kind: Parameters<Report>[0]['kind'], seq: number, detail: string): void {
    this.#report({ kind, chain: this.chainId, seq, case: null, detail })
  }
}
