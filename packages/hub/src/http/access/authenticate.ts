import type { IncomingHttpHeaders } from 'node:http'
import type { Clock } from '../../platform/clock.ts'
import type { HubConfig } from '../../platform/config/schema.ts'
import { isApiKeySecret, parseApiKey } from '../../platform/crypto/api-key.ts'
import { HubError } from '../../platform/errors.ts'
import { findApiKey, type StoredApiKey } from '../../store/api-keys.ts'
import type { Pool } from '../../store/database.ts'
import { createSessionCheck, type ShownSession } from './authenticate-session.ts'
import type { Caller } from './caller.ts'
import { remember } from './remembered.ts'
import { tokenIn } from './session-cookie.ts'

/** A request, as far as it says who it comes from. */
interface Asking {
  readonly headers: IncomingHttpHeaders
  readonly method: string
}

export interface Authenticator {
  /**
   * Says who a request comes from: at once where the key or the session was asked for a moment ago.
   *
   * @throws {HubError} UNAUTHENTICATED, with nothing that tells which part was wrong; FORBIDDEN for a change in
   * somebody's session that did not come from our own page.
   */
  readonly authenticate: (request: Asking) => Caller | Promise<Caller>
  /** Asks the database anew about a key that was changed by this process. */
  readonly forget: (keyId: string) => void
  /** As `forget`, for a session, or for what it says of its person. */
  readonly forgetSession: (sessionId: string) => void
}

interface KnownKey {
  readonly key: StoredApiKey
  readonly caller: Caller
}

/** Checks keys and sessions: each request proves anew that it knows the secret. */
export function createAuthenticator(options: {
  readonly pool: Pool
  readonly clock: Clock
  readonly config: Pick<HubConfig, 'publicUrl'>
}): Authenticator {
  const { pool, clock, config } = options
  const keys = remember(async (keyId): Promise<KnownKey | null> => {
    const key = await findApiKey(pool, keyId)
    return key && { key, caller: callerOf(key) }
  }, clock)
  const sessions = createSessionCheck({ pool, clock })

  return {
    authenticate(request) {
      const { headers } = request
      if (headers.authorization === undefined && headers['x-api-key'] === undefined) {
        const token = tokenIn(headers.cookie, config)
        if (token !== null) return sessions.check({ token, change: changeOf(request) })
      }
      const given = parseApiKey(credentialOf(headers))
      if (given === null) throw unauthenticated()
      const known = keys.get(given.id)
      if (known instanceof Promise) return known.then((fresh) => admit(fresh, given.secret, clock))
      return admit(known, given.secret, clock)
    },
    forget: keys.forget,
    forgetSession: sessions.forget,
  }
}

function changeOf({ headers, method }: Asking): ShownSession['change'] {
  if (method === 'GET' || method === 'HEAD') return null
  return {
    csrfToken: oneOf(headers['x-csrf-token']),
    site: oneOf(headers['sec-fetch-site']),
  }
}

function oneOf(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : undefined
}

/** The key in `Authorization: Bearer` or `X-Api-Key`; empty where there is none, or two. */
function credentialOf({ authorization, 'x-api-key': apiKey }: IncomingHttpHeaders): string {
  if (authorization !== undefined && apiKey !== undefined) return ''
  if (typeof apiKey === 'string') return apiKey
  return /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1] ?? ''
}

function admit(known: KnownKey | null, secret: string, clock: Clock): Caller {
  // Compared for an unknown key as well, so that an answer takes as long.
  const isRight = isApiKeySecret(secret, known?.key.secretHash ?? noHash)
  if (known === null || !isRight || !isUsable(known.key, clock.now())) throw unauthenticated()
  return known.caller
}

const noHash = Buffer.alloc(32)

function isUsable({ revokedAt, expiresAt }: StoredApiKey, now: Date): boolean {
  return revokedAt === null && (expiresAt === null || expiresAt > now)
}

function callerOf({ keyId, name, role, connectionId }: StoredApiKey): Caller {
  return { keyId, session: null, role, connectionId, actor: `key:${keyId} ${name}` }
}

function unauthenticated(): HubError {
  return new HubError(
    'UNAUTHENTICATED',
    'Send a valid API key as `Authorization: Bearer bhk_…`, or sign in.',
  )
}
