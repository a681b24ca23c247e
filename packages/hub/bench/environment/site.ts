import { randomBytes } from 'node:crypto'
import { connectors } from '@backhaul/connectors'
import { axes } from '@backhaul/sdk/canonical'
import { type Connections, createConnections } from '../../src/connect/connections.ts'
import { createRegistry } from '../../src/connect/registry.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { type KeyRing, loadKeyRing } from '../../src/platform/crypto/key-ring.ts'
import { createLogger, type Logger } from '../../src/platform/logger.ts'
import { createPool, type Pool } from '../../src/store/database.ts'
import { migrate } from '../../src/store/migrate.ts'
import { sourceConnection } from '../workload/stream.ts'

export const benchLog: Logger = createLogger({ level: 'error', destination: process.stderr })

const sinkConnections = ['subscriber-a', 'subscriber-b'] as const

/** Where the load goes in, on a hub and on what it is compared with. */
export const webhookPath = `/webhooks/${sourceConnection}/canonical-events`

/**
 * The secrets of a site: the source signs with one, and the hub signs with the other what it sends. One
 * pair serves all contenders of a run.
 */
export interface SiteSecrets {
  readonly inbound: string
  readonly outbound: string
}

export function newSecrets(): SiteSecrets {
  return { inbound: newSecret(), outbound: newSecret() }
}

function newSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`
}

/** A database with the hub's schema, and its connections. */
export interface Site {
  readonly pool: Pool
  readonly connections: Connections
  readonly close: () => Promise<void>
}

/** Opens a database of the hub's for this process, and brings its schema up to date. */
export async function openSite(options: {
  readonly url: string
  readonly dataDir: string
  /** The file in the data folder unless given. */
  readonly masterKey?: string
  readonly poolSize?: number
}): Promise<Site> {
  const pool = createPool({
    url: options.url,
    size: options.poolSize ?? 4,
    name: 'bench',
    log: benchLog,
  })
  await migrate(pool, { log: () => undefined })
  const keyRing = await loadKeyRing({ masterKey: options.masterKey, dataDir: options.dataDir })
  const connections = connectionsOf(pool, keyRing)
  await connections.refresh()
  return {
    pool,
    connections,
    async close() {
      await connections.close()
      await pool.end()
    },
  }
}

function connectionsOf(pool: Pool, keyRing: KeyRing): Connections {
  return createConnections({
    pool,
    registry: createRegistry(connectors),
    keyRing,
    clock: systemClock,
    log: benchLog,
    settings: {
      allowedPrivateTargets: ['127.0.0.0/8'],
      requestTimeoutMs: 15_000,
      concurrencyPerConnection: 16,
    },
  })
}

/**
 * One source and, where `sinkPorts` are given, two subscribers to everything. All axes belong to the role
 * `analytics`, which the source plays and to which no command is ever owed: so its events move every
 * axis, the commands that follow have nobody to go to, and exactly two deliveries come of each event.
 */
export async function populate(
  { connections }: Site,
  { secrets, sinkPorts }: { readonly secrets: SiteSecrets; readonly sinkPorts: readonly number[] },
): Promise<void> {
  if (connections.get(sourceConnection)) return
  const by = { actor: 'bench' }
  for (const axis of axes) await connections.setAuthority({ axis, roles: ['analytics'] }, by)
  const common = { connector: 'webhook', roles: ['analytics' as const] }
  await connections.createConnection(
    {
      ...common,
      connectionId: sourceConnection,
      title: 'Where the load comes from',
      config: {
        url: 'http://127.0.0.1:9/',
        signingSecret: secrets.outbound,
        inboundSecrets: [secrets.inbound],
      },
    },
    by,
  )
  for (const [index, connectionId] of sinkConnections.entries()) {
    const port = sinkPorts[index]
    if (port === undefined) continue
    await connections.createConnection(
      {
        ...common,
        connectionId,
        title: 'A sink',
        config: { url: `http://127.0.0.1:${port}/in`, signingSecret: secrets.outbound },
        subscriptions: ['*'],
      },
      by,
    )
  }
}
