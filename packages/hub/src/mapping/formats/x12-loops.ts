import { FormatError } from './format-problem.ts'

/** Tags that begin a loop, with the tags that belong into it. */
export type X12Loops = Readonly<Record<string, readonly string[]>>

/** A segment with what belongs to it: `{ tag: 'BLI', e01: …, N9: [{…}] }`. */
export interface X12Node {
  readonly tag: string
  [key: string]: string | X12Node[]
}

/** What belongs to no loop, by tag. */
type X12Lists = Record<string, string | X12Node[]>

/** Loops inside of one another. Real ones go three deep. */
const maxLoopDepth = 10

/**
 * Puts segments by their tag, each time as a list: `BGN`, `N9`. What belongs into a loop stands in the
 * segment that begins it, so that `each: record.BLI` goes over the items with what is said of each. A
 * segment goes into the innermost open loop that names its tag; where none does, it belongs to the whole.
 * The segments themselves are put together, not copies of them.
 *
 * @throws {FormatError} for loops that contain themselves, over and over.
 */
export function groupLoops(segments: readonly X12Node[], loops: X12Loops): X12Lists {
  const whole: X12Lists = {}
  const open: { node: X12Node; members: readonly string[] }[] = []
  for (const segment of segments) {
    const { tag } = segment
    while (open.length > 0 && open.at(-1)?.members.includes(tag) !== true) open.pop()
    put(open.at(-1)?.node ?? whole, tag, segment)
    const members = Object.hasOwn(loops, tag) ? loops[tag] : undefined
    if (members === undefined) continue
    open.push({ node: segment, members })
    if (open.length > maxLoopDepth) throw new FormatError('the loops contain one another')
  }
  return whole
}

function put(parent: X12Lists, tag: string, node: X12Node): void {
  const before = parent[tag]
  if (Array.isArray(before)) before.push(node)
  else parent[tag] = [node]
}
