import { randomBytes } from 'node:crypto'
import type { Connector } from '@backhaul/sdk/connector'
import { sha256 } from '../platform/crypto/hash.ts'
import type { KeyRing } from '../platform/crypto/key-ring.ts'
import { HubError } from '../platform/errors.ts'
import * as store from '../store/connections.ts'
import { type Pool, type Tx, withTransaction } from '../store/database.ts'
import { hasOwnRetry, splitRetry } from './active-connection.ts'
import {
  type ConnectionUpdate,
  checkConfig,
  connectionUpdate,
  invalid,
  type NewAuthority,
  type NewConnection,
  type NewRoute,
  newAuthority,
  newConnection,
  newRoute,
  parseInput,
  type RouteName,
  refuseUnplayable,
  routeName,
} from './connection-input.ts'
import { type Config, keepStoredSecrets, sealSecrets } from './connection-secrets.ts'
import type { Registry } from './registry.ts'
import type { RetrySettings } from './retry-schedule.ts'
import { type ShownConnection, showConnection } from './shown-connection.ts'

/** Who makes a change. */
interface By {
  readonly actor: string
}

/** A change, for the audit log: names of fields, never their content. */
export interface ConnectionChange {
  readonly action:
    | 'connection.created'
    | 'connection.updated'
    | 'connection.paused'
    | 'connection.resumed'
    | 'connection.disabled'
    | 'connection.deleted'
    | 'connection.address_token_renewed'
    | 'route.set'
    | 'route.cleared'
    | 'authority.set'
  readonly objectType: 'connection' | 'route' | 'authority'
  readonly objectId: string
  readonly actor: string
  readonly detail: Readonly<Record<string, unknown>>
}

/** Writes a change down in the transaction that makes it. */
export type RecordChange = (tx: Tx, change: ConnectionChange) => Promise<void>

interface StateChange {
  readonly connectionId: string
  readonly reason?: string | undefined
  readonly expectedVersion?: number | undefined
}

/** The ways to change connections. Each is one transaction. */
export interface ConnectionEdits {
  /**
   * The address token is shown this once: the last part of the webhook address, for a connector whose
   * sender signs nothing. Null where it needs none.
   *
   * @throws {HubError} VALIDATION_FAILED, CONFLICT.
   */
  createConnection(
    input: NewConnection,
    by: By,
  ): Promise<{ connection: ShownConnection; addressToken: string | null }>
  /**
   * `********` where a secret is keeps the stored one.
   *
   * @throws {HubError} VALIDATION_FAILED, NOT_FOUND, PRECONDITION_FAILED.
   */
  updateConnection(
    change: ConnectionUpdate & { connectionId: string; expectedVersion?: number | undefined },
    by: By,
  ): Promise<ShownConnection>
  pauseConnection(change: StateChange, by: By): Promise<ShownConnection>
  resumeConnection(change: StateChange, by: By): Promise<ShownConnection>
  disableConnection(change: StateChange, by: By): Promise<ShownConnection>
  /** @throws {HubError} NOT_FOUND; CONFLICT unless it is disabled and without a history. */
  deleteConnection(input: { readonly connectionId: string }, by: By): Promise<void>
  /** Replaces the secret part of the webhook address; the one before stops working at once. */
  renewAddressToken(input: { readonly connectionId: string }, by: By): Promise<string>
  showConnection(connectionId: string): Promise<ShownConnection>
  listConnections(page: {
    after?: string | undefined
    limit: number
  }): Promise<{ items: ShownConnection[]; next: string | null }>
  setRoute(input: NewRoute, by: By): Promise<void>
  /** @throws {HubError} NOT_FOUND when the role has no route of this scope. */
  clearRoute(input: RouteName, by: By): Promise<void>
  listRoutes(): Promise<store.StoredRoute[]>
  setAuthority(input: NewAuthority, by: By): Promise<void>
  /** Only what differs from the default. */
  listAuthority(): Promise<store.StoredAuthority[]>
}

interface EditContext {
  readonly pool: Pool
  readonly registry: Registry
  readonly keyRing: KeyRing
  readonly record: RecordChange
  /** Lets this process see its own change at once. */
  readonly afterChange: () => Promise<unknown>
}

