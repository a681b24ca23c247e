import { array, type infer as Infer, nullable, number, object, string } from 'zod/mini'
import { fetchBody } from '../../api/client.ts'

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

const entries = object({
  data: array(
    object({
      id: string(),
      connectionId: nullable(string()),
      company: nullable(string()),
      sourceValue: string(),
      canonicalValue: string(),
      changedBy: string(),
      changedAt: string(),
    }),
  ),
})
export type WordEntry = Infer<typeof entries>['data'][number]

const wordsSet = object({ replayed: number() })

const parkedLimit = 200
const entryLimit = 100

export async function listParkedWords(signal: AbortSignal): Promise<ParkedWord[]> {
  const query = { limit: parkedLimit }
  return (await fetchBody('/api/v1/unmapped', unmapped, { query, signal })).data
}

export async function listVocabularies(signal: AbortSignal): Promise<Vocabulary[]> {
  return (await fetchBody('/api/v1/vocabularies', vocabularies, { signal })).data
}

export async function listEntries(
  vocabulary: string,
  prefix: string,
  signal: AbortSignal,
): Promise<WordEntry[]> {
  const path = `/api/v1/vocabularies/${encodeURIComponent(vocabulary)}/entries`
  return (await fetchBody(path, entries, { query: { prefix, limit: entryLimit }, signal })).data
}

/** Says what a word of a connection means. @returns how many messages try again by that. */
export async function setWord(
  { vocabulary, connectionId, value }: ParkedWord,
  canonicalValue: string,
): Promise<number> {
  const path = `/api/v1/vocabularies/${encodeURIComponent(vocabulary)}/entries`
  const entry = { connectionId, sourceValue: value, canonicalValue }
  const body = { entries: [entry] }
  return (await fetchBody(path, wordsSet, { method: 'POST', body })).replayed
}

/** Where the table of a vocabulary can be had. */
export function exportAddress(vocabulary: string): string {
  return `/api/v1/vocabularies/${encodeURIComponent(vocabulary)}/export`
}
