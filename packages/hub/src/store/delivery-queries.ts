import type { CaseId, CommandType, ConnectionId, SystemRole } from '@backhaul/sdk/canonical'
import { idTime } from '../platform/ids.ts'
import type { Queryable, Tx } from './database.ts'
import type { AttemptRow, DeliveryKey } from './outbox.ts'

/**
 * `pending`: waits for its turn, is under way, or waits for its next try. `dead`: needs a person.
 * `replayed`: died, and another delivery took its place. `discarded`: died, and a person gave it up.
 */
export const deliveryStates = ['pending', 'dead', 'delivered', 'replayed', 'discarded'] as const
export type DeliveryState = (typeof deliveryStates)[number]

/** A delivery as lists show it. */
export interface DeliveryRecord extends DeliveryKey {
  readonly caseId: CaseId
  readonly caseNo: string
  readonly connectionId: ConnectionId
  readonly role: SystemRole
  readonly commandType: CommandType
  readonly caseVersion: number
  readonly createdAt: Date
  readonly replayOf: number | null
  readonly state: DeliveryState
  /** Tries so far. */
  readonly attempts: number
  /** Of a pending one: when it is tried; null while it stands behind another one of its lane. */
  readonly dueAt: Date | null
  /** How the last try went that is still known. */
  readonly lastAt: Date | null
  readonly lastOutcome: AttemptRow['outcome'] | null
  readonly lastStatus: number | null
  readonly lastCode: string | null
  readonly lastReason: string | null
}

/** A delivery, whole. */
export interface DeliveryDetail extends DeliveryRecord {
  readonly commandKey: string
  readonly occurredAt: Date
  readonly traceparent: string | null
  readonly body: unknown
}

/** One try. */
export interface AttemptRecord extends AttemptRow {
  readonly at: Date
}

/** The place of a delivery in a list: everything that any of the orders is made of. */
export interface DeliveryPlace extends DeliveryKey {
  readonly connectionId: string
}

export interface DeliveryFilter {
  readonly state?: DeliveryState | undefined
  readonly connectionId?: string | undefined
  readonly caseId?: string | undefined
}

export interface DeadFilter {
  readonly connectionId?: string | undefined
  /** Why they died. */
  readonly code?: string | undefined
  readonly commandType?: string | undefined
  /** When they died. */
  readonly since?: Date | undefined
  readonly until?: Date | undefined
  /** Only these, of those that fit. */
  readonly keys?: readonly DeliveryKey[] | undefined
}

// A delivery that died and is not among the dead any more has been replayed.
const columns = `d.case_id as "caseId", d.case_no as "caseNo", d.delivery_no as "deliveryNo", d.connection_id as "connectionId", d.role,
  d.command_type as "commandType", d.case_version as "caseVersion", d.created_at as "createdAt", d.replay_of as "replayOf",
  case when r.case_id is not null then 'pending' when x.case_id is not null then 'dead' when y.case_id is not null then 'discarded'
    when a.outcome = 'dead' then 'replayed' else 'delivered' end as state,
  coalesce(r.attempt, x.attempts, a.attempt, 0) as attempts, nullif(r.due_at, 'infinity') as "dueAt", a.at as "lastAt",
  a.outcome as "lastOutcome", a.status as "lastStatus", coalesce(a.code, r.last_code) as "lastCode", a.reason as "lastReason"`

const detailColumns = `${columns}, d.command_key as "commandKey", d.occurred_at as "occurredAt", d.traceparent, d.body`

const readyJoin = `left join outbox_ready r on r.connection_id = d.connection_id and r.case_id = d.case_id and r.delivery_no = d.delivery_no`
const deadJoin = `left join outbox_dead x on x.case_id = d.case_id and x.delivery_no = d.delivery_no`
// No try of a delivery is older than the delivery.
const lastAttemptJoin = `left join delivery_discard y on y.case_id = d.case_id and y.delivery_no = d.delivery_no
  left join lateral (
    select * from delivery_attempt t
    where t.case_id = d.case_id and t.delivery_no = d.delivery_no and t.at >= d.created_at
    order by t.attempt desc, t.at desc limit 1) a on true`

