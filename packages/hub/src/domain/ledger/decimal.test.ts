import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Big } from 'big.js'
import fc from 'fast-check'
import { runs } from '../histories.test.ts'
import { compare, isZero, larger, less, millionths, normal, plus, smaller } from './decimal.ts'
import { minorOf, proportion } from './minor.ts'

const decimal = fc
  .tuple(
    fc.bigInt({ min: 0n, max: 999_999_999_999n }),
    fc.integer({ min: 0, max: 999_999 }),
    fc.nat(6),
  )
  .map(([whole, fraction, places]) => {
    const digits = String(fraction).padStart(6, '0').slice(0, places)
    return places === 0 ? String(whole) : `${whole}.${digits}`
  })

test('sums, differences and comparisons of quantities are exact', () => {
  fc.assert(
    fc.property(decimal, decimal, (a, b) => {
      assert.equal(plus(a, b), new Big(a).plus(b).toFixed())
      assert.equal(less(plus(a, b), b), normal(a))
      assert.equal(less(a, plus(a, b)), '0')
      assert.equal(Math.sign(compare(a, b)), new Big(a).cmp(b))
      assert.equal(compare(smaller(a, b), larger(a, b)) <= 0, true)
      assert.equal(isZero(a), new Big(a).eq(0))
      assert.equal(millionths(a), BigInt(new Big(a).times(1_000_000).toFixed()))
    }),
    runs(3_000),
  )
})

test('equal quantities are equal text', () => {
  assert.deepEqual(['3.50', '007', '0.000', '12'].map(normal), ['3.5', '7', '0', '12'])
})

test('a proportion is rounded half up', () => {
  assert.equal(proportion(5, { part: '1', whole: '2' }), 3)
  assert.equal(proportion(100, { part: '1', whole: '3' }), 33)
  assert.equal(proportion(9_999_999_999_999, { part: '0.000001', whole: '999999999999.999999' }), 0)
})

test('amounts are taken in the currency of the case, and never negative or absurd', () => {
  assert.equal(minorOf({ amount: '12.5', currency: 'EUR' }, 'EUR'), 1_250)
  assert.equal(minorOf({ amount: '12', currency: 'JPY' }, 'JPY'), 12)
  assert.equal(minorOf({ amount: '1', currency: 'USD' }, 'EUR'), null)
  assert.equal(minorOf({ amount: '-1', currency: 'EUR' }, 'EUR'), null)
  assert.equal(minorOf({ amount: '999999999999', currency: 'EUR' }, 'EUR'), null)
})
