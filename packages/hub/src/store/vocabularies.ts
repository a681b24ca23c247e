import { newId } from '../platform/ids.ts'
import type { Queryable, Tx } from './database.ts'

/** What a word means, and where and when it means that. */
export interface VocabularyEntry {
  readonly entryId: string
  readonly vocabulary: string
  /** Null: of every connection. */
  readonly connectionId: string | null
  /** Null: in every company. */
  readonly company: string | null
  /** The word as it was given. */
  readonly sourceValue: string
  /** The word as words are compared; see `wordKey`. */
  readonly sourceKey: string
  readonly canonicalValue: string
  readonly validFrom: Date | null
  readonly validTo: Date | null
  readonly changedBy: string
  readonly changedAt: Date
}

/** An entry that is to be there. Its scope, its word and the begin of its time name it; the rest is what it says. */
export type EntryWrite = Omit<VocabularyEntry, 'entryId' | 'changedBy' | 'changedAt'>

const columns = `e.entry_id as "entryId", e.vocabulary, e.connection_id as "connectionId", e.company,
  e.source_value as "sourceValue", e.source_key as "sourceKey", e.canonical_value as "canonicalValue",
  e.valid_from as "validFrom", e.valid_to as "validTo", e.changed_by as "changedBy", e.changed_at as "changedAt"`

const given = `json_to_recordset($1) as g (place int, "entryId" uuid, vocabulary text, "connectionId" text, company text,
  "sourceValue" text, "sourceKey" text, "canonicalValue" text, "validFrom" timestamptz, "validTo" timestamptz)`

/** What an entry is named by. An index over the same columns is unique, and takes two nulls for the same. */
const sameEntry = `e.vocabulary = g.vocabulary and e.source_key = g."sourceKey"
  and e.connection_id is not distinct from g."connectionId" and e.company is not distinct from g.company
  and e.valid_from is not distinct from g."validFrom"`

/** The entry in the place of each one given; null where there is none. */
export async function findEntries(
  db: Queryable,
  entries: readonly EntryWrite[],
): Promise<(VocabularyEntry | null)[]> {
  const { rows } = await db.query<VocabularyEntry & { readonly place: number }>(
    `select ${columns}, g.place from ${given} join vocabulary_entry e on ${sameEntry}`,
    [JSON.stringify(entries.map((entry, place) => ({ ...entry, place })))],
  )
  const found = new Map(rows.map(({ place, ...entry }) => [place, entry]))
  return entries.map((_entry, place) => found.get(place) ?? null)
}

/** Holds vocabularies against other changes, and against messages that park for a word, until the transaction ends. */
export async function lockVocabulary(tx: Tx, vocabulary: string): Promise<void> {
  await tx.query(
    `insert into word_revision (name) values ($1)
     on conflict (name) do update set revision = word_revision.revision`,
    [`vocabulary:${vocabulary}`],
  )
}

/**
 * Writes entries over those in their places, and what was before and after into the history. Give each
 * place once.
 */
export async function putEntries(
  tx: Tx,
  entries: readonly EntryWrite[],
  { actor }: { readonly actor: string },
): Promise<void> {
  if (entries.length === 0) return
  const rows = entries.map((entry, place) => ({ ...entry, place, entryId: newId() }))
  await tx.query(
    `with given as (select * from ${given}),
     before as (select ${columns} from given g join vocabulary_entry e on ${sameEntry}),
     written as (
       insert into vocabulary_entry (entry_id, vocabulary, connection_id, company, source_key, source_value,
         canonical_value, valid_from, valid_to, changed_by)
       select "entryId", vocabulary, "connectionId", company, "sourceKey", "sourceValue", "canonicalValue",
         "validFrom", "validTo", $2 from given order by place
       on conflict (vocabulary, source_key, connection_id, company, valid_from) do update set
         source_value = excluded.source_value, canonical_value = excluded.canonical_value,
         valid_to = excluded.valid_to, changed_by = excluded.changed_by, changed_at = excluded.changed_at
       returning *)
     insert into vocabulary_change (entry_id, vocabulary, source_key, action, before, after, changed_by)
     select e.entry_id, e.vocabulary, e.source_key, case when b."entryId" is null then 'added' else 'changed' end,
       ${said('b."canonicalValue"', 'b."sourceValue"', 'b."validTo"', 'b."entryId"')},
       ${said('e.canonical_value', 'e.source_value', 'e.valid_to', 'e.entry_id')}, $2
     from written e left join before b on b."entryId" = e.entry_id
     order by e.source_key, e.entry_id`,
    [JSON.stringify(rows), actor],
  )
}

