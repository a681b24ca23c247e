import { isDeepStrictEqual } from 'node:util'
import type { Connector, SetupContext, WebhookAddresses } from '@backhaul/sdk/connector'
import type { WorkingConnection } from '../connect/active-connection.ts'
import type { Connections } from '../connect/connections.ts'
import type { Clock } from '../platform/clock.ts'
import type { HubConfig } from '../platform/config/schema.ts'
import { HubError } from '../platform/errors.ts'
import { type Pool, withTransaction } from '../store/database.ts'
import type { RecordAudit } from './audit-recorder.ts'

interface SetupDeps {
  readonly connections: Connections
  readonly config: HubConfig
  readonly clock: Clock
}

/** Who does it. */
interface By {
  readonly actor: string
}

/** What a person gives for one time. */
export interface AdminCredential {
  readonly adminKey: string | null
  readonly adminLogin: string | null
}

/** A connection whose system can be prepared or looked at, and what its connector is given for that. */
export interface SetupTarget {
  readonly connector: Connector
  readonly context: SetupContext<unknown>
  /** To be called when it is done: closes what was dialed. */
  readonly end: () => void
}

/** Nobody waits for longer than this. */
const timeLimitMs = 10 * 60 * 1000

/**
 * Makes ready what the set-up of a connection's system needs.
 *
 * @throws {HubError} NOT_FOUND; CONFLICT when the connection cannot be used.
 */
export function setupTarget(
  deps: SetupDeps,
  { connectionId, ...credential }: AdminCredential & { readonly connectionId: string },
  by: By,
): SetupTarget {
  const { connector, config, fetchFor, dialFor } = usable(deps.connections, connectionId)
  const signal = AbortSignal.timeout(timeLimitMs)
  const webhooks = webhookAddresses(deps, { connectionId, connector }, by)
  const fetch = fetchFor({ signal })
  const { dial, end } = dialFor({ signal })
  const now = deps.clock.now()
  return {
    connector,
    context: { connectionId, config, ...credential, webhooks, fetch, dial, signal, now },
    end,
  }
}

function usable(connections: Pick<Connections, 'get'>, connectionId: string): WorkingConnection {
  const connection = connections.get(connectionId)
  if (connection === undefined) throw new HubError('NOT_FOUND', 'There is no such connection.')
  if (connection.state !== 'broken') return connection
  throw new HubError('CONFLICT', `It cannot be used: ${connection.reason ?? 'it does not fit'}`)
}

/** Null without a public address: nobody outside can call the hub. And for a connector that takes no calls. */
function webhookAddresses(
  { connections, config }: SetupDeps,
  { connectionId, connector }: { readonly connectionId: string; readonly connector: Connector },
  by: By,
): WebhookAddresses | null {
  const { publicUrl } = config
  const topics = Object.values(connector.webhooks)
  if (publicUrl === undefined || topics.length === 0) return null
  const base = `${publicUrl.replace(/\/$/, '')}/webhooks/${connectionId}`
  const isSecret = (topic: string): boolean =>
    (connector.webhooks[topic] ?? connector.webhooks['*'])?.secretAddress === true
  return {
    isCurrent(topic, address) {
      if (!isSecret(topic)) return address === `${base}/${topic}`
      const secret = address.slice(address.lastIndexOf('/') + 1)
      // Asked anew each time: giving out another secret replaces the connection.
      const known = usable(connections, connectionId).webhookSecrets(topic, secret)
      return address === `${base}/${topic}/${secret}` && known.includes(secret)
    },
    async renew() {
      const hasSecrets = topics.some(({ secretAddress }) => secretAddress)
      const secret = hasSecrets ? await connections.renewAddressToken({ connectionId }, by) : null
      return (topic) => (isSecret(topic) ? `${base}/${topic}/${secret}` : `${base}/${topic}`)
    },
  }
}

/**
 * Configures a connection with what the set-up found or made.
 *
 * @returns whether that changed anything.
 * @throws {HubError} VALIDATION_FAILED; PRECONDITION_FAILED when somebody changed it meanwhile.
 */
export async function takeSettings(
  { connections }: Pick<SetupDeps, 'connections'>,
  { connectionId, settings }: { connectionId: string; settings: Readonly<Record<string, unknown>> },
  by: By,
): Promise<boolean> {
  const { config: shown, version } = await connections.showConnection(connectionId)
  // Its secrets are masked, and a mask keeps what is stored.
  const config = { ...shown, ...settings }
  if (isDeepStrictEqual(plain(config), plain(shown))) return false
  await connections.updateConnection({ connectionId, config, expectedVersion: version }, by)
  return true
}

/** As it is stored. */
function plain(value: object): unknown {
  return JSON.parse(JSON.stringify(value))
}

/** Writes down who had a system prepared, and how each step ended. */
export async function recordSetup(
  { pool, record }: { readonly pool: Pool; readonly record: RecordAudit },
  {
    connectionId,
    ...detail
  }: {
    readonly connectionId: string
    readonly action: 'apply' | 'remove'
    readonly steps: Readonly<Record<string, string>>
  },
  { actor }: By,
): Promise<void> {
  const entry = { actor, objectType: 'connection', objectId: connectionId, detail }
  await withTransaction(pool, (tx) => record(tx, [{ ...entry, action: 'connection.set_up' }]))
}