const dayMs = 86_400_000

/** A case's id tells since when there can be deliveries for it, clock skew allowed for: it keeps older partitions out. */
function earliest(caseId: string): Date {
  return new Date(idTime(caseId).getTime() - 2 * dayMs)
}

/**
 * Deliveries by what is asked: those of a case (newest first), those that wait (by connection and case),
 * or those that died (newest cases first). What was delivered is found by its case only: the history
 * is kept by case.
 *
 * @param page.after - the last one of the page before.
 */
export function listDeliveries(
  db: Queryable,
  page: DeliveryFilter & { readonly after?: DeliveryPlace | undefined; readonly limit: number },
): Promise<DeliveryRecord[]> {
  if (page.caseId !== undefined) return listOfCase(db, { ...page, caseId: page.caseId })
  return page.state === 'dead' ? listDead(db, page) : listPending(db, page)
}

async function listOfCase(
  db: Queryable,
  page: DeliveryFilter & {
    readonly caseId: string
    readonly after?: DeliveryPlace | undefined
    readonly limit: number
  },
): Promise<DeliveryRecord[]> {
  const { caseId, after, limit } = page
  const { rows } = await db.query<DeliveryRecord>(
    `select * from (
       select ${columns} from outbox_delivery d ${readyJoin} ${deadJoin} ${lastAttemptJoin}
       where d.case_id = $1 and d.created_at >= $2::timestamptz and d.delivery_no < $3) of_case
     where ($4::text is null or "connectionId" = $4) and ($5::text is null or state = $5)
     order by "deliveryNo" desc limit $6`,
    [
      caseId,
      earliest(caseId),
      after?.deliveryNo ?? 2_147_483_647,
      page.connectionId ?? null,
      page.state ?? null,
      limit,
    ],
  )
  return rows
}

async function listPending(
  db: Queryable,
  page: {
    readonly connectionId?: string | undefined
    readonly after?: DeliveryPlace | undefined
    readonly limit: number
  },
): Promise<DeliveryRecord[]> {
  const { connectionId, after, limit } = page
  const values: unknown[] = [
    after?.connectionId ?? '',
    after?.caseId ?? '00000000-0000-0000-0000-000000000000',
    after?.deliveryNo ?? 0,
    limit,
  ]
  if (connectionId !== undefined) values.push(connectionId)
  const { rows } = await db.query<DeliveryRecord>(
    `select ${columns}
     from (select * from outbox_ready
           where (connection_id, case_id, delivery_no) > ($1, $2, $3)${connectionId === undefined ? '' : ' and connection_id = $5'}
           order by connection_id, case_id, delivery_no limit $4) r
     join outbox_delivery d on d.case_id = r.case_id and d.delivery_no = r.delivery_no and d.created_at = r.created_at
     ${deadJoin} ${lastAttemptJoin}
     order by r.connection_id, r.case_id, r.delivery_no`,
    values,
  )
  return rows
}

/** Deliveries that need a person, those of the newest cases first. */
export async function listDead(
  db: Queryable,
  page: DeadFilter & { readonly after?: DeliveryPlace | undefined; readonly limit: number },
): Promise<DeliveryRecord[]> {
  const { conditions, values } = deadConditions(page)
  values.push(page.limit)
  const { rows } = await db.query<DeliveryRecord>(
    `select ${columns}
     from (select * from outbox_dead x where ${conditions} order by case_id desc, delivery_no desc limit $${values.length}) x
     join outbox_delivery d on d.case_id = x.case_id and d.delivery_no = x.delivery_no and d.created_at = x.created_at
     ${readyJoin} ${lastAttemptJoin}
     order by x.case_id desc, x.delivery_no desc`,
    values,
  )
  return rows
}

/** How many deliveries are dead, counted up to `atMost`. */
export async function countDead(
  db: Queryable,
  filter: DeadFilter & { readonly atMost: number },
): Promise<number> {
  const { conditions, values } = deadConditions(filter)
  values.push(filter.atMost)
  const { rows } = await db.query<{ count: number }>(
    `select count(*)::int as count from (select from outbox_dead x where ${conditions} limit $${values.length}) counted`,
    values,
  )
  return rows[0]?.count ?? 0
}