export function createConnectionEdits(context: EditContext): ConnectionEdits {
  const { pool, registry } = context
  const shown = (row: store.StoredConnection) => showConnection(row, registry)
  return {
    createConnection: (input, by) => create(context, input, by),
    updateConnection: (change, by) => update(context, change, by),
    pauseConnection: (change, by) => setState(context, { ...change, state: 'paused' }, by),
    resumeConnection: (change, by) => setState(context, { ...change, state: 'active' }, by),
    disableConnection: (change, by) => setState(context, { ...change, state: 'disabled' }, by),
    deleteConnection: ({ connectionId }, { actor }) =>
      commit(context, async (tx) => {
        await store.deleteConnection(tx, connectionId)
        await context.record(tx, changeOf('connection.deleted', connectionId, actor))
      }),
    renewAddressToken: ({ connectionId }, by) => renewAddressToken(context, connectionId, by),
    showConnection: async (connectionId) => shown(await store.getConnection(pool, connectionId)),
    async listConnections(page) {
      const { items, next } = await store.listConnections(pool, page)
      return { items: items.map((row) => shown(row)), next }
    },
    setRoute: (input, by) => setRoute(context, input, by),
    clearRoute: (input, { actor }) =>
      commit(context, async (tx) => {
        const { role, ...scope } = parseInput(routeName, input)
        const had = await store.deleteRoute(tx, { role, ...scope })
        if (!had) throw new HubError('NOT_FOUND', `The role ${role} has no such route.`)
        const detail = named(scope)
        await context.record(tx, { ...changeOf('route.cleared', role, actor), detail })
      }),
    listRoutes: () => store.listRoutes(pool),
    setAuthority: (input, { actor }) =>
      commit(context, async (tx) => {
        const { axis, roles, ...scope } = parseInput(newAuthority, input)
        await store.replaceAuthority(tx, { axis, roles: [...new Set(roles)], ...scope })
        const detail = { roles, ...named(scope) }
        await context.record(tx, { ...changeOf('authority.set', axis, actor), detail })
      }),
    listAuthority: () => store.listAuthority(pool),
  }
}

async function commit<T>(context: EditContext, work: (tx: Tx) => Promise<T>): Promise<T> {
  const result = await withTransaction(context.pool, work)
  await context.afterChange()
  return result
}

const addressTokenBytes = 32

function newAddressToken(): string {
  return randomBytes(addressTokenBytes).toString('base64url')
}

/** Whether a sender that signs nothing would otherwise have no secret at all. */
function needsAddressToken(connector: Connector, config: unknown): boolean {
  return Object.values(connector.webhooks).some(
    (webhook) => webhook.secretAddress && webhook.secrets(config).length === 0,
  )
}

async function create(context: EditContext, input: NewConnection, { actor }: By) {
  const { connectionId, connector: key, title, ...given } = parseInput(newConnection, input)
  const connector = context.registry.get(key)
  refuseUnplayable(given.roles, connector)
  const { sealed, parsed } = prepareConfig(given.config, { context, connector, connectionId })
  const config = withRetry(sealed, given.retry, connector)
  const addressToken = needsAddressToken(connector, parsed) ? newAddressToken() : null
  return commit(context, async (tx) => {
    const row = await store.insertConnection(tx, {
      connectionId: connectionId as store.StoredConnection['connectionId'],
      connector: key,
      title,
      roles: [...new Set(given.roles)],
      config,
      subscriptions: given.subscriptions,
      addressTokenHash: addressToken === null ? null : sha256(addressToken),
    })
    const detail = { connector: key, roles: row.roles }
    await context.record(tx, { ...changeOf('connection.created', connectionId, actor), detail })
    return { connection: showConnection(row, context.registry), addressToken }
  })
}

async function update(
  context: EditContext,
  input: Parameters<ConnectionEdits['updateConnection']>[0],
  { actor }: By,
): Promise<ShownConnection> {
  const { connectionId, expectedVersion, ...fields } = input
  const { config, retry, ...plain } = parseInput(connectionUpdate, fields)
  return commit(context, async (tx) => {
    const row = await store.lockConnection(tx, { connectionId, expectedVersion })
    const connector = context.registry.get(row.connector)
    if (plain.roles !== undefined) refuseUnplayable(plain.roles, connector)
    const updated = await store.updateConnection(tx, {
      connectionId,
      ...plain,
      config: nextConfig({ config, retry }, { context, connector, row }),
    })
    const detail = { fields: Object.keys(fields) }
    await context.record(tx, { ...changeOf('connection.updated', connectionId, actor), detail })
    return showConnection(updated, context.registry)
  })
}

