import {
  array,
  type infer as Infer,
  nullable,
  number,
  object,
  enum as oneOf,
  string,
} from 'zod/mini'
import { fetchBody, tell } from '../../api/client.ts'

const meaning = object({ value: string(), title: string() })

const unmapped = object({
  data: array(
    object({
      vocabulary: string(),
      connectionId: string(),
      value: string(),
      messages: number(),
      firstSeenAt: string(),
      suggestions: array(object({ value: string(), title: string(), confidence: number() })),
    }),
  ),
})
export type ParkedWord = Infer<typeof unmapped>['data'][number]

const vocabularies = object({
  data: array(
    object({
      name: string(),
      title: string(),
      values: nullable(array(meaning)),
      entries: number(),
    }),
  ),
})
export type Vocabulary = Infer<typeof vocabularies>['data'][number]

const scope = { connectionId: nullable(string()), company: nullable(string()) }
const said = {
  sourceValue: string(),
  canonicalValue: string(),
  validFrom: nullable(string()),
  validTo: nullable(string()),
}
const changed = { changedBy: string(), changedAt: string() }

const entry = object({ id: string(), ...scope, ...said, ...changed })
export type WordEntry = Infer<typeof entry>

const saidThen = object({ ...scope, ...said })
/** What a word meant, where and when. */
export type Said = Infer<typeof saidThen>

const change = object({
  id: number(),
  action: oneOf(['added', 'changed', 'removed']),
  before: nullable(saidThen),
  after: nullable(saidThen),
  ...changed,
})
export type WordChange = Infer<typeof change>

const entryPage = object({ data: array(entry), next_cursor: nullable(string()) })
const changePage = object({ data: array(change), next_cursor: nullable(string()) })

const importPlan = object({
  added: number(),
  changed: number(),
  unchanged: number(),
  rows: array(
    object({
      line: number(),
      ...scope,
      sourceValue: string(),
      canonicalValue: string(),
      before: nullable(string()),
    }),
  ),
  refused: array(object({ line: number(), reason: string() })),
})
export type ImportPlan = Infer<typeof importPlan>

const wordsSet = object({ added: number(), changed: number(), replayed: number() })
export type WordsSet = Infer<typeof wordsSet>

const connections = object({ data: array(object({ id: string(), title: string() })) })

const parkedLimit = 200
const connectionLimit = 200
const entryLimit = 100
const changeLimit = 50

const pathOf = (vocabulary: string): string =>
  `/api/v1/vocabularies/${encodeURIComponent(vocabulary)}`

export async function listParkedWords(signal: AbortSignal): Promise<ParkedWord[]> {
  const query = { limit: parkedLimit }
  return (await fetchBody('/api/v1/unmapped', unmapped, { query, signal })).data
}

export async function listVocabularies(signal: AbortSignal): Promise<Vocabulary[]> {
  return (await fetchBody('/api/v1/vocabularies', vocabularies, { signal })).data
}

/** A page of a list, from where the one before it ended. */
interface PageAsked {
  readonly vocabulary: string
  readonly cursor: string | undefined
  readonly signal: AbortSignal
}

export function readEntries({
  vocabulary,
  prefix,
  cursor,
  signal,
}: PageAsked & { readonly prefix: string }) {
  const query = { prefix, limit: entryLimit, cursor }
  return fetchBody(`${pathOf(vocabulary)}/entries`, entryPage, { query, signal })
}

export function readChanges({ vocabulary, cursor, signal }: PageAsked) {
  const query = { limit: changeLimit, cursor }
  return fetchBody(`${pathOf(vocabulary)}/history`, changePage, { query, signal })
}

/** Connections that words can belong to. */
export async function listConnections(signal: AbortSignal) {
  const query = { limit: connectionLimit }
  return (await fetchBody('/api/v1/connections', connections, { query, signal })).data
}

/** Says what a word of a connection means. @returns how many messages try again by that. */
export async function setWord(
  { vocabulary, connectionId, value }: ParkedWord,
  canonicalValue: string,
): Promise<number> {
  const word = { connectionId, sourceValue: value, canonicalValue }
  const body = { entries: [word] }
  const path = `${pathOf(vocabulary)}/entries`
  return (await fetchBody(path, wordsSet, { method: 'POST', body })).replayed
}

/** @throws {ApiProblem} NOT_FOUND when somebody else was faster. */
export function removeWord(vocabulary: string, { id }: WordEntry): Promise<void> {
  return tell(`${pathOf(vocabulary)}/entries/${encodeURIComponent(id)}`, { method: 'DELETE' })
}

/** A table of words for a vocabulary, as text. */
export interface WordTable {
  readonly vocabulary: string
  readonly csv: string
  /** Of the rows that name no connection. */
  readonly connectionId: string | null
}

/** Says what importing a table would change, and changes nothing. */
export function planImport({ vocabulary, ...body }: WordTable): Promise<ImportPlan> {
  const query = { plan: true }
  return fetchBody(`${pathOf(vocabulary)}/import`, importPlan, { method: 'POST', query, body })
}

/** Takes over a table, all of it or nothing. @throws {ApiProblem} VALIDATION_FAILED when a line is refused. */
export function importWords({ vocabulary, ...body }: WordTable): Promise<WordsSet> {
  return fetchBody(`${pathOf(vocabulary)}/import`, wordsSet, { method: 'POST', body })
}

/** Where the table of a vocabulary can be had. */
export function exportAddress(vocabulary: string): string {
  return `${pathOf(vocabulary)}/export`
}
