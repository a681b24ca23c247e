import type { EventType } from '@backhaul/sdk/canonical'
import { idTime } from '../platform/ids.ts'
import type { StoredCaseEvent } from './cases.ts'
import type { Queryable } from './database.ts'

/** One step of a case's history, with how it came in. */
export type TimelineEvent = Pick<
  StoredCaseEvent,
  | 'seq'
  | 'recordedAt'
  | 'eventId'
  | 'occurredAt'
  | 'source'
  | 'actor'
  | 'messageId'
  | 'data'
  | 'effect'
> & { readonly type: EventType }

/** Everything that is given has to fit. */
export interface TimelineFilter {
  readonly sources?: readonly string[] | undefined
  /** First words of event types: `goods`, `credit`. */
  readonly kinds?: readonly string[] | undefined
  /** Refused, or it raised an exception, or something that it made the hub send died. */
  readonly failed?: boolean | undefined
}

/**
 * A page of a case's history in the order of its arrival, either way, from behind the number `from`. It reads no
 * more than the history of one case, by its key.
 */
export async function listTimeline(
  db: Queryable,
  page: TimelineFilter & {
    readonly caseId: string
    readonly createdAt: Date
    readonly order: 'asc' | 'desc'
    readonly from?: number | undefined
    readonly limit: number
  },
): Promise<TimelineEvent[]> {
  const { caseId, createdAt, order, from, limit } = page
  const start = from ?? (order === 'asc' ? 0 : 2_147_483_647)
  const values: unknown[] = [caseId, createdAt, start, limit]
  const conditions = [
    `e.case_id = $1 and e.recorded_at >= $2::timestamptz and e.seq ${order === 'asc' ? '>' : '<'} $3`,
    ...filterConditions(page, values),
  ]
  const { rows } = await db.query<TimelineEvent>(
    `select seq, recorded_at as "recordedAt", event_id as "eventId", type, occurred_at as "occurredAt",
       source, actor, message_id as "messageId", data, effect
     from case_event e where ${conditions.join(' and ')}
     order by seq ${order} limit $4`,
    values,
  )
  return rows
}

function filterConditions({ sources, kinds, failed }: TimelineFilter, values: unknown[]): string[] {
  const conditions: string[] = []
  if (sources !== undefined) conditions.push(`e.source = any ($${values.push([...sources])})`)
  if (kinds !== undefined) {
    conditions.push(`split_part(e.type, '.', 1) = any ($${values.push([...kinds])})`)
  }
  if (failed === true) {
    conditions.push(`(e.effect ->> 'outcome' = 'refused' or e.effect -> 'raised' is not null
      or exists (select from outbox_delivery d join outbox_dead x on x.case_id = d.case_id and x.delivery_no = d.delivery_no
        where d.case_id = e.case_id and d.case_version = e.seq and d.created_at >= $2::timestamptz))`)
  }
  return conditions
}

/** How the message of an event came in. */
export interface EventOrigin {
  readonly messageId: string
  readonly topic: string
  readonly traceparent: string | null
  /** The mapping document that was in force for it when it was applied; null where none was. */
  readonly mapping: string | null
  readonly mappingVersion: number | null
}

const dayMs = 86_400_000
/** A message's id tells its time to within the clock skew between a hub and the database. */
const skewMs = 2 * dayMs
/** What a record of a file says is read by the document of the file. */
const recordSuffix = '#record'

/** How these events came in; of a message that has been dropped by its age, nothing is known. */
export async function listOrigins(
  db: Queryable,
  events: readonly Pick<TimelineEvent, 'source' | 'messageId' | 'recordedAt'>[],
): Promise<ReadonlyMap<string, EventOrigin>> {
  if (events.length === 0) return new Map()
  const times = events.map(({ messageId }) => idTime(messageId).getTime())
  const { rows } = await db.query<EventOrigin>(
    `select m.message_id as "messageId", m.topic, m.traceparent, d.name as mapping, d.version as "mappingVersion"
     from json_to_recordset($1) as g (source text, "messageId" uuid, "recordedAt" timestamptz)
     join inbox_message m on m.connection_id = g.source and m.message_id = g."messageId"
       and m.received_at between $2::timestamptz and $3::timestamptz
     left join lateral (
       select name, version from document
       where kind = 'mapping' and name = m.connection_id || '/' || replace(m.topic, '${recordSuffix}', '')
         and activated_at <= g."recordedAt" and (retired_at is null or retired_at > g."recordedAt")
       order by activated_at desc limit 1) d on true`,
    [
      JSON.stringify(
        events.map(({ source, messageId, recordedAt }) => ({ source, messageId, recordedAt })),
      ),
      new Date(Math.min(...times) - skewMs),
      new Date(Math.max(...times) + skewMs),
    ],
  )
  return new Map(rows.map((row) => [row.messageId, row]))
}

/** What a system said last of an axis, or of nothing in particular. */
export interface LastWord {
  readonly source: string
  readonly type: EventType
  readonly seq: number
  readonly occurredAt: Date
  readonly recordedAt: Date
  readonly outcome: string | null
  /** Of a plain status report. */
  readonly axis: string | null
  readonly state: string | null
  /** Events of this source in the case. */
  readonly events: number
}

/** The last event of each type of each source of a case, the newest first. */
export async function listLastWords(
  db: Queryable,
  { caseId, createdAt }: { readonly caseId: string; readonly createdAt: Date },
): Promise<LastWord[]> {
  const { rows } = await db.query<LastWord>(
    `select distinct on (source, type, data ->> 'axis') source, type, seq, occurred_at as "occurredAt",
       recorded_at as "recordedAt", effect ->> 'outcome' as outcome, data ->> 'axis' as axis, data ->> 'state' as state,
       (count(*) over (partition by source))::int as events
     from case_event where case_id = $1 and recorded_at >= $2::timestamptz
     order by source, type, data ->> 'axis', seq desc`,
    [caseId, createdAt],
  )
  return rows.toSorted((a, b) => b.seq - a.seq)
}

/** What the customer wrote about lines of a case, the oldest first. */
export async function listCustomerWords(
  db: Queryable,
  { caseId, createdAt }: { readonly caseId: string; readonly createdAt: Date },
): Promise<{ seq: number; lineNo: number | null; text: string }[]> {
  const { rows } = await db.query<{ seq: number; lineNo: number | null; text: string }>(
    `select e.seq, (line ->> 'lineNo')::int as "lineNo", line -> 'reason' ->> 'text' as text
     from case_event e cross join lateral json_array_elements(e.data -> 'lines') line
     where e.case_id = $1 and e.recorded_at >= $2::timestamptz and e.type = 'return.requested'
       and line -> 'reason' ->> 'text' is not null
     order by e.seq, 2`,
    [caseId, createdAt],
  )
  return rows
}
