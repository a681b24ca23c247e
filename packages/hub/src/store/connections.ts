import type { Axis, ConnectionId, SystemRole } from '@backhaul/sdk/canonical'
import { HubError } from '../platform/errors.ts'
import { type Queryable, sqlState, type Tx } from './database.ts'
import {
  type RowScope,
  type RowScopeKey,
  sameScope,
  scopeColumns,
  scopeValues,
} from './row-scope.ts'

/** The hub's own messages come under these names; no connection may have one of them. */
export const internalSources = ['api', 'timer', 'delivery', 'policy'] as const

/** `paused`: what it is owed waits. `disabled`: it is owed nothing. */
export type ConnectionState = 'active' | 'paused' | 'disabled'

/** One configured account of a connector. */
export interface StoredConnection {
  readonly connectionId: ConnectionId
  readonly connector: string
  readonly title: string
  readonly roles: readonly SystemRole[]
  /** As it was given, with each secret in it sealed. */
  readonly config: Readonly<Record<string, unknown>>
  readonly subscriptions: readonly string[]
  /** SHA-256 of the secret part of its webhook address, for senders that sign nothing. */
  readonly addressTokenHash: Buffer | null
  readonly state: ConnectionState
  /** Why it is in this state, in words for an operator. */
  readonly stateReason: string | null
  /** Grows by one with every change. */
  readonly version: number
  readonly createdAt: Date
  readonly updatedAt: Date
}

export type NewStoredConnection = Pick<
  StoredConnection,
  'connectionId' | 'connector' | 'title' | 'roles' | 'config' | 'subscriptions' | 'addressTokenHash'
>

/** What is to be changed; left alone where undefined. */
export type ConnectionFields = {
  readonly [Field in 'title' | 'roles' | 'config' | 'subscriptions' | 'addressTokenHash']?:
    | StoredConnection[Field]
    | undefined
}

/** Which connection plays a role, of some returns or of all. */
export interface StoredRoute extends RowScope {
  readonly role: SystemRole
  readonly connectionId: ConnectionId
}

/** A role that owns an axis, of some returns or of all. An axis without a row that fits is owned by default. */
export interface StoredAuthority extends RowScope {
  readonly axis: Axis
  readonly role: SystemRole
}

const columns = `connection_id as "connectionId", connector, title, roles, config, subscriptions,
  address_token_hash as "addressTokenHash", state, state_reason as "stateReason", version,
  created_at as "createdAt", updated_at as "updatedAt"`

const uniqueViolation = '23505'
const foreignKeyViolation = '23503'

/** @throws {HubError} CONFLICT when the id is taken. */
export async function insertConnection(
  tx: Tx,
  connection: NewStoredConnection,
): Promise<StoredConnection> {
  const { connectionId, connector, title, roles, config, subscriptions } = connection
  try {
    const { rows } = await tx.query<StoredConnection>(
      `insert into connection (connection_id, connector, title, roles, config, subscriptions, address_token_hash)
       values ($1, $2, $3, $4, $5, $6, $7)
       returning ${columns}`,
      [
        connectionId,
        connector,
        title,
        roles,
        JSON.stringify(config),
        subscriptions,
        connection.addressTokenHash,
      ],
    )
    return only(rows, connectionId)
  } catch (error) {
    if (sqlState(error) !== uniqueViolation) throw error
    throw new HubError('CONFLICT', `There is a connection ${connectionId} already.`, {
      details: { connectionId },
    })
  }
}

/** @throws {HubError} NOT_FOUND. */
export async function getConnection(
  db: Queryable,
  connectionId: string,
): Promise<StoredConnection> {
  const { rows } = await db.query<StoredConnection>(
    `select ${columns} from connection where connection_id = $1`,
    [connectionId],
  )
  return only(rows, connectionId)
}

/**
 * Reads a connection and holds it against other changes until the transaction ends.
 *
 * @throws {HubError} NOT_FOUND, or PRECONDITION_FAILED when it is no longer at `expectedVersion`.
 */
