import {
  findHeads,
  type StoredAuditChain,
  type StoredAuditEntry,
  streamChainsById,
  streamEntries,
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

/** Follows every chain, and looks up what its sound entries vouch for: events, and earlier heads. */
export async function checkChains(tx: Tx, checking: Checking): Promise<CheckedChains> {
  const chains = new ChainRow(streamChainsById(tx), checking)
  let pending: StoredAuditEntry[] = []
  let counted = { entries: 0, events: 0, anchors: 0 }
  const flush = async (): Promise<void> => {
    counted = { ...counted, ...(await lookUp(tx, pending, { checking, counted })) }
    pending = []
    checking.onEntries(counted.entries)
  }
  for await (const group of byNumber(streamEntries(tx))) {
    counted.entries += group.length
    const sound = await chains.take(group)
    if (sound !== null) pending.push(sound)
    if (pending.length >= helping) await flush()
  }
  await flush()
  await chains.end()
  return counted
}

async function lookUp(
  tx: Tx,
  sound: readonly StoredAuditEntry[],
  { checking, counted }: { readonly checking: Checking; readonly counted: CheckedChains },
): Promise<Pick<CheckedChains, 'events' | 'anchors'>> {
  const events = await checkEvents(tx, sound, checking)
  const anchors = sound.filter(({ action }) => action === anchorAction)
  for (const entry of anchors) await checkAnchor(tx, entry, checking.report)
  return { events: counted.events + events, anchors: counted.anchors + anchors.length }
}

async function checkAnchor(tx: Tx, entry: StoredAuditEntry, report: Report): Promise<void> {
  const heads = readAnchor(entry.detail) ?? []
  // A head without entries is the link that its chain begins with.
  const found = await findHeads(tx, heads)
  for (const [index, head] of heads.entries()) {
    if (found.has(index)) continue
    const detail = `The anchor in entry ${entry.seq} of chain ${entry.chainId} saw entry ${head.seq} of this chain; it is gone or another one.`
    report({ kind: 'anchor_broken', chain: head.chainId, seq: head.seq, case: null, detail })
  }
}

/** Entries of one chain with one number, of which there must be one. */
async function* byNumber(
  entries: AsyncGenerator<StoredAuditEntry>,
): AsyncGenerator<readonly [StoredAuditEntry, ...StoredAuditEntry[]]> {
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

/** The chains one after another, beside their entries, which come in the same order. */
class ChainRow {
  readonly #chains: AsyncGenerator<StoredAuditChain>
  readonly #checking: Checking
  #walk: ChainWalk | null = null
  #isOpened = false
  #orphans: { readonly chainId: string; count: number } | null = null

  constructor(chains: AsyncGenerator<StoredAuditChain>, checking: Checking) {
    this.#chains = chains
    this.#checking = checking
  }

  /** @returns the entry, if it is what was written. */
  async take(
    group: readonly [StoredAuditEntry, ...StoredAuditEntry[]],
  ): Promise<StoredAuditEntry | null> {
    const { chainId } = group[0]
    if (!this.#isOpened) await this.#next()
    while (this.#walk !== null && this.#walk.chainId < chainId) await this.#next()
    if (this.#walk?.chainId === chainId) return this.#walk.take(group)
    if (this.#orphans?.chainId !== chainId) {
      this.#sayOrphans()
      this.#orphans = { chainId, count: 0 }
    }
    this.#orphans.count += group.length
    return null
  }

  async end(): Promise<void> {
    if (!this.#isOpened) await this.#next()
    while (this.#walk !== null) await this.#next()
    this.#sayOrphans()
  }

  async #next(): Promise<void> {
    this.#walk?.end(this.#checking.sealKeys)
    this.#isOpened = true
    const { done, value } = await this.#chains.next()
    this.#walk = done === true ? null : new ChainWalk(value, this.#checking.report)
  }

  #sayOrphans(): void {
    if (this.#orphans === null) return
    const { chainId, count } = this.#orphans
    this.#orphans = null
    const detail = `The chain has ${count} entries, and does not exist.`
    this.#checking.report({ kind: 'entry_inserted', chain: chainId, seq: null, case: null, detail })
  }
}
