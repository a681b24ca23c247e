import { auditHash, auditText, sealHead } from '../../store/audit.ts'
import type { StoredAuditChain, StoredAuditEntry } from '../../store/audit-scan.ts'
import { type AuditFindingKind, hashedTime, type Report } from './finding.ts'

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

/** What an entry may stand on: the hash that the one before it carries, and the one that it ought to. */
type Before = readonly string[]

/** Entries that have not come yet: one day's may end before the other day's that stand before it. */
interface Gap {
  readonly from: number
  readonly to: number
  readonly before: Before
  /** The one behind the gap, which cannot be checked before the gap is closed. */
  readonly behind: StoredAuditEntry
}

/** More open gaps than this are no matter of a clock that was put back: the oldest is said to be missing. */
const mostGaps = 1_000

/**
 * Follows one chain from its link to its head. Give it the entries day by day, each day's in their order,
 * those with one number together.
 */
export class ChainWalk {
  readonly #chain: StoredAuditChain
  readonly #report: Report
  #before: Before
  #last = 0
  #gaps: Gap[] = []

  constructor(chain: StoredAuditChain, report: Report) {
    this.#chain = chain
    this.#report = report
    this.#before = [chain.link]
  }

  /** Whether every entry up to the head has been there. */
  get isComplete(): boolean {
    return this.#last === this.#chain.seq && this.#gaps.length === 0
  }

  /** @returns the entry that was written here, or null where none of them is. */
  take(group: readonly [StoredAuditEntry, ...StoredAuditEntry[]]): StoredAuditEntry | null {
    const [{ seq }] = group
    if (seq < 1 || seq > this.#chain.seq) {
      return this.#refuse(group, `The chain ends at entry ${this.#chain.seq}.`)
    }
    if (seq > this.#last + 1) return this.#takeAfterGap(group)
    if (seq === this.#last + 1) {
      const { entry, isSound } = this.#choose(group, this.#before)
      this.#before = standingOn(this.#before, entry)
      this.#last = seq
      return isSound ? entry : null
    }
    const gap = this.#gaps.find(({ from, to }) => seq >= from && seq <= to)
    if (gap === undefined) return this.#refuse(group, `There is an entry ${seq} already.`)
    return this.#takeIntoGap(group, gap)
  }

  /** Says what has not come, and holds the last entry against the head and the head against its seal. */
  end(sealKeys: readonly Buffer[]): void {
    const { chainId, seq, head, seal } = this.#chain
    for (const { from, to } of this.#gaps) this.#sayMissing(from, to)
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

  /** Without what it stands on an entry is taken as it is, until the gap before it is closed. */
  #takeAfterGap(group: readonly [StoredAuditEntry, ...StoredAuditEntry[]]): StoredAuditEntry {
    const { entry } = this.#choose(group, [])
    this.#gaps.push({
      from: this.#last + 1,
      to: entry.seq - 1,
      before: this.#before,
      behind: entry,
    })
    if (this.#gaps.length > mostGaps) {
      const [oldest] = this.#gaps.splice(0, 1)
      if (oldest !== undefined) this.#sayMissing(oldest.from, oldest.to)
    }
    this.#before = [entry.hash]
    this.#last = entry.seq
    return entry
  }

  #takeIntoGap(
    group: readonly [StoredAuditEntry, ...StoredAuditEntry[]],
    gap: Gap,
  ): StoredAuditEntry | null {
    const [{ seq }] = group
    const isNext = seq === gap.from
    const { entry, isSound } = this.#choose(group, isNext ? gap.before : [])
    const before = isNext ? standingOn(gap.before, entry) : [entry.hash]
    const rest: Gap[] = []
    if (!isNext) rest.push({ ...gap, to: seq - 1, behind: entry })
    if (seq < gap.to) rest.push({ ...gap, from: seq + 1, before })
    else this.#choose([gap.behind], before)
    this.#gaps = this.#gaps.flatMap((one) => (one === gap ? rest : [one]))
    return isSound ? entry : null
  }

  /** Of entries with one number, the one that fits what it stands on; of the others each is said to be too much. */
  #choose(
    group: readonly [StoredAuditEntry, ...StoredAuditEntry[]],
    before: Before,
  ): { readonly entry: StoredAuditEntry; readonly isSound: boolean } {
    const fitting = group.find((entry) => fits(before, entry))
    const entry = fitting ?? group[0]
    for (const other of group) {
      if (other === entry) continue
      this.#say(
        'entry_inserted',
        other.seq,
        `There are several entries with the number ${other.seq}.`,
      )
    }
    if (fitting === undefined) {
      this.#say('entry_edited', entry.seq, 'It does not fit its hash and the entry before it.')
    }
    return { entry, isSound: fitting !== undefined }
  }

  #refuse(group: readonly StoredAuditEntry[], why: string): null {
    for (const { seq } of group) this.#say('entry_inserted', seq, why)
    return null
  }

  #sayMissing(from: number, to: number): void {
    const detail = from === to ? `Entry ${from} is gone.` : `Entries ${from} to ${to} are gone.`
    this.#say('entry_missing', from, detail)
  }

  #say(kind: AuditFindingKind, seq: number, detail: string): void {
    this.#report({ kind, chain: this.#chain.chainId, seq, case: null, detail })
  }
}

function fits(before: Before, entry: StoredAuditEntry): boolean {
  return before.length === 0 || before.some((hash) => hashAfter(hash, entry) === entry.hash)
}

/** What the next entry may stand on: of one that was edited the hash is right, or everything but the hash is. */
function standingOn(before: Before, entry: StoredAuditEntry): Before {
  const ought = before.map((hash) => hashAfter(hash, entry))
  return [...new Set([entry.hash, ...ought])].slice(0, 2)
}
