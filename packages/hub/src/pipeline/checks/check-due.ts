import type { ConnectionId } from '@backhaul/sdk/canonical'
import type { Connections } from '../../connect/connections.ts'
import type { HubConfig } from '../../platform/config/schema.ts'
import { HubError } from '../../platform/errors.ts'
import type { Logger } from '../../platform/logger.ts'
import { type Checkable, takeDueChecks } from '../../store/connection-checks.ts'
import type { Pool } from '../../store/database.ts'
import { type CheckDeps, type ConnectionCheck, checkConnection } from './check-connection.ts'
import { keepCheck } from './keep-check.ts'

export interface DueCheckDeps extends CheckDeps {
  readonly pool: Pool
  readonly connections: Pick<Connections, 'get' | 'list'>
  readonly config: Pick<HubConfig, 'delivery' | 'outbound'>
  readonly log: Logger
}

/** Checks under way at once. */
const maxAtOnce = 4
const writingSeconds = 60

/** Makes the checks whose time has come, and keeps what they come to. @returns how many. */
export async function checkDue(deps: DueCheckDeps): Promise<number> {
  const connections = checkable(deps)
  if (connections.length === 0) return 0
  const holdSeconds = deps.config.delivery.requestTimeoutMs / 1_000 + writingSeconds
  const due = await takeDueChecks(deps.pool, { connections, limit: maxAtOnce, holdSeconds })
  await Promise.all(due.map((connectionId) => checkOne(deps, connectionId)))
  return due.length
}

function checkable({ connections }: Pick<DueCheckDeps, 'connections'>): Checkable[] {
  return connections.list().flatMap((connection): Checkable[] => {
    const { id, version, storedState, state } = connection
    if (state === 'broken' || storedState === 'disabled') return []
    return connection.connector.check === undefined ? [] : [{ connectionId: id, version }]
  })
}

async function checkOne(deps: DueCheckDeps, connectionId: ConnectionId): Promise<void> {
  const { log } = deps
  try {
    const check = await checkAndKeep(deps, connectionId)
    if (!check.isFine) log.warn({ connectionId, code: check.code }, 'connection check failed')
  } catch (error) {
    // A connection that was changed or deleted meanwhile is looked at again, or no more.
    if (error instanceof HubError && error.code !== 'DATABASE_UNAVAILABLE') return
    throw error
  }
}

/** Checks a connection and keeps what that comes to. @throws {HubError} as `checkConnection` does. */
export async function checkAndKeep(
  deps: Omit<DueCheckDeps, 'log' | 'connections'> & Pick<CheckDeps, 'connections'>,
  connectionId: ConnectionId,
): Promise<ConnectionCheck> {
  const check = await checkConnection(deps, connectionId)
  // Cut off, it says nothing of the system.
  if (deps.ending?.aborted === true) return check
  const everyHours = deps.config.outbound.checkHours
  await keepCheck(deps, { connectionId, check, everyHours, now: deps.clock.now() })
  return check
}
