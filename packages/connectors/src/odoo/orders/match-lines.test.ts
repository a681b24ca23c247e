import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Big } from 'big.js'
import type { Goods, SoldLine } from './goods.ts'
import { type AskedLine, matchLines } from './match-lines.ts'
import type { Product } from './order-rows.ts'

function product(id: number, changes: Partial<Product> = {}): Product {
  return {
    id,
    default_code: `SKU-${id}`,
    barcode: null,
    name: null,
    active: true,
    type: 'consu',
    product_tmpl_id: id,
    uom_id: null,
    ...changes,
  }
}

function goods(of: Product, delivered: string, returned = '0'): Goods {
  const quantity = new Big(delivered)
  return {
    product: of,
    ordered: quantity,
    delivered: quantity,
    returned: new Big(returned),
    returning: new Big(0),
    deliveredAt: null,
    serials: [],
    lots: [],
  }
}

function sold(id: number, of: Goods, components: readonly Goods[] = []): SoldLine {
  const invoiceLine = {
    id: id + 1_000,
    move_id: 1,
    parent_state: 'posted',
    move_type: 'out_invoice',
    quantity: '1',
    product_uom_id: null,
    price_subtotal: '1',
    price_total: '1',
    currency_id: null,
  }
  const row = {
    id,
    order_id: 1,
    display_type: null,
    is_downpayment: false,
    product_id: of.product,
    product_uom_qty: of.ordered.toFixed(),
    invoice_lines: [invoiceLine],
  }
  return { row, goods: of, components }
}

const asked = (lineNo: number, changes: Partial<AskedLine> = {}): AskedLine => ({
  lineNo,
  product: { sku: 'SKU-1' },
  quantity: '1',
  unit: 'EA',
  ...changes,
})

function match(lines: readonly AskedLine[], order: readonly SoldLine[]) {
  return matchLines(lines, order).map(({ lineNo, sold: found }) => [
    lineNo,
    ...found.map(({ row }) => row.id),
  ])
}

describe('the order line of a line that was asked for', () => {
  const order = [sold(11, goods(product(1), '5')), sold(12, goods(product(2), '5'))]

  test('is the one that is named, whatever product is', () => {
    assert.deepEqual(match([asked(1, { orderLine: '12' })], order), [[1, 12]])
    assert.deepEqual(match([asked(1, { invoiceLine: '1012' })], order), [[1, 12]])
  })

  test("is found by product where another system's id stands for it, or one of another order", () => {
    assert.deepEqual(match([asked(1, { orderLine: 'S1/2' })], order), [[1, 11]])
    assert.deepEqual(match([asked(1, { orderLine: '99' })], order), [[1, 11]])
  })

  test('is found by id, by reference in any letter case, and by barcode of any length', () => {
    const barcode = '04006381333931'
    const lines = [sold(11, goods(product(1), '5')), sold(12, goods(product(2, { barcode }), '5'))]
    const by = (one: AskedLine['product']) => match([asked(1, { product: one })], lines)
    assert.deepEqual(by({ erpId: '2' }), [[1, 12]])
    assert.deepEqual(by({ sku: ' sku-2 ' }), [[1, 12]])
    assert.deepEqual(by({ gtin: '4006381333931' }), [[1, 12]])
    assert.deepEqual(by({ channelSku: 'SKU-2' }), [[1, 12]])
  })

  test('is that of our own id, also when another product bears the reference', () => {
    const lines = [
      sold(11, goods(product(1), '5')),
      sold(12, goods(product(2, { default_code: 'SKU-1' }), '5')),
    ]
    assert.deepEqual(match([asked(1, { product: { erpId: '2', sku: 'SKU-1' } })], lines), [[1, 12]])
  })

  test('is that of the product that was archived, when the one made anew is named', () => {
    const lines = [sold(11, goods(product(1, { active: false }), '5'))]
    const again = { erpId: '77', sku: 'SKU-1' }
    assert.deepEqual(match([asked(1, { product: again })], lines), [[1, 11]])
  })

  test('is none where the product was not sold, and not said where nobody can know', () => {
    assert.deepEqual(match([asked(1, { product: { sku: 'NO' } })], order), [[1]])
    assert.deepEqual(match([asked(1, { product: { gtin: '4006381333931' } })], order), [[1]])
    assert.deepEqual(match([asked(1, { product: { channelSku: 'B0-1' } })], order), [])
  })

  test('is one that holds the quantity, and for the next line what is left', () => {
    const lines = [sold(11, goods(product(1), '2')), sold(12, goods(product(1), '5', '1'))]
    const quantities = (...given: string[]) =>
      match(
        given.map((quantity, index) => asked(index + 1, { quantity })),
        lines,
      )
    assert.deepEqual(quantities('2', '3'), [
      [1, 11],
      [2, 12],
    ])
    assert.deepEqual(quantities('3', '2'), [
      [1, 12],
      [2, 11],
    ])
    assert.deepEqual(quantities('6'), [[1, 12, 11]])
    assert.deepEqual(quantities('1', '1', '4'), [
      [1, 11],
      [2, 11],
      [3, 12],
    ])
  })
})

test('a part of a kit is found in the kit, also where the line of the kit is named', () => {
  const [glove, lamp] = [goods(product(2), '6'), goods(product(3), '3')]
  const kit = sold(11, goods(product(1), '3'), [glove, lamp])
  const lines = [
    asked(1, { product: { sku: 'SKU-3' } }),
    asked(2, { product: { sku: 'SKU-3' }, orderLine: '11' }),
    asked(3, { orderLine: '11' }),
  ]
  const found = matchLines(lines, [kit])
  const told = found.map(({ isComponent, goodsOf }) => [isComponent, goodsOf(kit).product.id])
  assert.deepEqual(told, [
    [true, 3],
    [true, 3],
    [false, 1],
  ])
})

test('a product that was sold by itself, too, is not taken from a kit', () => {
  const kit = sold(11, goods(product(1), '3'), [goods(product(2), '6')])
  const single = sold(12, goods(product(2), '1'))
  assert.deepEqual(match([asked(1, { product: { sku: 'SKU-2' } })], [kit, single]), [[1, 12]])
})
