import type { Queryable } from './database.ts'

/** What waits, and for how long: whether the hub keeps up. Each count goes up to `countLimit`, and then no further. */
export interface Backlog {
  /** Messages that wait for the processor. */
  readonly messages: number
  /** Messages that wait for their case or for a person. */
  readonly parked: number
  readonly openExceptions: number
  /** Timers that should have fired. */
  readonly lateTimers: number
  readonly lanes: readonly ConnectionBacklog[]
}

interface ConnectionBacklog {
  readonly connectionId: string
  /** Deliveries that have not ended. */
  readonly pending: number
  readonly dead: number
  /** For how long the first of those that are due has been so; null when none is. */
  readonly oldestDueSeconds: number | null
}

const countLimit = 10_000

/** Reads the backlog in two statements, each over small tables and bounded. */
export async function readBacklog(db: Queryable): Promise<Backlog> {
  const totals = await db.query<Omit<Backlog, 'lanes'>>(
    `select
       (select count(*)::int from (select from inbox_ready limit $1) counted) as messages,
       (select count(*)::int from (select from parked_message limit $1) counted) as parked,
       (select count(*)::int from (select from exception where status = 'open' limit $1) counted) as "openExceptions",
       (select count(*)::int from (select from case_timer where due_at < now() - interval '1 minute' limit $1) counted) as "lateTimers"`,
    [countLimit],
  )
  const { messages = 0, parked = 0, openExceptions = 0, lateTimers = 0 } = totals.rows[0] ?? {}
  return { messages, parked, openExceptions, lateTimers, lanes: await readLanes(db) }
}

async function readLanes(db: Queryable): Promise<ConnectionBacklog[]> {
  // The orders are those of indexes: without them, where most rows are one connection's, the planner
  // would read the whole table for each of the others.
  const { rows } = await db.query<ConnectionBacklog>(
    `select c.connection_id as "connectionId",
       (select count(*)::int from (
          select from outbox_ready r where r.connection_id = c.connection_id
          order by r.case_id, r.delivery_no limit $1) counted) as pending,
       (select count(*)::int from (
          select from outbox_dead x where x.connection_id = c.connection_id
          order by x.case_id, x.delivery_no limit $1) counted) as dead,
       (select extract(epoch from now() - r.due_at)::float8 from outbox_ready r
        where r.connection_id = c.connection_id and r.lease_node is null and r.due_at <= now()
        order by r.due_at limit 1) as "oldestDueSeconds"
     from connection c order by c.connection_id`,
    [countLimit],
  )
  return rows
}
