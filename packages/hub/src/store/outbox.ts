import type { CommandType, ConnectionId, SystemRole } from '@backhaul/sdk/canonical'
import type { Lease, PublishedEvent } from './batch.ts'
import type { Queryable, Tx } from './database.ts'
import { quoted, rowsText } from './row-text.ts'

/** A delivery's name: its case and its number within the case. */
export interface DeliveryKey {
  readonly caseId: string
  readonly deliveryNo: number
}

/** A lane: the deliveries of one case to one connection, which leave in their order. */
export interface LaneKey {
  readonly connectionId: string
  readonly caseId: string
}

/** A delivery in the hands of a process. */
export interface LeasedDelivery extends DeliveryKey {
  readonly connectionId: ConnectionId
  readonly createdAt: Date
  readonly role: SystemRole
  readonly commandType: CommandType
  readonly commandKey: string
  readonly caseNo: string
  readonly caseVersion: number
  readonly occurredAt: string
  readonly traceparent: string | null
  readonly body: unknown
  /** 1 for the first try. */
  readonly attempt: number
  readonly fence: number
  /** The last try's outcome is not known: read back before anything else. */
  readonly isUnknown: boolean
  /** The delivery that this one repeats for a person. */
  readonly replayOf: number | null
  /** What `event.publish` publishes, as the history has it. */
  readonly event: PublishedEvent | null
}

/** A delivery id as people see it: `<case id>.<number>`. */
export function formatDeliveryId({ caseId, deliveryNo }: DeliveryKey): string {
  return `${caseId}.${deliveryNo}`
}

export function parseDeliveryId(text: string): DeliveryKey | null {
  const match = /^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\.(\d{1,9})$/.exec(
    text,
  )
  return match?.[1] && match[2] ? { caseId: match[1], deliveryNo: Number(match[2]) } : null
}

/** Of these lanes, those in which something still waits or is under way, with who holds the last of it. */
export async function findBusyLanes(
  tx: Tx,
  lanes: readonly LaneKey[],
): Promise<(LaneKey & { readonly lastNo: number })[]> {
  if (lanes.length === 0) return []
  const { rows } = await tx.query<LaneKey & { lastNo: number }>({
    name: 'find-busy-lanes',
    text: `select g.c as "connectionId", g.i as "caseId", r.delivery_no as "lastNo"
      from json_to_recordset($1) as g (c text, i uuid)
      cross join lateral (
        select delivery_no from outbox_ready r
        where r.connection_id = g.c and r.case_id = g.i order by delivery_no desc limit 1) r`,
    values: [
      rowsText(lanes.map(({ connectionId, caseId }) => `{"c":"${connectionId}","i":"${caseId}"}`)),
    ],
  })
  return rows
}

/**
 * Tells the last delivery of each lane that something comes behind it. This waits for a transaction that
 * is just ending that delivery; what has ended meanwhile is not in the answer, and its lane is free.
 *
 * @returns the lanes that are really occupied.
 */
export async function followLanes(
  tx: Tx,
  lanes: readonly (LaneKey & { readonly lastNo: number })[],
): Promise<LaneKey[]> {
  if (lanes.length === 0) return []
  const { rows } = await tx.query<LaneKey>(
    `with last as (
       select r.connection_id, r.case_id, r.delivery_no
       from json_to_recordset($1) as g (c text, i uuid, n int)
       join outbox_ready r on r.connection_id = g.c and r.case_id = g.i and r.delivery_no = g.n
       order by 1, 2, 3 for update of r)
     update outbox_ready r set is_followed = true from last
     where r.connection_id = last.connection_id and r.case_id = last.case_id and r.delivery_no = last.delivery_no
     returning r.connection_id as "connectionId", r.case_id as "caseId"`,
    [
      JSON.stringify(
        lanes.map(({ connectionId, caseId, lastNo }) => ({
          c: connectionId,
          i: caseId,
          n: lastNo,
        })),
      ),
    ],
  )
  return rows
}

