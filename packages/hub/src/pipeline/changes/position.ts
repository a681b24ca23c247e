import type { ChainHead, ChainSpan } from '../../store/changes.ts'

/**
 * A place in the stream of changes: how far each chain of the audit log had come.
 *
 * Why nothing is missed: whatever changes a return appends to a chain in the same transaction, and each chain has one
 * writer at a time, who moves its head from number to number. So the entries up to a head that can be seen are all
 * there, and an entry that is committed late is behind the head that is committed with it, however long its
 * transaction was open and whatever others did meanwhile. A clock, or one number drawn from a sequence by all writers,
 * would say nothing of that kind: what is drawn early may be committed last.
 */
export interface Position {
  /** The server's time when the heads were read. */
  readonly at: Date
  /** Number of the last chain that there was. */
  readonly lastNo: number
  /** Last entry by number of chain, of those that moved last. */
  readonly named: ReadonlyMap<number, number>
  /** Last entries of the others, summed up: it tells whether one of them has moved since. */
  readonly rest: number
  /** Digest of how the connections stood, which nothing counts. */
  readonly connections: string
}

/** Every chain, the one that moved last at the end. */
export type Heads = ReadonlyMap<number, ChainHead>

/** More than the processes of one hub write; a position is sent with every message, and comes back in a header. */
const namedChains = 64

export function positionOf(
  seen: Pick<Position, 'at' | 'connections'> & { heads: Heads },
): Position {
  const { heads, at, connections } = seen
  const all = [...heads.values()]
  return {
    at,
    connections,
    lastNo: Math.max(0, ...heads.keys()),
    named: new Map(all.slice(-namedChains).map(({ chainNo, seq }) => [chainNo, seq])),
    rest: sumOf(all.slice(0, -namedChains)),
  }
}

function sumOf(heads: readonly ChainHead[]): number {
  return heads.reduce((sum, { seq }) => sum + seq, 0)
}

/**
 * The entries between a position and these heads; null when it cannot be said which they are, since a chain has moved
 * that the position does not name.
 */
export function spansSince(from: Position, heads: Heads): ChainSpan[] | null {
  const all = [...heads.values()]
  const others = all.filter(({ chainNo }) => chainNo <= from.lastNo && !from.named.has(chainNo))
  if (sumOf(others) !== from.rest) return null
  return all.flatMap(({ chainNo, chainId, seq }) => {
    const after = from.named.get(chainNo) ?? (chainNo > from.lastNo ? 0 : seq)
    return after < seq ? [{ chainId, after, upTo: seq }] : []
  })
}

/** What chains got between two looks at all of them. */
export function spansBetween(before: Heads, after: Heads): ChainSpan[] {
  return [...after.values()].flatMap(({ chainNo, chainId, seq }) => {
    const from = before.get(chainNo)?.seq ?? 0
    return from < seq ? [{ chainId, after: from, upTo: seq }] : []
  })
}

export function countEntries(spans: readonly ChainSpan[]): number {
  return spans.reduce((count, { after, upTo }) => count + upTo - after, 0)
}

const digits = 36
const number = '[0-9a-z]{1,11}'
const pattern = new RegExp(
  `^1_(${number})_(${number})_(${number})_([0-9a-f]{0,16})_((?:${number}\\.${number}(?:-|$))*)$`,
)

/** A position as the text that clients keep: some 600 characters at most. */
export function formatPosition({ at, lastNo, named, rest, connections }: Position): string {
  const chains = [...named].map(([no, seq]) => `${no.toString(digits)}.${seq.toString(digits)}`)
  const numbers = [at.getTime(), lastNo, rest].map((each) => each.toString(digits))
  return ['1', ...numbers, connections, chains.join('-')].join('_')
}

/** Reads what `formatPosition` made; null for anything else. */
export function parsePosition(text: string): Position | null {
  const found = pattern.exec(text)
  if (found === null) return null
  const [at = 0, lastNo = 0, rest = 0] = found.slice(1, 4).map(readNumber)
  const [, , , , connections = '', chains = ''] = found
  const named = chains.split('-').flatMap((chain): [number, number][] => {
    const [chainNo, seq] = chain.split('.')
    return chainNo === undefined || seq === undefined
      ? []
      : [[readNumber(chainNo), readNumber(seq)]]
  })
  return { at: new Date(at), lastNo, rest, connections, named: new Map(named) }
}

function readNumber(text: string): number {
  return Number.parseInt(text, digits)
}
