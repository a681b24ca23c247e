import type { ConceptName } from './concepts.ts'
import { certaintyOf, type SourceField } from './match-fields.ts'
import { readName } from './name-lemmas.ts'
import { type PathKey, pathText } from './path-text.ts'
import { keysBetween, listsBelow, type PlaceNode, scalarsBelow } from './survey.ts'
import { shapeOf } from './value-shape.ts'

/** Where returns and their lines stand in a payload. */
export interface Places {
  /** What one event is made of. */
  readonly record: PlaceNode
  /** The list of records, as a path into the payload; null where the payload is one record. */
  readonly records: string | null
  /** The list of which each item makes an event, where no path into the payload can name it. */
  readonly each: string | null
  /** The list of lines in a record; null where a record is one line. */
  readonly lines: PlaceNode | null
  readonly confidence: number
  /** Lists that could be meant as well, as paths. */
  readonly otherLines: readonly string[]
}

/** A field that may hold a line is worth a little less than one that tells which return it is. */
const lineWeight = 0.8
const flatWeight = 0.55
/** Below that a guess does not count here. */
const counted = 0.6
const candidateLimit = 60
const fieldLimit = 400

const telling: readonly ConceptName[] = [
  ...([
    'returnId',
    'orderId',
    'customerId',
    'customerName',
    'email',
    'requestedAt',
    'currency',
  ] as const),
  ...(['status', 'tracking', 'receiptId', 'refundId', 'happenedAt'] as const),
]
const lineTelling: readonly ConceptName[] = [
  'sku',
  'gtin',
  'quantity',
  'reason',
  'productName',
  'lineId',
  'condition',
  'serial',
]

/** Where X12 has its transactions; what of them is a line is for whoever knows the set. */
export function x12Places(root: PlaceNode): Places {
  const record = placeAt(root, ['transactions', 0]) ?? root
  return {
    record,
    records: 'transactions',
    each: null,
    lines: null,
    confidence: 0.9,
    otherLines: [],
  }
}

/** Finds what a record is, and where its lines are: the place whose fields tell most of a return. */
export function findPlaces(root: PlaceNode): Places {
  const scored = recordCandidates(root)
    .slice(0, candidateLimit)
    .map((record) => scoreRecord(record))
    .toSorted((a, b) => b.score - a.score)
  const [best, second] = scored
  const chosen = best ?? scoreRecord(root)
  const list = chosen.record.parent
  const keys = list === null ? [] : keysBetween(root, list)
  const records = list === null ? null : payloadPath(keys)
  const each = list === null || records !== null ? null : pathText('record', keys)
  const margin =
    second === undefined ? 1 : (chosen.score - second.score) / Math.max(1, chosen.score)
  return {
    record: chosen.record,
    records,
    each,
    lines: chosen.lines,
    confidence: chosen.score < 1 ? 0.4 : Math.min(0.97, 0.75 + margin),
    otherLines: chosen.rest.flatMap(
      (node) => pathText('record', keysBetween(chosen.record, node)) ?? [],
    ),
  }
}

/** The payload, and the items of lists of objects in it that are not in lists themselves. */
function recordCandidates(root: PlaceNode): PlaceNode[] {
  if (root.listCount > 0) return root.items ? [root.items] : []
  const lists = listsBelow(root).filter(({ items }) => (items?.objectCount ?? 0) > 0)
  const named = lists.filter((list) => pathText('record', keysBetween(root, list)) !== null)
  return [root, ...named.flatMap(({ items }) => items ?? [])]
}

/** A path that begins in the payload itself, with a name and not with a variable. */
function payloadPath([first, ...rest]: readonly string[]): string | null {
  const isName = first !== undefined && /^[A-Za-z_][A-Za-z0-9_]*$/.test(first)
  return isName ? pathText(first, rest) : null
}