/** How one try went, as the attempt log keeps it. */
export interface AttemptRow extends DeliveryKey {
  readonly attempt: number
  readonly outcome: 'delivered' | 'retry' | 'unknown' | 'dead' | 'read_back'
  readonly status: number | null
  readonly code: string | null
  readonly reason: string | null
  readonly durationMs: number
  readonly externalId: string | null
}

/** A delivery that its process is done with; `fence` proves that the process still holds it. */
export interface HeldDelivery extends DeliveryKey {
  readonly connectionId: string
  readonly fence: number
}

/**
 * Logs tries, and takes the deliveries that ended off the ready table.
 *
 * @returns those that were still held, and whether somebody waits behind them.
 */
export async function endDeliveries(
  tx: Tx,
  {
    ended,
    attempts,
  }: { readonly ended: readonly HeldDelivery[]; readonly attempts: readonly AttemptRow[] },
): Promise<(LaneKey & { readonly deliveryNo: number; readonly isFollowed: boolean })[]> {
  if (attempts.length === 0) return []
  const { rows } = await tx.query<LaneKey & { deliveryNo: number; isFollowed: boolean }>({
    name: 'end-deliveries',
    text: `with logged as (
        insert into delivery_attempt (case_id, delivery_no, attempt, at, outcome, status, code, reason, duration_ms, external_id)
        select i, n, a, date_trunc('milliseconds', now()), u, s, k, r, d, x
        from json_to_recordset($2) as g (i uuid, n int, a int, u text, s int, k text, r text, d int, x text)
        on conflict do nothing)
      delete from outbox_ready r using json_to_recordset($1) as g (c text, i uuid, n int, f int)
      where r.connection_id = g.c and r.case_id = g.i and r.delivery_no = g.n and r.fence = g.f
      returning r.connection_id as "connectionId", r.case_id as "caseId", r.delivery_no as "deliveryNo", r.is_followed as "isFollowed"`,
    values: [rowsText(ended.map(heldText)), rowsText(attempts.map(attemptText))],
  })
  return rows
}

function heldText({ connectionId, caseId, deliveryNo, fence }: HeldDelivery): string {
  return `{"c":"${connectionId}","i":"${caseId}","n":${deliveryNo},"f":${fence}}`
}

function attemptText(row: AttemptRow): string {
  return (
    `{"i":"${row.caseId}","n":${row.deliveryNo},"a":${row.attempt},"u":"${row.outcome}","s":${row.status},` +
    `"k":${quoted(row.code)},"r":${quoted(row.reason)},"d":${row.durationMs},"x":${quoted(row.externalId)}}`
  )
}

function heldRow({ connectionId, caseId, deliveryNo, fence }: HeldDelivery) {
  return { c: connectionId, i: caseId, n: deliveryNo, f: fence }
}

/** Makes the first delivery of each lane due, where it stands blocked. */
export async function wakeLanes(tx: Tx, lanes: readonly LaneKey[]): Promise<number> {
  if (lanes.length === 0) return 0
  const { rowCount } = await tx.query(
    `update outbox_ready r set due_at = now()
     from (select distinct c, i from json_to_recordset($1) as g (c text, i uuid)) g
     cross join lateral (
       select delivery_no from outbox_ready h where h.connection_id = g.c and h.case_id = g.i order by delivery_no limit 1) head
     where r.connection_id = g.c and r.case_id = g.i and r.delivery_no = head.delivery_no and r.due_at = 'infinity'`,
    [JSON.stringify(lanes.map(({ connectionId, caseId }) => ({ c: connectionId, i: caseId })))],
  )
  return rowCount ?? 0
}

export interface Postponed extends HeldDelivery {
  readonly delayMs: number
  readonly isUnknown: boolean
  readonly code: string
  /** Whether the try counts; a delivery that was put back unsent has not used one up. */
  readonly countsAttempt: boolean
}

