import type { Queryable } from './database.ts'

/** A message as it was recorded, without its body. */
export interface RecordedMessage {
  readonly messageId: string
  readonly receivedAt: Date
  readonly topic: string
  readonly caseId: string | null
  readonly sizeBytes: number
}

const lastId = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

/**
 * Messages of a connection in the last days, on whatever topic, the newest first. A connection that has
 * been deleted has none.
 *
 * @param page.before - the message that they come before; the newest first without one.
 */
export async function listRecordedMessages(
  db: Queryable,
  page: {
    readonly connectionId: string
    readonly days: number
    readonly before?: string | undefined
    readonly limit: number
  },
): Promise<RecordedMessage[]> {
  const { connectionId, days, before = lastId, limit } = page
  const { rows } = await db.query<RecordedMessage>(
    `select m.message_id as "messageId", m.received_at as "receivedAt", m.topic, m.case_id as "caseId",
       octet_length(m.body) as "sizeBytes"
     from inbox_message m
     where m.connection_id = $1 and m.message_id < $2 and m.received_at > now() - make_interval(days => $3)
     order by m.message_id desc limit $4`,
    [connectionId, before, days, limit],
  )
  return rows
}

/** The bodies of messages of one connection, by their ids. */
export async function listBodies(
  db: Queryable,
  given: { readonly connectionId: string; readonly messages: readonly RecordedMessage[] },
): Promise<ReadonlyMap<string, Buffer>> {
  const { connectionId, messages } = given
  const { rows } = await db.query<{ messageId: string; body: Buffer }>(
    `select m.message_id as "messageId", m.body
     from unnest($2::uuid[], $3::timestamptz[]) g (message_id, received_at)
     cross join lateral (
       select * from inbox_message m
       where m.connection_id = $1 and m.message_id = g.message_id
         and m.received_at between g.received_at - interval '1 millisecond' and g.received_at + interval '1 millisecond') m`,
    [
      connectionId,
      messages.map(({ messageId }) => messageId),
      messages.map(({ receivedAt }) => receivedAt),
    ],
  )
  return new Map(rows.map(({ messageId, body }) => [messageId, body]))
}