/** What an entry says, for the history; null where there is no entry. Its scope comes from `e`. */
function said(...names: [canonical: string, source: string, validTo: string, id: string]): string {
  const [canonical, source, validTo, id] = names
  return `case when ${id} is not null then jsonb_build_object('connectionId', e.connection_id, 'company', e.company,
    'sourceValue', ${source}, 'canonicalValue', ${canonical}, 'validFrom', e.valid_from, 'validTo', ${validTo}) end`
}

/** Deletes entries. @returns those that were there. */
export async function deleteEntries(
  tx: Tx,
  { vocabulary, entryIds }: { readonly vocabulary: string; readonly entryIds: readonly string[] },
  { actor }: { readonly actor: string },
): Promise<VocabularyEntry[]> {
  const { rows } = await tx.query<VocabularyEntry>(
    `with gone as (
       delete from vocabulary_entry where vocabulary = $1 and entry_id = any ($2::uuid[]) returning *),
     kept as (
       insert into vocabulary_change (entry_id, vocabulary, source_key, action, before, changed_by)
       select e.entry_id, e.vocabulary, e.source_key, 'removed',
         ${said('e.canonical_value', 'e.source_value', 'e.valid_to', 'e.entry_id')}, $3
       from gone e order by e.source_key, e.entry_id)
     select ${columns} from gone e order by e.source_key, e.entry_id`,
    [vocabulary, entryIds, actor],
  )
  return rows
}

export interface EntryFilter {
  readonly vocabulary: string
  /** Null: only those of every connection. */
  readonly connectionId?: string | null | undefined
  /** Null: only those of every company. */
  readonly company?: string | null | undefined
  /** How the word begins, as words are compared. */
  readonly prefix?: string | undefined
}

/** Where a list of entries goes on. */
export interface EntryPlace {
  readonly sourceKey: string
  readonly entryId: string
}

/** The last character there is: what begins with a prefix sorts before the prefix with it. */
const lastCharacter = '\u{10FFFF}'

/** Entries by their words, after the one given. */
export async function listEntries(
  db: Queryable,
  filter: EntryFilter & { readonly after?: EntryPlace | undefined; readonly limit: number },
): Promise<VocabularyEntry[]> {
  const { vocabulary, connectionId, company, prefix, after, limit } = filter
  const values: unknown[] = [vocabulary]
  const conditions = ['e.vocabulary = $1']
  const add = (condition: string, value: unknown): void => {
    values.push(value)
    conditions.push(condition.replace('$', `$${values.length}`))
  }
  if (connectionId === null) conditions.push('e.connection_id is null')
  else if (connectionId !== undefined) add('e.connection_id = $', connectionId)
  if (company === null) conditions.push('e.company is null')
  else if (company !== undefined) add('e.company = $', company)
  if (prefix !== undefined) {
    add('e.source_key >= $', prefix)
    add('e.source_key < $', prefix + lastCharacter)
  }
  if (after !== undefined) {
    values.push(after.sourceKey, after.entryId)
    conditions.push(`(e.source_key, e.entry_id) > ($${values.length - 1}, $${values.length}::uuid)`)
  }
  values.push(limit)
  const { rows } = await db.query<VocabularyEntry>(
    `select ${columns} from vocabulary_entry e where ${conditions.join(' and ')}
     order by e.source_key, e.entry_id limit $${values.length}`,
    values,
  )
  return rows
}

/** How many entries each vocabulary has, counted up to `atMost`. */
export async function countEntries(
  db: Queryable,
  { names, atMost }: { readonly names: readonly string[]; readonly atMost: number },
): Promise<ReadonlyMap<string, number>> {
  const { rows } = await db.query<{ name: string; count: number }>(
    `select n.name, c.count from unnest($1::text[]) n (name)
     cross join lateral (select count(*)::int as count from
       (select from vocabulary_entry e where e.vocabulary = n.name limit $2) counted) c`,
    [names, atMost],
  )
  return new Map(rows.map(({ name, count }) => [name, count]))
}

/** A change of an entry, as the history keeps it. */
export interface VocabularyChange {
  readonly changeId: number
  readonly entryId: string
  readonly vocabulary: string
  readonly sourceKey: string
  readonly action: 'added' | 'changed' | 'removed'
  readonly before: ChangedEntry | null
  readonly after: ChangedEntry | null
  readonly changedBy: string
  readonly changedAt: Date
}

/** An entry in the history. Times are ISO 8601. */
interface ChangedEntry {
  readonly connectionId: string | null
  readonly company: string | null
  readonly sourceValue: string
  readonly canonicalValue: string
  readonly validFrom: string | null
  readonly validTo: string | null
}

