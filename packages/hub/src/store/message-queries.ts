import type { ConnectionId, MessageId } from '@backhaul/sdk/canonical'
import { idTime } from '../platform/ids.ts'
import type { Queryable, Tx } from './database.ts'
import { findMessage, type MessageOutcome, type StoredMessage } from './inbox.ts'

/** A message as lists show it: without its body. */
export interface MessageRecord {
  readonly messageId: MessageId
  readonly connectionId: ConnectionId
  readonly receivedAt: Date
  readonly topic: string
  readonly externalId: string
  readonly sizeBytes: number
  readonly actor: string
  /** Null while it waits for the processor. */
  readonly outcome: MessageOutcome | null
  readonly code: string | null
  readonly caseId: string | null
  readonly detail: string | null
}

/** A message, whole, and how it is parked if it is. */
export interface MessageDetail extends StoredMessage {
  readonly detail: string | null
  readonly parked: {
    readonly parkedAt: Date
    /** When it is tried again by itself; null: it waits for a person. */
    readonly retryAt: Date | null
    readonly replays: number
  } | null
  /** The message that it was put in the place of. */
  readonly editOf: string | null
  /** The message that was put in its place. */
  readonly editedAs: string | null
}

/** `conflict`: parked because its id was used before with another body. */
export const messageStates = [
  'applied',
  'repeated',
  'refused',
  'parked',
  'conflict',
  'waiting',
] as const
export type MessageState = (typeof messageStates)[number]

export interface MessagePage {
  readonly items: MessageRecord[]
  /** The `before` of the next page; null when nothing is left. */
  readonly next: string | null
}

const conflictCode = 'MESSAGE_ID_REUSED'

const columns = `m.message_id as "messageId", m.connection_id as "connectionId", m.received_at as "receivedAt", m.topic,
  m.external_id as "externalId", octet_length(m.body) as "sizeBytes", m.actor, m.outcome, m.code, m.case_id as "caseId",
  m.result ->> 'detail' as detail`

/** Rows that one page may look at to find those that fit: a page can be short, and still have one after it. */
const scanLimit = 2_000
/** Days that a page looks back before it looks back further. */
const windowsDays = [1, 8, 64, 36_500]
const dayMs = 86_400_000
const lastId = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

/**
 * Messages, newest first, before the one with the id `before`. Parked and waiting ones stand in small
 * tables; the others are looked for in the history, a bounded number of rows at a time.
 */
export async function listMessages(
  db: Queryable,
  filter: {
    readonly state?: MessageState | undefined
    readonly connectionId?: string | undefined
    readonly topic?: string | undefined
    readonly before?: string | undefined
    readonly limit: number
  },
): Promise<MessagePage> {
  switch (filter.state) {
    case 'parked':
    case 'conflict':
      return pageOf(await listParkedMessages(db, filter), filter.limit)
    case 'waiting':
      return pageOf(await listWaitingMessages(db, filter), filter.limit)
    case undefined:
    case 'applied':
    case 'repeated':
    case 'refused':
      return listHistory(db, { ...filter, state: filter.state })
  }
}

function pageOf(rows: readonly MessageRecord[], limit: number): MessagePage {
  const items = rows.slice(0, limit)
  return { items, next: rows.length > limit ? (items.at(-1)?.messageId ?? null) : null }
}

async function listParkedMessages(
  db: Queryable,
  filter: {
    readonly state?: MessageState | undefined
    readonly connectionId?: string | undefined
    readonly topic?: string | undefined
    readonly before?: string | undefined
    readonly limit: number
  },
): Promise<MessageRecord[]> {
  const values: unknown[] = [filter.before ?? lastId, filter.limit + 1]
  const conditions = ['p.message_id < $1']
  if (filter.connectionId !== undefined) {
    values.push(filter.connectionId)
    conditions.push(`p.connection_id = $${values.length}`)
  }
  if (filter.topic !== undefined) {
    values.push(filter.topic)
    conditions.push(`p.topic = $${values.length}`)
  }
  if (filter.state === 'conflict') conditions.push(`p.code = '${conflictCode}'`)
  const { rows } = await db.query<MessageRecord>(
    `select ${columns}
     from (select * from parked_message p where ${conditions.join(' and ')} order by p.message_id desc limit $2) p
     join inbox_message m on m.connection_id = p.connection_id and m.message_id = p.message_id and m.received_at = p.received_at
     order by p.message_id desc`,
    values,
  )
  return rows
}

