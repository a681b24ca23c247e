import { exceptionCodes } from '@backhaul/sdk/canonical'
import { cleanWord, wordKey } from '../mapping/vocabularies.ts'
import type { Queryable, Tx } from './database.ts'
import { raiseLoose } from './loose-exceptions.ts'

/** A word that nobody had translated when a message was read. */
export interface ParkedValue {
  readonly messageId: string
  readonly connectionId: string
  /** Company of the message, where it says one. */
  readonly company: string | null
  readonly vocabulary: string
  /** As the source wrote it. */
  readonly value: string
}

const code = 'MD01' as const
const { severity, queue, slaMinutes } = exceptionCodes[code]

/** A word may have been translated so shortly before that the process that read the message did not know. */
const justNow = '5 minutes'

/**
 * Writes down which words parked messages wait for, in place of what was known of these messages, and
 * raises an exception for each word. Call it after `insertParked`, in the same transaction: a message whose
 * word was translated while it was read is tried again in two seconds.
 */
export async function insertParkedValues(tx: Tx, given: readonly ParkedValue[]): Promise<void> {
  if (given.length === 0) return
  const rows = JSON.stringify(
    given.map((one) => ({ ...one, value: cleanWord(one.value), key: wordKey(one.value) })),
  )
  // Whoever translates one of these words does so before this, and is seen below, or waits for this to be committed.
  await tx.query(`select from word_revision where name = any ($1) order by name for share`, [
    [...new Set(given.map(({ vocabulary }) => `vocabulary:${vocabulary}`))].toSorted(),
  ])
  await tx.query(
    `with given as (select * from ${recordset}),
     old as (
       delete from parked_value v using (select distinct "messageId" from given) g where v.message_id = g."messageId"
         and not exists (select from given s where s."messageId" = v.message_id
           and s.vocabulary = v.vocabulary and s.key = v.value_key))
     insert into parked_value (message_id, vocabulary, connection_id, company, value, value_key)
     select distinct on ("messageId", vocabulary, key) "messageId", vocabulary, "connectionId", company, value, key
     from given order by "messageId", vocabulary, key
     on conflict (message_id, vocabulary, value_key) do update set is_released = false, company = excluded.company`,
    [rows],
  )
  await tx.query(
    `update parked_message p set retry_at = now() + interval '2 seconds'
     where p.retry_at is null and p.message_id in (
       select g."messageId" from ${recordset} join vocabulary_entry e
         on e.vocabulary = g.vocabulary and e.source_key = g.key
        and (e.connection_id is null or e.connection_id = g."connectionId")
        and (e.company is null or e.company = g.company)
        and e.changed_at > now() - interval '${justNow}')`,
    [rows],
  )
  await raiseExceptions(tx, given)
}

const recordset = `json_to_recordset($1) as g ("messageId" uuid, vocabulary text, "connectionId" text, company text, value text, key text)`

/** One for each word of a connection. */
async function raiseExceptions(tx: Tx, given: readonly ParkedValue[]): Promise<void> {
  const byKey = new Map(given.map((one) => [exceptionKey(one), one]))
  const raised = [...byKey].map(([key, { connectionId, vocabulary, value }]) => ({
    key,
    code,
    object: `vocabulary:${vocabulary}`,
    severity,
    queue,
    detail: `${connectionId} says “${cleanWord(value)}”, and no ${vocabulary} is known by that word.`,
    slaMinutes,
  }))
  await raiseLoose(
    tx,
    raised.toSorted((one, other) => (one.key < other.key ? -1 : 1)),
  )
}

function exceptionKey({
  connectionId,
  vocabulary,
  value,
}: Pick<ParkedValue, 'connectionId' | 'vocabulary' | 'value'>): string {
  return `${code}:${connectionId}:${vocabulary}:${wordKey(value)}`
}

/**
 * Forgets what messages waited for: they are parked no more. The exception of a word that nobody waits for
 * any longer is resolved, by `action`.
 */
export async function deleteParkedValues(
  tx: Tx,
  messageIds: readonly string[],
  action = 'map_and_replay',
): Promise<void> {
  if (messageIds.length === 0) return
  await tx.query({
    name: 'delete-parked-values',
    text: `with gone as (
        delete from parked_value where message_id = any ($1::uuid[])
        returning message_id, vocabulary, connection_id, value_key)
      update exception e set status = 'resolved', resolved_at = now(), action = $2
      from (select distinct vocabulary, connection_id, value_key from gone) g
      where coalesce(e.case_id, '00000000-0000-0000-0000-000000000000') = '00000000-0000-0000-0000-000000000000'
        and e.key = '${code}:' || g.connection_id || ':' || g.vocabulary || ':' || g.value_key
        and e.status = 'open'
        and not exists (select from parked_value v where v.vocabulary = g.vocabulary and v.value_key = g.value_key
          and v.connection_id = g.connection_id and v.message_id <> all ($1::uuid[]))`,
    values: [messageIds, action],
  })
}

/** A word that has a meaning now, and for whom. */
export interface TranslatedWord {
  readonly vocabulary: string
  readonly sourceKey: string
  /** Null: of every connection. */
  readonly connectionId: string | null
  /** Null: in every company. */
  readonly company: string | null
}

const words = `json_to_recordset($1) as g (vocabulary text, "sourceKey" text, "connectionId" text, company text)`

