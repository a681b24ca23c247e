import { setImmediate as nextTurn } from 'node:timers/promises'
import { ownWord, vocabularyNames, wordKey } from '../mapping/vocabularies.ts'
import type { WordScope, Words } from '../mapping/words.ts'
import type { Logger } from '../platform/logger.ts'
import type { Pool } from '../store/database.ts'
import {
  type DocumentKind,
  documentKinds,
  listActiveDocuments,
  type StoredDocument,
} from '../store/documents.ts'
import { type EntryMeaning, listMeanings, wordRevisions } from '../store/vocabularies.ts'

/** A document in force, as mappings and policies are made of it. */
type ActiveDocument = Pick<
  StoredDocument,
  'documentId' | 'kind' | 'name' | 'version' | 'contentHash' | 'content'
>

/** What is known of products, parties and packs. */
export type MasterWords = Pick<
  Words,
  'product' | 'party' | 'packRatio' | 'knowsProducts' | 'knowsParties'
>

/**
 * All words and documents in force, in memory: the view that the hot path asks, without I/O. Empty until
 * the first `refresh`.
 */
export interface Glossary extends Words {
  activeDocument(kind: DocumentKind, name: string): ActiveDocument | undefined
  /** By name. The list is the same one for as long as no document of the kind has changed. */
  activeDocuments(kind: DocumentKind): readonly ActiveDocument[]
  /**
   * Reads those vocabularies and kinds of document anew that have changed.
   *
   * @returns whether anything had changed.
   * @throws {HubError} DATABASE_UNAVAILABLE; what was not read anew stays as it was.
   */
  refresh(): Promise<boolean>
  /** Reads anew what this process has just changed. That it cannot is no failure of the change. */
  noteChange(): Promise<void>
}

export interface GlossaryOptions {
  readonly pool: Pool
  readonly log: Logger
  readonly masterData: MasterWords
}

/** Before products and parties were synchronized for the first time. */
export const noMasterData: MasterWords = {
  product: () => ({ kind: 'unknown' }),
  party: () => ({ kind: 'unknown' }),
  packRatio: () => null,
  knowsProducts: false,
  knowsParties: false,
}

export function createGlossary({ pool, log, masterData }: GlossaryOptions): Glossary {
  const meanings = new Map<string, Meanings>()
  const documents = new Map<DocumentKind, Documents>()
  let revisions: ReadonlyMap<string, number> = new Map()
  let last: Promise<unknown> = Promise.resolve()

  async function reload(): Promise<boolean> {
    const current = await wordRevisions(pool)
    const known = new Map(revisions)
    for (const vocabulary of vocabularyNames) {
      const name = `vocabulary:${vocabulary}`
      if (current.get(name) === known.get(name)) continue
      meanings.set(vocabulary, await loadMeanings(pool, vocabulary))
      noteRead(name, known, current)
    }
    for (const kind of documentKinds) {
      const name = `document:${kind}`
      if (current.get(name) === known.get(name)) continue
      documents.set(kind, documentsOf(await listActiveDocuments(pool, kind)))
      noteRead(name, known, current)
    }
    const hasChanged = [...known].some(([name, revision]) => revisions.get(name) !== revision)
    // Of before the reading: what changed meanwhile is found the next time.
    revisions = known
    if (hasChanged) log.info({ entries: countEntries(meanings) }, 'words loaded')
    return hasChanged
  }

  /** One after the other: whoever asks after a change must not be given a reading from before it. */
  function refresh(): Promise<boolean> {
    const next = last.then(reload, reload)
    last = next
    return next
  }

  return {
    translate: (vocabulary, value, scope) =>
      meanings.get(vocabulary)?.translate(value, scope) ?? ownWord(vocabulary, value),
    express: (vocabulary, value, scope) => meanings.get(vocabulary)?.express(value, scope) ?? null,
    product: (kind, value, scope) => masterData.product(kind, value, scope),
    party: (kind, value, scope) => masterData.party(kind, value, scope),
    packRatio: (productId, unit) => masterData.packRatio(productId, unit),
    get knowsProducts() {
      return masterData.knowsProducts
    },
    get knowsParties() {
      return masterData.knowsParties
    },
    activeDocument: (kind, name) => documents.get(kind)?.byName.get(name),
    activeDocuments: (kind) => documents.get(kind)?.list ?? [],
    refresh,
    async noteChange() {
      await refresh().catch((error: unknown) => log.warn({ err: error }, 'words not read anew'))
    },
  }
}

function noteRead(
  name: string,
  known: Map<string, number>,
  current: ReadonlyMap<string, number>,
): void {
  const revision = current.get(name)
  if (revision === undefined) known.delete(name)
  else known.set(name, revision)
}

interface Documents {
  readonly list: readonly ActiveDocument[]
  readonly byName: ReadonlyMap<string, ActiveDocument>
}