async function listWaitingMessages(
  db: Queryable,
  filter: {
    readonly connectionId?: string | undefined
    readonly topic?: string | undefined
    readonly before?: string | undefined
    readonly limit: number
  },
): Promise<MessageRecord[]> {
  const { rows } = await db.query<MessageRecord>(
    `select ${columns}
     from (select * from inbox_ready order by ready_id limit ${scanLimit}) r
     join inbox_message m on m.connection_id = r.connection_id and m.message_id = r.message_id and m.received_at = r.received_at
     where m.message_id < $1 and ($3::text is null or m.connection_id = $3)
       and ($4::text is null or m.topic = $4)
     order by m.message_id desc limit $2`,
    [filter.before ?? lastId, filter.limit + 1, filter.connectionId ?? null, filter.topic ?? null],
  )
  return rows
}

async function listHistory(
  db: Queryable,
  filter: {
    readonly state: MessageOutcome | undefined
    readonly connectionId?: string | undefined
    readonly topic?: string | undefined
    readonly before?: string | undefined
    readonly limit: number
  },
): Promise<MessagePage> {
  const { state, topic } = filter
  const scan = state === undefined && topic === undefined ? filter.limit + 1 : scanLimit
  const scanned = await scanHistory(db, { ...filter, scan })
  const fitting = scanned.filter(
    (row) =>
      (state === undefined || row.outcome === state) &&
      (topic === undefined || row.topic === topic),
  )
  const page = pageOf(fitting, filter.limit)
  if (page.next !== null || scanned.length < scan) return page
  return { ...page, next: scanned.at(-1)?.messageId ?? null }
}

/** The newest messages of every source, found in each one's part of the index, one window of days after the other. */
async function scanHistory(
  db: Queryable,
  {
    connectionId,
    before,
    scan,
  }: { connectionId?: string | undefined; before?: string | undefined; scan: number },
): Promise<MessageRecord[]> {
  // An id's time and the database's may differ by the skew of their clocks.
  const until = before === undefined ? Date.now() + 2 * dayMs : idTime(before).getTime() + 2 * dayMs
  let rows: MessageRecord[] = []
  for (const days of windowsDays) {
    const found = await db.query<MessageRecord>(
      `select m.* from (
         select connection_id from connection where $1::text is null or connection_id = $1
         union all select name from unnest(array['api', 'timer', 'delivery', 'policy']) name where $1::text is null or name = $1) c
       cross join lateral (
         select ${columns} from inbox_message m
         where m.connection_id = c.connection_id and m.message_id < $2
           and m.received_at > $3::timestamptz - make_interval(days => $4) and m.received_at < $3::timestamptz
         order by m.message_id desc limit $5) m
       order by "messageId" desc limit $5`,
      [connectionId ?? null, before ?? lastId, new Date(until), days + 2, scan],
    )
    rows = found.rows
    if (rows.length === scan) break
  }
  return rows
}

/** A message with its body, and where it stands. */
export async function findMessageDetail(
  db: Queryable,
  messageId: string,
): Promise<MessageDetail | null> {
  const message = await findMessage(db, messageId)
  if (message === null) return null
  const { rows } = await db.query<Standing>(
    `select p.parked_at as "parkedAt", p.retry_at as "retryAt", p.replays, p.detail,
       (select original_id from message_edit where edited_id = m.id) as "editOf",
       (select edited_id from message_edit where original_id = m.id) as "editedAs"
     from (values ($1::uuid)) m (id) left join parked_message p on p.message_id = m.id`,
    [messageId],
  )
  const { parkedAt, retryAt, replays, ...standing } = rows[0] ?? unparked
  const { detail = null } = (message.result ?? {}) as { detail?: string | null }
  return {
    ...message,
    editOf: standing.editOf,
    editedAs: standing.editedAs,
    detail: standing.detail ?? detail,
    parked: parkedAt === null ? null : { parkedAt, retryAt, replays: replays ?? 0 },
  }
}

/** Where a message stands, whether it is parked or not. */
interface Standing {
  readonly parkedAt: Date | null
  readonly retryAt: Date | null
  readonly replays: number | null
  readonly detail: string | null
  readonly editOf: string | null
  readonly editedAs: string | null
}

const unparked: Standing = {
  parkedAt: null,
  retryAt: null,
  replays: null,
  detail: null,
  editOf: null,
  editedAs: null,
}

/** A parked message, held against others that replay it. */
export async function lockParked(
  tx: Tx,
  messageId: string,
): Promise<{
  readonly code: string
  readonly connectionId: string
  readonly isQueued: boolean
} | null> {
  const { rows } = await tx.query<{ code: string; connectionId: string; isQueued: boolean }>(
    `select code, connection_id as "connectionId",
       exists (select from inbox_ready r where r.message_id = p.message_id) as "isQueued"
     from parked_message p where message_id = $1 for update`,
    [messageId],
  )
  return rows[0] ?? null
}
