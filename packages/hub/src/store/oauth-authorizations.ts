import type { ConnectionId } from '@backhaul/sdk/canonical'
import type { Queryable, Tx } from './database.ts'

/** What a person has begun to authorize, until the system sends them back. */
export interface BegunAuthorization {
  readonly stateHash: Buffer
  readonly connectionId: ConnectionId
  readonly sealedVerifier: string
  readonly redirectUri: string
  readonly begunBy: string
}

/** Keeps it for `minutes`, and forgets those whose time is over. */
export async function insertAuthorization(
  tx: Tx,
  begun: BegunAuthorization,
  minutes: number,
): Promise<void> {
  const { stateHash, connectionId, sealedVerifier, redirectUri, begunBy } = begun
  await tx.query('delete from oauth_authorization where expires_at <= now()')
  await tx.query(
    `insert into oauth_authorization
       (state_hash, connection_id, sealed_verifier, redirect_uri, begun_by, expires_at)
     values ($1, $2, $3, $4, $5, now() + make_interval(mins => $6))`,
    [stateHash, connectionId, sealedVerifier, redirectUri, begunBy, minutes],
  )
}

/** Takes it away: of two who name the same state, one gets it. Null for one that is unknown, used or too old. */
export async function takeAuthorization(
  db: Queryable,
  stateHash: Buffer,
): Promise<BegunAuthorization | null> {
  const { rows } = await db.query<BegunAuthorization & { isOver: boolean }>(
    `delete from oauth_authorization where state_hash = $1
     returning state_hash as "stateHash", connection_id as "connectionId", sealed_verifier as "sealedVerifier",
       redirect_uri as "redirectUri", begun_by as "begunBy", expires_at <= now() as "isOver"`,
    [stateHash],
  )
  return rows.find(({ isOver }) => !isOver) ?? null
}