/** Changes of a vocabulary, or of one word in it, the newest first, before the one given. */
export async function listChanges(
  db: Queryable,
  filter: {
    readonly vocabulary: string
    readonly sourceKey?: string | undefined
    readonly before?: number | undefined
    readonly limit: number
  },
): Promise<VocabularyChange[]> {
  const { vocabulary, sourceKey, before, limit } = filter
  const word = sourceKey === undefined ? '' : 'and source_key = $4'
  const { rows } = await db.query<VocabularyChange>(
    `select change_id as "changeId", entry_id as "entryId", vocabulary, source_key as "sourceKey", action, before, after,
       changed_by as "changedBy", changed_at as "changedAt"
     from vocabulary_change where vocabulary = $1 and change_id < coalesce($2, 9223372036854775807) ${word}
     order by change_id desc limit $3`,
    [vocabulary, before ?? null, limit, ...(sourceKey === undefined ? [] : [sourceKey])],
  )
  return rows
}

/** Which of these connections there are. */
export async function findKnownConnections(
  db: Queryable,
  connectionIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const { rows } = await db.query<{ connectionId: string }>(
    'select connection_id as "connectionId" from connection where connection_id = any ($1)',
    [connectionIds],
  )
  return new Set(rows.map(({ connectionId }) => connectionId))
}

/**
 * How often each vocabulary and each kind of document was changed, by `vocabulary:<name>` and
 * `document:<kind>`. A change of a row, also one by hand, changes its number.
 */
export async function wordRevisions(db: Queryable): Promise<ReadonlyMap<string, number>> {
  const { rows } = await db.query<{ name: string; revision: number }>({
    name: 'word-revisions',
    text: 'select name, revision from word_revision order by name',
  })
  return new Map(rows.map(({ name, revision }) => [name, revision]))
}

/** An entry as look-ups need it. */
export type EntryMeaning = Pick<
  VocabularyEntry,
  | 'entryId'
  | 'connectionId'
  | 'company'
  | 'sourceKey'
  | 'sourceValue'
  | 'canonicalValue'
  | 'validFrom'
  | 'validTo'
>

/** Entries of a vocabulary in the order of their ids, the oldest first, after the one given. */
export async function listMeanings(
  db: Queryable,
  page: { readonly vocabulary: string; readonly after: string; readonly limit: number },
): Promise<EntryMeaning[]> {
  const { rows } = await db.query<EntryMeaning>(
    `select entry_id as "entryId", connection_id as "connectionId", company, source_key as "sourceKey",
       source_value as "sourceValue", canonical_value as "canonicalValue", valid_from as "validFrom", valid_to as "validTo"
     from vocabulary_entry where vocabulary = $1 and entry_id > $2 order by entry_id limit $3`,
    [page.vocabulary, page.after, page.limit],
  )
  return rows
}

/** What a word means elsewhere: how many connections and companies take it for each canonical value. */
export interface MeaningElsewhere {
  readonly vocabulary: string
  readonly sourceKey: string
  readonly canonicalValue: string
  readonly count: number
}

export async function listMeaningsElsewhere(
  db: Queryable,
  words: readonly { readonly vocabulary: string; readonly sourceKey: string }[],
): Promise<MeaningElsewhere[]> {
  const { rows } = await db.query<MeaningElsewhere>(
    `select e.vocabulary, e.source_key as "sourceKey", e.canonical_value as "canonicalValue", count(*)::int as count
     from (select distinct vocabulary, "sourceKey" as key
           from json_to_recordset($1) as r (vocabulary text, "sourceKey" text)) g
     join vocabulary_entry e on e.vocabulary = g.vocabulary and e.source_key = g.key
     group by 1, 2, 3`,
    [JSON.stringify(words)],
  )
  return rows
}

/** Canonical values that an open vocabulary has taken so far, at most `limit`, in their order. */
export async function listCanonicalValues(
  db: Queryable,
  { vocabulary, limit }: { readonly vocabulary: string; readonly limit: number },
): Promise<string[]> {
  // From one value to the next by the index: a vocabulary has few of them, and many entries.
  const { rows } = await db.query<{ value: string }>(
    `with recursive found (value) as (
       (select canonical_value from vocabulary_entry where vocabulary = $1 order by canonical_value limit 1)
       union all
       select (select canonical_value from vocabulary_entry
               where vocabulary = $1 and canonical_value > f.value order by canonical_value limit 1)
       from found f where f.value is not null)
     select value from found where value is not null limit $2`,
    [vocabulary, limit],
  )
  return rows.map(({ value }) => value)
}
