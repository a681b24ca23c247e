import type { User } from '../orm/env.ts'

interface Key {
  readonly user: User
  isRevoked: boolean
}

/** The API keys that open the double. */
export class Keys {
  private readonly keys = new Map<string, Key>()

  add(key: string, user: User): void {
    this.keys.set(key, { user, isRevoked: false })
  }

  /** Whose key it is; a key that was revoked, or has expired, is nobody's. */
  find(key: string): User | null {
    const known = this.keys.get(key)
    return known && !known.isRevoked ? known.user : null
  }

  /** Revokes or lets expire a key; callers cannot tell which. */
  revoke(key: string): void {
    const known = this.keys.get(key)
    if (known) known.isRevoked = true
  }

  /** Lets every key open again. */
  restore(): void {
    for (const key of this.keys.values()) key.isRevoked = false
  }
}
