import type { Connections } from '../connect/connections.ts'
import { readableSources } from '../pipeline/polls/polls.ts'
import type { Metrics } from '../platform/metrics.ts'
import { listChecks } from '../store/connection-checks.ts'
import type { Pool } from '../store/database.ts'
import { listSources, type SourceStatus } from '../store/source-cursors.ts'

const labels = { connection: { max: 200 }, poll: { max: 200 } }

/** Says how far behind each poll is, and how often it has failed in a row. */
export function measurePolls(
  metrics: Metrics,
  deps: { readonly pool: Pool; readonly connections: Pick<Connections, 'list'> },
): void {
  const read = async (): Promise<SourceStatus[]> => {
    const asked = new Set(readableSources(deps).map(nameOf))
    const known = await listSources({ db: deps.pool, kind: 'poll' })
    return known.filter((poll) => asked.has(nameOf(poll)))
  }
  metrics.gauge({
    name: 'backhaul_poll_lag_seconds',
    help: 'How long ago each poll had been read to its end.',
    labels,
    collect: async (gauge) => {
      gauge.clear()
      for (const { connectionId, name, lagSeconds } of await read()) {
        gauge.set(lagSeconds, { connection: connectionId, poll: name })
      }
    },
  })
  metrics.gauge({
    name: 'backhaul_poll_failures',
    help: 'How often each poll could not be read, in a row.',
    labels,
    collect: async (gauge) => {
      gauge.clear()
      for (const { connectionId, name, failures } of await read()) {
        gauge.set(failures, { connection: connectionId, poll: name })
      }
    },
  })
}

function nameOf({ connectionId, name }: Pick<SourceStatus, 'connectionId' | 'name'>): string {
  return `${connectionId}/${name}`
}

/** Says whether each connection takes our credentials, and for how much longer. */
export function measureChecks(metrics: Metrics, pool: Pool): void {
  metrics.gauge({
    name: 'backhaul_connection_check_fine',
    help: '1 where the last check of a connection was fine, 0 where it was not.',
    labels: { connection: { max: 200 } },
    collect: async (gauge) => {
      gauge.clear()
      for (const { connectionId, isFine } of await listChecks(pool)) {
        gauge.set(isFine ? 1 : 0, { connection: connectionId })
      }
    },
  })
  metrics.gauge({
    name: 'backhaul_connection_credential_expires_seconds',
    help: 'Until the credentials of a connection expire, where its system says when; below 0 when they have.',
    labels: { connection: { max: 200 } },
    collect: async (gauge) => {
      gauge.clear()
      for (const { connectionId, credentialExpiresAt } of await listChecks(pool)) {
        if (credentialExpiresAt === null) continue
        const seconds = (credentialExpiresAt.getTime() - Date.now()) / 1_000
        gauge.set(Math.round(seconds), { connection: connectionId })
      }
    },
  })
}
