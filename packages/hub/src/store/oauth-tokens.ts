import type { ConnectionId } from '@backhaul/sdk/canonical'
import type { Queryable } from './database.ts'

/** The tokens of a connection, as far as they are known, and whether somebody asks for others. */
export interface StoredToken {
  readonly binding: Buffer
  readonly sealed: string | null
  readonly expiresAt: Date | null
  readonly refreshExpiresAt: Date | null
  readonly generation: number
  readonly obtainedAt: Date | null
  /** Since when an answer is outstanding; of a process that is gone, it is lost. */
  readonly askedAt: Date | null
  readonly isLeased: boolean
  readonly failures: number
  /** Nobody asks before then. */
  readonly retryAt: Date | null
  readonly lastCode: string | null
  readonly lastReason: string | null
}

/** Who asks for tokens, and until when nobody else does. */
export interface TokenLease {
  readonly connectionId: ConnectionId
  readonly binding: Buffer
  readonly leaseId: string
  readonly seconds: number
  /** Only while there are no newer tokens than those. */
  readonly generation: number
}

export interface NewTokens {
  readonly connectionId: ConnectionId
  readonly binding: Buffer
  readonly sealed: string
  readonly obtainedAt: Date
  readonly expiresAt: Date
  readonly refreshExpiresAt: Date | null
}

const columns = `binding, sealed, expires_at as "expiresAt", refresh_expires_at as "refreshExpiresAt", generation,
  obtained_at as "obtainedAt", asked_at as "askedAt", coalesce(lease_until > now(), false) as "isLeased", failures,
  retry_at as "retryAt", last_code as "lastCode", last_reason as "lastReason"`

export async function findToken(db: Queryable, connectionId: string): Promise<StoredToken | null> {
  const { rows } = await db.query<StoredToken>({
    name: 'find-oauth-token',
    text: `select ${columns} from oauth_token where connection_id = $1`,
    values: [connectionId],
  })
  return rows[0] ?? null
}

/**
 * Takes the lease, and notes that an answer is outstanding from now on.
 *
 * @returns the row as it was before; null when somebody else has the lease, or has newer tokens already.
 */
export async function leaseToken(db: Queryable, lease: TokenLease): Promise<StoredToken | null> {
  const { connectionId, binding, leaseId, seconds, generation } = lease
  await db.query({
    name: 'make-oauth-token',
    text: `insert into oauth_token (connection_id, binding)
      select connection_id, $2 from connection where connection_id = $1 on conflict do nothing`,
    values: [connectionId, binding],
  })
  const { rows } = await db.query<StoredToken>({
    name: 'lease-oauth-token',
    text: `with before as (
        select * from oauth_token
        where connection_id = $1 and (lease_until is null or lease_until <= now())
          and (binding <> $2 or generation <= $5)
        for update),
      taken as (
        update oauth_token t
        set lease_id = $3, lease_until = now() + make_interval(secs => $4), asked_at = now()
        from before where t.connection_id = before.connection_id
        returning t.connection_id)
      select ${columns} from before join taken using (connection_id)`,
    values: [connectionId, binding, leaseId, seconds, generation],
  })
  return rows[0] ?? null
}

/**
 * Stores what a token endpoint answered, and ends the lease.
 *
 * @param newerThan - only over tokens that are not newer than these; whatever there is when left out.
 * @returns the generation that they have; null when they were not stored.
 */
export async function storeTokens(
  db: Queryable,
  tokens: NewTokens,
  newerThan?: number,
): Promise<number | null> {
  const { connectionId, binding, sealed, obtainedAt, expiresAt, refreshExpiresAt } = tokens
  const { rows } = await db.query<{ generation: number }>({
    name: 'store-oauth-token',
    text: `insert into oauth_token as t
        (connection_id, binding, sealed, expires_at, refresh_expires_at, generation, obtained_at)
      select connection_id, $2, $3, $4, $5, 1, $7 from connection where connection_id = $1
      on conflict (connection_id) do update
      set binding = $2, sealed = $3, expires_at = $4, refresh_expires_at = $5, generation = t.generation + 1,
        obtained_at = $7, asked_at = null, lease_id = null, lease_until = null, failures = 0, retry_at = null,
        last_code = null, last_reason = null
      where $6::int is null or t.generation <= $6
      returning generation`,
    values: [
      connectionId,
      binding,
      sealed,
      expiresAt,
      refreshExpiresAt,
      newerThan ?? null,
      obtainedAt,
    ],
  })
  return rows[0]?.generation ?? null
}

/** Ends the lease of whoever got no tokens. Does nothing when the lease is another's by now. */
export async function noteTokenFailure(
  db: Queryable,
  failure: {
    readonly connectionId: ConnectionId
    /** Whose failure it is: what was stored of another client is worth nothing from now on. */
    readonly binding: Buffer
    readonly leaseId: string
    readonly code: string
    readonly reason: string
    readonly retryAt: Date
    /** Whether the endpoint may have acted, and its answer be lost. */
    readonly isOutstanding: boolean
  },
): Promise<void> {
  const { connectionId, binding, leaseId, code, reason, retryAt, isOutstanding } = failure
  await db.query({
    name: 'note-oauth-failure',
    text: `update oauth_token
      set lease_id = null, lease_until = null, failures = failures + 1, retry_at = $5, last_code = $3,
        last_reason = $4, asked_at = case when $6 then asked_at end,
        sealed = case when binding = $7 then sealed end, binding = $7
      where connection_id = $1 and lease_id = $2`,
    values: [connectionId, leaseId, code, reason, retryAt, isOutstanding, binding],
  })
}