/** Names of dead deliveries, in the order of `listDead`. */
export async function listDeadKeys(
  db: Queryable,
  page: DeadFilter & { readonly limit: number },
): Promise<DeliveryKey[]> {
  const { conditions, values } = deadConditions(page)
  values.push(page.limit)
  const { rows } = await db.query<DeliveryKey>(
    `select case_id as "caseId", delivery_no as "deliveryNo" from outbox_dead x
     where ${conditions} order by case_id desc, delivery_no desc limit $${values.length}`,
    values,
  )
  return rows
}

function deadConditions(filter: DeadFilter & { readonly after?: DeliveryPlace | undefined }): {
  conditions: string
  values: unknown[]
} {
  const values: unknown[] = []
  const conditions: string[] = []
  const equals = (column: string, value: string | undefined): void => {
    if (value === undefined) return
    values.push(value)
    conditions.push(`x.${column} = $${values.length}`)
  }
  equals('connection_id', filter.connectionId)
  equals('code', filter.code)
  equals('command_type', filter.commandType)
  if (filter.since) {
    values.push(filter.since)
    conditions.push(`x.died_at >= $${values.length}`)
  }
  if (filter.until) {
    values.push(filter.until)
    conditions.push(`x.died_at < $${values.length}`)
  }
  if (filter.keys) {
    values.push(JSON.stringify(filter.keys))
    conditions.push(
      `(x.case_id, x.delivery_no) in (select * from json_to_recordset($${values.length}) as g ("caseId" uuid, "deliveryNo" int))`,
    )
  }
  if (filter.after) {
    values.push(filter.after.caseId, filter.after.deliveryNo)
    conditions.push(`(x.case_id, x.delivery_no) < ($${values.length - 1}, $${values.length})`)
  }
  return { conditions: conditions.length === 0 ? 'true' : conditions.join(' and '), values }
}

export async function findDelivery(
  db: Queryable,
  { caseId, deliveryNo }: DeliveryKey,
): Promise<DeliveryDetail | null> {
  const { rows } = await db.query<DeliveryDetail>(
    `select ${detailColumns} from outbox_delivery d ${readyJoin} ${deadJoin} ${lastAttemptJoin}
     where d.case_id = $1 and d.delivery_no = $2 and d.created_at >= $3::timestamptz`,
    [caseId, deliveryNo, earliest(caseId)],
  )
  return rows[0] ?? null
}

/** The tries of a case's deliveries, in their order. */
export async function listAttempts(
  db: Queryable,
  { caseId, deliveryNos }: { readonly caseId: string; readonly deliveryNos: readonly number[] },
): Promise<AttemptRecord[]> {
  if (deliveryNos.length === 0) return []
  const { rows } = await db.query<AttemptRecord>(
    `select case_id as "caseId", delivery_no as "deliveryNo", attempt, at, outcome, status, code, reason,
       duration_ms as "durationMs", external_id as "externalId"
     from delivery_attempt where case_id = $1 and delivery_no = any ($2) and at >= $3::timestamptz
     order by delivery_no, attempt, at`,
    [caseId, deliveryNos, earliest(caseId)],
  )
  return rows
}

/** What the events of a case with these numbers made the hub send, replays included; at most `limit`. */
export async function listDeliveriesOfEvents(
  db: Queryable,
  range: {
    readonly caseId: string
    readonly fromSeq: number
    readonly toSeq: number
    readonly since: Date
    readonly limit: number
  },
): Promise<DeliveryRecord[]> {
  const { rows } = await db.query<DeliveryRecord>(
    `select ${columns} from outbox_delivery d ${readyJoin} ${deadJoin} ${lastAttemptJoin}
     where d.case_id = $1 and d.created_at >= $4::timestamptz and d.case_version between $2 and $3
     order by d.delivery_no limit $5`,
    [range.caseId, range.fromSeq, range.toSeq, range.since, range.limit],
  )
  return rows
}

