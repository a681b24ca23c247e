import type { HubConfig } from '../../platform/config/schema.ts'
import { newId } from '../../platform/ids.ts'
import { type Tx, withTransaction } from '../../store/database.ts'
import { endSessions } from '../../store/user-sessions.ts'
import {
  findUserByEmail,
  findUserByIdentity,
  insertUser,
  linkIdentity,
  type PersonRole,
  type User,
  updateUser,
} from '../../store/users.ts'
import { type AccountDeps, beginSession, type NewSession, type Visitor } from './sign-in.ts'

/** What an identity provider says of somebody, verified. */
export interface Identity {
  readonly issuer: string
  readonly subject: string
  readonly email: string | null
  readonly isEmailVerified: boolean
  readonly name: string | null
  readonly groups: readonly string[]
}

/** Why somebody whom the identity provider knows is not let in. */
export type Refusal = 'no_email' | 'no_role' | 'email_taken' | 'disabled'

type Deps = Pick<AccountDeps, 'pool' | 'record' | 'clock'> & {
  readonly config: Pick<HubConfig, 'oidc'>
}

/**
 * Lets somebody in for whom the identity provider vouches: as who they were here before, or as somebody new. Their
 * role follows their groups at every sign-in.
 *
 * Who has an account here with a password is taken for the same person only where the provider has verified the
 * e-mail address: else whoever may choose an address there could become anybody here.
 */
export function signInByIdentity(
  deps: Deps,
  identity: Identity,
  visitor: Visitor,
): Promise<NewSession | Refusal> {
  const role = roleOf(identity, deps.config.oidc)
  return withTransaction(deps.pool, async (tx) => {
    const found = await findOrMake(deps, tx, { identity, role })
    if (typeof found === 'string') return found
    if (found.disabledAt !== null) return 'disabled'
    if (role === null) return 'no_role'
    const user = await withRole(deps, tx, { user: found, role })
    return beginSession(deps, tx, { user, visitor, by: 'oidc' })
  })
}

function roleOf(
  { groups }: Identity,
  { roles, defaultRole }: HubConfig['oidc'],
): PersonRole | null {
  for (const one of roles) {
    const at = one.lastIndexOf('=')
    if (groups.includes(one.slice(0, at))) return one.slice(at + 1) as PersonRole
  }
  return defaultRole ?? null
}

async function findOrMake(
  { record }: Deps,
  tx: Tx,
  { identity, role }: { readonly identity: Identity; readonly role: PersonRole | null },
): Promise<User | Refusal> {
  const { issuer, subject, email } = identity
  const known = await findUserByIdentity(tx, identity)
  if (known !== null) return known
  if (email === null) return 'no_email'
  if (role === null) return 'no_role'
  const namesake = await findUserByEmail(tx, email)
  if (namesake !== null) {
    if (!identity.isEmailVerified || namesake.identityIssuer !== null) return 'email_taken'
    return linkIdentity(tx, { userId: namesake.userId, issuer, subject })
  }
  const user = await insertUser(tx, {
    userId: newId(),
    email,
    name: identity.name ?? email,
    role,
    language: null,
    createdBy: 'oidc',
    passwordHash: null,
    mustChangePassword: false,
    identity: { issuer, subject },
  })
  const about = { objectType: 'user', objectId: user.userId }
  await record(tx, [{ ...about, actor: 'oidc', action: 'user.created', detail: { role } }])
  return user
}

/** With another role than so far, what was allowed before ends. */
async function withRole(
  { record, clock }: Deps,
  tx: Tx,
  { user, role }: { readonly user: User; readonly role: PersonRole },
): Promise<User> {
  if (user.role === role) return user
  const changed = await updateUser(tx, { ...user, role })
  await endSessions(tx, { userId: user.userId, at: clock.now(), except: null })
  const about = { objectType: 'user', objectId: user.userId }
  const detail = { role, before: user.role }
  await record(tx, [{ ...about, actor: 'oidc', action: 'user.changed', detail }])
  return changed
}