function documentsOf(rows: readonly StoredDocument[]): Documents {
  const list = rows.map(({ documentId, kind, name, version, contentHash, content }) => ({
    documentId,
    kind,
    name,
    version,
    contentHash,
    content,
  }))
  return { list, byName: new Map(list.map((one) => [one.name, one])) }
}

/** One vocabulary, in both directions. */
export interface Meanings {
  readonly size: number
  translate(value: string, scope: WordScope): string | null
  express(value: string, scope: WordScope): string | null
}

function countEntries(meanings: ReadonlyMap<string, Meanings>): number {
  return [...meanings.values()].reduce((sum, { size }) => sum + size, 0)
}

/** Rows of a page; between two of them others have their turn of the event loop. */
const pageRows = 5_000
const nilUuid = '00000000-0000-0000-0000-000000000000'

async function loadMeanings(pool: Pool, vocabulary: string): Promise<Meanings> {
  const builder = createMeanings()
  let after = nilUuid
  for (;;) {
    const page = await listMeanings(pool, { vocabulary, after, limit: pageRows })
    for (const entry of page) builder.add(entry)
    const end = page.at(-1)
    if (end === undefined || page.length < pageRows) return builder.done()
    after = end.entryId
    await nextTurn()
  }
}

/** A meaning for a time, in milliseconds since 1970. */
interface Timed {
  readonly text: string
  readonly fromMs: number
  readonly toMs: number
}

/** A text alone holds for good, as nearly every one does; that keeps the memory of a word small. */
type Said = string | Timed[]

/** By connection, company, and word; '' stands for every connection and every company. */
type Scoped = Map<string, Map<string, Map<string, Said>>>

/**
 * Collects entries, the oldest first, and makes look-ups of them that take a few steps in maps, however many
 * there are.
 */
export function createMeanings(): { add(entry: EntryMeaning): void; done(): Meanings } {
  const bySource: Scoped = new Map()
  const byCanonical: Scoped = new Map()
  let size = 0
  return {
    add({ connectionId, company, sourceKey, sourceValue, canonicalValue, validFrom, validTo }) {
      size += 1
      const scope = { connectionId: connectionId ?? '', company: company ?? '' }
      const time = {
        fromMs: validFrom?.getTime() ?? -Infinity,
        toMs: validTo?.getTime() ?? Infinity,
      }
      put(wordsOf(bySource, scope), sourceKey, { ...time, text: canonicalValue })
      put(wordsOf(byCanonical, scope), canonicalValue, { ...time, text: sourceValue })
    },
    done() {
      sortAll(bySource)
      sortAll(byCanonical)
      return {
        size,
        translate: (value, scope) => lookUp(bySource, wordKey(value), scope),
        express: (value, scope) => lookUp(byCanonical, value, scope),
      }
    },
  }
}

function wordsOf(
  scoped: Scoped,
  { connectionId, company }: { readonly connectionId: string; readonly company: string },
): Map<string, Said> {
  const companies = scoped.get(connectionId) ?? new Map<string, Map<string, Said>>()
  scoped.set(connectionId, companies)
  const words = companies.get(company) ?? new Map<string, Said>()
  companies.set(company, words)
  return words
}

/** Where many words mean the same for good, the oldest of them is what a system is told. */
function put(words: Map<string, Said>, word: string, meaning: Timed): void {
  const known = words.get(word)
  if (known === undefined) words.set(word, isForGood(meaning) ? meaning.text : [meaning])
  else if (typeof known === 'string') {
    const first = { text: known, fromMs: -Infinity, toMs: Infinity }
    if (!isForGood(meaning)) words.set(word, [first, meaning])
  } else if (!isForGood(meaning) || !known.some(isForGood)) known.push(meaning)
}

function isForGood({ fromMs, toMs }: Timed): boolean {
  return fromMs === -Infinity && toMs === Infinity
}

/** The one that began last goes first; among those that began together, the one that was there first. */
function sortAll(scoped: Scoped): void {
  const all = [...scoped.values()].flatMap((companies) => [...companies.values()])
  for (const words of all) {
    for (const said of words.values()) if (typeof said !== 'string') said.sort(latest)
  }
}

function latest(a: Timed, b: Timed): number {
  if (a.fromMs === b.fromMs) return 0
  return a.fromMs > b.fromMs ? -1 : 1
}

/** The most specific one that is valid: connection and company, connection, company, neither. */
function lookUp(
  from: Scoped,
  word: string,
  { connectionId, company, at }: WordScope,
): string | null {
  for (const companies of [from.get(connectionId), from.get('')]) {
    if (companies === undefined) continue
    const found =
      (company === null ? null : validAt(companies.get(company)?.get(word), at)) ??
      validAt(companies.get('')?.get(word), at)
    if (found !== null) return found
  }
  return null
}

function validAt(said: Said | undefined, at: string): string | null {
  if (said === undefined) return null
  if (typeof said === 'string') return said
  const atMs = Date.parse(at)
  return said.find(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs)?.text ?? null
}
