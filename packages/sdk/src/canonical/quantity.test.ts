import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import {
  decimalQuantity,
  positiveQuantity,
  quantity,
  toBaseQuantity,
  unitCode,
} from './quantity.ts'

describe('a quantity', () => {
  test('of two cases of 24 is 48 pieces', () => {
    const said = quantity.parse({ value: '2', unit: 'CS', baseUnit: 'EA', baseRatio: '24' })
    assert.equal(toBaseQuantity(said), '48')
  })

  test('without a ratio is in base units already', () => {
    assert.equal(toBaseQuantity({ value: '3.50', unit: 'KGM' }), '3.5')
  })

  test('stays exact where a double would not', () => {
    assert.equal(toBaseQuantity({ value: '0.1', unit: 'BX', baseRatio: '0.2' }), '0.02')
    assert.equal(
      toBaseQuantity({ value: '999999999999', unit: 'PL', baseRatio: '999999999999' }),
      '999999999998000000000001',
    )
  })

  test('of one twelfth of a dozen, twelve times, is as near as six decimals get', () => {
    const piece = toBaseQuantity({ value: '0.083333', unit: 'DZN', baseRatio: '12' })
    assert.equal(piece, '0.999996')
  })

  test('comes to the same whichever of value and ratio is the larger', () => {
    const digits = fc.integer({ min: 1, max: 999_999 }).map(String)
    fc.assert(
      fc.property(digits, digits, (value, baseRatio) => {
        assert.equal(
          toBaseQuantity({ value, unit: 'A', baseRatio }),
          toBaseQuantity({ value: baseRatio, unit: 'A', baseRatio: value }),
        )
      }),
    )
  })

  test('is refused when it is negative, endless or no decimal', () => {
    for (const value of [
      '-1',
      '+1',
      '1e9',
      '1e400',
      '1,5',
      '.5',
      '5.',
      '',
      ' 1',
      '0x1',
      'NaN',
      'Infinity',
      '1234567890123',
      '1.1234567',
      '½',
      '٣',
      '1\n',
      3,
      Number.POSITIVE_INFINITY,
      null,
      ['1'],
      { value: '1' },
    ]) {
      assert.equal(decimalQuantity.safeParse(value).success, false, JSON.stringify(value))
    }
  })

  test('of nothing is none where some is needed', () => {
    for (const value of ['0', '0.0', '000', '0.000000']) {
      assert.equal(decimalQuantity.safeParse(value).success, true)
      assert.equal(positiveQuantity.safeParse(value).success, false)
    }
    assert.equal(positiveQuantity.safeParse('0.000001').success, true)
  })

  test('has a unit code', () => {
    for (const code of ['EA', 'KGM', 'box_6', 'A.1-b']) {
      assert.equal(unitCode.safeParse(code).success, true, code)
    }
    for (const code of ['', 'a b', 'é', 'x'.repeat(17), 'EA\n', null, 1]) {
      assert.equal(unitCode.safeParse(code).success, false, String(code))
    }
  })

  test('with a ratio of zero is refused', () => {
    assert.equal(quantity.safeParse({ value: '1', unit: 'CS', baseRatio: '0' }).success, false)
  })
})
