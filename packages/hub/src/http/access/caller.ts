import type { UserRole } from '@backhaul/sdk/canonical'

/** Who a request comes from. */
export interface Caller {
  readonly keyId: string
  readonly role: UserRole
  /** As history and audit name them: `key:<id> <name>`. */
  readonly actor: string
  /** The connection that the key speaks for; null for one that speaks for itself. */
  readonly connectionId: string | null
}
