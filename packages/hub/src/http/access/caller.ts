import type { UserRole } from '@backhaul/sdk/canonical'

/** Who a request comes from: a key, or somebody who is signed in. */
export interface Caller {
  /** Null for somebody who is signed in. */
  readonly keyId: string | null
  /** Null for a key. */
  readonly session: CallerSession | null
  readonly role: UserRole
  /** As history and audit name them: `key:<id> <name>`, `user:<id> <e-mail address>`. */
  readonly actor: string
  /** The connection that the key speaks for; null for one that speaks for itself. */
  readonly connectionId: string | null
}

/** The session that a request comes in. */
export interface CallerSession {
  readonly sessionId: string
  readonly userId: string
  readonly email: string
  readonly name: string
  readonly language: string | null
  /** Until they have, they may do nothing else. */
  readonly mustChangePassword: boolean
  readonly expiresAt: Date
  /** What changes have to carry as `X-CSRF-Token`. */
  readonly csrfToken: string
}
