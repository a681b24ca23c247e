import type { ConnectionId, SystemRole } from '@backhaul/sdk/canonical'
import type { Connector, GuardedFetch } from '@backhaul/sdk/connector'
import { z } from 'zod'
import type { Clock } from '../platform/clock.ts'
import { isSameSecret, sha256 } from '../platform/crypto/hash.ts'
import type { KeyRing } from '../platform/crypto/key-ring.ts'
import { HubError } from '../platform/errors.ts'
import type { Logger } from '../platform/logger.ts'
import type { ConnectionState, StoredConnection } from '../store/connections.ts'
import type { Pool } from '../store/database.ts'
import { type Breaker, createBreaker } from './breaker.ts'
import type { ResolveHost } from './checked-lookup.ts'
import { type Config, openSecrets } from './connection-secrets.ts'
import type { Deadlines } from './deadlines.ts'
import type { Dialing } from './guarded-dial.ts'
import { createOutbound, type FetchBinding, type Outbound } from './guarded-fetch.ts'
import { type ConnectionOAuth, createConnectionOAuth } from './oauth/connection-oauth.ts'
import { createRateLimit, type RateLimit } from './rate-limit.ts'
import type { Registry } from './registry.ts'
import {
  createRetrySchedule,
  type RetrySchedule,
  type RetrySettings,
  retrySettings,
} from './retry-schedule.ts'
import type { TargetGuard } from './target-guard.ts'

interface ConnectionBasics {
  readonly id: ConnectionId
  readonly title: string
  readonly connectorKey: string
  readonly version: number
  /** What the operator set, whether or not the connection works. */
  readonly storedState: ConnectionState
  readonly roles: readonly SystemRole[]
  readonly subscriptions: readonly string[]
  /** Letters of the axes that it may move. */
  readonly owns: string
  /** Why it is in its state, for an operator. */
  readonly reason: string | null
}

/** A connection that can be used, if its state lets it. */
export interface WorkingConnection extends ConnectionBasics {
  readonly state: ConnectionState
  readonly connector: Connector
  /** Parsed, frozen, and the same object until the connection changes: connectors keep prepared keys by it. */
  readonly config: unknown
  readonly limits: ConnectionLimits
  readonly retry: RetrySchedule
  readonly breaker: Breaker
  readonly rateLimit: RateLimit
  readonly fetch: GuardedFetch
  /** For one attempt of a delivery: within its time and signal, and with its trace. */
  readonly fetchFor: (binding: FetchBinding) => GuardedFetch
  /** About the tokens that its requests carry; null where they carry none. */
  readonly oauth: ConnectionOAuth | null
  /** Sockets for one attempt, to be ended with it. */
  readonly dialFor: (binding: Pick<FetchBinding, 'signal'>) => Dialing
  /**
   * The secrets that a webhook of this topic is verified with; none for a topic that it does not have.
   * `addressSecret`, the last part of the address that was called, is among them when it is the one that
   * the hub gave out for this connection.
   */
  readonly webhookSecrets: (topic: string, addressSecret?: string) => readonly string[]
}

/** A connection whose configuration cannot be used. What it is owed waits until somebody repairs it. */
export interface BrokenConnection extends ConnectionBasics {
  readonly state: 'broken'
}

export type ActiveConnection = WorkingConnection | BrokenConnection

interface ConnectionLimits {
  readonly timeoutMs: number
  readonly concurrency: number
  /** Undefined where the system sets none. */
  readonly requestsPerMinute: number | undefined
}

export interface ConnectionSettings {
  /** `outbound.allowedPrivateTargets` of the hub. */
  readonly allowedPrivateTargets: readonly string[]
  /** The hub's limits: a connector may stay below, and never goes above. */
  readonly requestTimeoutMs: number
  readonly concurrencyPerConnection: number
}

export interface ActivationContext {
  readonly registry: Registry
  readonly keyRing: KeyRing
  readonly clock: Clock
  readonly log: Logger
  readonly pool: Pool
  readonly random: () => number
  readonly guard: TargetGuard
  readonly resolve: ResolveHost
  readonly deadlines: Deadlines
  readonly settings: ConnectionSettings
}

/** A connection before it is known what it owns, and what has to be closed when it is replaced. */
export type Activated =
  | { readonly connection: Omit<WorkingConnection, 'owns'>; readonly outbound: Outbound }
  | { readonly connection: Omit<BrokenConnection, 'owns'>; readonly outbound: null }

/** Makes a stored connection ready for use. Never throws: one that cannot be used says why. */
export function activate(row: StoredConnection, context: ActivationContext): Activated {
  const basics = {
    id: row.connectionId,
    title: row.title,
    connectorKey: row.connector,
    version: row.version,
    storedState: row.state,
    roles: row.roles,
    subscriptions: row.subscriptions,
  }
  try {
    const { outbound, ...parts } = assemble(row, context)
    const connection = { ...basics, ...parts, state: row.state, reason: row.stateReason }
    return { connection, outbound }
  } catch (error) {
    const reason = error instanceof HubError ? error.message : 'Its connector failed to read it.'
    context.log.error({ connectionId: row.connectionId, err: error }, 'connection is broken')
    return { connection: { ...basics, state: 'broken', reason }, outbound: null }
  }
}