/** The document to store, or undefined where neither configuration nor retries change. */
function nextConfig(
  change: { config: Config | undefined; retry: RetrySettings | null | undefined },
  on: { context: EditContext; connector: Connector; row: store.StoredConnection },
): Config | undefined {
  const { context, connector, row } = on
  if (change.config === undefined && change.retry === undefined) return undefined
  const { connectionId } = row
  const stored = splitRetry(row.config, connector)
  const sealed =
    change.config === undefined
      ? stored.config
      : prepareConfig(change.config, { context, connector, connectionId, stored: stored.config })
          .sealed
  if (hasOwnRetry(connector)) return withRetry(sealed, change.retry ?? undefined, connector)
  const retry = change.retry === undefined ? stored.retry : change.retry
  return withRetry(sealed, retry ?? undefined, connector)
}

function prepareConfig(
  given: Config,
  on: { context: EditContext; connector: Connector; connectionId: string; stored?: Config },
): { readonly sealed: Config; readonly parsed: unknown } {
  const { context, connector, connectionId, stored = null } = on
  const places = { keyRing: context.keyRing, connectionId, secretPaths: connector.secretPaths }
  const { config, problems } = keepStoredSecrets(given, stored, places)
  if (problems.length > 0) throw invalid(problems)
  const parsed = checkConfig(config, connector)
  return { sealed: sealSecrets(config, places), parsed }
}

function withRetry(sealed: Config, retry: RetrySettings | undefined, connector: Connector): Config {
  if (retry === undefined) return sealed
  if (!hasOwnRetry(connector)) return { ...sealed, retry }
  const message = 'this connector has a field of that name in its configuration'
  throw invalid([{ pointer: '/retry', code: 'field_of_connector', message }])
}

const stateActions = {
  active: 'connection.resumed',
  paused: 'connection.paused',
  disabled: 'connection.disabled',
} as const satisfies Record<store.ConnectionState, ConnectionChange['action']>

function setState(
  context: EditContext,
  change: StateChange & { readonly state: store.ConnectionState },
  { actor }: By,
): Promise<ShownConnection> {
  const { connectionId, expectedVersion, state, reason = null } = change
  return commit(context, async (tx) => {
    const row = await store.lockConnection(tx, { connectionId, expectedVersion })
    // Saying it twice changes nothing, and starts nothing anew.
    if (row.state === state && row.stateReason === reason) {
      return showConnection(row, context.registry)
    }
    const updated = await store.setConnectionState(tx, { connectionId, state, reason })
    const detail = { from: row.state, reason }
    await context.record(tx, { ...changeOf(stateActions[state], connectionId, actor), detail })
    return showConnection(updated, context.registry)
  })
}

async function renewAddressToken(
  context: EditContext,
  connectionId: string,
  { actor }: By,
): Promise<string> {
  const addressToken = newAddressToken()
  await commit(context, async (tx) => {
    const { connector: key } = await store.lockConnection(tx, { connectionId })
    const isUnsigned = Object.values(context.registry.get(key).webhooks).some(
      (webhook) => webhook.secretAddress,
    )
    if (!isUnsigned) {
      throw new HubError('CONFLICT', `The webhooks of ${connectionId} are signed: it has no token.`)
    }
    await store.updateConnection(tx, { connectionId, addressTokenHash: sha256(addressToken) })
    await context.record(tx, changeOf('connection.address_token_renewed', connectionId, actor))
  })
  return addressToken
}

async function setRoute(context: EditContext, input: NewRoute, { actor }: By): Promise<void> {
  const { role, connectionId, ...scope } = parseInput(newRoute, input)
  return commit(context, async (tx) => {
    const row = await store.lockConnection(tx, { connectionId })
    if (!row.roles.includes(role)) {
      const message = `${connectionId} plays ${row.roles.join(', ')}`
      throw invalid([{ pointer: '/role', code: 'role_not_played', message }])
    }
    await store.putRoute(tx, { role, connectionId: row.connectionId, ...scope })
    const detail = { connectionId, ...named(scope) }
    await context.record(tx, { ...changeOf('route.set', role, actor), detail })
  })
}

/** What of a scope says something. */
function named(scope: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(scope).filter(([, value]) => value !== null))
}

function changeOf(
  action: ConnectionChange['action'],
  objectId: string,
  actor: string,
): ConnectionChange {
  const objectType = action.split('.', 1)[0] as ConnectionChange['objectType']
  return { action, objectType, objectId, actor, detail: {} }
}
