import { randomBytes } from 'node:crypto'
import { isSameSecret, sha256 } from './hash.ts'

const keyPattern = /^bhk_([0-9a-f]{16})_([A-Za-z0-9_-]{43})$/

export type NewApiKey = {
  /** Tells the key apart from others; not secret, and shown in lists. */
  readonly id: string
  /** `bhk_<id>_<secret>`: shown once, to whoever asked for it. */
  readonly key: string
  /** What is stored. */
  readonly secretHash: Buffer
}

/**
 * Makes an API key with a secret of 32 random bytes.
 *
 * Its hash is one round of SHA-256, on purpose: a slow hash protects secrets that people choose,
 * and nobody can guess 256 random bits however fast the guesses are; every API call, in turn,
 * pays for the hash.
 */
export function generateApiKey(): NewApiKey {
  const id = randomBytes(8).toString('hex')
  const secret = randomBytes(32).toString('base64url')
  return { id, key: `bhk_${id}_${secret}`, secretHash: sha256(secret) }
}

/** Takes a key apart, or returns null for text of any other form. */
export function parseApiKey(text: string): { readonly id: string; readonly secret: string } | null {
  const [, id, secret] = keyPattern.exec(text) ?? []
  return id === undefined || secret === undefined ? null : { id, secret }
}

export function isApiKeySecret(secret: string, secretHash: Uint8Array): boolean {
  return isSameSecret(sha256(secret), secretHash)
}