/** How a case's deliveries to one connection stand. */
export interface LaneSummary {
  readonly connectionId: ConnectionId
  readonly pending: number
  readonly dead: number
  readonly delivered: number
  /** The newest version of the case that the connection was told of. */
  readonly deliveredVersion: number | null
}

/** How the newest deliveries of a case stand, by connection; at most the last `atMost` are looked at. */
export async function summarizeDeliveries(
  db: Queryable,
  { caseId, atMost }: { readonly caseId: string; readonly atMost: number },
): Promise<LaneSummary[]> {
  const { rows } = await db.query<LaneSummary>(
    `select "connectionId", count(*) filter (where state = 'pending')::int as pending,
       count(*) filter (where state = 'dead')::int as dead, count(*) filter (where state = 'delivered')::int as delivered,
       max("caseVersion") filter (where state = 'delivered') as "deliveredVersion"
     from (
       select ${columns}
       from (select * from outbox_delivery where case_id = $1 and created_at >= $2::timestamptz
             order by delivery_no desc limit $3) d
       ${readyJoin} ${deadJoin} ${lastAttemptJoin}) newest
     group by 1 order by 1`,
    [caseId, earliest(caseId), atMost],
  )
  return rows
}

/** Takes these deliveries from among the dead, in the order of their keys, and returns those that were. */
export async function takeDead(tx: Tx, keys: readonly DeliveryKey[]): Promise<DeliveryKey[]> {
  if (keys.length === 0) return []
  const { rows } = await tx.query<DeliveryKey>(
    `delete from outbox_dead x using json_to_recordset($1) as g ("caseId" uuid, "deliveryNo" int)
     where x.case_id = g."caseId" and x.delivery_no = g."deliveryNo"
     returning x.case_id as "caseId", x.delivery_no as "deliveryNo"`,
    [JSON.stringify(keys.map(({ caseId, deliveryNo }) => ({ caseId, deliveryNo })))],
  )
  return rows
}

/** Notes that dead deliveries, which this transaction has taken from among the dead, were given up. */
export async function insertDiscards(
  tx: Tx,
  keys: readonly DeliveryKey[],
  { by, reason }: { readonly by: string; readonly reason: string },
): Promise<void> {
  await tx.query(
    `insert into delivery_discard (case_id, delivery_no, discarded_by, reason)
     select "caseId", "deliveryNo", $2, $3 from json_to_recordset($1) as g ("caseId" uuid, "deliveryNo" int)`,
    [JSON.stringify(keys), by, reason],
  )
}

/** Moves the number of the last delivery of cases that this transaction has locked. */
export async function setDeliverySeqs(
  tx: Tx,
  rows: readonly { readonly caseId: string; readonly deliverySeq: number }[],
): Promise<void> {
  await tx.query(
    `update return_case c set delivery_seq = g."deliverySeq"
     from json_to_recordset($1) as g ("caseId" uuid, "deliverySeq" int) where c.case_id = g."caseId"`,
    [JSON.stringify(rows)],
  )
}

/** Deliveries by their names, whole; those whose history has been dropped are not among them. */
export async function listDeliveryDetails(
  db: Queryable,
  keys: readonly DeliveryKey[],
): Promise<DeliveryDetail[]> {
  if (keys.length === 0) return []
  const oldest = Math.min(...keys.map(({ caseId }) => earliest(caseId).getTime()))
  const { rows } = await db.query<DeliveryDetail>(
    `select ${detailColumns}
     from json_to_recordset($1) as g ("caseId" uuid, "deliveryNo" int)
     join outbox_delivery d on d.case_id = g."caseId" and d.delivery_no = g."deliveryNo" and d.created_at >= $2::timestamptz
     ${readyJoin} ${deadJoin} ${lastAttemptJoin}
     order by d.case_id, d.delivery_no`,
    [
      JSON.stringify(keys.map(({ caseId, deliveryNo }) => ({ caseId, deliveryNo }))),
      new Date(oldest),
    ],
  )
  return rows
}
