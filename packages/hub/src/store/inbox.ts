import type { ConnectionId, MessageId } from '@backhaul/sdk/canonical'
import { idTime } from '../platform/ids.ts'
import type { Queryable, Tx } from './database.ts'
import { quoted, rowsText } from './row-text.ts'

/** How a message ended. */
export type MessageOutcome = 'applied' | 'repeated' | 'refused' | 'parked'

/** One inbound thing as it is stored: raw bytes, and under which name its sender knows it. */
export interface InboxMessage {
  readonly connectionId: ConnectionId
  readonly messageId: MessageId
  readonly topic: string
  /** The sender's own id of the message: with the connection it makes repeats recognizable. */
  readonly externalId: string
  /** SHA-256 of the body, base64. */
  readonly bodyHash: string
  readonly body: Buffer
  readonly actor: string
  /** Axis letters that the sender may move; null for those that its connection owns. */
  readonly owns: string | null
  readonly traceparent: string | null
}

/** A message id that was seen before. */
export interface KnownMessage {
  readonly connectionId: string
  readonly externalId: string
  readonly bodyHash: string
  readonly messageId: MessageId
}

/**
 * Writes down which messages are here now, in the order of their keys so that two processes cannot
 * deadlock. What another transaction is just writing is waited for.
 *
 * @returns the ids of those that were not known, and the transaction's time, to the millisecond.
 */
export async function takeMessageIds(
  tx: Tx,
  messages: readonly InboxMessage[],
): Promise<{ taken: Set<string>; now: Date }> {
  const given = messages.map(
    (m) =>
      `{"c":"${m.connectionId}","e":${quoted(m.externalId)},"h":"${m.bodyHash}","m":"${m.messageId}"}`,
  )
  const { rows } = await tx.query<{ messageId: string | null; now: Date }>({
    name: 'take-message-ids',
    text: `with taken as (
        insert into inbox_dedupe (connection_id, external_id, body_hash, message_id, received_at)
        select c, e, decode(h, 'base64'), m, date_trunc('milliseconds', now())
        from json_to_recordset($1) as g (c text, e text, h text, m uuid)
        order by c, e
        on conflict do nothing
        returning message_id)
      select message_id as "messageId", date_trunc('milliseconds', now()) as now from taken
      union all select null, date_trunc('milliseconds', now())`,
    values: [rowsText(given)],
  })
  const now = rows.at(-1)?.now ?? new Date(0)
  return { taken: new Set(rows.flatMap(({ messageId }) => messageId ?? [])), now }
}

/** What was stored under these (connection, external id) pairs. */
export async function findMessageIds(
  db: Queryable,
  keys: readonly { readonly connectionId: string; readonly externalId: string }[],
): Promise<KnownMessage[]> {
  const { rows } = await db.query<KnownMessage>({
    name: 'find-message-ids',
    text: `select d.connection_id as "connectionId", d.external_id as "externalId",
        encode(d.body_hash, 'base64') as "bodyHash", d.message_id as "messageId"
      from json_to_recordset($1) as g ("connectionId" text, "externalId" text)
      join inbox_dedupe d on d.connection_id = g."connectionId" and d.external_id = g."externalId"`,
    values: [JSON.stringify(keys)],
  })
  return rows
}

/** A stored message, whole. */
export interface StoredMessage {
  readonly connectionId: ConnectionId
  readonly messageId: MessageId
  readonly receivedAt: Date
  readonly topic: string
  readonly externalId: string
  readonly body: Buffer
  readonly bodyHash: string
  readonly actor: string
  readonly owns: string | null
  readonly traceparent: string | null
  readonly outcome: MessageOutcome | null
  readonly code: string | null
  readonly caseId: string | null
  readonly result: unknown
}

const storedColumns = `m.connection_id as "connectionId", m.message_id as "messageId", m.received_at as "receivedAt",
  m.topic, m.external_id as "externalId", m.body, encode(m.body_hash, 'base64') as "bodyHash", m.actor, m.owns, m.traceparent,
  m.outcome, m.code, m.case_id as "caseId", m.result`

/** A message's id tells its time to within the clock skew between a hub and the database: this many days. */
const skewDays = 2

/** Finds a message of a connection by its id, in the partitions around the time that the id carries. */
export async function findMessageOf(
  db: Queryable,
  { connectionId, messageId }: { readonly connectionId: string; readonly messageId: string },
): Promise<StoredMessage | null> {
  const { rows } = await db.query<StoredMessage>(
    `select ${storedColumns} from inbox_message m
     where m.connection_id = $1 and m.message_id = $2
       and m.received_at between $3::timestamptz - make_interval(days => $4) and $3::timestamptz + make_interval(days => $4)`,
    [connectionId, messageId, idTime(messageId), skewDays],
  )
  return rows[0] ?? null
}

