import { type ConceptName, concepts } from './concepts.ts'
import { sureFrom } from './draft.ts'
import { fieldsBelow, type Places, textListsBelow } from './find-places.ts'
import {
  certaintyOf,
  conceptsOf,
  type Match,
  matchFields,
  type SourceField,
} from './match-fields.ts'
import { pathText } from './path-text.ts'
import type { ReadSamples } from './read-samples.ts'
import { keysBetween, type PlaceNode } from './survey.ts'
import { x12Matches } from './x12-matches.ts'

/** The fields of a source, and what they are taken for. */
export interface Fields {
  readonly all: readonly SourceField[]
  readonly matches: ReadonlyMap<ConceptName, Match>
  readonly lists: ReadonlyMap<ConceptName, SourceField>
  readonly linesPath: string | null
  /** The field whose value the rows of one return have in common; null where each record is a return. */
  readonly groupBy: string | null
}

/** Found outside of where it is usually said: once for all lines, or with the lines and not above them. */
const displaced = 0.88
const enveloped = 0.9
/** Rows go together by nothing that is less sure. */
const sureKey = 0.7

/** Finds the fields of the place of a return and of its lines, and what each of them means. */
export function collectFields(root: PlaceNode, places: Places, read: ReadSamples | null): Fields {
  const { record, lines } = places
  const isX12 = read?.written.format === 'x12'
  if (isX12) return { ...x12Matches(record), lists: new Map(), groupBy: null }
  return lines?.items ? nestedFields(root, places) : flatFields(root, places)
}

function nestedFields(root: PlaceNode, places: Places): Fields {
  const { record, lines } = places
  const top = topOf(places)
  const header = fieldsBelow(record, { root: top })
  const envelope = envelopeOf(root, places)
  const inLine = lines?.items ? fieldsBelow(lines.items, { root: 'line' }) : []
  const linesKeys = lines ? keysBetween(record, lines) : []
  const lists = listsOf([
    ...textListsBelow(record, top),
    ...(lines?.items ? textListsBelow(lines.items, 'line') : []),
  ])
  return {
    all: [...header, ...envelope, ...inLine],
    matches: matchScopes({ header: [...header, ...envelope], inLine }, { top, linesKeys }),
    lists,
    linesPath: pathText(top, linesKeys),
    groupBy: null,
  }
}

/** Each scope has its own fields; what it lacks may stand in the other one. */
function matchScopes(
  { header, inLine }: Readonly<Record<'header' | 'inLine', readonly SourceField[]>>,
  { top, linesKeys }: { readonly top: string; readonly linesKeys: readonly string[] },
): ReadonlyMap<ConceptName, Match> {
  const own = matchFields(header, conceptsOf('header'))
  const ofLine = matchFields(inLine, conceptsOf('line'))
  const used = new Set([...own.values(), ...ofLine.values()].map(({ field }) => field))
  const above = header
    .filter((field) => !used.has(field))
    .map((field) => ({ ...field, weight: displaced }))
  const ofFirstLine = inLine
    .filter((field) => !used.has(field))
    .flatMap((field) => {
      const keys = [...linesKeys, 0, ...field.keys]
      const path = pathText(top, keys)
      return path === null ? [] : [{ ...field, root: top, keys, path, weight: displaced }]
    })
  return new Map([
    ...matchFields(above, missing('line', ofLine)),
    ...matchFields(ofFirstLine, missing('header', own)),
    ...own,
    ...ofLine,
  ])
}

function missing(
  scope: 'header' | 'line',
  known: ReadonlyMap<ConceptName, Match>,
): readonly ConceptName[] {
  return conceptsOf(scope).filter((concept) => !known.has(concept))
}

/** What stands beside the list of records, and holds for all of them. */
function envelopeOf(root: PlaceNode, { records }: Places): SourceField[] {
  return records === null ? [] : fieldsBelow(root, { root: 'source', weight: enveloped })
}

/** The variable that a return is read from. */
function topOf({ each }: Places): string {
  return each === null ? 'record' : 'entry'
}

/** Records that are one line each: rows of a file, which go together by the number of their return. */
function flatFields(root: PlaceNode, places: Places): Fields {
  const { record, records } = places
  const top = topOf(places)
  const all = fieldsBelow(record, { root: top })
  const envelope = envelopeOf(root, places)
  const matches = matchFields(
    [...all, ...envelope],
    [...conceptsOf('header'), ...conceptsOf('line')],
  )
  const lists = listsOf(textListsBelow(record, top))
  const key = (['returnId', 'receiptId', 'orderId'] as const)
    .map((concept) => matches.get(concept))
    .find((match) => match !== undefined && match.certainty >= sureKey)
  const isGrouped = records !== null && key !== undefined && key.field.shape.variety < 1
  if (!isGrouped)
    return { all: [...all, ...envelope], matches, lists, linesPath: null, groupBy: null }
  const moved = new Map(
    [...matches].map(([concept, match]) => [concept, moveToRow(concept, match)]),
  )
  const groupBy = key.field.path
  return { all: [...all, ...envelope], matches: moved, lists, linesPath: 'record.rows', groupBy }
}

/** In a group, what is said of the whole stands in its first row. */
function moveToRow(concept: ConceptName, match: Match): Match {
  const move = (field: SourceField): SourceField => {
    if (field.root !== 'record') return field
    const root = concepts[concept].scope === 'header' ? 'row' : 'line'
    return { ...field, root, path: pathText(root, field.keys) ?? field.path }
  }
  return { ...match, field: move(match.field), others: match.others.map(move) }
}

const listConcepts = ['orderId', 'serial', 'lot'] as const

function listsOf(fields: readonly SourceField[]): Map<ConceptName, SourceField> {
  const found = new Map<ConceptName, SourceField>()
  for (const concept of listConcepts) {
    const [best] = fields
      .map((field) => ({ field, certainty: certaintyOf(concept, field) }))
      .filter(({ certainty }) => certainty >= sureFrom)
      .toSorted((a, b) => b.certainty - a.certainty)
    if (best) found.set(concept, best.field)
  }
  return found
}
