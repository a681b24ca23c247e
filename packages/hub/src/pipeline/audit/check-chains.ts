import {
  findChain,
  findHeads,
  listPartitions,
  type StoredAuditEntry,
  streamChainsByNumber,
  streamEntries,
  withReleasedLocks,
} from '../../store/audit-scan.ts'
import type { Tx } from '../../store/database.ts'
import { anchorAction, readAnchor } from './anchor.ts'
import { ChainWalk } from './chain-walk.ts'
import { checkEvents } from './check-events.ts'
import type { Report } from './finding.ts'

interface Checking {
  readonly sealKeys: readonly Buffer[]
  readonly keptSince: Date
  readonly report: Report
  /** Told now and then how many entries are done. */
  readonly onEntries: (count: number) => void
}

/** What was looked at. */
export interface CheckedChains {
  readonly entries: number
  readonly events: number
  readonly anchors: number
}

/** How many sound entries are held back, so that what they name is looked up together. */
const helping = 1_000

/**
 * Follows every chain through the days, and looks up what its sound entries vouch for: events, and
 * earlier heads. Whatever lies in the tables is looked at, also what belongs to no chain.
 */
export async function checkChains(tx: Tx, checking: Checking): Promise<CheckedChains> {
  const chains = new ChainBook(tx, checking)
  const counted = { entries: 0, events: 0, anchors: 0 }
  for (const partition of await listPartitions(tx, 'audit_entry')) {
    await withReleasedLocks(tx, () => checkPartition(tx, partition, { chains, counted, checking }))
    chains.endComplete()
  }
  await chains.end()
  return counted
}

async function checkPartition(
  tx: Tx,
  partition: string,
  given: {
    readonly chains: ChainBook
    readonly counted: { entries: number; events: number; anchors: number }
    readonly checking: Checking
  },
): Promise<void> {
  const { chains, counted, checking } = given
  let sound: StoredAuditEntry[] = []
  const flush = async (): Promise<void> => {
    counted.events += await checkEvents(tx, sound, checking)
    for (const entry of sound) {
      if (entry.action !== anchorAction) continue
      await checkAnchor(tx, entry, checking.report)
      counted.anchors += 1
    }
    sound = []
    checking.onEntries(counted.entries)
  }
  for await (const group of byNumber(streamEntries(tx, partition))) {
    counted.entries += group.length
    const entry = await chains.take(group)
    if (entry !== null) sound.push(entry)
    if (sound.length >= helping) await flush()
  }
  await flush()
}

async function checkAnchor(tx: Tx, entry: StoredAuditEntry, report: Report): Promise<void> {
  const heads = readAnchor(entry.detail) ?? []
  const found = await findHeads(tx, heads)
  for (const [index, head] of heads.entries()) {
    if (found.has(index)) continue
    const detail = `Entry ${entry.seq} of chain ${entry.chainId} saw entry ${head.seq} here; it is gone, or another one.`
    report({ kind: 'anchor_broken', chain: head.chainId, seq: head.seq, case: null, detail })
  }
}

type Group = readonly [StoredAuditEntry, ...StoredAuditEntry[]]

/** Entries of one chain with one number, of which there must be one. */
async function* byNumber(entries: AsyncGenerator<StoredAuditEntry>): AsyncGenerator<Group> {
  let group: [StoredAuditEntry, ...StoredAuditEntry[]] | null = null
  for await (const entry of entries) {
    if (group === null) group = [entry]
    else if (group[0].chainId === entry.chainId && group[0].seq === entry.seq) group.push(entry)
    else {
      yield group
      group = [entry]
    }
  }
  if (group !== null) yield group
}

/** The chains that are being followed. One that has reached its head is remembered by its id alone. */
class ChainBook {
  readonly #tx: Tx
  readonly #checking: Checking
  readonly #walks = new Map<string, ChainWalk>()
  readonly #complete = new Set<string>()
  /** How many entries there are of chains that do not exist. */
  readonly #orphans = new Map<string, number>()

  constructor(tx: Tx, checking: Checking) {
    this.#tx = tx
    this.#checking = checking
  }

  /** @returns the entry, if one of them is what was written. */
  async take(group: Group): Promise<StoredAuditEntry | null> {
    const [{ chainId, seq }] = group
    if (this.#complete.has(chainId)) {
      const detail = 'The chain has all its entries without this one.'
      this.#checking.report({ kind: 'entry_inserted', chain: chainId, seq, case: null, detail })
      return null
    }
    const walk = await this.#walkOf(chainId)
    if (walk !== null) return walk.take(group)
    this.#orphans.set(chainId, (this.#orphans.get(chainId) ?? 0) + group.length)
    return null
  }

  async #walkOf(chainId: string): Promise<ChainWalk | null> {
    const known = this.#walks.get(chainId)
    if (known !== undefined) return known
    if (this.#orphans.has(chainId)) return null
    const chain = await findChain(this.#tx, chainId)
    if (chain === null) return null
    const walk = new ChainWalk(chain, this.#checking.report)
    this.#walks.set(chainId, walk)
    return walk
  }

  /** Lets go of the chains of which everything has been seen. */
  endComplete(): void {
    for (const [chainId, walk] of this.#walks) {
      if (!walk.isComplete) continue
      walk.end(this.#checking.sealKeys)
      this.#walks.delete(chainId)
      this.#complete.add(chainId)
    }
  }

  async end(): Promise<void> {
    const { report, sealKeys } = this.#checking
    for (const walk of this.#walks.values()) walk.end(sealKeys)
    for (const [chainId, count] of this.#orphans) {
      const detail = `The chain has ${count} entries, and does not exist.`
      report({ kind: 'entry_inserted', chain: chainId, seq: null, case: null, detail })
    }
    for await (const chain of streamChainsByNumber(this.#tx)) {
      const isSeen = this.#walks.has(chain.chainId) || this.#complete.has(chain.chainId)
      if (!isSeen) new ChainWalk(chain, report).end(sealKeys)
    }
  }
}
