import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { completionsOf, formatFilter, parseFilter, readSearch } from './case-search.ts'

describe('the filter line of the cases', () => {
  test('names filters, ages, and what is searched for', () => {
    assert.deepEqual(parseFilter('channel:edi waiting:wms age>3d  S00042'), {
      channel: 'edi',
      waiting: 'warehouse',
      olderThanDays: 3,
      q: 'S00042',
    })
    assert.deepEqual(parseFilter('age<12h'), { youngerThanDays: 0.5 })
    assert.deepEqual(parseFilter('note:x channel:'), { q: 'note:x channel:' })
    assert.deepEqual(parseFilter(''), {})
  })

  test('is written as it is read', () => {
    const line = 'channel:edi waiting:carrier age>3d S00042'
    assert.equal(formatFilter(parseFilter(line)), line)
  })

  test('is completed by names, and then by what they may say', () => {
    assert.deepEqual(completionsOf('wai'), ['waiting:'])
    assert.deepEqual(completionsOf('channel:edi priority:h'), ['channel:edi priority:high'])
    assert.deepEqual(completionsOf('ag'), ['age>1d', 'age>3d', 'age>7d', 'age>30d', 'age<1d'])
    assert.deepEqual(completionsOf('S00042'), [])
  })

  test('takes whatever an address says, and keeps what it knows', () => {
    const read = readSearch({ stage: 'received', sort: 7, q: 'x', columns: 'no', more: 1 })
    assert.deepEqual(read, { stage: 'received', q: 'x' })
  })
})
