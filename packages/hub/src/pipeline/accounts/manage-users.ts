import { readablePassword } from '../../platform/crypto/password.ts'
import { HubError } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import { type Tx, withTransaction } from '../../store/database.ts'
import { endSessions } from '../../store/user-sessions.ts'
import {
  countOtherAdmins,
  insertUser,
  lockUser,
  type PersonRole,
  setPassword,
  type User,
  updateUser,
} from '../../store/users.ts'
import type { AccountDeps } from './sign-in.ts'

interface By {
  readonly actor: string
}

/** A person with the password that they come in with once: it is stored nowhere. */
export interface UserWithOneTimePassword {
  readonly user: User
  readonly oneTimePassword: string
}

/** A person after a change, and the sessions that ended by it. */
export interface ChangedUser {
  readonly user: User
  readonly endedSessions: readonly string[]
}

/** Lets somebody in from now on. @throws {HubError} CONFLICT when somebody has the e-mail address. */
export async function createUser(
  { pool, record, passwords }: AccountDeps,
  input: {
    readonly email: string
    readonly name: string
    readonly role: PersonRole
    readonly language: string | null
  },
  { actor }: By,
): Promise<UserWithOneTimePassword> {
  const oneTimePassword = readablePassword()
  const passwordHash = await passwords.hash(oneTimePassword)
  return withTransaction(pool, async (tx) => {
    const user = await insertUser(tx, {
      ...input,
      userId: newId(),
      createdBy: actor,
      passwordHash,
      mustChangePassword: true,
    })
    const detail = { role: input.role }
    await record(tx, [{ ...about(user), actor, action: 'user.created', detail }])
    return { user, oneTimePassword }
  })
}

/**
 * Changes what somebody is called and may do. With another role, or closed, their sessions end.
 *
 * @throws {HubError} NOT_FOUND; PRECONDITION_FAILED; CONFLICT where it would leave the hub without an administrator.
 */
export function changeUser(
  { pool, record, clock }: Pick<AccountDeps, 'pool' | 'record' | 'clock'>,
  change: {
    readonly userId: string
    readonly expectedVersion?: number | undefined
    readonly name?: string | undefined
    readonly role?: PersonRole | undefined
    readonly language?: string | null | undefined
    readonly isDisabled?: boolean | undefined
  },
  { actor }: By,
): Promise<ChangedUser> {
  return withTransaction(pool, async (tx) => {
    const before = await lockUser(tx, change)
    const { name = before.name, role = before.role, language = before.language } = change
    const isDisabled = change.isDisabled ?? before.disabledAt !== null
    await assertAdminLeft(tx, before, { role, isDisabled })
    const disabledAt = isDisabled ? (before.disabledAt ?? clock.now()) : null
    const user = await updateUser(tx, { userId: before.userId, name, role, language, disabledAt })
    const mayLess = role !== before.role || (isDisabled && before.disabledAt === null)
    const endedSessions = mayLess
      ? await endSessions(tx, { userId: user.userId, at: clock.now(), except: null })
      : []
    const detail = { role, isDisabled, sessionsEnded: endedSessions.length }
    await record(tx, [{ ...about(user), actor, action: 'user.changed', detail }])
    return { user, endedSessions }
  })
}

/** Gives somebody a new password to come in with once; their sessions end. @throws {HubError} NOT_FOUND. */
export async function resetPassword(
  { pool, record, clock, passwords }: AccountDeps,
  { userId }: { readonly userId: string },
  { actor }: By,
): Promise<UserWithOneTimePassword & ChangedUser> {
  const oneTimePassword = readablePassword()
  const passwordHash = await passwords.hash(oneTimePassword)
  return withTransaction(pool, async (tx) => {
    const user = await setPassword(tx, { userId, passwordHash, mustChangePassword: true })
    const endedSessions = await endSessions(tx, { userId, at: clock.now(), except: null })
    const detail = { sessionsEnded: endedSessions.length }
    await record(tx, [{ ...about(user), actor, action: 'user.password_reset', detail }])
    return { user, oneTimePassword, endedSessions }
  })
}

/** Ends one session of somebody, or all. @throws {HubError} NOT_FOUND when there is no such person. */
export function endUserSessions(
  { pool, record, clock }: Pick<AccountDeps, 'pool' | 'record' | 'clock'>,
  { userId, sessionId }: { readonly userId: string; readonly sessionId?: string | undefined },
  { actor }: By,
): Promise<ChangedUser> {
  return withTransaction(pool, async (tx) => {
    const user = await lockUser(tx, { userId })
    const which = sessionId === undefined ? { except: null } : { sessionId }
    const endedSessions = await endSessions(tx, { userId, at: clock.now(), ...which })
    if (endedSessions.length > 0) {
      const detail = { sessionsEnded: endedSessions.length }
      await record(tx, [{ ...about(user), actor, action: 'session.ended', detail }])
    }
    return { user, endedSessions }
  })
}

async function assertAdminLeft(
  tx: Tx,
  before: User,
  after: { readonly role: PersonRole; readonly isDisabled: boolean },
): Promise<void> {
  const wasAdmin = before.role === 'admin' && before.disabledAt === null
  const isAdmin = after.role === 'admin' && !after.isDisabled
  if (!wasAdmin || isAdmin || (await countOtherAdmins(tx, before.userId)) > 0) return
  throw new HubError('CONFLICT', 'This is the last administrator: nobody could manage the hub.')
}

function about({ userId }: User) {
  return { objectType: 'user', objectId: userId }
}