/** Puts deliveries back that wait for their next try. Their lease ends; the times are the database's. */
export async function postpone(tx: Tx, rows: readonly Postponed[]): Promise<void> {
  if (rows.length === 0) return
  await tx.query({
    name: 'postpone',
    text: `update outbox_ready r
      set due_at = now() + make_interval(secs => g.d / 1000.0), lease_node = null, is_unknown = g.u, last_code = g.k,
        attempt = case when g.a then r.attempt else greatest(r.attempt - 1, 0) end
      from json_to_recordset($1) as g (c text, i uuid, n int, f int, d float8, u boolean, k text, a boolean)
      where r.connection_id = g.c and r.case_id = g.i and r.delivery_no = g.n and r.fence = g.f`,
    values: [
      JSON.stringify(
        rows.map((row) => ({
          ...heldRow(row),
          d: row.delayMs,
          u: row.isUnknown,
          k: row.code,
          a: row.countsAttempt,
        })),
      ),
    ],
  })
}

/**
 * Puts deliveries back behind those before them in their lane, which are told to wake them. Telling them
 * first locks them, so that none of them ends unseen meanwhile; where none is left, the delivery is due.
 */
export async function blockBehind(tx: Tx, held: readonly HeldDelivery[]): Promise<void> {
  if (held.length === 0) return
  const rows = JSON.stringify(held.map(heldRow))
  await tx.query(
    `with older as (
       select r.connection_id, r.case_id, r.delivery_no
       from (select c, i, max(n) as n from json_to_recordset($1) as g (c text, i uuid, n int) group by c, i) g
       join outbox_ready r on r.connection_id = g.c and r.case_id = g.i and r.delivery_no < g.n
       order by 1, 2, 3 for update of r)
     update outbox_ready r set is_followed = true from older
     where r.connection_id = older.connection_id and r.case_id = older.case_id and r.delivery_no = older.delivery_no`,
    [rows],
  )
  await tx.query(
    `update outbox_ready r
     set lease_node = null, attempt = greatest(r.attempt - 1, 0),
       due_at = case when exists (
         select from outbox_ready o where o.connection_id = r.connection_id and o.case_id = r.case_id and o.delivery_no < r.delivery_no)
         then 'infinity' else now() end
     from json_to_recordset($1) as g (c text, i uuid, n int, f int)
     where r.connection_id = g.c and r.case_id = g.i and r.delivery_no = g.n and r.fence = g.f`,
    [rows],
  )
}

export interface DeadWrite extends DeliveryKey {
  readonly connectionId: string
  readonly createdAt: Date
  readonly commandType: string
  readonly attempts: number
  readonly code: string
  readonly reason: string | null
}

export async function insertDead(tx: Tx, rows: readonly DeadWrite[]): Promise<void> {
  if (rows.length === 0) return
  await tx.query(
    `insert into outbox_dead (case_id, delivery_no, created_at, connection_id, command_type, attempts, code, reason, died_at)
     select "caseId", "deliveryNo", "createdAt", "connectionId", "commandType", attempts, code, reason, date_trunc('milliseconds', now())
     from json_to_recordset($1) as g ("caseId" uuid, "deliveryNo" int, "createdAt" timestamptz, "connectionId" text, "commandType" text, attempts int, code text, reason text)
     on conflict do nothing`,
    [JSON.stringify(rows)],
  )
}

/** How many deliveries of one lane a claim takes along, so that a long queue of one case is not one claim each. */
const laneDepth = 32

/**
 * Leases up to `limit` due lanes of a connection, each from its first delivery on, so that a case's
 * commands leave in the order in which they were owed, whichever process sends them.
 */
