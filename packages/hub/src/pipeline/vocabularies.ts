import { boundedText, connectionId, instant } from '@backhaul/sdk/canonical'
import { z } from 'zod'
import { type Suggestion, suggest } from '../mapping/suggest.ts'
import {
  cleanWord,
  isVocabulary,
  maxWordLength,
  type Vocabulary,
  vocabularies,
  wordKey,
} from '../mapping/vocabularies.ts'
import { type FieldProblem, HubError } from '../platform/errors.ts'
import { type Pool, type Queryable, type Tx, withTransaction } from '../store/database.ts'
import {
  listUnmapped,
  releaseTranslated,
  resolveUnmapped,
  type TranslatedWord,
  type UnmappedPlace,
  type UnmappedWord,
} from '../store/parked-values.ts'
import {
  deleteEntries,
  type EntryWrite,
  findEntries,
  findKnownConnections,
  listCanonicalValues,
  listMeaningsElsewhere,
  lockVocabulary,
  putEntries,
  type VocabularyEntry,
} from '../store/vocabularies.ts'
import type { RecordAudit } from './audit-recorder.ts'

export interface VocabularyDeps {
  readonly pool: Pool
  readonly record: RecordAudit
  /** Lets this process see a change at once. Never fails. */
  readonly afterChange: () => Promise<unknown>
  readonly wakeProcessor: () => void
}

interface By {
  readonly actor: string
}

const word = boundedText(maxWordLength)

/** An entry that is to be there. */
export const newEntry = z
  .strictObject({
    connectionId: connectionId.nullable().default(null).describe('null: of every connection.'),
    company: boundedText(64).nullable().default(null).describe('null: in every company.'),
    sourceValue: word.refine((value) => cleanWord(value) !== '', 'must not be blank'),
    canonicalValue: word,
    validFrom: instant.nullable().default(null).describe('null: from the beginning.'),
    validTo: instant.nullable().default(null).describe('Up to then; null: for good.'),
  })
  .refine(
    ({ validFrom, validTo }) =>
      validFrom === null || validTo === null || Date.parse(validFrom) < Date.parse(validTo),
    { path: ['validTo'], message: 'must be later than validFrom' },
  )
export type NewEntry = z.input<typeof newEntry>

/** Entries that are set in one transaction at most. */
export const maxEntries = 100_000
/** Entries, or words, that one statement is given. */
const perStatement = 5_000

function chunks<Item>(items: readonly Item[]): Item[][] {
  const count = Math.ceil(items.length / perStatement)
  return Array.from({ length: count }, (_none, index) =>
    items.slice(index * perStatement, (index + 1) * perStatement),
  )
}

/** What entries are to those that are there. By their places in what was given. */
interface EntryPlan {
  readonly added: readonly number[]
  readonly changed: readonly number[]
  readonly unchanged: readonly number[]
  readonly refused: readonly {
    readonly index: number
    readonly problems: readonly FieldProblem[]
  }[]
}

/** Entries as they are to be written, or why not. */
interface Planned extends EntryPlan {
  /** In the order of what was given; undefined where it was refused. */
  readonly writes: readonly (EntryWrite | undefined)[]
  readonly before: readonly (VocabularyEntry | null)[]
}

/** Compares entries with those that are there. Nothing is changed. @throws {HubError} NOT_FOUND for an unknown vocabulary. */
export async function planEntries(
  db: Queryable,
  name: string,
  given: readonly unknown[],
): Promise<Planned> {
  const vocabulary = getVocabulary(name)
  const parsed = given.map((one) => newEntry.safeParse(one))
  const connections = await findKnownConnections(
    db,
    parsed.flatMap(({ data }) => data?.connectionId ?? []),
  )
  const seen = new Map<string, number>()
  const problems = parsed.map(({ data, error }, index) => {
    if (error !== undefined) return problemsIn(error)
    return problemsOf(data, { vocabulary, connections, seen, index })
  })
  const writes = parsed.map(({ data }, index) =>
    data === undefined || problems[index]?.length !== 0 ? undefined : toWrite(name, data),
  )
  const fine = writes.filter((one) => one !== undefined)
  const found = new Map<EntryWrite, VocabularyEntry | null>()
  for (const chunk of chunks(fine)) {
    const entries = await findEntries(db, chunk)
    for (const [place, write] of chunk.entries()) found.set(write, entries[place] ?? null)
  }
  const before = writes.map((write) => (write === undefined ? null : (found.get(write) ?? null)))
  const indexes = (fits: (write: EntryWrite, entry: VocabularyEntry | null) => boolean) =>
    writes.flatMap((write, index) =>
      write !== undefined && fits(write, before[index] ?? null) ? [index] : [],
    )
  return {
    writes,
    before,
    added: indexes((_write, entry) => entry === null),
    changed: indexes((write, entry) => entry !== null && !saysSame(write, entry)),
    unchanged: indexes((write, entry) => entry !== null && saysSame(write, entry)),
    refused: problems.flatMap((all, index) => (all.length === 0 ? [] : [{ index, problems: all }])),
  }
}