/** Finds a message by its id, in the partitions around the time that the id carries. */
export async function findMessage(db: Queryable, messageId: string): Promise<StoredMessage | null> {
  const { rows } = await db.query<StoredMessage>(
    `select ${storedColumns}
     from (select distinct connection_id from connection
           union select unnest(array['api', 'timer', 'delivery', 'policy'])) c
     join inbox_message m on m.connection_id = c.connection_id and m.message_id = $1
       and m.received_at between $2::timestamptz - make_interval(days => $3) and $2::timestamptz + make_interval(days => $3)`,
    [messageId, idTime(messageId), skewDays],
  )
  return rows[0] ?? null
}

/** Any number that nothing else on a hub's database locks, beside a connection. */
const orderLock = 727_484_003

/**
 * The oldest waiting messages, taken off the ready table by this transaction: a rollback puts them back. Those
 * of a connection that are to be applied in their order are left to the process that has some of them already.
 */
export async function takeReadyMessages(tx: Tx, limit: number): Promise<StoredMessage[]> {
  const { rows } = await tx.query<StoredMessage>({
    name: 'take-ready-messages',
    // Whether a connection's are ours is asked once: what is let go meanwhile would be taken behind what is not.
    text: `with ordered as (
        select distinct connection_id from (
          select connection_id, in_order from inbox_ready order by ready_id limit $1) oldest where in_order),
      ours as materialized (
        select connection_id from ordered where pg_try_advisory_xact_lock(${orderLock}, hashtext(connection_id))),
      due as (
        select ready_id from inbox_ready
        where not in_order or connection_id in (select connection_id from ours)
        order by ready_id limit $1 for update skip locked),
      gone as (
        delete from inbox_ready r using due where r.ready_id = due.ready_id
        returning r.ready_id, r.connection_id, r.message_id, r.received_at)
      select ${storedColumns}
      from gone join inbox_message m
        on m.connection_id = gone.connection_id and m.message_id = gone.message_id and m.received_at = gone.received_at
      order by gone.ready_id`,
    values: [limit],
  })
  return rows
}

/**
 * Stores messages for the processor: the rows, and their place in the queue.
 *
 * @param order.inOrder - they are applied one after another, before what is stored in this way later.
 */
export async function insertWaitingMessages(
  tx: Tx,
  messages: readonly InboxMessage[],
  { now, inOrder = false }: { readonly now: Date; readonly inOrder?: boolean | undefined },
): Promise<void> {
  if (messages.length === 0) return
  const { bodies, offsets } = packBodies(messages.map(({ body }) => body))
  const rows = messages.map((m, index) => `${messageRow(m, offsets[index])}}`)
  await tx.query({
    name: 'insert-waiting-messages',
    text: `with given as (
        select * from json_to_recordset($1) as g (c text, m uuid, t text, e text, h text, a text, w text, tp text, o int, l int)),
      kept as (
        insert into inbox_message (connection_id, message_id, received_at, topic, external_id, body_hash, body, actor, owns, traceparent)
        select c, m, $3, t, e, decode(h, 'base64'), substring($2::bytea from o for l), a, w, tp from given)
      insert into inbox_ready (connection_id, message_id, received_at, in_order)
      select c, m, $3, $4 from given`,
    values: [rowsText(rows), bodies, now, inOrder],
  })
}

/** Whether fewer messages than `most` wait for the processor. */
export async function hasRoomFor(db: Queryable, most: number): Promise<boolean> {
  const { rows } = await db.query<{ hasRoom: boolean }>({
    name: 'has-room-for',
    text: `select count(*) < $1 as "hasRoom" from (select from inbox_ready limit $1) waiting`,
    values: [most],
  })
  return rows[0]?.hasRoom ?? false
}

/** Where a part of a packed value begins, from 1, and how long it is. */
export interface Place {
  readonly o: number
  readonly l: number
}

/** An empty part. */
export const nowhere: Place = { o: 1, l: 0 }

/** A message's columns as JSON text under the short names that the statements read, still open for more. */
export function messageRow(message: InboxMessage, { o, l }: Place = nowhere): string {
  const { connectionId, messageId, topic, externalId, bodyHash, actor, owns, traceparent } = message
  return (
    `{"c":"${connectionId}","m":"${messageId}","t":${quoted(topic)},"e":${quoted(externalId)},"h":"${bodyHash}",` +
    `"a":${quoted(actor)},"w":${quoted(owns)},"tp":${quoted(traceparent)},"o":${o},"l":${l}`
  )
}

/**
 * All bodies of a batch in one binary parameter, with where each is: an array of byte strings would be
 * sent as hexadecimal text, twice the size and slow to write and read.
 */
export function packBodies(parts: readonly Buffer[]): { bodies: Buffer; offsets: Place[] } {
  let start = 1
  const offsets = parts.map((part) => {
    const place = { o: start, l: part.length }
    start += part.length
    return place
  })
  return { bodies: Buffer.concat(parts), offsets }
}
