import { maxPasswordLength, minPasswordLength } from '../../platform/crypto/password.ts'
import { HubError } from '../../platform/errors.ts'
import { withTransaction } from '../../store/database.ts'
import { endSessions } from '../../store/user-sessions.ts'
import { loadUser, setPassword } from '../../store/users.ts'
import { type AccountDeps, actorOf } from './sign-in.ts'

/** Who does something in their own session. */
export interface Self {
  readonly userId: string
  readonly sessionId: string
}

/**
 * Gives somebody the password that they choose. Their other sessions end.
 *
 * @returns the ids of the sessions that ended.
 * @throws {HubError} VALIDATION_FAILED when the password so far is not right, or the new one will not do;
 * CONFLICT for somebody who has none.
 */
export async function changeOwnPassword(
  { pool, record, clock, passwords }: AccountDeps,
  { userId, sessionId }: Self,
  given: { readonly currentPassword: string; readonly newPassword: string },
): Promise<string[]> {
  const user = await loadUser(pool, userId)
  if (!user.hasPassword) {
    throw new HubError('CONFLICT', 'This account signs in by the identity provider only.')
  }
  assertGoodPassword(given.newPassword, { email: user.email, not: given.currentPassword })
  if (!(await passwords.isRight(given.currentPassword, user.passwordHash))) {
    throw wrong('/currentPassword', 'this is not the password so far')
  }
  const passwordHash = await passwords.hash(given.newPassword)
  return withTransaction(pool, async (tx) => {
    await setPassword(tx, { userId, passwordHash, mustChangePassword: false })
    const ended = await endSessions(tx, { userId, at: clock.now(), except: sessionId })
    await record(tx, [
      {
        actor: actorOf(user),
        action: 'user.password_changed',
        objectType: 'user',
        objectId: userId,
        detail: { sessionsEnded: ended.length },
      },
    ])
    return ended
  })
}

/** Ends the session that somebody is in. */
export async function signOut(
  { pool, record, clock }: Pick<AccountDeps, 'pool' | 'record' | 'clock'>,
  { userId, sessionId }: Self,
  { actor }: { readonly actor: string },
): Promise<void> {
  await withTransaction(pool, async (tx) => {
    const ended = await endSessions(tx, { userId, at: clock.now(), sessionId })
    if (ended.length === 0) return
    const entry = { actor, action: 'session.ended', objectType: 'user', objectId: userId }
    await record(tx, [{ ...entry, detail: { sessionId } }])
  })
}

/** Ends one of somebody's other sessions, or all of them. @returns the ids of those that ended. */
export function endOtherSessions(
  { pool, record, clock }: Pick<AccountDeps, 'pool' | 'record' | 'clock'>,
  { userId, sessionId: own }: Self,
  { actor, sessionId }: { readonly actor: string; readonly sessionId: string | undefined },
): Promise<string[]> {
  return withTransaction(pool, async (tx) => {
    const which = sessionId === undefined || sessionId === own ? { except: own } : { sessionId }
    const ended = await endSessions(tx, { userId, at: clock.now(), ...which })
    const entry = { actor, action: 'session.ended', objectType: 'user', objectId: userId }
    if (ended.length > 0) await record(tx, [{ ...entry, detail: { sessions: ended.length } }])
    return ended
  })
}

/** @throws {HubError} VALIDATION_FAILED for one that is short, long, the old one, or the person's own address. */
function assertGoodPassword(
  password: string,
  given: { readonly email: string; readonly not?: string },
): void {
  if (password.length < minPasswordLength) {
    throw wrong('/newPassword', `at least ${minPasswordLength} characters`)
  }
  if (password.length > maxPasswordLength) {
    throw wrong('/newPassword', `at most ${maxPasswordLength} characters`)
  }
  if (password === given.not) throw wrong('/newPassword', 'another one than so far')
  if (password.toLowerCase() === given.email.toLowerCase() || new Set(password).size < 4) {
    throw wrong('/newPassword', 'this one is too easily guessed')
  }
}

function wrong(pointer: string, message: string): HubError {
  return new HubError('VALIDATION_FAILED', `The password will not do: ${message}.`, {
    problems: [{ pointer, code: 'invalid', message }],
  })
}