/** @throws {HubError} NOT_FOUND. */
function getVocabulary(name: string): Vocabulary {
  if (isVocabulary(name)) return vocabularies[name]
  throw new HubError('NOT_FOUND', `There is no vocabulary ${name}.`)
}

type ParsedEntry = z.output<typeof newEntry>

function problemsOf(
  entry: ParsedEntry,
  among: {
    readonly vocabulary: Vocabulary
    readonly connections: ReadonlySet<string>
    readonly seen: Map<string, number>
    readonly index: number
  },
): FieldProblem[] {
  const problems: FieldProblem[] = []
  const { values } = among.vocabulary
  if (values !== null && !values.has(entry.canonicalValue)) {
    const message = 'is not among the canonical values of this vocabulary'
    problems.push({ pointer: '/canonicalValue', code: 'unknown_value', message })
  }
  if (entry.connectionId !== null && !among.connections.has(entry.connectionId)) {
    const message = 'there is no such connection'
    problems.push({ pointer: '/connectionId', code: 'unknown_connection', message })
  }
  const name = JSON.stringify([
    entry.connectionId,
    entry.company,
    wordKey(entry.sourceValue),
    instantOf(entry.validFrom),
  ])
  const first = among.seen.get(name)
  if (first === undefined) among.seen.set(name, among.index)
  else {
    const message = `is the same word as in entry ${first + 1}`
    problems.push({ pointer: '/sourceValue', code: 'repeated', message })
  }
  return problems
}

function problemsIn(error: z.ZodError): FieldProblem[] {
  return error.issues.map(({ code, path, message }) => ({
    pointer: path.map((part) => `/${String(part)}`).join(''),
    code,
    message,
  }))
}

function instantOf(text: string | null): string | null {
  return text === null ? null : new Date(text).toISOString()
}

function toWrite(vocabulary: string, entry: ParsedEntry): EntryWrite {
  const { validFrom, validTo, sourceValue, ...rest } = entry
  return {
    ...rest,
    vocabulary,
    sourceValue: cleanWord(sourceValue),
    sourceKey: wordKey(sourceValue),
    validFrom: validFrom === null ? null : new Date(validFrom),
    validTo: validTo === null ? null : new Date(validTo),
  }
}

function saysSame(write: EntryWrite, entry: VocabularyEntry): boolean {
  return (
    write.sourceValue === entry.sourceValue &&
    write.canonicalValue === entry.canonicalValue &&
    write.validTo?.getTime() === entry.validTo?.getTime()
  )
}

/** What setting entries came to. */
export interface EntriesSet {
  readonly added: number
  readonly changed: number
  readonly unchanged: number
  readonly removed: number
  /** Parked messages that waited for one of these words, and try again now. */
  readonly replayed: number
}

/**
 * Sets entries, all of them or none: each takes the place of the one with its word, scope and begin. Then
 * every message that waited for one of these words tries again, in the order in which they came, also where
 * the entry was there before: a replay that was cut off is taken up by setting the same again.
 *
 * @param what.remove - ids of entries that are to go with the same transaction.
 * @throws {HubError} NOT_FOUND; VALIDATION_FAILED with `/entries/<index>/<field>` for whatever is wrong.
 */
export async function setEntries(
  deps: VocabularyDeps,
  what: {
    readonly vocabulary: string
    readonly entries: readonly unknown[]
    readonly remove?: readonly string[] | undefined
    readonly replay?: boolean | undefined
  },
  by: By,
): Promise<EntriesSet> {
  const { vocabulary, entries, remove = [], replay = true } = what
  getVocabulary(vocabulary)
  refuseTooMany(entries)
  const { plan, removed } = await withTransaction(deps.pool, async (tx) => {
    await lockVocabulary(tx, vocabulary)
    const planned = await planEntries(tx, vocabulary, entries)
    refuseWrong(planned)
    const { actor } = by
    const gone =
      remove.length === 0
        ? []
        : await deleteEntries(tx, { vocabulary, entryIds: remove }, { actor })
    await writePlanned(tx, planned, {
      vocabulary,
      removed: gone.length,
      record: deps.record,
      actor,
    })
    return { plan: planned, removed: gone.length }
  })
  await deps.afterChange()
  const words = plan.writes.filter((write) => write !== undefined)
  const replayed = replay ? await replayWords(deps, words) : 0
  const { added, changed, unchanged } = plan
  return {
    added: added.length,
    changed: changed.length,
    unchanged: unchanged.length,
    removed,
    replayed,
  }
}

function refuseTooMany(entries: readonly unknown[]): void {
  if (entries.length <= maxEntries) return
  throw new HubError('VALIDATION_FAILED', `Set at most ${maxEntries} entries at once.`, {
    problems: [{ pointer: '/entries', code: 'too_big', message: `at most ${maxEntries}` }],
  })
}

