import { randomBytes } from 'node:crypto'
import { isSameSecret, sha256 } from './hash.ts'

const pattern = /^([0-9a-f]{16})\.([A-Za-z0-9_-]{43})$/

export interface NewSessionToken {
  /** Tells the session apart from others; not secret. */
  readonly id: string
  /** `<id>.<secret>`, the cookie's value. */
  readonly token: string
  /** What is stored. */
  readonly secretHash: Buffer
}

/** Makes the token of a session: 32 random bytes, of which SHA-256 alone is stored, as of API keys. */
export function generateSessionToken(): NewSessionToken {
  const id = randomBytes(8).toString('hex')
  const secret = randomBytes(32).toString('base64url')
  return { id, token: `${id}.${secret}`, secretHash: sha256(secret) }
}

/** Takes a token apart; null for text of any other form. */
export function parseSessionToken(
  text: string,
): { readonly id: string; readonly secret: string } | null {
  const [, id, secret] = pattern.exec(text) ?? []
  return id === undefined || secret === undefined ? null : { id, secret }
}

export function isSessionSecret(secret: string, secretHash: Uint8Array): boolean {
  return isSameSecret(sha256(secret), secretHash)
}

/**
 * The token that a page has to send with every change, made of the session's secret: other sites can neither read
 * it nor make it, and nothing more has to be stored.
 */
export function csrfTokenOf(secret: string): string {
  return sha256(`csrf ${secret}`).toString('base64url')
}

export function isCsrfToken(given: string, secret: string): boolean {
  return isSameSecret(Buffer.from(given), Buffer.from(csrfTokenOf(secret)))
}
