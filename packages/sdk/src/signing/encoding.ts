import { timingSafeEqual } from 'node:crypto'

export type SignatureEncoding = 'base64' | 'hex'

/**
 * Decodes a signature or key strictly: only the one spelling that the encoder writes. `Buffer.from` alone
 * would skip what it does not know, so that several texts would stand for one signature.
 */
export function decodeStrictly(text: string, encoding: SignatureEncoding): Buffer | null {
  const canonicalText = encoding === 'hex' ? text.toLowerCase() : text
  const bytes = Buffer.from(canonicalText, encoding)
  return bytes.toString(encoding) === canonicalText ? bytes : null
}

/** Compares in constant time. Lengths are no secret: they follow from the algorithm. */
export function isSame(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && timingSafeEqual(left, right)
}

export function toBytes(body: string | Uint8Array): Uint8Array {
  return typeof body === 'string' ? Buffer.from(body, 'utf8') : body
}
