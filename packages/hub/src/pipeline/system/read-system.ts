import type { Connections } from '../../connect/connections.ts'
import type { Clock } from '../../platform/clock.ts'
import { findLastAnchor } from '../../store/audit-scan.ts'
import type { Pool } from '../../store/database.ts'
import { findServerState, type ServerState } from '../../store/database-state.ts'
import { type Backlog, readBacklog } from '../../store/health-queries.ts'
import { listRanMigrations, pendingMigrations } from '../../store/migrate.ts'
import {
  type DatabaseUse,
  type HubProcess,
  listProcesses,
  readDatabaseUse,
} from '../../store/processes.ts'
import { anchorAction, anchorObject } from '../audit/anchor.ts'
import { judgeSystem, type SystemCheck } from './judge-system.ts'

/** Everything that those who look after the hub ask for first. */
export interface SystemStatus {
  readonly at: Date
  readonly processes: readonly HubProcess[]
  readonly database: ServerState & Pick<DatabaseUse, 'connections' | 'connectionsAtMost'>
  readonly migrations: {
    readonly ran: number
    readonly last: string | null
    readonly pending: readonly string[]
  }
  readonly backlog: Backlog
  readonly oldestMessageSeconds: number | null
  readonly audit: { readonly chains: number; readonly lastAnchorAt: Date | null }
  readonly findings: ReturnType<Connections['diagnose']>
  readonly checks: readonly SystemCheck[]
}

/** Reads it from the database, whichever process asks. */
export async function readSystem({
  pool,
  connections,
  clock,
}: {
  readonly pool: Pool
  readonly connections: Pick<Connections, 'diagnose'>
  readonly clock: Clock
}): Promise<SystemStatus> {
  const anchor = { action: anchorAction, objectId: anchorObject.objectId }
  const [processes, server, use, backlog, pending, ran, lastAnchorAt] = await Promise.all([
    listProcesses(pool),
    findServerState(pool),
    readDatabaseUse(pool),
    readBacklog(pool),
    pendingMigrations(pool),
    listRanMigrations(pool),
    findLastAnchor(pool, anchor),
  ])
  const findings = connections.diagnose()
  const { oldestMessageSeconds, auditChains, failingPolls, ...counts } = use
  const at = clock.now()
  const due = backlog.lanes.flatMap(({ oldestDueSeconds }) => oldestDueSeconds ?? [])
  const checks = judgeSystem({
    ...counts,
    now: at,
    processes,
    failingPolls,
    oldestMessageSeconds,
    lastAnchorAt,
    daysAhead: server.daysAhead,
    pendingMigrations: pending.length,
    messages: backlog.messages,
    parked: backlog.parked,
    lateTimers: backlog.lateTimers,
    oldestDueSeconds: due.length === 0 ? null : Math.max(...due),
    dead: backlog.lanes.reduce((sum, { dead }) => sum + dead, 0),
    findings: findings.length,
  })
  return {
    at,
    processes,
    database: { ...server, ...counts },
    migrations: { ran: ran.length, last: ran.at(-1) ?? null, pending },
    backlog,
    oldestMessageSeconds,
    audit: { chains: auditChains, lastAnchorAt },
    findings,
    checks,
  }
}
