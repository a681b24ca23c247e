import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

const algorithm = 'aes-256-gcm'
const keyBytes = 32
const ivBytes = 12
const tagBytes = 16

/** 32 random bytes for `encrypt`. Whoever throws them away has erased what they encrypted. */
export function newDataKey(): Buffer {
  return randomBytes(keyBytes)
}

/**
 * Encrypts with AES-256-GCM under a random 96-bit nonce. Do so at most 2^32 times with one key
 * (NIST SP 800-38D, 8.3).
 *
 * @param boundTo - authenticated with the text, not stored: what opens it must name the same
 *   place, so that a value copied to another row or column does not open there.
 * @returns nonce (12 bytes), ciphertext, tag (16 bytes).
 */
export function encrypt(key: Uint8Array, plaintext: string | Uint8Array, boundTo: string): Buffer {
  const iv = randomBytes(ivBytes)
  const cipher = createCipheriv(algorithm, key, iv, { authTagLength: tagBytes })
  cipher.setAAD(Buffer.from(boundTo, 'utf8'))
  const bytes = typeof plaintext === 'string' ? Buffer.from(plaintext, 'utf8') : plaintext
  return Buffer.concat([iv, cipher.update(bytes), cipher.final(), cipher.getAuthTag()])
}

/**
 * Reverses `encrypt`.
 *
 * @returns null where the key is another one, the bytes were changed, or `boundTo` differs.
 */
export function decrypt(key: Uint8Array, sealed: Uint8Array, boundTo: string): Buffer | null {
  if (sealed.length < ivBytes + tagBytes) return null
  const tagAt = sealed.length - tagBytes
  const iv = sealed.subarray(0, ivBytes)
  const decipher = createDecipheriv(algorithm, key, iv, { authTagLength: tagBytes })
  decipher.setAAD(Buffer.from(boundTo, 'utf8'))
  decipher.setAuthTag(sealed.subarray(tagAt))
  try {
    return Buffer.concat([decipher.update(sealed.subarray(ivBytes, tagAt)), decipher.final()])
  } catch {
    return null
  }
}
