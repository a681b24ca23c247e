import type { IncomingHttpHeaders } from 'node:http'
import type { Clock } from '../../platform/clock.ts'
import { isApiKeySecret, parseApiKey } from '../../platform/crypto/api-key.ts'
import { HubError } from '../../platform/errors.ts'
import { findApiKey, type StoredApiKey } from '../../store/api-keys.ts'
import type { Pool } from '../../store/database.ts'
import type { Caller } from './caller.ts'

export interface Authenticator {
  /**
   * Says who a request comes from: at once where the key was asked for a moment ago.
   *
   * @throws {HubError} UNAUTHENTICATED, with nothing that tells which part was wrong.
   */
  readonly authenticate: (headers: IncomingHttpHeaders) => Caller | Promise<Caller>
  /** Asks the database anew about a key that was changed by this process. */
  readonly forget: (keyId: string) => void
}

interface Known {
  /** Null: there is no such key. */
  readonly key: StoredApiKey | null
  readonly caller: Caller | null
  readonly untilMs: number
}

/** A key that is revoked by another process still opens for this long. */
const rememberedMs = 5_000
const rememberedKeys = 10_000

/**
 * Checks API keys against the database, and remembers the rows for a few seconds: each request still
 * proves that it knows the secret.
 */
export function createAuthenticator(options: {
  readonly pool: Pool
  readonly clock: Clock
}): Authenticator {
  const { pool, clock } = options
  const known = new Map<string, Known>()
  const asked = new Map<string, Promise<Known>>()

  async function ask(keyId: string): Promise<Known> {
    const key = await findApiKey(pool, keyId)
    const entry = { key, caller: key && callerOf(key), untilMs: clock.monotonicMs() + rememberedMs }
    known.delete(keyId)
    known.set(keyId, entry)
    if (known.size > rememberedKeys) known.delete(known.keys().next().value ?? '')
    return entry
  }

  /** One question at a time for each key, however many requests come with it. */
  function askOnce(keyId: string): Promise<Known> {
    const running = asked.get(keyId)
    if (running) return running
    const question = ask(keyId).finally(() => asked.delete(keyId))
    asked.set(keyId, question)
    return question
  }

  return {
    authenticate(headers) {
      const given = parseApiKey(credentialOf(headers))
      if (given === null) throw unauthenticated()
      const entry = known.get(given.id)
      if (entry && entry.untilMs > clock.monotonicMs()) return admit(entry, given.secret, clock)
      return askOnce(given.id).then((fresh) => admit(fresh, given.secret, clock))
    },
    forget: (keyId) => void known.delete(keyId),
  }
}

/** The key in `Authorization: Bearer` or `X-Api-Key`; empty where there is none, or two. */
function credentialOf({ authorization, 'x-api-key': apiKey }: IncomingHttpHeaders): string {
  if (authorization !== undefined && apiKey !== undefined) return ''
  if (typeof apiKey === 'string') return apiKey
  return /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1] ?? ''
}

function admit({ key, caller }: Known, secret: string, clock: Clock): Caller {
  // Compared for an unknown key as well, so that an answer takes as long.
  const isRight = isApiKeySecret(secret, key?.secretHash ?? noHash)
  if (key === null || caller === null || !isRight || !isUsable(key, clock.now())) {
    throw unauthenticated()
  }
  return caller
}

const noHash = Buffer.alloc(32)

function isUsable({ revokedAt, expiresAt }: StoredApiKey, now: Date): boolean {
  return revokedAt === null && (expiresAt === null || expiresAt > now)
}

function callerOf({ keyId, name, role, connectionId }: StoredApiKey): Caller {
  return { keyId, role, connectionId, actor: `key:${keyId} ${name}` }
}

function unauthenticated(): HubError {
  return new HubError('UNAUTHENTICATED', 'Send a valid API key as `Authorization: Bearer bhk_…`.')
}