function scoreRecord(record: PlaceNode) {
  const header = scoreOf(scalarsBelow(record), telling)
  const lists = listsBelow(record)
    .filter(({ items }) => (items?.objectCount ?? 0) > 0)
    .slice(0, candidateLimit)
    .map((node) => ({
      node,
      score: node.items ? scoreOf(scalarsBelow(node.items), lineTelling) : 0,
    }))
    .toSorted((a, b) => b.score - a.score)
  const own = flatWeight * scoreOf(scalarsBelow(record), lineTelling)
  const inner = lineWeight * (lists[0]?.score ?? 0)
  // One word that a list has in common with lines makes none of it.
  const lines = lists[0] !== undefined && lists[0].score >= 1 && inner >= own ? lists[0].node : null
  const rest = lists
    .filter(({ node }) => node !== lines)
    .map(({ node }) => node)
    .slice(0, 3)
  return { record, lines, rest, score: header + Math.max(own, lines ? inner : 0) }
}

function scoreOf(nodes: readonly PlaceNode[], wanted: readonly ConceptName[]): number {
  const fields = nodes
    .slice(0, fieldLimit)
    .flatMap((node) => makeField(node, { root: 'record', keys: ['x'] }) ?? [])
  return wanted.reduce((sum, concept) => {
    const best = Math.max(0, ...fields.map((field) => certaintyOf(concept, field)))
    return sum + (best < counted ? 0 : best)
  }, 0)
}

interface Reading {
  readonly root: string
  readonly keys: readonly PathKey[]
  readonly weight?: number
  /** How often its group was there. */
  readonly groups?: number
}

/** A place as a field. @returns null where nothing stands there, or no path leads to it. */
export function makeField(
  node: PlaceNode,
  { root, keys, weight = 1, groups = node.present }: Reading,
): SourceField | null {
  const path = pathText(root, keys)
  if (path === null || node.values.size === 0) return null
  const [own = '', ...outer] = keysAbove(node)
  return {
    node,
    own: readName(own),
    outer: outer.map(readName),
    shape: shapeOf(node.values, node.valueCount),
    presence: Math.min(1, node.present / Math.max(1, groups)),
    weight,
    root,
    keys,
    path,
  }
}

/** Its own name, and those of what it stands in, from the inside. An XML text is named by its element. */
function keysAbove(node: PlaceNode): string[] {
  const keys: string[] = []
  for (let at: PlaceNode | null = node; at !== null && keys.length < 6; at = at.parent) {
    if (at.key !== null && at.key !== '#text' && !isRows(at)) keys.push(at.key)
  }
  return keys
}

/** The list that we ourselves call so when a CSV file is read. */
function isRows({ key, parent }: PlaceNode): boolean {
  return key === 'rows' && parent?.key === null && parent.parent === null
}

interface From {
  readonly root: string
  /** Names between the variable and the place. */
  readonly prefix?: readonly PathKey[]
  readonly weight?: number
}

/** Fields of a place and below it, not in lists. */
export function fieldsBelow(top: PlaceNode, { root, prefix = [], weight }: From): SourceField[] {
  return scalarsBelow(top)
    .slice(0, fieldLimit)
    .flatMap((node) => {
      const keys = [...prefix, ...keysBetween(top, node)]
      const rest = weight === undefined ? {} : { weight }
      return makeField(node, { root, keys, groups: top.objectCount, ...rest }) ?? []
    })
}

/** Lists of texts below a place, such as numbers of several orders; each as the field of its texts. */
export function textListsBelow(top: PlaceNode, root: string): SourceField[] {
  return listsBelow(top)
    .slice(0, fieldLimit)
    .flatMap((list) => {
      if (list.items === null || list.items.valueCount === 0) return []
      return makeField(list.items, { root, keys: keysBetween(top, list) }) ?? []
    })
}

/** The place that names lead to, through the first item of a list where a number stands. */
export function placeAt(top: PlaceNode, keys: readonly PathKey[]): PlaceNode | null {
  let at: PlaceNode | null = top
  for (const key of keys) at = (typeof key === 'number' ? at?.items : at?.children.get(key)) ?? null
  return at
}
