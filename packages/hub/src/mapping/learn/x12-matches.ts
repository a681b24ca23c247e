import type { ConceptName } from './concepts.ts'
import { makeField, placeAt } from './find-places.ts'
import type { Match, SourceField } from './match-fields.ts'
import { type PathKey } from './path-text.ts'
import type { PlaceNode } from './survey.ts'

/** Where a return request says what (ANSI X12 180): element names tell nothing, positions everything. */
const header: readonly (readonly [ConceptName, readonly PathKey[]])[] = [
  ['returnId', ['BGN', 0, 'e02']],
  ['requestedAt', ['BGN', 0, 'e03']],
  ['orderId', ['PRF', 0, 'e01']],
  ['customerName', ['N1', 0, 'e02']],
  ['customerId', ['N1', 0, 'e04']],
]
const line: readonly (readonly [ConceptName, readonly PathKey[]])[] = [
  ['sku', ['e02']],
  ['quantity', ['e03']],
  ['unit', ['e04']],
  ['reason', ['RDR', 0, 'e02']],
  ['reasonText', ['RDR', 0, 'e04']],
]

/** A partner may use elements in another way than most do. */
const certainty = 0.75

/** The fields of a transaction set 180, by their positions. */
export function x12Matches(record: PlaceNode): {
  readonly all: readonly SourceField[]
  readonly matches: ReadonlyMap<ConceptName, Match>
  readonly linesPath: string
} {
  const matches = new Map<ConceptName, Match>()
  const add = (top: PlaceNode | null, root: string, places: typeof header) => {
    for (const [concept, keys] of places) {
      const node = top && placeAt(top, keys)
      const groups = top?.objectCount ?? 0
      const field = node && makeField(node, { root, keys, groups })
      if (field) matches.set(concept, { concept, field, certainty, others: [] })
    }
  }
  add(record, 'record', header)
  add(placeAt(record, ['BLI', 0]), 'line', line)
  const all = [...matches.values()].map(({ field }) => field)
  return { all, matches, linesPath: 'record.BLI' }
}
