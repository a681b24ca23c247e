import type { ConnectionId, SystemRole } from '@backhaul/sdk/canonical'
import type { ConnectionState, StoredConnection } from '../store/connections.ts'
import { splitRetry } from './active-connection.ts'
import { type Config, maskSealed, maskSecrets } from './connection-secrets.ts'
import type { Registry } from './registry.ts'
import type { RetrySettings } from './retry-schedule.ts'

/** A connection as it may be shown: no secret in it, in whatever form. */
export interface ShownConnection {
  readonly connectionId: ConnectionId
  readonly connector: string
  readonly title: string
  readonly roles: readonly SystemRole[]
  readonly config: Config
  readonly subscriptions: readonly string[]
  /** Null: the hub's default. */
  readonly retry: RetrySettings | null
  readonly state: ConnectionState
  readonly stateReason: string | null
  /** Whether its webhook address ends in a secret that the hub gave out. */
  readonly hasAddressToken: boolean
  readonly version: number
  readonly createdAt: Date
  readonly updatedAt: Date
}

export function showConnection(row: StoredConnection, registry: Registry): ShownConnection {
  const { addressTokenHash, config: stored, connector: key, ...rest } = row
  const connector = registry.find(key)
  const { config, retry } = connector
    ? splitRetry(stored, connector)
    : { config: stored, retry: undefined }
  return {
    ...rest,
    connector: key,
    // Where its connector is gone, nobody says which fields are secrets, but what is sealed is one.
    config: connector ? maskSecrets(config, connector.secretPaths) : maskSealed(config),
    retry: retry ?? null,
    hasAddressToken: addressTokenHash !== null,
  }
}
