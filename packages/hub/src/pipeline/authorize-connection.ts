import type { ConnectionId } from '@backhaul/sdk/canonical'
import type { Connections } from '../connect/connections.ts'
import type { AuthorizationAddress, ConnectionOAuth } from '../connect/oauth/connection-oauth.ts'
import type { HubConfig } from '../platform/config/schema.ts'
import { sha256 } from '../platform/crypto/hash.ts'
import { HubError } from '../platform/errors.ts'
import { type Pool, withTransaction } from '../store/database.ts'
import { takeAuthorization } from '../store/oauth-authorizations.ts'
import type { RecordAudit } from './audit-recorder.ts'

export interface AuthorizeDeps {
  readonly connections: Pick<Connections, 'get'>
  readonly config: Pick<HubConfig, 'publicUrl'>
  readonly pool: Pool
  readonly record: RecordAudit
}

/** Where systems send a person back to. */
export const callbackPath = '/oauth/callback'

const statePattern = /^[\w-]{43}$/
const maxCodeLength = 4_000

/**
 * Begins the authorization of a connection by a person.
 *
 * @throws {HubError} NOT_FOUND; CONFLICT when nobody has to agree to it, or nobody could be sent back.
 */
export function beginAuthorization(
  { connections, config, record }: AuthorizeDeps,
  connectionId: string,
  { actor }: { readonly actor: string },
): Promise<AuthorizationAddress> {
  const oauth = oauthOf(connections, connectionId)
  if (config.publicUrl === undefined) {
    const why = 'Set publicUrl first: the system sends the person back to the hub there.'
    throw new HubError('CONFLICT', why)
  }
  const redirectUri = `${config.publicUrl.replace(/\/$/, '')}${callbackPath}`
  return oauth.begin({
    redirectUri,
    by: actor,
    note: (tx) => record(tx, [entryOf('connection.authorization_begun', connectionId, actor)]),
  })
}

/**
 * Finishes it with what the system sent the person back with. The state is used up by that, however it ends.
 *
 * @returns the connection that may speak for the person now.
 * @throws {HubError} CONFLICT, with why, for the person.
 */
export async function finishAuthorization(
  { connections, pool, record }: AuthorizeDeps,
  query: URLSearchParams,
): Promise<ConnectionId> {
  const state = query.get('state') ?? ''
  const begun = statePattern.test(state) ? await takeAuthorization(pool, sha256(state)) : null
  if (begun === null) {
    const why = 'This was not begun here, was finished already, or took more than ten minutes.'
    throw new HubError('CONFLICT', `${why} Begin again: backhaul connection authorize.`)
  }
  const code = query.get('code') ?? ''
  if (query.has('error') || code === '' || code.length > maxCodeLength) {
    throw new HubError('CONFLICT', 'The system did not agree. Nothing has changed.')
  }
  const { connectionId, begunBy } = begun
  await oauthOf(connections, connectionId).finish(begun, { code, query })
  await withTransaction(pool, (tx) =>
    record(tx, [entryOf('connection.authorized', connectionId, begunBy)]),
  )
  return connectionId
}

function oauthOf(connections: Pick<Connections, 'get'>, connectionId: string): ConnectionOAuth {
  const connection = connections.get(connectionId)
  if (connection === undefined) throw new HubError('NOT_FOUND', 'There is no such connection.')
  if (connection.state === 'broken') {
    throw new HubError('CONFLICT', `It cannot be used: ${connection.reason ?? 'it does not fit'}`)
  }
  if (connection.oauth !== null) return connection.oauth
  throw new HubError('CONFLICT', 'This connection is not authorized by a person.')
}

function entryOf(
  action: 'connection.authorization_begun' | 'connection.authorized',
  connectionId: string,
  actor: string,
) {
  return { actor, action, objectType: 'connection', objectId: connectionId, detail: {} }
}
