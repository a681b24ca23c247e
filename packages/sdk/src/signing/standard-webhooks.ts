import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  type KeyObject,
  sign as signBytes,
  verify as verifyBytes,
} from 'node:crypto'
import { decodeStrictly, isSame, toBytes } from './encoding.ts'
import { readHeader } from './read-header.ts'
import {
  isRefusal,
  type Refusal,
  refused,
  type SignatureScheme,
  type SignedRequest,
  type UnsignedRequest,
  type Verdict,
  type WebhookRequest,
} from './scheme.ts'
import { checkTimestamp } from './timestamp.ts'

// Standard Webhooks 1.0.0, https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md,
// read 2026-11-23: 24 to 64 bytes of secret, content `{id}.{timestamp}.{body}`, space-separated signatures.

export interface StandardWebhookMessage {
  /** The same in every attempt: the receiver's idempotency key. Without a full stop. */
  readonly id: string
  /** Of the attempt, not of the event. */
  readonly timestampSeconds: number
  readonly body: string | Uint8Array
}

const symmetricPrefix = 'whsec_'
const publicPrefix = 'whpk_'
const privatePrefix = 'whsk_'
const minSecretBytes = 24
const maxSecretBytes = 64
const ed25519KeyBytes = 32
const maxSignatures = 20

// An Ed25519 key is wrapped by these constant DER headers (RFC 8410).
const publicKeyHeader = Buffer.from('302a300506032b6570032100', 'hex')
const privateKeyHeader = Buffer.from('302e020100300506032b657004220420', 'hex')

// The id stands in front of two full stops in the signed content. With one of its own, a signature over one
// (id, timestamp, body) would be a signature over another as well.
const messageId = /^[\x21-\x2d\x2f-\x7e]{1,256}$/
const signatureToken = /^([a-z0-9]{1,8}),([A-Za-z0-9+/]{1,200}={0,2})$/

interface Keys {
  readonly symmetric: readonly Buffer[]
  readonly asymmetric: readonly KeyObject[]
}

interface Carried {
  readonly id: string
  readonly timestamp: string
  readonly signatures: readonly { readonly version: string; readonly bytes: Buffer }[]
}

/**
 * Standard Webhooks, both ways. Secrets are `whsec_…` (v1, HMAC-SHA256; the prefix may be missing) and
 * `whpk_…` (v1a, Ed25519 public keys). Each signature is only ever tried with keys of its own kind: a public
 * key is known to everyone and never becomes an HMAC key.
 */
export const standardWebhooks: SignatureScheme = { verify, sign }

/**
 * Prepares the `webhook-signature` of many messages: the key is decoded once.
 *
 * @param secret - `whsec_…` for v1, `whsk_…` for v1a.
 * @throws {TypeError} when `secret` is neither, or too short or too long.
 */
export function prepareSigner(secret: string): (message: StandardWebhookMessage) => string {
  if (secret.startsWith(privatePrefix)) {
    const key = toPrivateKey(secret.slice(privatePrefix.length))
    return ({ id, timestampSeconds, body }) => {
      const content = contentOf(id, String(timestampSeconds), toBytes(body))
      return `v1a,${signBytes(null, content, key).toString('base64')}`
    }
  }
  const bytes = toSymmetricKey(secret)
  if (bytes === null) throw new TypeError('a signing secret is whsec_ and 24 to 64 bytes in base64')
  const key = createSecretKey(bytes)
  return ({ id, timestampSeconds, body }) =>
    `v1,${createHmac('sha256', key).update(`${id}.${timestampSeconds}.`).update(body).digest('base64')}`
}

/** Whether `secret` can sign (`whsec_…`, `whsk_…`). */
export function isSigningSecret(secret: string): boolean {
  try {
    prepareSigner(secret)
    return true
  } catch {
    return false
  }
}

/** Whether `secret` can verify (`whsec_…`, `whpk_…`). */
export function isVerifyingSecret(secret: string): boolean {
  const { symmetric, asymmetric } = toKeys([secret])
  return symmetric.length + asymmetric.length > 0
}

function verify(request: WebhookRequest): Verdict {
  const keys = toKeys(request.secrets)
  if (keys.symmetric.length + keys.asymmetric.length === 0) return refused('no_secret')
  const carried = readCarried(request)
  if (isRefusal(carried)) return carried
  if (!isAuthentic(carried, request.rawBody, keys)) return refused('bad_signature')
  const age = checkTimestamp(carried.timestamp, { format: 'unix_seconds', now: request.now })
  return isRefusal(age) ? age : { ok: true, skewSeconds: age.skewSeconds }
}