function assemble(row: StoredConnection, context: ActivationContext) {
  const { registry, clock, random, log } = context
  const connector = registry.get(row.connector)
  const { config: sealed, retry } = splitRetry(row.config, connector)
  const config = openConfig(sealed, { row, connector, context })
  const limits = limitsOf(connector, context.settings)
  const { timeoutMs, concurrency, requestsPerMinute } = limits
  const rateLimit = createRateLimit({ requestsPerMinute, budgets: connector.limits.budgets, clock })
  const ways = { guard: context.guard, resolve: context.resolve, deadlines: context.deadlines }
  const readers = connector.limits
  const plain = createOutbound({ ...ways, rateLimit, readers, clock, timeoutMs, concurrency })
  const authorized = createConnectionOAuth(plain, { ...context, ...row, connector, config })
  const outbound = authorized?.outbound ?? plain
  return {
    connector,
    config,
    limits,
    rateLimit,
    outbound,
    retry: createRetrySchedule({ settings: retry, random }),
    breaker: createBreaker({
      clock,
      random,
      onChange: (state) => log.warn({ connectionId: row.connectionId, state }, 'breaker changed'),
    }),
    fetch: outbound.fetch,
    fetchFor: outbound.fetchFor,
    oauth: authorized?.oauth ?? null,
    dialFor: outbound.dialFor,
    webhookSecrets: createWebhookSecrets(connector, config, row.addressTokenHash),
  }
}

/**
 * Takes the hub's own field `retry` out of a stored configuration, unless the connector has a field of
 * that name; then that is the connector's, and the hub goes by it where it has the hub's form.
 */
export function splitRetry(
  stored: Config,
  connector: Connector,
): { readonly config: Config; readonly retry: RetrySettings | undefined } {
  const parsed = retrySettings.safeParse(stored['retry'])
  const retry = parsed.success ? parsed.data : undefined
  if (hasOwnRetry(connector)) return { config: stored, retry }
  const { retry: _ours, ...config } = stored
  return { config, retry }
}

export function hasOwnRetry({ config }: Connector): boolean {
  return config instanceof z.ZodObject && 'retry' in config.shape
}

function openConfig(
  sealed: Config,
  from: { row: StoredConnection; connector: Connector; context: ActivationContext },
): unknown {
  const { row, connector, context } = from
  const { connectionId } = row
  const { secretPaths } = connector
  const opened = openSecrets(sealed, { keyRing: context.keyRing, connectionId, secretPaths })
  const parsed = connector.config.safeParse(opened)
  if (parsed.success) return deepFreeze(parsed.data)
  // Where, and not what: the messages could quote a secret.
  const fields = parsed.error.issues.map(({ path }) => path.join('.') || 'the whole')
  throw new HubError(
    'VALIDATION_FAILED',
    `Its configuration does not fit its connector: ${[...new Set(fields)].join(', ')}.`,
    { details: { connectionId } },
  )
}

function limitsOf({ limits }: Connector, settings: ConnectionSettings): ConnectionLimits {
  const { requestTimeoutMs, concurrencyPerConnection } = settings
  return {
    timeoutMs: Math.min(limits.timeoutMs, requestTimeoutMs),
    concurrency: Math.min(limits.concurrency ?? concurrencyPerConnection, concurrencyPerConnection),
    requestsPerMinute: limits.requestsPerMinute,
  }
}

const none: readonly string[] = []

function createWebhookSecrets(
  connector: Connector,
  config: unknown,
  addressTokenHash: Buffer | null,
): WorkingConnection['webhookSecrets'] {
  const configured = new Map(
    Object.entries(connector.webhooks).map(([topic, webhook]) => [
      topic,
      { secrets: Object.freeze([...webhook.secrets(config)]), webhook },
    ]),
  )
  return (topic, addressSecret) => {
    const known = configured.get(topic) ?? configured.get('*')
    if (known === undefined) return none
    if (addressSecret === undefined || !known.webhook.secretAddress) return known.secrets
    const isOurs =
      addressTokenHash !== null && isSameSecret(sha256(addressSecret), addressTokenHash)
    return isOurs ? [...known.secrets, addressSecret] : known.secrets
  }
}

/** Freezes plain objects and lists; what has a class of its own stays as its class made it. */
function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  const prototype: unknown = Object.getPrototypeOf(value)
  const isPlain = prototype === Object.prototype || prototype === null || Array.isArray(value)
  if (!isPlain) return value
  for (const item of Object.values(value)) deepFreeze(item)
  return Object.freeze(value)
}
