import type { UserRole } from '@backhaul/sdk/canonical'
import { HubError } from '../platform/errors.ts'
import { type Queryable, sqlState, type Tx } from './database.ts'

/** A credential of a person or machine, without its secret: that is stored nowhere. */
export interface ApiKey {
  readonly keyId: string
  /** What it is for, in the words of whoever made it. */
  readonly name: string
  readonly role: UserRole
  /** Speaks for this connection only, with the rights of the connection's roles. */
  readonly connectionId: string | null
  readonly createdBy: string
  readonly createdAt: Date
  readonly expiresAt: Date | null
  readonly revokedAt: Date | null
  /** To within a minute. */
  readonly lastUsedAt: Date | null
}

/** A key as a request is checked against it. */
export interface StoredApiKey extends ApiKey {
  /** SHA-256 of the secret, 32 bytes. */
  readonly secretHash: Buffer
}

const columns = `key_id as "keyId", name, role, connection_id as "connectionId", created_by as "createdBy",
  created_at as "createdAt", expires_at as "expiresAt", revoked_at as "revokedAt", last_used_at as "lastUsedAt"`

const foreignKeyViolation = '23503'

/** @throws {HubError} NOT_FOUND when there is no such connection. */
export async function insertApiKey(
  tx: Tx,
  key: Pick<
    StoredApiKey,
    'keyId' | 'name' | 'role' | 'connectionId' | 'secretHash' | 'createdBy' | 'expiresAt'
  >,
): Promise<ApiKey> {
  const { keyId, name, role, connectionId, secretHash, createdBy, expiresAt } = key
  try {
    const { rows } = await tx.query<ApiKey>(
      `insert into api_key (key_id, name, role, connection_id, secret_hash, created_by, expires_at)
       values ($1, $2, $3, $4, $5, $6, $7)
       returning ${columns}`,
      [keyId, name, role, connectionId, secretHash, createdBy, expiresAt],
    )
    return only(rows, keyId)
  } catch (error) {
    if (sqlState(error) !== foreignKeyViolation) throw error
    throw new HubError('NOT_FOUND', `There is no connection ${connectionId ?? ''}.`)
  }
}

/** With its hash, whether it is still good or not. */
export async function findApiKey(db: Queryable, keyId: string): Promise<StoredApiKey | null> {
  const { rows } = await db.query<StoredApiKey>({
    name: 'find-api-key',
    text: `select ${columns}, secret_hash as "secretHash" from api_key where key_id = $1`,
    values: [keyId],
  })
  return rows[0] ?? null
}

/** A page of keys by id, the revoked ones too. `next` is the `after` of the page behind it, null on the last one. */
export async function listApiKeys(
  db: Queryable,
  { after = '', limit }: { readonly after?: string | undefined; readonly limit: number },
): Promise<{ items: ApiKey[]; next: string | null }> {
  const { rows } = await db.query<ApiKey>(
    `select ${columns} from api_key where key_id > $1 order by key_id limit $2`,
    [after, limit + 1],
  )
  const items = rows.slice(0, limit)
  return { items, next: rows.length > limit ? (items.at(-1)?.keyId ?? null) : null }
}

/** Whether there has ever been a key. */
export async function hasApiKeys(db: Queryable): Promise<boolean> {
  const { rows } = await db.query<{ exists: boolean }>('select exists (select from api_key)')
  return rows[0]?.exists ?? false
}

/** How many keys there are that still open something. */
export async function countUsableApiKeys(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    `select count(*)::int as count from api_key
     where revoked_at is null and (expires_at is null or expires_at > now())`,
  )
  return rows[0]?.count ?? 0
}

/**
 * Ends a key. One that was revoked before stays as it is.
 *
 * @returns the key, and whether it was this call that revoked it.
 * @throws {HubError} NOT_FOUND.
 */
export async function revokeApiKey(
  tx: Tx,
  keyId: string,
): Promise<{ key: ApiKey; isRevokedNow: boolean }> {
  const { rowCount } = await tx.query(
    'update api_key set revoked_at = now() where key_id = $1 and revoked_at is null',
    [keyId],
  )
  const { rows } = await tx.query<ApiKey>(`select ${columns} from api_key where key_id = $1`, [
    keyId,
  ])
  return { key: only(rows, keyId), isRevokedNow: rowCount === 1 }
}

/** Notes that keys were used. Rows that somebody else writes at this moment are left for the next time. */
export async function touchApiKeys(db: Queryable, keyIds: readonly string[]): Promise<void> {
  if (keyIds.length === 0) return
  await db.query(
    `update api_key k set last_used_at = now()
     from (select key_id from api_key where key_id = any ($1) order by key_id for update skip locked) used
     where k.key_id = used.key_id`,
    [keyIds],
  )
}

function only(rows: readonly ApiKey[], keyId: string): ApiKey {
  const [row] = rows
  if (row === undefined) throw new HubError('NOT_FOUND', `There is no API key ${keyId}.`)
  return row
}
