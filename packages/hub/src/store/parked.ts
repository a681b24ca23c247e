import type { ExternalRef } from '@backhaul/sdk/canonical'
import type { Tx } from './database.ts'

export interface ParkedWrite {
  readonly messageId: string
  readonly connectionId: string
  readonly receivedAt: Date
  readonly topic: string
  readonly code: string
  readonly detail: string | null
  readonly waitsFor: readonly ExternalRef[]
  /** Tried again by itself: what it waits for may come. Otherwise it needs a person. */
  readonly isWaiting: boolean
}

/**
 * Parks messages, or parks them again. One that waits is tried after 1 s, then after four times as long
 * each time, at the most once a day: the case that it waits for may be written by another process at
 * this very moment, and then nobody else would wake it.
 */
export async function insertParked(tx: Tx, rows: readonly ParkedWrite[], now: Date): Promise<void> {
  if (rows.length === 0) return
  await tx.query(
    `insert into parked_message as p (message_id, connection_id, received_at, topic, code, detail, parked_at, retry_at)
     select "messageId", "connectionId", "receivedAt", topic, code, detail, $2::timestamptz,
       case when "isWaiting" then $2::timestamptz + interval '1 second' end
     from json_to_recordset($1) as g ("messageId" uuid, "connectionId" text, "receivedAt" timestamptz, topic text, code text, detail text, "isWaiting" boolean)
     on conflict (message_id) do update set code = excluded.code, detail = excluded.detail, replays = p.replays + 1,
       retry_at = case when excluded.retry_at is not null
         then $2::timestamptz + least(interval '1 second' * power(4, least(p.replays + 1, 9)), interval '1 day') end`,
    [JSON.stringify(rows), now],
  )
  const refs = rows.flatMap(({ messageId, waitsFor }) =>
    waitsFor.map((ref) => ({ ...ref, messageId })),
  )
  if (refs.length === 0) return
  await tx.query(
    `insert into parked_ref (value, type, system, message_id)
     select value, type, system, "messageId" from json_to_recordset($1) as g (value text, type text, system text, "messageId" uuid)
     on conflict do nothing`,
    [JSON.stringify(refs)],
  )
}

export async function deleteParked(tx: Tx, messageIds: readonly string[]): Promise<void> {
  if (messageIds.length === 0) return
  await tx.query({
    name: 'delete-parked',
    text: 'delete from parked_message where message_id = any ($1::uuid[])',
    values: [messageIds],
  })
}

/**
 * Those of the messages that are parked, held until the transaction ends: whoever edits one, or gives it up, does so
 * before this, and it is not among them, or after what the caller makes of it.
 */
export async function holdParked(tx: Tx, messageIds: readonly string[]): Promise<Set<string>> {
  if (messageIds.length === 0) return new Set()
  const { rows } = await tx.query<{ messageId: string }>({
    name: 'hold-parked',
    text: `select message_id as "messageId" from parked_message where message_id = any ($1::uuid[])
      order by message_id for update`,
    values: [messageIds],
  })
  return new Set(rows.map(({ messageId }) => messageId))
}

/** Queues the messages that wait for one of these identifiers, in the order in which they came. */
export async function releaseWaiting(tx: Tx, refs: readonly ExternalRef[]): Promise<number> {
  const { rowCount } = await tx.query({
    name: 'release-waiting',
    text: `insert into inbox_ready (connection_id, message_id, received_at)
      select distinct on (p.message_id) p.connection_id, p.message_id, p.received_at
      from json_to_recordset($1) as g (value text, type text, system text)
      join parked_ref r on r.value = g.value and r.type = g.type and r.system = g.system
      join parked_message p on p.message_id = r.message_id
      order by p.message_id`,
    values: [JSON.stringify(refs.map(({ value, type, system }) => ({ value, type, system })))],
  })
  return rowCount ?? 0
}

/** Queues parked messages whose time to try again has come. The row stays until the message is applied. */
export async function releaseDue(tx: Tx, limit: number): Promise<number> {
  const { rowCount } = await tx.query(
    `with due as (
       select message_id, connection_id, received_at from parked_message
       where retry_at <= now() order by retry_at limit $1 for update skip locked),
     moved as (
       -- Its next parking says when to try again; should this try be lost, an hour does.
       update parked_message p set retry_at = now() + interval '1 hour' from due where p.message_id = due.message_id)
     insert into inbox_ready (connection_id, message_id, received_at)
     select connection_id, message_id, received_at from due order by message_id`,
    [limit],
  )
  return rowCount ?? 0
}

/** Queues one parked message for another try now. @returns whether there was one. */
export async function releaseOne(tx: Tx, messageId: string): Promise<boolean> {
  const { rowCount } = await tx.query(
    `insert into inbox_ready (connection_id, message_id, received_at)
     select connection_id, message_id, received_at from parked_message where message_id = $1`,
    [messageId],
  )
  return (rowCount ?? 0) > 0
}

/**
 * Lets messages that could not be read try again in two seconds, when every process has what reads them now.
 *
 * @returns how many.
 */
export async function retryUnread(
  tx: Tx,
  given: {
    readonly connectionId: string
    readonly topics: readonly string[]
    readonly codes: readonly string[]
  },
): Promise<number> {
  const { rowCount } = await tx.query(
    `update parked_message set retry_at = now() + interval '2 seconds'
     where connection_id = $1 and topic = any ($2) and code = any ($3)`,
    [given.connectionId, given.topics, given.codes],
  )
  return rowCount ?? 0
}
