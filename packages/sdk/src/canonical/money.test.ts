import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { currencyCode, currencyExponent, fromMinor, isCurrency, money, toMinor } from './money.ts'

const exponents = [
  { currency: 'JPY', exponent: 0, amount: '1205', minor: 1205 },
  { currency: 'EUR', exponent: 2, amount: '12.05', minor: 1205 },
  { currency: 'KWD', exponent: 3, amount: '1.205', minor: 1205 },
  { currency: 'CLF', exponent: 4, amount: '0.1205', minor: 1205 },
]

describe('an amount', () => {
  for (const { currency, exponent, amount, minor } of exponents) {
    test(`in ${currency} has ${exponent} decimals`, () => {
      assert.equal(currencyExponent(currency), exponent)
      assert.equal(toMinor({ amount, currency }), minor)
      assert.deepEqual(fromMinor(minor, currency), { amount, currency })
    })
  }

  test('with fewer decimals than its currency is filled up', () => {
    assert.equal(toMinor({ amount: '12', currency: 'EUR' }), 1200)
    assert.equal(toMinor({ amount: '12.5', currency: 'KWD' }), 12_500)
  })

  test('with more decimals than its currency is refused, and never rounded', () => {
    for (const [amount, currency] of [
      ['1.0', 'JPY'],
      ['12.050', 'EUR'],
      ['1.2055', 'KWD'],
      ['0.12055', 'CLF'],
    ] as const) {
      assert.equal(money.safeParse({ amount, currency }).success, false, `${amount} ${currency}`)
      assert.throws(() => toMinor({ amount, currency }), RangeError)
    }
  })

  test('can be negative, and zero has no sign', () => {
    assert.equal(toMinor({ amount: '-12.05', currency: 'EUR' }), -1205)
    assert.deepEqual(fromMinor(-5, 'EUR'), { amount: '-0.05', currency: 'EUR' })
    assert.ok(Object.is(toMinor({ amount: '-0.00', currency: 'EUR' }), 0))
    assert.deepEqual(fromMinor(-0, 'EUR'), { amount: '0.00', currency: 'EUR' })
  })

  test('comes back as it went out, in every currency and size', () => {
    const largest = 999_999_999_999
    fc.assert(
      fc.property(
        fc.integer({ min: -largest, max: largest }),
        fc.constantFrom('JPY', 'EUR', 'KWD', 'CLF'),
        (minor, currency) => {
          const sent = fromMinor(minor, currency)
          assert.equal(money.safeParse(sent).success, true)
          assert.equal(toMinor(sent), minor)
        },
      ),
      { numRuns: 2000 },
    )
  })

  test('is refused when it is no plain decimal', () => {
    for (const amount of [
      '',
      ' ',
      '1,00',
      '1.',
      '.5',
      '+1',
      '--1',
      '1e2',
      '1e400',
      '0x10',
      'NaN',
      'Infinity',
      '١٢',
      '1 000',
      '1_000',
      '12.00\n',
      '\u00001',
      '9999999999999',
      '12.00.00',
      1200,
      Number.POSITIVE_INFINITY,
      null,
      true,
      {},
      ['12.00'],
      undefined,
    ]) {
      const said = JSON.stringify(amount) ?? 'undefined'
      assert.equal(money.safeParse({ amount, currency: 'EUR' }).success, false, said)
      if (typeof amount === 'string') {
        assert.throws(() => toMinor({ amount, currency: 'EUR' }), RangeError, said)
      }
    }
  })

  test('of minor units that a double cannot hold is refused', () => {
    for (const minor of [0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
      assert.throws(() => fromMinor(minor, 'EUR'), RangeError)
    }
  })
})

describe('a currency', () => {
  test('is an active ISO 4217 code in capitals', () => {
    for (const code of ['EUR', 'USD', 'JPY', 'CLF']) assert.equal(isCurrency(code), true, code)
    for (const code of [
      'eur',
      'EU',
      'EURO',
      'XTS',
      'DEM',
      '€',
      'EUR ',
      '',
      'constructor',
      null,
      978,
    ]) {
      assert.equal(currencyCode.safeParse(code).success, false, String(code))
    }
  })

  test('has two decimals when no table says otherwise', () => {
    assert.equal(currencyExponent('USD'), 2)
    assert.equal(currencyExponent('UYW'), 4)
    assert.equal(currencyExponent('UYI'), 0)
  })
})
