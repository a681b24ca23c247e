import { array, boolean, type infer as Infer, nullable, object, optional, string } from 'zod/mini'
import { ask, fetchBody, keepCsrfToken, tell } from '../api/client.ts'
import { ApiProblem } from '../api/problem.ts'

const sessionBody = object({
  user: object({
    id: string(),
    email: string(),
    name: string(),
    role: string(),
    language: optional(nullable(string())),
    mustChangePassword: optional(boolean()),
  }),
  rights: array(string()),
  csrfToken: string(),
  expiresAt: string(),
})

/** Somebody who is signed in. */
export type Session = Infer<typeof sessionBody>

const optionsBody = object({
  local: boolean(),
  oidc: nullable(object({ label: string(), startPath: string() })),
})

/** The ways in. */
export type SignInOptions = Infer<typeof optionsBody>

/** Who is signed in here; null for nobody. */
export async function readSession(): Promise<Session | null> {
  try {
    return keep(await fetchBody('/api/v1/session', sessionBody))
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 401) return keep(null)
    throw error
  }
}

/** @throws {ApiProblem} UNAUTHENTICATED for a wrong pair, RATE_LIMITED after too many. */
export async function signIn(email: string, password: string): Promise<Session | null> {
  const request = { method: 'POST', body: { email, password } } as const
  return keep((await ask('/api/v1/session', sessionBody, request)).body)
}

export async function signOut(): Promise<void> {
  await tell('/api/v1/session', { method: 'DELETE' })
  keep(null)
}

/** Ends every other session of the same person. */
export function changePassword(currentPassword: string, newPassword: string): Promise<void> {
  return tell('/api/v1/session/password', {
    method: 'POST',
    body: { currentPassword, newPassword },
  })
}

export function readSignInOptions(): Promise<SignInOptions> {
  return fetchBody('/api/v1/session/options', optionsBody)
}

function keep(session: Session | null): Session | null {
  keepCsrfToken(session?.csrfToken ?? null)
  return session
}
