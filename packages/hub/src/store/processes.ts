import type { Queryable } from './database.ts'

/** What a process says of itself. */
export interface ProcessFigures {
  readonly nodeId: string
  readonly roles: readonly string[]
  readonly memoryBytes: number
  readonly loopDelayMs: number
  readonly clockAheadMs: number
  readonly diskFreeBytes: number | null
  readonly diskTotalBytes: number | null
}

/** A process, as the others see it; null for what it has not said yet. */
export interface HubProcess {
  readonly name: string
  readonly pid: number
  readonly roles: readonly string[]
  readonly startedAt: Date
  readonly heartbeatAt: Date
  /** It has said nothing for ten seconds: what it had leased is free. */
  readonly isSilent: boolean
  readonly memoryBytes: number | null
  readonly loopDelayMs: number | null
  readonly clockAheadMs: number | null
  readonly diskFreeBytes: number | null
  readonly diskTotalBytes: number | null
}

export async function writeProcessFigures(db: Queryable, figures: ProcessFigures): Promise<void> {
  await db.query(
    `update hub_node set roles = $2, memory_bytes = $3, loop_delay_ms = $4, clock_ahead_ms = $5,
       disk_free_bytes = $6, disk_total_bytes = $7 where node_id = $1`,
    [
      figures.nodeId,
      figures.roles,
      figures.memoryBytes,
      figures.loopDelayMs,
      figures.clockAheadMs,
      figures.diskFreeBytes,
      figures.diskTotalBytes,
    ],
  )
}

export async function listProcesses(db: Queryable): Promise<HubProcess[]> {
  const { rows } = await db.query<HubProcess>(
    `select name, pid, roles, started_at as "startedAt", heartbeat_at as "heartbeatAt",
       heartbeat_at < now() - interval '10 seconds' as "isSilent", memory_bytes as "memoryBytes",
       loop_delay_ms as "loopDelayMs", clock_ahead_ms as "clockAheadMs", disk_free_bytes as "diskFreeBytes",
       disk_total_bytes as "diskTotalBytes"
     from hub_node order by name, started_at`,
  )
  return rows
}

/** The server's time. */
export async function readServerTime(db: Queryable): Promise<Date> {
  const { rows } = await db.query<{ now: Date }>('select clock_timestamp() as now')
  return rows[0]?.now ?? new Date(Number.NaN)
}

/** How much of what the server has is used, and what waits longest. */
export interface DatabaseUse {
  readonly connections: number
  readonly connectionsAtMost: number
  readonly oldestMessageSeconds: number | null
  readonly failingPolls: number
  readonly auditChains: number
}

export async function readDatabaseUse(db: Queryable): Promise<DatabaseUse> {
  const { rows } = await db.query<DatabaseUse>(
    `select
       (select count(*)::int from pg_stat_activity where backend_type = 'client backend') as connections,
       current_setting('max_connections')::int as "connectionsAtMost",
       (select extract(epoch from now() - received_at)::float8 from inbox_ready order by ready_id limit 1) as "oldestMessageSeconds",
       (select count(*)::int from poll_cursor where state = 'failed') as "failingPolls",
       (select count(*)::int from audit_chain) as "auditChains"`,
  )
  const [row] = rows
  if (row === undefined) throw new TypeError('a query of one row came back with none')
  return row
}