function refuseWrong({ refused }: EntryPlan): void {
  if (refused.length === 0) return
  throw new HubError('VALIDATION_FAILED', 'Some of the entries cannot be set.', {
    problems: refused.slice(0, 50).flatMap(({ index, problems }) =>
      problems.map((problem) => ({
        ...problem,
        pointer: `/entries/${index}${problem.pointer}`,
      })),
    ),
  })
}

async function writePlanned(
  tx: Tx,
  { added, changed, writes }: Planned,
  about: {
    readonly vocabulary: string
    readonly removed: number
    readonly record: RecordAudit
    readonly actor: string
  },
): Promise<void> {
  const { vocabulary, removed, record, actor } = about
  const differing = [...added, ...changed]
    .toSorted((a, b) => a - b)
    .flatMap((index) => writes[index] ?? [])
  for (const chunk of chunks(differing)) await putEntries(tx, chunk, { actor })
  const words = writes.filter((write) => write !== undefined).map(wordOf)
  for (const chunk of chunks(words)) await resolveUnmapped(tx, chunk)
  if (differing.length + removed === 0) return
  // Which words and what they mean stands in the vocabulary's own history.
  const detail = { added: added.length, changed: changed.length, removed }
  await record(tx, [
    { actor, action: 'vocabulary.changed', objectType: 'vocabulary', objectId: vocabulary, detail },
  ])
}

function wordOf({ vocabulary, sourceKey, connectionId: id, company }: EntryWrite): TranslatedWord {
  return { vocabulary, sourceKey, connectionId: id, company }
}

const messagesPerTransaction = 5_000

async function replayWords(
  { pool, wakeProcessor }: VocabularyDeps,
  writes: readonly EntryWrite[],
): Promise<number> {
  let replayed = 0
  for (const given of chunks(writes.map(wordOf))) {
    let messages: number
    do {
      messages = await withTransaction(pool, (tx) =>
        releaseTranslated(tx, { given, limit: messagesPerTransaction }),
      )
      replayed += messages
      if (messages > 0) wakeProcessor()
    } while (messages > 0)
  }
  return replayed
}

/** Removes an entry. @throws {HubError} NOT_FOUND. */
export async function removeEntry(
  deps: VocabularyDeps,
  { vocabulary, entryId }: { readonly vocabulary: string; readonly entryId: string },
  { actor }: By,
): Promise<void> {
  getVocabulary(vocabulary)
  await withTransaction(deps.pool, async (tx) => {
    const removed = await deleteEntries(tx, { vocabulary, entryIds: [entryId] }, { actor })
    if (removed.length === 0) throw new HubError('NOT_FOUND', 'There is no such entry.')
    const detail = { added: 0, changed: 0, removed: 1 }
    await deps.record(tx, [
      {
        actor,
        action: 'vocabulary.changed',
        objectType: 'vocabulary',
        objectId: vocabulary,
        detail,
      },
    ])
  })
  await deps.afterChange()
}

/** A word that messages wait for, and what it may mean. */
export interface Unmapped extends UnmappedWord {
  readonly suggestions: readonly Suggestion[]
}

/** Messages that wait for a word are counted up to this. */
const countAtMost = 10_000
/** Values of an open vocabulary that are looked at for suggestions. */
const openValues = 500

/** Words that messages wait for, with their likeliest meanings, after the one given. */
export async function listUnmappedWords(
  db: Queryable,
  page: {
    readonly vocabulary?: string | undefined
    readonly connectionId?: string | undefined
    readonly after?: UnmappedPlace | undefined
    readonly limit: number
  },
): Promise<Unmapped[]> {
  const words = await listUnmapped(db, { ...page, countAtMost })
  const elsewhere = await listMeaningsElsewhere(db, words)
  const values = new Map<string, Iterable<readonly [string, string]>>()
  for (const name of new Set(words.map(({ vocabulary }) => vocabulary))) {
    values.set(name, await valuesOf(db, name))
  }
  return words.map((one) => {
    const votes = elsewhere
      .filter(({ vocabulary, sourceKey }) => {
        return vocabulary === one.vocabulary && sourceKey === one.sourceKey
      })
      .map(({ canonicalValue, count }) => [canonicalValue, count] as const)
    const from = { values: values.get(one.vocabulary) ?? [], elsewhere: new Map(votes) }
    return { ...one, suggestions: suggest(one.value, from) }
  })
}

async function valuesOf(db: Queryable, name: string): Promise<Iterable<readonly [string, string]>> {
  const { values } = isVocabulary(name) ? vocabularies[name] : { values: null }
  if (values !== null) return values
  const known = await listCanonicalValues(db, { vocabulary: name, limit: openValues })
  return known.map((value) => [value, value] as const)
}
