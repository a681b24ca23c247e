import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { z } from 'zod'
import { HubError } from '../platform/errors.ts'
import { cutPage, makeCursor, readCursor } from './paging.ts'

const place = z.tuple([z.int(), z.string()])

describe('a page', () => {
  test('says where the next one begins, and only when there is one', () => {
    assert.deepEqual(
      cutPage([1, 2, 3], 2, (n) => [n]),
      { items: [1, 2], next: [2] },
    )
    assert.deepEqual(
      cutPage([1, 2], 2, (n) => [n]),
      { items: [1, 2], next: null },
    )
    assert.deepEqual(
      cutPage([], 2, (n) => [n]),
      { items: [], next: null },
    )
  })

  test('is continued by the cursor that it gave', () => {
    assert.deepEqual(readCursor(makeCursor([7, 'x']), place), [7, 'x'])
    assert.equal(readCursor(undefined, place), undefined)
  })

  test('is not continued by anything else', () => {
    const others = [
      '',
      'x',
      '!!',
      makeCursor([7]),
      makeCursor(['7', 'x']),
      Buffer.from('{"__proto__":1}').toString('base64url'),
    ]
    for (const cursor of others) {
      assert.throws(
        () => readCursor(cursor, place),
        (error) => error instanceof HubError && error.code === 'MALFORMED_REQUEST',
      )
    }
  })
})
