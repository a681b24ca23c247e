import { hkdfSync } from 'node:crypto'
import type { KeyRing } from '../platform/crypto/key-ring.ts'

/** Keys that seal the heads of the audit chains, made from the master keys. */
export type AuditSealKeys = {
  /** Seals. */
  readonly active: Buffer
  /** Each of them verifies: a chain that nobody writes to any more keeps the seal of its time. */
  readonly all: readonly Buffer[]
}

const keyBytes = 32
const purpose = 'backhaul audit seal'

/** Derives the sealing keys, by HKDF with SHA-256 (RFC 5869), so that they tell nothing of the master keys. */
export function auditSealKeys(ring: KeyRing): AuditSealKeys {
  const entries = [...ring.keys].map(([keyId, key]) => ({ keyId, derived: derive(key) }))
  const active = entries.find(({ keyId }) => keyId === ring.activeKeyId)
  if (active === undefined) throw new TypeError('the active key is not in its ring')
  return { active: active.derived, all: entries.map(({ derived }) => derived) }
}

function derive(masterKey: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', masterKey, '', purpose, keyBytes))
}
