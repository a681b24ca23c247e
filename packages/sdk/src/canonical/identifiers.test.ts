import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import {
  boundedText,
  caseId,
  connectionId,
  externalRef,
  formatCaseNo,
  freeText,
  isCaseNo,
} from './identifiers.ts'

describe('a case number', () => {
  test('reads as six digits and a check digit, and grows beyond them', () => {
    assert.equal(formatCaseNo(123), 'RMA-000123-7')
    assert.match(formatCaseNo(0), /^RMA-000000-\d$/)
    assert.match(formatCaseNo(123_456_789), /^RMA-123456789-\d$/)
  })

  test('is known by its check digit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 ** 12 }), (sequence) => {
        assert.equal(isCaseNo(formatCaseNo(sequence)), true)
      }),
      { numRuns: 5000 },
    )
  })

  test('has the check digit of ISO 7064 MOD 11,10, as German tax numbers do', () => {
    for (const no of ['RMA-8609574271-9', 'RMA-4703689281-6', 'RMA-6592997048-9']) {
      assert.equal(isCaseNo(no), true, no)
    }
  })

  test('shows every digit that was misheard', () => {
    const sequences = [0, 1, 9, 123, 4711, 99_999, 123_456, 999_999, 1_000_000, 987_654_321]
    for (const sequence of sequences) {
      const right = formatCaseNo(sequence)
      for (const [index, character] of right.split('').entries()) {
        if (!/\d/.test(character)) continue
        for (const wrong of '0123456789') {
          const said = `${right.slice(0, index)}${wrong}${right.slice(index + 1)}`
          assert.equal(isCaseNo(said), wrong === character, `${said} for ${right}`)
        }
      }
    }
  })

  test('shows almost every pair of neighbors that changed places', () => {
    let seen = 0
    let swaps = 0
    for (let sequence = 0; sequence < 20_000; sequence += 7) {
      const right = formatCaseNo(sequence)
      for (let index = 4; index < 9; index += 1) {
        const [a, b] = [right[index], right[index + 1]]
        if (a === b || a === undefined || b === undefined) continue
        swaps += 1
        if (!isCaseNo(`${right.slice(0, index)}${b}${a}${right.slice(index + 2)}`)) seen += 1
      }
    }
    assert.ok(swaps > 1000)
    assert.ok(seen / swaps > 0.97, `${seen} of ${swaps}`)
  })

  test('is nothing else', () => {
    for (const value of [
      '',
      'RMA-000123',
      'RMA-00123-7',
      'rma-000123-2',
      ' RMA-000123-7',
      'RMA-000123-7 ',
      'RMA-000123-7\n',
      'RMA-1234567890123456-0',
      'RMA-٠٠٠١٢٣-7',
      'RMA-000123-72',
    ]) {
      assert.equal(isCaseNo(value), false, value)
    }
  })
})

describe('text from outside', () => {
  const id = boundedText(10)
  const note = freeText(10)

  test('is refused when PostgreSQL or a log could not keep it', () => {
    for (const value of [
      'a\u0000b',
      '\u0001',
      'a\u001bb',
      '\u007f',
      '\ud800',
      'a\udc00',
      '\udc00\ud800',
    ]) {
      assert.equal(id.safeParse(value).success, false, JSON.stringify(value))
      assert.equal(note.safeParse(value).success, false, JSON.stringify(value))
    }
  })

  test('may be in any script, with signs beyond the basic plane', () => {
    for (const value of ['Grüße', '返品', 'إرجاع', '📦📦']) {
      assert.equal(id.safeParse(value).success, true, value)
      assert.equal(note.safeParse(value).success, true, value)
    }
  })

  test('has a limit', () => {
    assert.equal(id.safeParse('x'.repeat(11)).success, false)
    assert.equal(note.safeParse('x'.repeat(11)).success, false)
  })

  test('may break lines and be empty only where it is a note', () => {
    for (const value of ['', 'a\nb', 'a\tb', 'a\r\nb']) {
      assert.equal(id.safeParse(value).success, false, JSON.stringify(value))
      assert.equal(note.safeParse(value).success, true, JSON.stringify(value))
    }
  })

  test('is never anything but text', () => {
    for (const value of [null, undefined, 1, true, [], ['a'], {}, { toString: () => 'a' }]) {
      assert.equal(id.safeParse(value).success, false)
      assert.equal(note.safeParse(value).success, false)
    }
  })
})

describe('an id', () => {
  test('of a case is a UUID in lower case', () => {
    assert.equal(caseId.safeParse('01920000-0000-7000-8000-000000000001').success, true)
    for (const value of [
      '01920000-0000-7000-8000-00000000000',
      '01920000-0000-7000-8000-00000000000A',
      '01920000-0000-0000-8000-000000000001',
      '01920000-0000-7000-c000-000000000001',
      '{01920000-0000-7000-8000-000000000001}',
      '01920000-0000-7000-8000-000000000001\n',
    ]) {
      assert.equal(caseId.safeParse(value).success, false, value)
    }
  })

  test('of a connection can stand in an address', () => {
    for (const value of ['a', 'erp-main', '3pl', 'a'.repeat(63)]) {
      assert.equal(connectionId.safeParse(value).success, true, value)
    }
    for (const value of ['', '-a', 'A', 'a_b', 'a/b', '..', 'a'.repeat(64), 'a\n', 'é']) {
      assert.equal(connectionId.safeParse(value).success, false, value)
    }
  })

  test('of another system says which system, and what it names', () => {
    const ref = { system: 'shop-eu', type: 'order', value: 'S00042' }
    assert.deepEqual(externalRef.parse(ref), ref)
    for (const field of ['system', 'type', 'value'] as const) {
      assert.equal(externalRef.safeParse({ ...ref, [field]: '' }).success, false, field)
      assert.equal(externalRef.safeParse({ ...ref, [field]: 42 }).success, false, field)
    }
  })
})
