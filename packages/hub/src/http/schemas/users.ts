import { userRoles } from '@backhaul/sdk/canonical'
import { z } from 'zod'
import type { UserSession } from '../../store/user-sessions.ts'
import type { PersonRole, User } from '../../store/users.ts'
import { iso, isoOrNull, text, textOrNull, time, timeOrNull, uuid } from './common.ts'

/** Roles of people: machines have keys. */
export const personRole = z.enum(
  userRoles.filter((name): name is PersonRole => name !== 'machine') as [
    PersonRole,
    ...PersonRole[],
  ],
)

export const user = z
  .object({
    id: uuid,
    email: text,
    name: text,
    role: personRole,
    language: textOrNull,
    signsInBy: z.array(z.enum(['password', 'oidc'])),
    mustChangePassword: z.boolean(),
    isDisabled: z.boolean(),
    createdBy: text,
    createdAt: time,
    lastSignInAt: timeOrNull,
    version: z.int(),
  })
  .meta({ id: 'User', description: 'A person who signs in.' })

export function userView(found: User): z.infer<typeof user> {
  const { userId, email, name, role, language, mustChangePassword, createdBy, version } = found
  return {
    id: userId,
    email,
    name,
    role,
    language,
    signsInBy: [
      ...(found.hasPassword ? (['password'] as const) : []),
      ...(found.identityIssuer === null ? [] : (['oidc'] as const)),
    ],
    mustChangePassword,
    isDisabled: found.disabledAt !== null,
    createdBy,
    createdAt: iso(found.createdAt),
    lastSignInAt: isoOrNull(found.lastSignInAt),
    version,
  }
}

export const userSession = z
  .object({
    id: text,
    createdAt: time,
    lastSeenAt: time.describe('To within a minute.'),
    expiresAt: time,
    address: text,
    userAgent: text,
  })
  .meta({ id: 'UserSession', description: 'A stay of a person that has not ended.' })

export function userSessionView(found: UserSession): z.infer<typeof userSession> {
  const { sessionId, createdAt, lastSeenAt, expiresAt, address, userAgent } = found
  return {
    id: sessionId,
    createdAt: iso(createdAt),
    lastSeenAt: iso(lastSeenAt),
    expiresAt: iso(expiresAt),
    address,
    userAgent,
  }
}
