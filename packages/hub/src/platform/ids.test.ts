import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { idTime, isUuid, newId, parseId } from './ids.ts'

describe('an id', () => {
  test('is a UUID of version 7 and the variant of RFC 9562', () => {
    assert.match(newId(), /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  })

  test('sorts after every id made before it, more of them than a millisecond can count', () => {
    const ids = Array.from({ length: 100_000 }, () => newId())
    assert.deepEqual(ids.toSorted(), ids)
    assert.equal(new Set(ids).size, ids.length)
  })

  test('sorts after the one before it when the clock runs backwards', (t) => {
    const before = newId()
    t.mock.method(Date, 'now', () => 0)
    const after = newId()
    assert.ok(after > before)
  })

  test('tells when it was made', () => {
    assert.equal(
      idTime('01890a5d-ac96-774b-bcce-b302099a8057').toISOString(),
      '2023-06-30T03:34:18.518Z',
    )
  })

  test('is read in either case, and nothing else is read as one', () => {
    assert.equal(
      parseId('01890A5D-AC96-774B-BCCE-B302099A8057'),
      '01890a5d-ac96-774b-bcce-b302099a8057',
    )
    assert.equal(parseId('01890a5dac96774bbcceb302099a8057'), null)
    assert.equal(isUuid("01890a5d-ac96-774b-bcce-b302099a8057'; drop"), false)
  })
})
