import type { Clock } from '../../platform/clock.ts'
import { sha256 } from '../../platform/crypto/hash.ts'
import type { Passwords } from '../../platform/crypto/password.ts'
import { generateSessionToken } from '../../platform/crypto/session-token.ts'
import { HubError } from '../../platform/errors.ts'
import { type Pool, type Tx, withTransaction } from '../../store/database.ts'
import { countTry, forgetTries } from '../../store/sign-in-failures.ts'
import { insertSession } from '../../store/user-sessions.ts'
import { findUserByEmail, noteSignIn, type User } from '../../store/users.ts'
import type { RecordAudit } from '../audit-recorder.ts'

export interface AccountDeps {
  readonly pool: Pool
  readonly record: RecordAudit
  readonly clock: Clock
  readonly passwords: Passwords
}

/** Where somebody comes from. */
export interface Visitor {
  readonly address: string
  readonly userAgent: string
}

/** A session that begins: `token` is the cookie's value, given this once. */
export interface NewSession {
  readonly sessionId: string
  readonly token: string
  readonly expiresAt: Date
}

/** However busy somebody is, after so long they sign in again. */
const longestMs = 7 * 86_400_000
/** Tries before a pause, which then doubles with each further one. */
const freeTries = 5
const firstPauseSeconds = 30
const longestPauseSeconds = 900
const longestUserAgent = 200

/**
 * Lets somebody in who knows their password.
 *
 * Failures are counted by e-mail address and network, whether there is such a person or not: nobody learns who is
 * there, and a stranger elsewhere cannot lock anybody out.
 *
 * @throws {HubError} UNAUTHENTICATED, with nothing that tells what was wrong; RATE_LIMITED while tries have to
 * pause; OVERLOADED.
 */
export async function signIn(
  deps: AccountDeps,
  given: { readonly email: string; readonly password: string },
  visitor: Visitor,
): Promise<NewSession> {
  const { pool, clock, passwords } = deps
  const now = clock.now()
  const whoDigest = sha256(`${given.email.toLowerCase()} ${networkOf(visitor.address)}`)
  const lockedUntil = await withTransaction(pool, (tx) =>
    countTry(tx, { whoDigest, now, lockSeconds }),
  )
  if (lockedUntil !== null) throw tooManyTries(lockedUntil, now)
  const user = await findUserByEmail(pool, given.email)
  const isRight = await passwords.isRight(given.password, user?.passwordHash ?? null)
  if (user === null || !isRight || user.disabledAt !== null) {
    if (user !== null) await recordRefusal(deps, user, visitor)
    throw new HubError(
      'UNAUTHENTICATED',
      'This e-mail address and password do not fit together, or the account is closed.',
    )
  }
  return withTransaction(pool, async (tx) => {
    await forgetTries(tx, whoDigest)
    return beginSession(deps, tx, { user, visitor, by: 'password' })
  })
}

/** Begins a session of somebody who has shown who they are. */
export async function beginSession(
  { record, clock }: Pick<AccountDeps, 'record' | 'clock'>,
  tx: Tx,
  given: { readonly user: User; readonly visitor: Visitor; readonly by: 'password' | 'oidc' },
): Promise<NewSession> {
  const { user, visitor, by } = given
  const { id: sessionId, token, secretHash } = generateSessionToken()
  const createdAt = clock.now()
  const expiresAt = new Date(createdAt.getTime() + longestMs)
  await insertSession(tx, {
    sessionId,
    secretHash,
    userId: user.userId,
    createdAt,
    expiresAt,
    address: visitor.address,
    userAgent: visitor.userAgent.slice(0, longestUserAgent),
  })
  await noteSignIn(tx, user.userId, createdAt)
  await record(tx, [
    {
      actor: actorOf(user),
      action: 'session.began',
      objectType: 'user',
      objectId: user.userId,
      detail: { sessionId, by, address: visitor.address },
    },
  ])
  return { sessionId, token, expiresAt }
}

/** A person as history and audit name them. */
export function actorOf({ userId, email }: Pick<User, 'userId' | 'email'>): string {
  return `user:${userId} ${email}`
}

function lockSeconds(failures: number): number {
  if (failures < freeTries) return 0
  return Math.min(firstPauseSeconds * 2 ** (failures - freeTries), longestPauseSeconds)
}

function tooManyTries(until: Date, now: Date): HubError {
  const retryAfterSeconds = Math.max(1, Math.ceil((until.getTime() - now.getTime()) / 1000))
  return new HubError('RATE_LIMITED', 'Too many tries to sign in.', { retryAfterSeconds })
}

async function recordRefusal(
  { pool, record }: AccountDeps,
  user: User,
  { address }: Visitor,
): Promise<void> {
  const entry = {
    actor: 'anonymous',
    action: 'session.refused',
    objectType: 'user',
    objectId: user.userId,
    detail: { address },
  }
  await withTransaction(pool, (tx) => record(tx, [entry]))
}

/** The neighborhood of an address: its /24, or its /64, within which others are easily had. */
function networkOf(address: string): string {
  const mapped = address.replace(/^::ffff:/, '')
  if (mapped.includes('.')) return mapped.split('.').slice(0, 3).join('.')
  return mapped.split(':').slice(0, 4).join(':')
}
