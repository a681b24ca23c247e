import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { HubError } from '../platform/errors.ts'
import { getIdempotencyKey } from './idempotency-key.ts'

function codeFor(key: string | undefined): string {
  try {
    getIdempotencyKey(key === undefined ? {} : { 'idempotency-key': key })
  } catch (error) {
    assert.ok(error instanceof HubError)
    return error.code
  }
  return 'none'
}

describe('an Idempotency-Key', () => {
  test('means the same in quotes and without them', () => {
    for (const key of ['"8e03978e-40d5"', '8e03978e-40d5']) {
      assert.equal(getIdempotencyKey({ 'idempotency-key': key }), '8e03978e-40d5')
    }
  })

  test('may hold quotes and backslashes, escaped', () => {
    assert.equal(
      getIdempotencyKey({ 'idempotency-key': String.raw`"a\"b\\c d"` }),
      String.raw`a"b\c d`,
    )
  })

  test('has to be there', () => {
    assert.equal(codeFor(undefined), 'IDEMPOTENCY_KEY_MISSING')
  })

  test('that is empty, too long, unfinished, doubled or not ASCII is malformed', () => {
    const keys = [
      '',
      '""',
      '"',
      '"abc',
      'a b',
      'a, b',
      String.raw`"a\b"`,
      'é',
      `"${'x'.repeat(201)}"`,
    ]
    for (const key of keys) assert.equal(codeFor(key), 'MALFORMED_REQUEST', key)
  })
})
