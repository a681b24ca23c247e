import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Big } from 'big.js'
import fc from 'fast-check'
import { type ChargedLine, chargedFor, exactLine, type Precision } from './exact-line.ts'

const nineteen: Precision = { quantity: 2, price: null }
const earlier: Precision = { quantity: 2, price: 2 }

/** As Odoo works a line out: with doubles, rounded half up. */
function odooTotal(quantity: string, price: string, discount: string): Big {
  const raw = Number(quantity) * Number(price) * (1 - Number(discount) / 100)
  return new Big(raw.toFixed(9)).round(2)
}

const money = fc.integer({ min: 1, max: 5_000_000 }).map((minor) => new Big(minor).div(100))
const charged = fc.record({
  price: money.map((value) => value.toFixed()),
  discount: fc.constantFrom('0', '5', '10', '12.5', '33.33', '90'),
  ratio: fc.constantFrom('1', '6', '12', '144'),
})

function made(line: ChargedLine, asked: { quantity: string; net: string }, precision: Precision) {
  const exact = exactLine(line, { ...asked, decimals: 2 }, precision)
  return { exact, total: odooTotal(exact.quantity, exact.price, line.discount).plus(exact.rest) }
}

describe('a line of a credit note', () => {
  test('comes to the hub’s sum to the cent, whatever the unit, the discount and the precision', () => {
    fc.assert(
      fc.property(
        charged,
        fc.record({
          units: fc.integer({ min: 1, max: 500 }),
          percent: fc.integer({ min: 1, max: 100 }),
        }),
        fc.constantFrom(nineteen, earlier),
        (line, { units, percent }, precision) => {
          const net = chargedFor(line, String(units)).times(percent).div(100).round(2).toFixed()
          const { total } = made(line, { quantity: String(units), net }, precision)
          assert.equal(total.toFixed(), new Big(net).toFixed())
        },
      ),
      { numRuns: 500 },
    )
  })

  test('is exact before it is rounded where prices may be, so that a thousand of them are too', () => {
    fc.assert(
      fc.property(charged, fc.integer({ min: 1, max: 500 }), (line, units) => {
        const net = chargedFor(line, String(units)).round(2)
        const { exact } = made(line, { quantity: String(units), net: net.toFixed() }, nineteen)
        assert.equal(exact.rest, '0')
        const rate = new Big(100).minus(line.discount).div(100)
        const raw = new Big(exact.quantity).times(exact.price).times(rate)
        assert.ok(raw.minus(net).abs().lte('0.000001'), `${raw.toFixed()} for ${net.toFixed()}`)
      }),
      { numRuns: 500 },
    )
  })

  test('of units that come back bit by bit adds up to what was invoiced', () => {
    const split = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(charged, split, fc.constantFrom(nineteen, earlier), (line, parts, precision) => {
        const units = parts.reduce((sum, one) => sum + one, 0)
        const invoiced = chargedFor(line, String(units)).round(2)
        const upTo = (count: number) => invoiced.times(count).div(units).round(2)
        let before = 0
        let sum = new Big(0)
        for (const count of parts) {
          const net = upTo(before + count).minus(upTo(before))
          before += count
          const asked = { quantity: String(count), net: net.toFixed() }
          sum = sum.plus(made(line, asked, precision).total)
        }
        assert.equal(sum.toFixed(), invoiced.toFixed())
      }),
      { numRuns: 300 },
    )
  })

  const dozen: ChargedLine = { price: '42', discount: '5', ratio: '12' }

  test('keeps the unit that was sold where that comes out even, with its price', () => {
    const { exact } = made(dozen, { quantity: '12', net: '39.90' }, nineteen)
    assert.deepEqual(exact, { quantity: '1', isInBaseUnits: false, price: '42', rest: '0' })
  })

  test('counts pieces where a part of a dozen would be rounded away', () => {
    const { exact } = made(dozen, { quantity: '5', net: '16.63' }, nineteen)
    assert.equal(exact.quantity, '5')
    assert.equal(exact.isInBaseUnits, true)
  })

  test('has a line beside it for what a price of two decimals cannot say', () => {
    const line: ChargedLine = { price: '33.33', discount: '0', ratio: '1' }
    const { exact } = made(line, { quantity: '3', net: '100' }, earlier)
    assert.deepEqual(exact, { quantity: '3', isInBaseUnits: false, price: '33.33', rest: '0.01' })
    assert.equal(made(line, { quantity: '3', net: '100' }, nineteen).exact.rest, '0')
  })

  test('of something that was given away stands beside it, not in it', () => {
    const line: ChargedLine = { price: '10', discount: '100', ratio: '1' }
    const { exact } = made(line, { quantity: '2', net: '3.00' }, nineteen)
    assert.deepEqual([exact.price, exact.rest], ['10', '3'])
  })
})
