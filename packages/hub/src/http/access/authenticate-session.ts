import { actorOf } from '../../pipeline/accounts/sign-in.ts'
import type { Clock } from '../../platform/clock.ts'
import {
  csrfTokenOf,
  isCsrfToken,
  isSessionSecret,
  parseSessionToken,
} from '../../platform/crypto/session-token.ts'
import { HubError } from '../../platform/errors.ts'
import type { Pool } from '../../store/database.ts'
import { findSession, type StoredSession } from '../../store/user-sessions.ts'
import type { Caller } from './caller.ts'
import { remember } from './remembered.ts'

/** A session in which nothing was done for so long has ended. */
const longestIdleMs = 12 * 3_600_000

/** What a request shows of a session. */
export interface ShownSession {
  readonly token: string
  /** Of a request that changes something; null for one that only reads. */
  readonly change: {
    readonly csrfToken: string | undefined
    readonly site: string | undefined
  } | null
}

/**
 * Checks sessions of people against the database, and remembers the rows for a few seconds, as keys are.
 *
 * @throws {HubError} UNAUTHENTICATED; FORBIDDEN for a change that does not prove that it comes from our own page.
 */
export function createSessionCheck({
  pool,
  clock,
}: {
  readonly pool: Pool
  readonly clock: Clock
}) {
  const sessions = remember((id) => findSession(pool, id), clock)

  return {
    check(shown: ShownSession): Caller | Promise<Caller> {
      const given = parseSessionToken(shown.token)
      if (given === null) throw signedOut()
      const row = sessions.get(given.id)
      const decide = (found: StoredSession | null): Caller => {
        const caller = admit(found, given.secret, clock.now())
        if (shown.change !== null) assertOwnPage(shown.change, given.secret)
        return caller
      }
      return row instanceof Promise ? row.then(decide) : decide(row)
    },
    forget: sessions.forget,
  }
}

function admit(row: StoredSession | null, secret: string, now: Date): Caller {
  // Compared for an unknown session as well, so that an answer takes as long.
  const isRight = isSessionSecret(secret, row?.secretHash ?? noHash)
  if (row === null || !isRight || !isUsable(row, now)) throw signedOut()
  const { sessionId, userId, email, name, language, mustChangePassword, expiresAt, role } = row
  return {
    keyId: null,
    session: {
      sessionId,
      userId,
      email,
      name,
      language,
      mustChangePassword,
      expiresAt,
      csrfToken: csrfTokenOf(secret),
    },
    role,
    actor: actorOf(row),
    connectionId: null,
  }
}

const noHash = Buffer.alloc(32)

function isUsable(
  { endedAt, expiresAt, lastSeenAt, disabledAt }: StoredSession,
  now: Date,
): boolean {
  const idleMs = now.getTime() - lastSeenAt.getTime()
  return endedAt === null && disabledAt === null && expiresAt > now && idleMs < longestIdleMs
}

/** Browsers send the cookie along with what other pages make them ask for; those pages do not know the token. */
function assertOwnPage(
  { csrfToken, site }: NonNullable<ShownSession['change']>,
  secret: string,
): void {
  assertOwnSite(site)
  if (csrfToken !== undefined && isCsrfToken(csrfToken, secret)) return
  throw new HubError('FORBIDDEN', 'Send the session’s csrfToken as X-CSRF-Token.')
}

/** @param site - `Sec-Fetch-Site`, which browsers send and pages cannot set. @throws {HubError} FORBIDDEN. */
export function assertOwnSite(site: string | undefined): void {
  if (site === undefined || site === 'same-origin' || site === 'none') return
  throw new HubError('FORBIDDEN', 'This came from a page of another site.')
}

function signedOut(): HubError {
  return new HubError('UNAUTHENTICATED', 'The session has ended. Sign in again.')
}
