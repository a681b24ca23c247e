import type { IncomingHttpHeaders } from 'node:http'
import { HubError } from '../platform/errors.ts'

const quoted = /^"((?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\]){1,200})"$/
const bare = /^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/

/**
 * The `Idempotency-Key` header (draft-ietf-httpapi-idempotency-key-header-07): a structured-field string,
 * which stands in quotes; without them it is taken as well. Undefined where there is none.
 *
 * @throws {HubError} MALFORMED_REQUEST.
 */
export function readIdempotencyKey(headers: IncomingHttpHeaders): string | undefined {
  const given = headers['idempotency-key']
  if (given === undefined) return undefined
  if (typeof given === 'string') {
    const inner = quoted.exec(given)?.[1]
    if (inner !== undefined) return inner.replaceAll(/\\(["\\])/g, '$1')
    if (bare.test(given)) return given
  }
  throw new HubError('MALFORMED_REQUEST', 'An Idempotency-Key has 1 to 200 printable characters.')
}

/** @throws {HubError} IDEMPOTENCY_KEY_MISSING, MALFORMED_REQUEST. */
export function getIdempotencyKey(headers: IncomingHttpHeaders): string {
  const key = readIdempotencyKey(headers)
  if (key !== undefined) return key
  throw new HubError(
    'IDEMPOTENCY_KEY_MISSING',
    'Send an Idempotency-Key, the same for every repeat of this request.',
  )
}
