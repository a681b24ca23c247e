import type { UserRole } from '@backhaul/sdk/canonical'
import { HubError } from '../platform/errors.ts'
import { type Queryable, sqlState, type Tx } from './database.ts'

/** What a person may be; machines have keys. */
export type PersonRole = Exclude<UserRole, 'machine'>

/** A person who signs in, without the password's hash. */
export interface User {
  readonly userId: string
  readonly email: string
  readonly name: string
  readonly role: PersonRole
  /** Null for the browser's. */
  readonly language: string | null
  readonly hasPassword: boolean
  readonly mustChangePassword: boolean
  /** Of the identity provider that vouches for this person. */
  readonly identityIssuer: string | null
  readonly disabledAt: Date | null
  readonly createdBy: string
  readonly createdAt: Date
  readonly lastSignInAt: Date | null
  readonly version: number
}

/** A person as a password is checked against them. */
export interface UserWithPassword extends User {
  readonly passwordHash: string | null
}

const columns = `user_id as "userId", email, name, role, language, password_hash is not null as "hasPassword",
  must_change_password as "mustChangePassword", identity_issuer as "identityIssuer", disabled_at as "disabledAt",
  created_by as "createdBy", created_at as "createdAt", last_sign_in_at as "lastSignInAt", version`

const uniqueViolation = '23505'

/** @throws {HubError} CONFLICT when somebody has this e-mail address. */
export async function insertUser(
  tx: Tx,
  user: Pick<User, 'userId' | 'email' | 'name' | 'role' | 'language' | 'createdBy'> & {
    readonly passwordHash: string | null
    readonly mustChangePassword: boolean
    readonly identity?: { readonly issuer: string; readonly subject: string }
  },
): Promise<User> {
  const { userId, email, name, role, language, createdBy, passwordHash, mustChangePassword } = user
  const { issuer = null, subject = null } = user.identity ?? {}
  try {
    const { rows } = await tx.query<User>(
      `insert into user_account (user_id, email, name, role, language, created_by, password_hash,
         must_change_password, identity_issuer, identity_subject)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning ${columns}`,
      [
        userId,
        email,
        name,
        role,
        language,
        createdBy,
        passwordHash,
        mustChangePassword,
        issuer,
        subject,
      ],
    )
    return only(rows, userId)
  } catch (error) {
    if (sqlState(error) !== uniqueViolation) throw error
    throw new HubError('CONFLICT', 'Somebody has this e-mail address already.')
  }
}

/** By e-mail address, in whichever case it is written. */
export async function findUserByEmail(
  db: Queryable,
  email: string,
): Promise<UserWithPassword | null> {
  const { rows } = await db.query<UserWithPassword>(
    `select ${columns}, password_hash as "passwordHash" from user_account where lower(email) = lower($1)`,
    [email],
  )
  return rows[0] ?? null
}

/** Who an identity provider vouches for under a name. */
export async function findUserByIdentity(
  db: Queryable,
  { issuer, subject }: { readonly issuer: string; readonly subject: string },
): Promise<User | null> {
  const { rows } = await db.query<User>(
    `select ${columns} from user_account where identity_issuer = $1 and identity_subject = $2`,
    [issuer, subject],
  )
  return rows[0] ?? null
}

/** From now on an identity provider vouches for somebody, too. @throws {HubError} NOT_FOUND. */
export async function linkIdentity(
  tx: Tx,
  given: { readonly userId: string; readonly issuer: string; readonly subject: string },
): Promise<User> {
  const { rows } = await tx.query<User>(
    `update user_account set identity_issuer = $2, identity_subject = $3, version = version + 1
     where user_id = $1 returning ${columns}`,
    [given.userId, given.issuer, given.subject],
  )
  return only(rows, given.userId)
}

/** @throws {HubError} NOT_FOUND. */
export async function loadUser(db: Queryable, userId: string): Promise<UserWithPassword> {
  const { rows } = await db.query<UserWithPassword>(
    `select ${columns}, password_hash as "passwordHash" from user_account where user_id = $1`,
    [userId],
  )
  return only(rows, userId)
}

/** Whether there has ever been a person. */
export async function hasUsers(db: Queryable): Promise<boolean> {
  const { rows } = await db.query<{ exists: boolean }>(
    'select exists (select from user_account) as exists',
  )
  return rows[0]?.exists ?? false
}

/** Gives somebody another password, which is no change of what others see of them. @throws {HubError} NOT_FOUND. */
export async function setPassword(
  tx: Tx,
  given: {
    readonly userId: string
    readonly passwordHash: string
    readonly mustChangePassword: boolean
  },
): Promise<User> {
  const { rows } = await tx.query<User>(
    `update user_account set password_hash = $2, must_change_password = $3
     where user_id = $1 returning ${columns}`,
    [given.userId, given.passwordHash, given.mustChangePassword],
  )
  return only(rows, given.userId)
}

export async function noteSignIn(tx: Tx, userId: string, at: Date): Promise<void> {
  await tx.query('update user_account set last_sign_in_at = $2 where user_id = $1', [userId, at])
}

function only<Row>(rows: readonly Row[], userId: string): Row {
  const [row] = rows
  if (row === undefined) throw new HubError('NOT_FOUND', `There is no user ${userId}.`)
  return row
}

/** A page of people by e-mail address. `next` is the `after` of the page behind it, null on the last one. */
export async function listUsers(
  db: Queryable,
  { after = '', limit }: { readonly after?: string | undefined; readonly limit: number },
): Promise<{ items: User[]; next: string | null }> {
  const { rows } = await db.query<User>(
    `select ${columns} from user_account where lower(email) > $1 order by lower(email) limit $2`,
    [after, limit + 1],
  )
  const items = rows.slice(0, limit)
  const last = items.at(-1)?.email.toLowerCase() ?? null
  return { items, next: rows.length > limit ? last : null }
}

/** @throws {HubError} NOT_FOUND; PRECONDITION_FAILED when it is not as the version says. */
export async function lockUser(
  tx: Tx,
  given: { readonly userId: string; readonly expectedVersion?: number | undefined },
): Promise<User> {
  const { rows } = await tx.query<User>(
    `select ${columns} from user_account where user_id = $1 for update`,
    [given.userId],
  )
  const user = only(rows, given.userId)
  if (given.expectedVersion !== undefined && given.expectedVersion !== user.version) {
    throw new HubError('PRECONDITION_FAILED', 'Somebody has changed this user since you read it.')
  }
  return user
}

export async function updateUser(
  tx: Tx,
  user: Pick<User, 'userId' | 'name' | 'role' | 'language' | 'disabledAt'>,
): Promise<User> {
  const { userId, name, role, language, disabledAt } = user
  const { rows } = await tx.query<User>(
    `update user_account set name = $2, role = $3, language = $4, disabled_at = $5, version = version + 1
     where user_id = $1 returning ${columns}`,
    [userId, name, role, language, disabledAt],
  )
  return only(rows, userId)
}

/** Administrators who can sign in, beside one. Locks them: two who demote each other take turns. */
export async function countOtherAdmins(tx: Tx, userId: string): Promise<number> {
  const { rows } = await tx.query(
    `select from user_account where role = 'admin' and disabled_at is null and user_id <> $1
     order by user_id for update`,
    [userId],
  )
  return rows.length
}
