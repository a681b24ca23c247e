import { createHmac } from 'node:crypto'
import { decodeStrictly, isSame, toBytes } from './encoding.ts'
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

// Adyen, "Verify HMAC signatures", and the vendor's own libraries, whose published example is in the test.

interface Item {
  readonly [field: string]: unknown
}

const maxItems = 100
const digestBytes = 32

/** In the order that Adyen joins them. The reference is the merchant's and may hold a colon; no other may. */
const signedFields = [
  'pspReference',
  'originalReference',
  'merchantAccountCode',
  'merchantReference',
  'amount.value',
  'amount.currency',
  'eventCode',
  'success',
] as const

/**
 * Adyen standard notifications: HMAC-SHA256 with a hex key over eight fields of each item, in the item's
 * own `additionalData.hmacSignature`. Every item of the batch has to be authentic. What is not among
 * the eight fields is not signed, and may not be relied upon.
 */
export const adyen: SignatureScheme = { verify, sign }

function verify(request: WebhookRequest): Verdict {
  const keys = request.secrets
    .map((secret) => decodeStrictly(secret, 'hex'))
    .filter((key) => key !== null && key.length > 0)
  if (keys.length === 0) return refused('no_secret')
  const items = readItems(request.rawBody)
  if (isRefusal(items)) return items
  for (const item of items) {
    const verdict = verifyItem(item, keys)
    if (!verdict.ok) return verdict
  }
  return accepted
}

function verifyItem(item: Item, keys: readonly (Buffer | null)[]): Verdict {
  const signature = fieldOf(item, 'additionalData.hmacSignature')
  if (signature === '') return refused('missing_header')
  const given = signature === null ? null : decodeStrictly(signature, 'base64')
  const content = contentOf(item)
  if (given?.length !== digestBytes || content === null) return refused('malformed')
  const isAuthentic = keys.some((key) => key !== null && isSame(given, hmac(key, content)))
  return isAuthentic ? accepted : refused('bad_signature')
}

function sign({ url, secret, ...request }: UnsignedRequest): SignedRequest {
  const key = decodeStrictly(secret, 'hex')
  if (key === null || key.length === 0) throw new TypeError('an Adyen HMAC key is hexadecimal')
  const items = readItems(toBytes(request.body))
  if (isRefusal(items)) throw new TypeError('the body is no Adyen notification')
  const notificationItems = items.map((item) => {
    const content = contentOf(item)
    if (content === null) throw new TypeError('a signed field of the item cannot be joined')
    const additionalData = {
      ...asObject(item['additionalData']),
      hmacSignature: hmac(key, content).toString('base64'),
    }
    return { NotificationRequestItem: { ...item, additionalData } }
  })
  const body = Buffer.from(JSON.stringify({ live: 'false', notificationItems }))
  return { headers: {}, url, body }
}

function readItems(rawBody: Uint8Array): readonly Item[] | Refusal {
  const items = asObject(parseJson(rawBody))?.['notificationItems']
  if (!Array.isArray(items) || items.length === 0 || items.length > maxItems) {
    return refused('malformed')
  }
  const inner = items
    .map((item: unknown) => asObject(asObject(item)?.['NotificationRequestItem']))
    .filter((item) => item !== undefined)
  return inner.length === items.length ? inner : refused('malformed')
}

/** Null where a colon would let one joined text stand for two different items. */
function contentOf(item: Item): string | null {
  const values = signedFields.map((field) => fieldOf(item, field))
  const isAmbiguous = signedFields.some(
    (field, index) => field !== 'merchantReference' && values[index]?.includes(':'),
  )
  return isAmbiguous || values.includes(null) ? null : values.join(':')
}

/** The field as text; empty when it is absent, null when it is of a kind that Adyen never sends. */
function fieldOf(item: Item, path: string): string | null {
  const [outer = '', inner] = path.split('.')
  const value = inner === undefined ? item[outer] : asObject(item[outer])?.[inner]
  if (value === undefined || value === null) return ''
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null
}

function hmac(key: Buffer, content: string): Buffer {
  return createHmac('sha256', key).update(content, 'utf8').digest()
}

function asObject(value: unknown): Item | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Item)
    : undefined
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch {
    return undefined
  }
}
