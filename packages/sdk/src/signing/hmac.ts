import { createHash, createHmac } from 'node:crypto'
import { decodeStrictly, isSame, type SignatureEncoding, toBytes } from './encoding.ts'
import { readHeader } from './read-header.ts'
import {
  accepted,
  isRefusal,
  type Refusal,
  refused,
  type SignatureScheme,
  type SignedRequest,
  type UnsignedRequest,
  type Verdict,
  type WebhookRequest,
} from './scheme.ts'
import { checkTimestamp, formatTimestamp, type TimestampFormat } from './timestamp.ts'

/** A piece of the signed content. */
export type SignedPart =
  | 'body'
  | 'body_sha256_hex'
  | 'method'
  | 'path_and_query'
  | 'sorted_form_fields'
  | 'timestamp'
  | 'url'
  | { readonly text: string }

/** How the configured text becomes the HMAC key. */
type KeyForm = 'hex' | 'utf8' | 'utf8_nfkd'

export interface HmacRow {
  readonly algorithm: 'sha1' | 'sha256'
  readonly encoding: SignatureEncoding
  readonly keyForm?: KeyForm
  readonly signs: readonly SignedPart[]
  readonly carries: SignatureCarrier
}

/** Where a request carries its signature and its timestamp. */
export type SignatureCarrier =
  | {
      readonly in: 'header'
      readonly header: string
      readonly prefix?: string
      readonly timestamp?: { readonly header: string; readonly format: TimestampFormat }
    }
  /** `t=…,v1=…,v1=…` in one header. */
  | {
      readonly in: 'pairs'
      readonly header: string
      readonly timestampKey: string
      readonly signatureKey: string
    }

interface Carried {
  readonly signatures: readonly string[]
  readonly timestamp?: { readonly text: string; readonly format: TimestampFormat }
}

interface Signable {
  readonly method: string
  readonly url: string
  readonly body: Uint8Array
  readonly timestamp: string
}

const digestBytes = { sha1: 20, sha256: 32 } as const
const maxSignatures = 10

/** A scheme that proves the sender by an HMAC over parts of the request; the row says which and how. */
export function hmacScheme(row: HmacRow): SignatureScheme {
  return {
    verify: (request) => verifyHmac(row, request),
    sign: (request) => signHmac(row, request),
  }
}

function verifyHmac(row: HmacRow, request: WebhookRequest): Verdict {
  const keys = request.secrets.map((secret) => toKey(secret, row.keyForm)).filter(isUsable)
  if (keys.length === 0) return refused('no_secret')
  const carried = readCarried(row.carries, request)
  if (isRefusal(carried)) return carried
  const given = carried.signatures.map((text) => decodeStrictly(text, row.encoding))
  if (given.some((bytes) => bytes?.length !== digestBytes[row.algorithm])) {
    return refused('malformed')
  }
  const timestamp = carried.timestamp?.text ?? ''
  const { method, url, rawBody } = request
  const signable = { method, url, body: rawBody, timestamp }
  const expected = keys.map((key) => digest(row, key, signable))
  const isMatch = expected.some((own) =>
    given.some((bytes) => bytes !== null && isSame(bytes, own)),
  )
  if (!isMatch) return refused('bad_signature')
  // After the signature: only an authentic timestamp says anything about age.
  return carried.timestamp === undefined ? accepted : checkAge(carried.timestamp, request.now)
}

function checkAge(timestamp: NonNullable<Carried['timestamp']>, now: Date): Verdict {
  const age = checkTimestamp(timestamp.text, { format: timestamp.format, now })
  return isRefusal(age) ? age : { ok: true, skewSeconds: age.skewSeconds }
}