function sign(request: UnsignedRequest): SignedRequest {
  const { id, url, secret, now } = request
  if (id === undefined || !messageId.test(id)) {
    throw new TypeError('Standard Webhooks signs an id, without a full stop')
  }
  const body = toBytes(request.body)
  const timestampSeconds = Math.floor(now.getTime() / 1000)
  const signature = prepareSigner(secret)({ id, timestampSeconds, body })
  const headers = {
    'webhook-id': id,
    'webhook-timestamp': String(timestampSeconds),
    'webhook-signature': signature,
  }
  return { headers, url, body }
}

function readCarried({ headers }: WebhookRequest): Carried | Refusal {
  const id = readHeader(headers, 'webhook-id')
  if (isRefusal(id)) return id
  const timestamp = readHeader(headers, 'webhook-timestamp')
  if (isRefusal(timestamp)) return timestamp
  const signature = readHeader(headers, 'webhook-signature')
  if (isRefusal(signature)) return signature
  const tokens = signature.value.split(' ')
  if (!messageId.test(id.value) || tokens.length > maxSignatures) return refused('malformed')
  const signatures = tokens.map(parseToken).filter((token) => token !== null)
  if (signatures.length < tokens.length) return refused('malformed')
  return { id: id.value, timestamp: timestamp.value, signatures }
}

function parseToken(token: string): { version: string; bytes: Buffer } | null {
  const match = signatureToken.exec(token)
  const [, version = '', text = ''] = match ?? []
  const bytes = match === null ? null : decodeStrictly(text, 'base64')
  return bytes === null ? null : { version, bytes }
}

/** Signatures of versions that we do not know stand beside ours without harm. */
function isAuthentic(
  { id, timestamp, signatures }: Carried,
  body: Uint8Array,
  keys: Keys,
): boolean {
  const v1 = signatures.filter(({ version }) => version === 'v1')
  const v1a = signatures.filter(({ version }) => version === 'v1a')
  const expected =
    v1.length === 0 ? [] : keys.symmetric.map((key) => hmac(key, { id, timestamp, body }))
  if (expected.some((own) => v1.some(({ bytes }) => isSame(bytes, own)))) return true
  const content = contentOf(id, timestamp, body)
  return keys.asymmetric.some((key) =>
    v1a.some(({ bytes }) => verifyBytes(null, content, key, bytes)),
  )
}

function hmac(
  key: Buffer,
  { id, timestamp, body }: { id: string; timestamp: string; body: Uint8Array },
): Buffer {
  return createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest()
}

function contentOf(id: string, timestamp: string, body: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body])
}

function toKeys(secrets: readonly string[]): Keys {
  return {
    symmetric: secrets.map(toSymmetricKey).filter((key) => key !== null),
    asymmetric: secrets.map(toPublicKey).filter((key) => key !== null),
  }
}

function toSymmetricKey(secret: string): Buffer | null {
  const text = secret.startsWith(symmetricPrefix) ? secret.slice(symmetricPrefix.length) : secret
  // `whpk_` and `whsk_` cannot pass: base64 has no underscore.
  const bytes = decodeStrictly(text, 'base64')
  const isLongEnough = bytes !== null && bytes.length >= minSecretBytes
  return isLongEnough && bytes.length <= maxSecretBytes ? bytes : null
}

function toPublicKey(secret: string): KeyObject | null {
  if (!secret.startsWith(publicPrefix)) return null
  const bytes = decodeStrictly(secret.slice(publicPrefix.length), 'base64')
  if (bytes?.length !== ed25519KeyBytes) return null
  const der = Buffer.concat([publicKeyHeader, bytes])
  return createPublicKey({ key: der, format: 'der', type: 'spki' })
}

function toPrivateKey(text: string): KeyObject {
  const bytes = decodeStrictly(text, 'base64')
  // 64 bytes are the seed with the public key behind it, as libsodium stores a pair.
  if (bytes?.length !== ed25519KeyBytes && bytes?.length !== 2 * ed25519KeyBytes) {
    throw new TypeError('a private signing key is whsk_ and 32 or 64 bytes in base64')
  }
  const der = Buffer.concat([privateKeyHeader, bytes.subarray(0, ed25519KeyBytes)])
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
}
