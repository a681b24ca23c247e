import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
} from 'yaml'

/** Where something stands in a document's text; both from 1. */
export interface Place {
  readonly line: number
  readonly column: number
}

/** What is wrong with a document, where, and in which of its fields (`events[0].data.lines`). */
export interface DocumentProblem extends Place {
  readonly path: string
  readonly message: string
}

interface TextTree {
  readonly kind: 'text'
  readonly value: string
  readonly place: Place
  /** A part of it at this offset stands so many columns further; false where it is folded over lines. */
  readonly isOneLine: boolean
}
interface ScalarTree {
  readonly kind: 'scalar'
  readonly value: number | boolean | null
  readonly place: Place
}
export interface ListTree {
  readonly kind: 'list'
  readonly items: readonly Tree[]
  readonly place: Place
}
export interface MapTree {
  readonly kind: 'map'
  readonly entries: ReadonlyMap<string, { readonly key: Place; readonly value: Tree }>
  readonly place: Place
}
/** YAML with places, and with its aliases put in. */
export type Tree = TextTree | ScalarTree | ListTree | MapTree

type ParsedTree =
  | { readonly ok: true; readonly tree: Tree }
  | { readonly ok: false; readonly problems: readonly DocumentProblem[] }

const sizeLimitBytes = 256 * 1024
/** Aliases let a few lines stand for billions of nodes: they are counted after they have been put in. */
const nodeLimit = 20_000
const depthLimit = 40
/** Signs that make a reader work: lines, entries, comments, tags, aliases. */
const signLimit = 5_000
const problemLimit = 20
const start: Place = { line: 1, column: 1 }

/** Reads YAML into a tree. Never throws; a text of 256 KiB takes some tens of milliseconds. */
export function parseYamlTree(text: string): ParsedTree {
  if (Buffer.byteLength(text) > sizeLimitBytes) {
    return refused(start, `it is larger than ${sizeLimitBytes / 1024} KiB`)
  }
  const looks = lookOver(text)
  if (looks.depth > depthLimit) return refused(start, `its brackets nest deeper than ${depthLimit}`)
  if (looks.signs > signLimit) return refused(start, 'it has too many parts')
  const lines = new LineCounter()
  const builder = new Builder(lines)
  try {
    const document = parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      // Compares every key with every other one; the builder looks them up.
      uniqueKeys: false,
    })
    if (document.errors.length > 0) {
      const problems = document.errors.slice(0, problemLimit).map((error) => ({
        ...builder.placeAt(error.pos[0]),
        path: '',
        message: error.message,
      }))
      return { ok: false, problems }
    }
    return { ok: true, tree: builder.build(document.contents, { path: '', depth: 0 }) }
  } catch (error) {
    if (error instanceof TreeError) return { ok: false, problems: [error.problem] }
    return refused(start, 'it nests too deep')
  }
}

function refused(place: Place, message: string): ParsedTree {
  return { ok: false, problems: [{ ...place, path: '', message }] }
}

const signs: ReadonlySet<string> = new Set('\n,:-?#!*&%')

/** What a text may cost its reader, at most: some of its brackets and signs may stand within values. */
function lookOver(text: string): { readonly depth: number; readonly signs: number } {
  let open = 0
  let depth = 0
  let count = 0
  for (let index = 0; index < text.length; index += 1) {
    const sign = text[index] ?? ''
    if (sign === '[' || sign === '{') depth = Math.max(depth, ++open)
    else if (sign === ']' || sign === '}') open = Math.max(0, open - 1)
    else if (signs.has(sign) && isSign(sign, text[index + 1] ?? ' ')) count += 1
  }
  return { depth, signs: count }
}

/** A colon or hyphen within a word says nothing. */
function isSign(sign: string, next: string): boolean {
  const isWithin = sign === ':' || sign === '-' || sign === '?'
  return !isWithin || next === ' ' || next === '\t' || next === '\n' || next === '\r'
}

class TreeError extends Error {
  readonly problem: DocumentProblem

  constructor(problem: DocumentProblem) {
    super(problem.message)
    this.problem = problem
  }
}

interface Above {
  readonly path: string
  readonly depth: number
}

/** Goes through YAML nodes in the order of the text, so that each anchor is known before its aliases. */
class Builder {
  readonly #lines: LineCounter
  readonly #anchors = new Map<string, Node>()
  #nodes = 0

  constructor(lines: LineCounter) {
    this.#lines = lines
  }

  placeAt(offset: number): Place {
    const { line, col } = this.#lines.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }

  /** @throws {TreeError} */
  build(node: unknown, above: Above): Tree {
    this.#nodes += 1
    const place = this.#placeOf(node)
    if (this.#nodes > nodeLimit) throw this.#error(place, above, 'it has too many parts')
    if (above.depth > depthLimit) throw this.#error(place, above, 'it nests too deep')
    if (isAlias(node)) {
      const named = this.#anchors.get(node.source)
      if (!named) throw this.#error(place, above, `there is no anchor ${node.source}`)
      return this.build(named, { ...above, depth: above.depth + 1 })
    }
    const { anchor } = (node ?? {}) as { readonly anchor?: string }
    if (anchor) this.#anchors.set(anchor, node as Node)
    if (isMap(node)) return this.#map(node.items, place, above)
    if (isSeq(node)) {
      const items = node.items.map((item, index) =>
        this.build(item, { path: `${above.path}[${index}]`, depth: above.depth + 1 }),
      )
      return { kind: 'list', items, place }
    }
    return scalarTree(node, place)
  }

  #map(pairs: readonly Pair[], place: Place, above: Above): MapTree {
    const entries = new Map<string, { readonly key: Place; readonly value: Tree }>()
    for (const { key, value } of pairs) {
      const at = this.#placeOf(key)
      const name = isScalar(key) ? nameOf(key.value) : null
      if (name === null) throw this.#error(at, above, 'a key is a name')
      const path = above.path === '' ? name : `${above.path}.${name}`
      if (entries.has(name)) throw this.#error(at, { ...above, path }, `${name} stands twice`)
      const below = { path, depth: above.depth + 1 }
      const nothing = { kind: 'scalar', value: null, place: at } as const
      entries.set(name, { key: at, value: value === null ? nothing : this.build(value, below) })
    }
    return { kind: 'map', entries, place }
  }

  #placeOf(node: unknown): Place {
    const range = (node as { readonly range?: readonly number[] | null } | null)?.range
    return this.placeAt(range?.[0] ?? 0)
  }

  #error(place: Place, { path }: Above, message: string): TreeError {
    return new TreeError({ ...place, path, message })
  }
}

function nameOf(value: unknown): string | null {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' ? value : null
}

/** A value of a kind that JSON has not, which takes a tag to write, is nothing. */
function scalarTree(node: unknown, place: Place): Tree {
  const { value, type, range } = isScalar(node) ? node : { value: null }
  if (typeof value === 'number' || typeof value === 'boolean') {
    return { kind: 'scalar', value, place }
  }
  if (typeof value !== 'string') return { kind: 'scalar', value: null, place }
  const quotes = type === 'QUOTE_SINGLE' || type === 'QUOTE_DOUBLE' ? 1 : 0
  const begins = { ...place, column: place.column + quotes }
  // Folded over lines, or with escapes, it is not as long as it was written.
  const isOneLine = range ? range[1] - range[0] === value.length + 2 * quotes : false
  return { kind: 'text', value, place: begins, isOneLine }
}
