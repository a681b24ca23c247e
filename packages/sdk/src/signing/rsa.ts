import {
  createPrivateKey,
  createPublicKey,
  type JsonWebKey,
  type KeyObject,
  sign as signBytes,
  verify as verifyBytes,
} from 'node:crypto'
import { decodeStrictly, toBytes } from './encoding.ts'
import { readHeader } from './read-header.ts'
import {
  isRefusal,
  refused,
  type SignatureScheme,
  type SignedRequest,
  type UnsignedRequest,
  type Verdict,
  type WebhookRequest,
} from './scheme.ts'
import { checkTimestamp, formatTimestamp, type TimestampFormat } from './timestamp.ts'

export interface RsaRow {
  readonly signatureHeader: string
  readonly keyIdHeader: string
  readonly timestampHeader: string
  readonly timestampFormat: TimestampFormat
}

interface PublicKey {
  readonly id: string | undefined
  readonly key: KeyObject
}

const minModulusBits = 2048

/**
 * RSA-SHA256 (PKCS #1 v1.5) over `{timestamp}.{body}`. The secrets are the vendor's public keys: a JWKS, a
 * JWK or a PEM text, put into the configuration by a person. The request only names one of them; no key
 * and no key address is ever taken from a request.
 *
 * `sign` takes a private key, as a JWK with its `kid` or as PEM.
 */
export function rsaScheme(row: RsaRow): SignatureScheme {
  return {
    verify: (request) => verifyRsa(row, request),
    sign: (request) => signRsa(row, request),
  }
}

function verifyRsa(row: RsaRow, request: WebhookRequest): Verdict {
  const keys = request.secrets.flatMap(toPublicKeys)
  if (keys.length === 0) return refused('no_secret')
  const signature = readHeader(request.headers, row.signatureHeader)
  if (isRefusal(signature)) return signature
  const keyId = readHeader(request.headers, row.keyIdHeader)
  if (isRefusal(keyId)) return keyId
  const timestamp = readHeader(request.headers, row.timestampHeader)
  if (isRefusal(timestamp)) return timestamp
  const bytes = decodeStrictly(signature.value, 'base64')
  if (bytes === null) return refused('malformed')
  const content = contentOf(timestamp.value, request.rawBody)
  const isAuthentic = keys
    .filter(({ id }) => id === undefined || id === keyId.value)
    .some(({ key }) => verifyBytes('RSA-SHA256', content, key, bytes))
  if (!isAuthentic) return refused('bad_signature')
  const age = checkTimestamp(timestamp.value, { format: row.timestampFormat, now: request.now })
  return isRefusal(age) ? age : { ok: true, skewSeconds: age.skewSeconds }
}

function signRsa(row: RsaRow, { url, now, secret, ...request }: UnsignedRequest): SignedRequest {
  const body = toBytes(request.body)
  const jwk = parseJson(secret)
  const key = isJwk(jwk) ? createPrivateKey({ key: jwk, format: 'jwk' }) : createPrivateKey(secret)
  const timestamp = formatTimestamp(now, row.timestampFormat)
  const signature = signBytes('RSA-SHA256', contentOf(timestamp, body), key).toString('base64')
  const headers = {
    [row.signatureHeader]: signature,
    [row.keyIdHeader]: (isJwk(jwk) ? keyIdOf(jwk) : undefined) ?? 'unnamed',
    [row.timestampHeader]: timestamp,
  }
  return { headers, url, body }
}

function contentOf(timestamp: string, body: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`${timestamp}.`), body])
}

function toPublicKeys(secret: string): PublicKey[] {
  const json = parseJson(secret)
  if (json === undefined) return toPublicKey(() => createPublicKey(secret), undefined)
  const jwks = isJwks(json) ? json.keys : [json]
  return jwks
    .filter(isJwk)
    .flatMap((jwk) => toPublicKey(() => createPublicKey({ key: jwk, format: 'jwk' }), keyIdOf(jwk)))
}

function toPublicKey(create: () => KeyObject, id: string | undefined): PublicKey[] {
  try {
    const key = create()
    const bits = key.asymmetricKeyDetails?.modulusLength ?? 0
    return key.asymmetricKeyType === 'rsa' && bits >= minModulusBits ? [{ id, key }] : []
  } catch {
    return []
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isJwks(value: unknown): value is { keys: unknown[] } {
  return typeof value === 'object' && value !== null && 'keys' in value && Array.isArray(value.keys)
}

function isJwk(value: unknown): value is JsonWebKey {
  return typeof value === 'object' && value !== null && 'kty' in value && value.kty === 'RSA'
}

function keyIdOf(jwk: JsonWebKey): string | undefined {
  const id = jwk['kid']
  return typeof id === 'string' ? id : undefined
}
