import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { runs } from '../histories.test.ts'
import { creditFor } from './credits.ts'
import { compare, less, plus } from './decimal.ts'

const nothing = { quantity: '0', netMinor: 0, taxMinor: 0 }

/** Credits an invoice line in the given parts, and what is left as the last one. */
function inParts(invoiced: Parameters<typeof creditFor>[0], parts: readonly string[]) {
  let taken = nothing
  const amounts: (typeof nothing)[] = []
  for (const part of [...parts, invoiced.quantity]) {
    const left = less(invoiced.quantity, taken.quantity)
    if (compare(left, '0') <= 0) break
    const credit = creditFor(invoiced, { taken, quantity: part })
    amounts.push(credit)
    taken = {
      quantity: plus(taken.quantity, credit.quantity),
      netMinor: taken.netMinor + credit.netMinor,
      taxMinor: taken.taxMinor + credit.taxMinor,
    }
  }
  return { taken, amounts }
}

const quantity = fc
  .tuple(fc.integer({ min: 0, max: 5_000 }), fc.constantFrom('', '.5', '.25', '.333333', '.000001'))
  .map(([whole, fraction]) => `${whole}${fraction}`)
  .filter((value) => compare(value, '0') > 0)

test('any way of crediting a line in parts adds up to its invoice exactly', () => {
  fc.assert(
    fc.property(
      fc.record({ quantity, net: fc.nat(1_000_000_000), tax: fc.nat(200_000_000) }),
      fc.array(quantity, { maxLength: 12, size: 'max' }),
      ({ quantity: units, net, tax }, parts) => {
        const invoiced = {
          invoiceLine: 'i',
          quantity: units,
          netMinor: net,
          taxMinor: tax,
          isFirm: true,
        }
        const { taken, amounts } = inParts(invoiced, parts)
        assert.equal(compare(taken.quantity, units), 0)
        assert.deepEqual([taken.netMinor, taken.taxMinor], [net, tax])
        assert.equal(
          amounts.every(({ netMinor, taxMinor }) => netMinor >= 0 && taxMinor >= 0),
          true,
        )
      },
    ),
    runs(20_000),
  )
})

test('a part is the rounded share of the line', () => {
  const invoiced = {
    invoiceLine: 'i',
    quantity: '3',
    netMinor: 10_000,
    taxMinor: 634,
    isFirm: true,
  }
  assert.deepEqual(creditFor(invoiced, { taken: nothing, quantity: '1' }), {
    quantity: '1',
    netMinor: 3_333,
    taxMinor: 211,
  })
  const taken = { quantity: '2', netMinor: 6_666, taxMinor: 422 }
  assert.deepEqual(creditFor(invoiced, { taken, quantity: '1' }), {
    quantity: '1',
    netMinor: 3_334,
    taxMinor: 212,
  })
})

test('tiny amounts are not credited twice by rounding up', () => {
  const invoiced = { invoiceLine: 'i', quantity: '4', netMinor: 2, taxMinor: 0, isFirm: true }
  const { amounts } = inParts(invoiced, ['1', '1', '1', '1'])
  assert.deepEqual(
    amounts.map(({ netMinor }) => netMinor),
    [1, 1, 0, 0],
  )
})

test('more units than are left are credited as what is left', () => {
  const invoiced = { invoiceLine: 'i', quantity: '4', netMinor: 400, taxMinor: 0, isFirm: true }
  const taken = { quantity: '3', netMinor: 300, taxMinor: 0 }
  assert.deepEqual(creditFor(invoiced, { taken, quantity: '9' }), {
    quantity: '1',
    netMinor: 100,
    taxMinor: 0,
  })
})