/** Resolves the exceptions of words that have a meaning now, unless messages of another company still wait. */
export async function resolveUnmapped(tx: Tx, given: readonly TranslatedWord[]): Promise<number> {
  const { rowCount } = await tx.query(
    `update exception e set status = 'resolved', resolved_at = now(), action = 'map_and_replay'
     from ${words} join connection c on c.connection_id = coalesce(g."connectionId", c.connection_id)
     where coalesce(e.case_id, '00000000-0000-0000-0000-000000000000') = '00000000-0000-0000-0000-000000000000'
       and e.key = '${code}:' || c.connection_id || ':' || g.vocabulary || ':' || g."sourceKey"
       and e.status = 'open'
       and (g.company is null or not exists (
         select from parked_value v where v.vocabulary = g.vocabulary and v.value_key = g."sourceKey"
           and v.connection_id = c.connection_id and not v.is_released and v.company is distinct from g.company))`,
    [JSON.stringify(given)],
  )
  return rowCount ?? 0
}

/**
 * Queues messages that wait for one of these words, in the order in which they came, at most `limit`.
 * All of them, whatever else they wait for: what that is shows when they are read again.
 *
 * @returns how many were queued; 0: nobody waits any more.
 */
export async function releaseTranslated(
  tx: Tx,
  { given, limit }: { readonly given: readonly TranslatedWord[]; readonly limit: number },
): Promise<number> {
  const { rows } = await tx.query<{ messages: number }>(
    `with chosen as (
       select v.message_id from parked_value v
       where not v.is_released and exists (
         select from ${words} where v.vocabulary = g.vocabulary and v.value_key = g."sourceKey"
           and (g."connectionId" is null or v.connection_id = g."connectionId")
           and (g.company is null or v.company = g.company))
       order by v.message_id limit $2 for update of v),
     marked as (
       update parked_value v set is_released = true
       from (select distinct message_id from chosen) c where v.message_id = c.message_id),
     queued as (
       insert into inbox_ready (connection_id, message_id, received_at)
       select p.connection_id, p.message_id, p.received_at
       from (select distinct message_id from chosen) c join parked_message p on p.message_id = c.message_id
       order by p.message_id)
     select count(distinct message_id)::int as messages from chosen`,
    [JSON.stringify(given), limit],
  )
  return rows[0]?.messages ?? 0
}

/** A word that messages of a connection wait for. */
export interface UnmappedWord {
  readonly vocabulary: string
  readonly connectionId: string
  readonly sourceKey: string
  /** As it was written in the last of these messages. */
  readonly value: string
  /** Messages that wait for it, counted up to the limit that was asked for. */
  readonly messages: number
  readonly firstSeenAt: Date
  readonly lastSeenAt: Date
  /** The last of them. */
  readonly sampleMessageId: string
}

export interface UnmappedPlace {
  readonly vocabulary: string
  readonly connectionId: string
  readonly sourceKey: string
}

const everywhere: UnmappedPlace = { vocabulary: '', connectionId: '', sourceKey: '' }

/** Words that messages wait for, by vocabulary, connection and word, after the one given. */
export async function listUnmapped(
  db: Queryable,
  filter: {
    readonly vocabulary?: string | undefined
    readonly connectionId?: string | undefined
    readonly after?: UnmappedPlace | undefined
    readonly limit: number
    readonly countAtMost: number
  },
): Promise<UnmappedWord[]> {
  const { vocabulary, connectionId, after = everywhere, limit, countAtMost } = filter
  const values: unknown[] = [
    after.vocabulary,
    after.connectionId,
    after.sourceKey,
    limit,
    countAtMost,
  ]
  const is = (column: string, value: string | undefined): string => {
    if (value === undefined) return ''
    values.push(value)
    return `and v.${column} = $${values.length}`
  }
  const fits = `not v.is_released ${is('vocabulary', vocabulary)} ${is('connection_id', connectionId)}`
  const next = (
    from: string,
  ): string => `select v.vocabulary, v.connection_id, v.value_key from parked_value v
    where (v.vocabulary, v.connection_id, v.value_key) > (${from}) and ${fits}
    order by v.vocabulary, v.connection_id, v.value_key limit 1`
  const { rows } = await db.query<UnmappedWord>(
    // From one word to the next by the index, however many messages wait for each.
    `with recursive word as (
       (${next('$1, $2, $3')})
       union all
       select n.* from word w cross join lateral (${next('w.vocabulary, w.connection_id, w.value_key')}) n)
     select w.vocabulary, w.connection_id as "connectionId", w.value_key as "sourceKey", l.value, c.count as messages,
       f.received_at as "firstSeenAt", l.received_at as "lastSeenAt", l.message_id as "sampleMessageId"
     from (select * from word limit $4) w
     cross join lateral (${endOf('asc')}) f
     cross join lateral (${endOf('desc')}) l
     cross join lateral (select count(*)::int as count from (
       select from parked_value v where ${ofWord} limit $5) counted) c
     order by w.vocabulary, w.connection_id, w.value_key`,
    values,
  )
  return rows
}

const ofWord = `v.vocabulary = w.vocabulary and v.connection_id = w.connection_id and v.value_key = w.value_key and not v.is_released`

function endOf(order: 'asc' | 'desc'): string {
  return `select v.message_id, v.value, p.received_at from parked_value v
    join parked_message p on p.message_id = v.message_id
    where ${ofWord} order by v.message_id ${order} limit 1`
}