function signHmac(row: HmacRow, request: UnsignedRequest): SignedRequest {
  const key = toKey(request.secret, row.keyForm)
  if (!isUsable(key)) throw new TypeError('the secret is no key of this scheme')
  const body = toBytes(request.body)
  const { method, url, now } = request
  const { carries } = row
  const format = carries.in === 'pairs' ? 'unix_seconds' : carries.timestamp?.format
  const timestamp = format === undefined ? '' : formatTimestamp(now, format)
  const signature = digest(row, key, { method, url, body, timestamp }).toString(row.encoding)
  if (carries.in === 'pairs') {
    const pairs = `${carries.timestampKey}=${timestamp},${carries.signatureKey}=${signature}`
    return { headers: { [carries.header]: pairs }, url, body }
  }
  const headers: Record<string, string> = {
    [carries.header]: `${carries.prefix ?? ''}${signature}`,
  }
  if (carries.timestamp !== undefined) headers[carries.timestamp.header] = timestamp
  return { headers, url, body }
}

function readCarried(carrier: SignatureCarrier, request: WebhookRequest): Carried | Refusal {
  const signature = readHeader(request.headers, carrier.header)
  if (isRefusal(signature)) return signature
  if (carrier.in === 'pairs') return readPairs(carrier, signature.value)
  const prefix = carrier.prefix ?? ''
  if (!signature.value.startsWith(prefix)) return refused('malformed')
  const signatures = [signature.value.slice(prefix.length)]
  if (carrier.timestamp === undefined) return { signatures }
  const timestamp = readHeader(request.headers, carrier.timestamp.header)
  if (isRefusal(timestamp)) return timestamp
  return { signatures, timestamp: { text: timestamp.value, format: carrier.timestamp.format } }
}

function readPairs(
  carrier: Extract<SignatureCarrier, { in: 'pairs' }>,
  value: string,
): Carried | Refusal {
  const pairs = value.split(',').map((pair) => {
    const at = pair.indexOf('=')
    return { key: pair.slice(0, Math.max(at, 0)), text: pair.slice(at + 1) }
  })
  const timestamps = pairs.filter(({ key }) => key === carrier.timestampKey)
  const signatures = pairs.filter(({ key }) => key === carrier.signatureKey)
  const [timestamp] = timestamps
  if (timestamp === undefined || timestamps.length > 1) return refused('malformed')
  if (signatures.length === 0 || signatures.length > maxSignatures) return refused('malformed')
  return {
    signatures: signatures.map(({ text }) => text),
    timestamp: { text: timestamp.text, format: 'unix_seconds' },
  }
}

function digest(row: HmacRow, key: Buffer, signable: Signable): Buffer {
  const hmac = createHmac(row.algorithm, key)
  for (const part of row.signs) hmac.update(partOf(part, signable))
  return hmac.digest()
}

function partOf(part: SignedPart, signable: Signable): string | Uint8Array {
  if (typeof part === 'object') return part.text
  switch (part) {
    case 'body':
      return signable.body
    case 'body_sha256_hex':
      return createHash('sha256').update(signable.body).digest('hex')
    case 'method':
      return signable.method.toUpperCase()
    case 'path_and_query':
      return pathAndQuery(signable.url)
    case 'sorted_form_fields':
      return sortedFormFields(signable.body)
    case 'timestamp':
      return signable.timestamp
    case 'url':
      return signable.url
  }
}

/** Cut out of the text, not taken from a parsed URL: parsing would normalise what was signed. */
function pathAndQuery(url: string): string {
  const afterScheme = url.indexOf('//') + 2
  const start = url.indexOf('/', afterScheme)
  return start === -1 ? '/' : url.slice(start)
}

/** Names sorted, each name's values sorted and without repeats, name and value joined without a separator. */
function sortedFormFields(body: Uint8Array): string {
  const fields = new URLSearchParams(Buffer.from(body).toString('utf8'))
  const names = [...new Set(fields.keys())].toSorted()
  return names
    .flatMap((name) => [...new Set(fields.getAll(name))].toSorted().map((value) => name + value))
    .join('')
}

function toKey(secret: string, form: KeyForm = 'utf8'): Buffer | null {
  if (form === 'hex') return decodeStrictly(secret, 'hex')
  return Buffer.from(form === 'utf8_nfkd' ? secret.normalize('NFKD') : secret, 'utf8')
}

/** An empty key is no key: anyone can sign with it. */
function isUsable(key: Buffer | null): key is Buffer {
  return key !== null && key.length > 0
}