export async function lockConnection(
  tx: Tx,
  { connectionId, expectedVersion }: { connectionId: string; expectedVersion?: number | undefined },
): Promise<StoredConnection> {
  const { rows } = await tx.query<StoredConnection>(
    `select ${columns} from connection where connection_id = $1 for update`,
    [connectionId],
  )
  const connection = only(rows, connectionId)
  if (expectedVersion !== undefined && connection.version !== expectedVersion) {
    throw new HubError('PRECONDITION_FAILED', `The connection ${connectionId} has been changed.`, {
      details: { connectionId, version: String(connection.version) },
    })
  }
  return connection
}

/** A page of connections by id. `next` is the `after` of the page behind it, null on the last one. */
export async function listConnections(
  db: Queryable,
  { after = '', limit }: { after?: string | undefined; limit: number },
): Promise<{ items: StoredConnection[]; next: string | null }> {
  const { rows } = await db.query<StoredConnection>(
    `select ${columns} from connection where connection_id > $1 order by connection_id limit $2`,
    [after, limit + 1],
  )
  const items = rows.slice(0, limit)
  return { items, next: rows.length > limit ? (items.at(-1)?.connectionId ?? null) : null }
}

/** A connection with a mark that differs after every change of its row, also one made by hand. */
export type MarkedConnection = StoredConnection & { readonly rowMark: string }

/** Every connection, by id. */
export async function listAllConnections(db: Queryable): Promise<MarkedConnection[]> {
  const { rows } = await db.query<MarkedConnection>(
    `select ${columns}, xmin::text as "rowMark" from connection order by connection_id`,
  )
  return rows
}

/**
 * Changes what is given. Lock the connection first: this writes whatever is there.
 *
 * @throws {HubError} NOT_FOUND.
 */
export async function updateConnection(
  tx: Tx,
  { connectionId, ...fields }: ConnectionFields & { readonly connectionId: string },
): Promise<StoredConnection> {
  const { title, roles, config, subscriptions, addressTokenHash } = fields
  const { rows } = await tx.query<StoredConnection>(
    `update connection set
       title = coalesce($2, title), roles = coalesce($3, roles), config = coalesce($4, config),
       subscriptions = coalesce($5, subscriptions),
       address_token_hash = coalesce($6, address_token_hash),
       version = version + 1, updated_at = now()
     where connection_id = $1
     returning ${columns}`,
    [
      connectionId,
      title ?? null,
      roles ?? null,
      config === undefined ? null : JSON.stringify(config),
      subscriptions ?? null,
      addressTokenHash ?? null,
    ],
  )
  return only(rows, connectionId)
}

/**
 * Also clears the reason when none is given.
 *
 * @throws {HubError} NOT_FOUND.
 */
export async function setConnectionState(
  tx: Tx,
  change: {
    readonly connectionId: string
    readonly state: ConnectionState
    readonly reason: string | null
  },
): Promise<StoredConnection> {
  const { connectionId, state, reason } = change
  const { rows } = await tx.query<StoredConnection>(
    `update connection
     set state = $2, state_reason = $3, version = version + 1, updated_at = now()
     where connection_id = $1
     returning ${columns}`,
    [connectionId, state, reason],
  )
  return only(rows, connectionId)
}

/**
 * Deletes a connection that nothing refers to; its routes go with it. One that has a history stays, since
 * messages and deliveries are shown and replayed under its name.
 *
 * @throws {HubError} NOT_FOUND; CONFLICT unless it is disabled, and has neither API keys nor messages nor
 *   waiting or dead deliveries.
 */
export async function deleteConnection(tx: Tx, connectionId: string): Promise<void> {
  const { state } = await lockConnection(tx, { connectionId })
  if (state !== 'disabled') {
    throw inUse(connectionId, 'Disable it first, so that nothing more is owed to it.')
  }
  // The queues and the history, by the leading column of an index in every partition.
  const { rows } = await tx.query<{ hasHistory: boolean; hasKeys: boolean }>(
    `select exists (select from outbox_ready where connection_id = $1)
         or exists (select from outbox_dead where connection_id = $1)
         or exists (select from inbox_dedupe where connection_id = $1)
         or exists (select from inbox_message where connection_id = $1) as "hasHistory",
       exists (select from api_key where connection_id = $1) as "hasKeys"`,
    [connectionId],
  )
  if (rows[0]?.hasHistory) throw inUse(connectionId, 'It has messages or deliveries.')
  if (rows[0]?.hasKeys) throw inUse(connectionId, 'It has API keys.')
  await tx.query('delete from connection where connection_id = $1', [connectionId])
}

