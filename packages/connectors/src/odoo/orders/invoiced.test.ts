import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { invoicedLine, toMinor } from '@backhaul/sdk/canonical'
import { Big } from 'big.js'
import fc from 'fast-check'
import { invoicedOf } from './invoiced.ts'
import type { Invoice, InvoiceLine, OrderLine } from './order-rows.ts'

const piece = { id: 1, name: 'Units', size: new Big(1) }
const dozen = { id: 3, name: 'Dozens', size: new Big(12) }
const dollar = { id: 1, name: 'USD' }

function invoice(id: number, changes: Partial<Invoice> = {}): Invoice {
  return {
    id,
    name: `INV/${id}`,
    ref: null,
    state: 'posted',
    move_type: 'out_invoice',
    reversed_entry_id: null,
    currency_id: dollar,
    invoice_payments_widget: [],
    ...changes,
  }
}

function line(id: number, quantity: string, changes: Partial<InvoiceLine> = {}): InvoiceLine {
  const net = new Big(quantity).times(10)
  return {
    id,
    move_id: id,
    parent_state: 'posted',
    move_type: 'out_invoice',
    quantity,
    product_uom_id: piece,
    price_subtotal: net.toFixed(),
    price_total: net.times('1.15').toFixed(),
    currency_id: dollar,
    ...changes,
  }
}

const credit = (id: number, quantity: string, changes: Partial<InvoiceLine> = {}) =>
  line(id, quantity, { move_type: 'out_refund', ...changes })

function invoiced(lines: readonly InvoiceLine[], invoices: readonly Invoice[] = []) {
  const row: OrderLine = {
    id: 1,
    order_id: 1,
    display_type: null,
    is_downpayment: false,
    product_id: {
      id: 1,
      default_code: 'P',
      barcode: null,
      name: 'P',
      active: true,
      type: 'consu',
      product_tmpl_id: 1,
      uom_id: piece,
    },
    product_uom_id: piece,
    product_uom_qty: '10',
    invoice_lines: [...lines],
  }
  const known = lines.map(({ id }) => invoices.find((one) => one.id === id) ?? invoice(id))
  return invoicedOf(row, new Map(known.map((one) => [one.id, one])))
}

const usd = (amount: string) => ({ amount, currency: 'USD' })

describe('the invoice line that a credit is cut from', () => {
  test('is what was invoiced, to the cent', () => {
    assert.deepEqual(invoiced([line(7, '5')]), {
      invoiceLine: '7',
      quantity: '5',
      net: usd('50.00'),
      tax: usd('7.50'),
    })
  })

  test('is in pieces where a dozen was sold', () => {
    const sold = line(7, '2', { product_uom_id: dozen })
    assert.equal(invoiced([sold])?.quantity, '24')
  })

  test('is none where nothing is posted, or what is invoiced gives something back', () => {
    assert.equal(invoiced([]), null)
    assert.equal(invoiced([line(7, '5', { parent_state: 'draft' })]), null)
    assert.equal(invoiced([line(7, '-5')]), null)
  })

  test('is the one with most left, and of equals the newest', () => {
    assert.equal(invoiced([line(7, '3'), line(8, '5'), line(9, '5')])?.invoiceLine, '9')
    const lines = [line(7, '3'), line(8, '5'), credit(20, '4')]
    const reversal = invoice(20, { move_type: 'out_refund', reversed_entry_id: 8 })
    assert.equal(invoiced(lines, [reversal])?.invoiceLine, '7')
  })

  test('is less by what others have credited, and not by what the hub has', () => {
    const lines = [line(7, '5'), credit(20, '2'), credit(21, '1')]
    const ours = invoice(21, { move_type: 'out_refund', ref: 'RMA-000123-7/C-1' })
    const found = invoiced(lines, [ours])
    assert.deepEqual(found, {
      invoiceLine: '7',
      quantity: '3',
      net: usd('30.00'),
      tax: usd('4.50'),
    })
  })

  test('does not pay out again what was granted as a discount', () => {
    const allowance = credit(20, '1', { price_subtotal: '2', price_total: '2.3' })
    assert.deepEqual(invoiced([line(7, '5'), allowance])?.net, usd('40.00'))
    const dear = credit(20, '1', { price_subtotal: '30', price_total: '34.5' })
    assert.deepEqual(invoiced([line(7, '5'), dear])?.net, usd('20.00'))
  })

  test('is none when all of it is credited', () => {
    assert.equal(invoiced([line(7, '5'), credit(20, '5')]), null)
    assert.equal(invoiced([line(7, '5'), credit(20, '9')]), null)
  })

  test('has no decimals in a currency that has none', () => {
    const yen = { id: 2, name: 'JPY' }
    const found = invoiced([line(7, '5', { currency_id: yen })])
    assert.deepEqual(found?.net, { amount: '50', currency: 'JPY' })
  })

  test('never says more than was invoiced, and is always of the form that the hub takes', () => {
    const amount = fc.integer({ min: 1, max: 5_000 })
    const credits = fc.array(fc.tuple(amount, amount), { maxLength: 4 })
    fc.assert(
      fc.property(amount, amount, credits, (quantity, cents, given) => {
        const price = (minor: number) => ({
          price_subtotal: new Big(minor).div(100).toFixed(),
          price_total: new Big(minor).times(119).div(10_000).round(2).toFixed(),
        })
        const lines = [
          line(7, String(quantity), price(cents)),
          ...given.map(([units, minor], index) => credit(20 + index, String(units), price(minor))),
        ]
        const found = invoiced(lines)
        const back = given.reduce((sum, [units]) => sum + units, 0)
        if (found === null) return assert.ok(back >= quantity)
        invoicedLine.parse(found)
        assert.equal(Number(found.quantity), quantity - back)
        assert.ok(toMinor(found.net) <= cents)
      }),
    )
  })
})
