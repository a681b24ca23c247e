import { array, boolean, type infer as Infer, nullable, number, object, string } from 'zod/mini'
import { fetchBody, tell } from '../../api/client.ts'

export const personRoles = [
  'admin',
  'integrator',
  'agent',
  'warehouse',
  'finance',
  'auditor',
] as const

const user = object({
  id: string(),
  email: string(),
  name: string(),
  role: string(),
  signsInBy: array(string()),
  mustChangePassword: boolean(),
  isDisabled: boolean(),
  lastSignInAt: nullable(string()),
  version: number(),
})
export type User = Infer<typeof user>

const stay = object({
  id: string(),
  createdAt: string(),
  lastSeenAt: string(),
  address: string(),
  userAgent: string(),
})

const apiKey = object({
  id: string(),
  name: string(),
  role: string(),
  connectionId: nullable(string()),
  createdBy: string(),
  expiresAt: nullable(string()),
  revokedAt: nullable(string()),
  lastUsedAt: nullable(string()),
})
export type ApiKey = Infer<typeof apiKey>

const withPassword = object({ user, oneTimePassword: string() })
const roleList = object({ data: array(object({ role: string(), rights: array(string()) })) })

/** As many as a hub has people or keys in use; more are found by the command line. */
const most = 200

export function readUsers() {
  const schema = object({ data: array(user), has_more: boolean() })
  return fetchBody('/api/v1/users', schema, { query: { limit: most } })
}

export function createUser(input: { email: string; name: string; role: string }) {
  return fetchBody('/api/v1/users', withPassword, { method: 'POST', body: input })
}

/** @throws {ApiProblem} PRECONDITION_FAILED when somebody else was faster; CONFLICT for the last administrator. */
export function changeUser(
  { id, version }: User,
  change: { readonly role?: string; readonly isDisabled?: boolean },
) {
  return fetchBody(`/api/v1/users/${id}`, user, {
    method: 'PATCH',
    body: change,
    headers: { 'if-match': `"${version}"` },
  })
}

export function resetPassword({ id }: User) {
  return fetchBody(`/api/v1/users/${id}/password-reset`, withPassword, { method: 'POST' })
}

export function readSessions({ id }: User) {
  return fetchBody(`/api/v1/users/${id}/sessions`, object({ data: array(stay) }))
}

export function endSessions({ id }: User, session?: string): Promise<void> {
  return tell(`/api/v1/users/${id}/sessions`, { method: 'DELETE', query: { session } })
}

export function readKeys() {
  const schema = object({ data: array(apiKey), has_more: boolean() })
  return fetchBody('/api/v1/api-keys', schema, { query: { limit: most } })
}

export function createKey(input: { name: string; role: string; expiresInDays: number }) {
  const schema = object({ apiKey, key: string() })
  return fetchBody('/api/v1/api-keys', schema, { method: 'POST', body: input })
}

export function revokeKey({ id }: ApiKey): Promise<void> {
  return tell(`/api/v1/api-keys/${id}`, { method: 'DELETE' })
}

export function readRoles() {
  return fetchBody('/api/v1/roles', roleList)
}