export async function listRoutes(db: Queryable): Promise<StoredRoute[]> {
  const { rows } = await db.query<StoredRoute>(
    `select role, connection_id as "connectionId", ${scopeColumns} from route
     order by role, company nulls first, warehouse nulls first, channel nulls first, valid_from nulls first`,
  )
  return rows
}

/** Gives a role to a connection, in place of the route of the same scope. @throws {HubError} NOT_FOUND. */
export async function putRoute(tx: Tx, route: StoredRoute): Promise<void> {
  const { role, connectionId, validTo } = route
  try {
    await tx.query(
      `insert into route (role, connection_id, company, warehouse, channel, valid_from, valid_to)
       values ($1, $2, $3, $4, $5, $6, $7)
       on conflict (role, company, warehouse, channel, valid_from) do update
       set connection_id = excluded.connection_id, valid_to = excluded.valid_to`,
      [role, connectionId, ...scopeValues(route), validTo],
    )
  } catch (error) {
    throw sqlState(error) === foreignKeyViolation ? notFound(connectionId) : error
  }
}

/** @returns whether there was one. */
export async function deleteRoute(
  tx: Tx,
  route: RowScopeKey & { readonly role: SystemRole },
): Promise<boolean> {
  const { rowCount } = await tx.query(`delete from route where role = $1 and ${sameScope(2)}`, [
    route.role,
    ...scopeValues(route),
  ])
  return rowCount !== 0
}

export async function listAuthority(db: Queryable): Promise<StoredAuthority[]> {
  const { rows } = await db.query<StoredAuthority>(
    `select axis, role, ${scopeColumns} from authority
     order by axis, company nulls first, warehouse nulls first, channel nulls first, valid_from nulls first, role`,
  )
  return rows
}

/** Names the roles that own an axis in a scope; none puts it back to what holds without it. */
export async function replaceAuthority(
  tx: Tx,
  authority: RowScope & { readonly axis: Axis; readonly roles: readonly SystemRole[] },
): Promise<void> {
  const { axis, roles, validTo } = authority
  const scope = scopeValues(authority)
  await tx.query(`delete from authority where axis = $1 and ${sameScope(2)}`, [axis, ...scope])
  await tx.query(
    `insert into authority (axis, role, company, warehouse, channel, valid_from, valid_to)
     select $1, role, $3, $4, $5, $6, $7 from unnest($2::text[]) role`,
    [axis, roles, ...scope, validTo],
  )
}

/**
 * A text that differs whenever a connection, a route or the authority table does. Times would not do:
 * a transaction that began earlier may commit later with the older one. A row's `xmin` is the
 * transaction that wrote it, so that changes by hand are seen too.
 */
export async function connectionsFingerprint(db: Queryable): Promise<string> {
  const { rows } = await db.query<{ fingerprint: string }>({
    name: 'connections-fingerprint',
    text: `select concat_ws('/',
        (select md5(string_agg(connection_id || '=' || xmin::text, ' ' order by connection_id)) from connection),
        (select md5(string_agg(r::text, ' ' order by r::text)) from route r),
        (select md5(string_agg(a::text, ' ' order by a::text)) from authority a)) as fingerprint`,
  })
  return rows[0]?.fingerprint ?? ''
}

function only(rows: readonly StoredConnection[], connectionId: string): StoredConnection {
  const [row] = rows
  if (row === undefined) throw notFound(connectionId)
  return row
}

function notFound(connectionId: string): HubError {
  return new HubError('NOT_FOUND', `There is no connection ${connectionId}.`, {
    details: { connectionId },
  })
}

function inUse(connectionId: string, what: string): HubError {
  return new HubError('CONFLICT', `The connection ${connectionId} cannot be deleted. ${what}`, {
    details: { connectionId },
  })
}