export async function leaseDueDeliveries(
  tx: Tx,
  {
    connectionId,
    limit,
    lease,
  }: { readonly connectionId: string; readonly limit: number; readonly lease: Lease },
): Promise<LeasedDelivery[]> {
  const { rows } = await tx.query<LeasedDelivery>({
    name: 'lease-due-deliveries',
    text: `with head as (
        select connection_id, case_id, delivery_no from outbox_ready r
        where connection_id = $1 and due_at <= now() and lease_node is null
          and not exists (select from outbox_ready o where o.connection_id = r.connection_id and o.case_id = r.case_id and o.delivery_no < r.delivery_no)
        order by due_at limit $2
        for update skip locked),
      lane as (
        select r.connection_id, r.case_id, r.delivery_no, row_number() over (partition by r.case_id order by r.delivery_no) as place
        from head
        cross join lateral (
          select * from outbox_ready o where o.connection_id = head.connection_id and o.case_id = head.case_id
          order by o.delivery_no limit ${laneDepth}) r),
      leased as (
        update outbox_ready r
        set due_at = now() + make_interval(secs => $3), lease_node = $4, fence = r.fence + 1, attempt = r.attempt + 1,
          -- More may stand behind the last one that is taken along, unseen by this statement.
          is_followed = r.is_followed or lane.place = ${laneDepth}
        from lane
        where r.connection_id = lane.connection_id and r.case_id = lane.case_id and r.delivery_no = lane.delivery_no
        returning r.connection_id, r.case_id, r.delivery_no, r.created_at, r.attempt, r.fence, r.is_unknown)
      select l.connection_id as "connectionId", l.case_id as "caseId", l.delivery_no as "deliveryNo", l.created_at as "createdAt",
        l.attempt, l.fence, l.is_unknown as "isUnknown", d.role, d.command_type as "commandType", d.command_key as "commandKey",
        d.case_no as "caseNo", d.case_version as "caseVersion", to_char(d.occurred_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "occurredAt",
        d.traceparent, d.body, d.replay_of as "replayOf",
        case when e.case_id is not null then json_build_object('eventId', e.event_id, 'type', e.type,
          'occurredAt', to_char(e.occurred_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'source', e.source, 'data', e.data, 'effect', e.effect) end as event
      from leased l join outbox_delivery d on d.case_id = l.case_id and d.delivery_no = l.delivery_no and d.created_at = l.created_at
      -- An event and what it owes are written at the same time; a replay says when the first delivery was.
      left join case_event e on d.command_type = 'event.publish' and e.case_id = d.case_id
        and e.seq = (d.body ->> 'eventSeq')::int and e.recorded_at = coalesce((d.body ->> 'eventAt')::timestamptz, d.created_at)
      order by l.case_id, l.delivery_no`,
    values: [connectionId, limit, lease.seconds, lease.nodeId],
  })
  return rows
}

/** Connections that have something due now. */
export async function listDueConnections(db: Queryable): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>({
    name: 'list-due-connections',
    text: `select c.connection_id as id from connection c
      where exists (select from outbox_ready r where r.connection_id = c.connection_id and r.due_at <= now() and r.lease_node is null)`,
    values: [],
  })
  return rows.map(({ id }) => id)
}

/**
 * Takes back what processes held that are gone, and every lease that has run out: the first of each lane
 * becomes due, those behind it wait for it. Reads the whole table, which is as small as what is under way.
 */
export async function releaseLeases(tx: Tx, nodeIds: readonly string[]): Promise<number> {
  const { rowCount } = await tx.query(
    `with lost as (
       select r.connection_id, r.case_id, r.delivery_no,
         (select min(o.delivery_no) from outbox_ready o where o.connection_id = r.connection_id and o.case_id = r.case_id) as head_no,
         (select max(o.delivery_no) from outbox_ready o where o.connection_id = r.connection_id and o.case_id = r.case_id) as last_no
       from outbox_ready r where r.lease_node = any ($1::uuid[]) or (r.lease_node is not null and r.due_at < now())
       order by 1, 2, 3 for update of r)
     update outbox_ready r
     set lease_node = null, fence = r.fence + 1,
       due_at = case when r.delivery_no = lost.head_no then now() else 'infinity' end,
       is_followed = r.is_followed or r.delivery_no < lost.last_no
     from lost
     where r.connection_id = lost.connection_id and r.case_id = lost.case_id and r.delivery_no = lost.delivery_no`,
    [nodeIds],
  )
  return rowCount ?? 0
}
