import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Big } from 'big.js'
import { type Goods, soldLineOf } from './goods.ts'
import type { BomLine, Move, OrderLine, Product } from './order-rows.ts'
import type { Unit } from './units.ts'

const piece: Unit = { id: 1, name: 'Units', size: new Big(1) }
const dozen: Unit = { id: 3, name: 'Dozens', size: new Big(12) }

function product(id: number, changes: Partial<Product> = {}): Product {
  return {
    id,
    default_code: `P-${id}`,
    barcode: null,
    name: `Product ${id}`,
    active: true,
    type: 'consu',
    tracking: 'none',
    product_tmpl_id: id,
    uom_id: piece,
    ...changes,
  }
}

let lastId = 0
const sides = {
  out: { location_usage: 'internal', location_dest_usage: 'customer' },
  back: { location_usage: 'customer', location_dest_usage: 'internal' },
  within: { location_usage: 'internal', location_dest_usage: 'internal' },
  dropped: { location_usage: 'supplier', location_dest_usage: 'customer' },
}

function move(side: keyof typeof sides, quantity: string, changes: Partial<Move> = {}): Move {
  lastId += 1
  return {
    id: lastId,
    state: 'done',
    date: '2026-11-02T10:00:00Z',
    origin: null,
    picking_id: null,
    product_id: product(1),
    product_uom: piece,
    product_uom_qty: quantity,
    quantity,
    origin_returned_move_id: null,
    move_line_ids: [],
    ...sides[side],
    ...changes,
  }
}

function goodsOf(moves: readonly Move[], changes: Partial<OrderLine> = {}): Goods {
  return line(moves, changes).goods
}

function line(moves: readonly Move[], changes: Partial<OrderLine> = {}) {
  const row: OrderLine = {
    id: 1,
    order_id: 1,
    display_type: null,
    is_downpayment: false,
    product_id: product(1),
    product_uom_id: piece,
    product_uom_qty: '10',
    move_ids: [...moves],
    invoice_lines: [],
    ...changes,
  }
  const sold = soldLineOf(row)
  assert.ok(sold)
  return sold
}

function sums({ ordered, delivered, returned, returning }: Goods) {
  return [ordered, delivered, returned, returning].map((quantity) => quantity.toFixed())
}

describe('the goods of an order line', () => {
  test('are delivered once they are with the customer, not while they are picked and packed', () => {
    const open = { state: 'assigned', quantity: '4' }
    const moves = [move('within', '6'), move('out', '6'), move('out', '4', open)]
    assert.deepEqual(sums(goodsOf(moves)), ['10', '6', '0', '0'])
  })

  test('are delivered when a vendor sends them to the customer', () => {
    assert.deepEqual(sums(goodsOf([move('dropped', '10')])), ['10', '10', '0', '0'])
  })

  test('come back by returns, and leave again by returns of returns', () => {
    const moves = [
      move('out', '10'),
      move('back', '3', { origin_returned_move_id: 1 }),
      move('out', '1', { origin_returned_move_id: 2 }),
    ]
    assert.deepEqual(sums(goodsOf(moves)), ['10', '10', '2', '0'])
  })

  test('come back without an order, too, once somebody has linked them to it', () => {
    assert.deepEqual(sums(goodsOf([move('out', '10'), move('back', '3')])), ['10', '10', '3', '0'])
  })

  test('are on their way back by returns that are open and not of the hub', () => {
    const open = { state: 'assigned', quantity: '0' }
    const ours = 'RMA-000123-7'
    const moves = [
      move('out', '10'),
      move('back', '2', { ...open, origin: 'Return of WH/OUT/00001' }),
      move('back', '1', { ...open, state: 'draft' }),
      move('back', '4', { ...open, origin: `${ours}:1` }),
      move('back', '5', { ...open, picking_id: { id: 9, origin: `${ours}/R-1` } }),
      move('back', '6', { ...open, state: 'cancel' }),
    ]
    assert.deepEqual(sums(goodsOf(moves)), ['10', '10', '0', '3'])
  })

  test('count in the unit of the product, whatever unit the order or a move has', () => {
    const moves = [move('out', '2', { product_uom: dozen }), move('out', '12')]
    const sold = { product_uom_id: dozen, product_uom_qty: '3' }
    assert.deepEqual(sums(goodsOf(moves, sold)), ['36', '36', '0', '0'])
  })

  test('have not moved where there are no deliveries: a service, or a database without them', () => {
    assert.deepEqual(sums(goodsOf([])), ['10', '0', '0', '0'])
    const { move_ids: _none, ...row } = line([]).row
    assert.equal(soldLineOf(row)?.goods.delivered.toFixed(), '0')
  })

  test('of a substitute count for the product that was sold', () => {
    const other = { product_id: product(2), product_uom_qty: '4' }
    const moves = [move('out', '6'), move('out', '4', other)]
    assert.deepEqual(sums(goodsOf(moves)), ['10', '10', '0', '0'])
  })

  test('were delivered when the last of them was', () => {
    const moves = [
      move('out', '4', { date: '2026-11-05T10:00:00Z' }),
      move('out', '6', { date: '2026-11-03T10:00:00Z' }),
      move('back', '1', { date: '2026-11-09T10:00:00Z' }),
      move('out', '1', { date: '2026-11-12T10:00:00Z', origin_returned_move_id: 3 }),
    ]
    assert.equal(goodsOf(moves).deliveredAt, '2026-11-05T10:00:00Z')
  })
})

describe('serial numbers and lots', () => {
  const drill = product(1, { tracking: 'serial' })
  const withLots = (names: readonly string[], quantity = '1') => ({
    product_id: drill,
    move_line_ids: names.map((name, index) => ({
      id: index + 1,
      quantity_product_uom: quantity,
      lot_id: { id: index + 1, name },
    })),
  })

  test('are those that others than the hub did not take back', () => {
    const moves = [
      move('out', '4', withLots(['A', 'B', 'C', 'D'])),
      move('back', '1', withLots(['A'])),
      move('back', '1', { ...withLots(['B']), origin: 'RMA-000123-7:1' }),
      move('back', '1', withLots(['C'])),
      move('out', '1', { ...withLots(['C']), origin_returned_move_id: 3 }),
    ]
    const { serials, lots } = goodsOf(moves)
    assert.deepEqual([serials.toSorted(), lots], [['B', 'C', 'D'], []])
  })

  test('are lots where the product is followed by lot, as long as some of it is there', () => {
    const paint = product(1, { tracking: 'lot' })
    const moves = [
      move('out', '5', { ...withLots(['L1', 'L2'], '5'), product_id: paint }),
      move('back', '4', { ...withLots(['L1'], '4'), product_id: paint }),
      move('back', '5', { ...withLots(['L2'], '5'), product_id: paint }),
    ]
    assert.deepEqual(goodsOf(moves).lots, ['L1'])
  })
})

describe('a kit', () => {
  const kit = product(1)
  const [glove, lamp] = [product(2), product(3)]
  const bomLine = (id: number, quantity: string, changes: Partial<BomLine> = {}): BomLine => ({
    id,
    product_qty: quantity,
    product_uom_id: piece,
    bom_id: { id: 1, product_qty: '1', product_uom_id: piece, product_tmpl_id: 1 },
    ...changes,
  })
  const part = (of: Product, bom_line_id: BomLine | null) => ({ product_id: of, bom_line_id })
  const gloves = part(glove, bomLine(1, '2'))
  const lamps = part(lamp, bomLine(2, '1'))
  const three = { product_id: kit, product_uom_qty: '3' }

  test('is delivered as often as its scarcest component allows', () => {
    const moves = [move('out', '5', gloves), move('out', '3', lamps)]
    assert.deepEqual(sums(goodsOf(moves, three)), ['3', '2', '0', '0'])
  })

  test('is no kit any more when one part of it is back or on its way', () => {
    const moves = [
      move('out', '6', gloves),
      move('out', '3', lamps),
      move('back', '1', lamps),
      move('back', '1', { ...gloves, state: 'assigned' }),
    ]
    assert.deepEqual(sums(goodsOf(moves, three)), ['3', '3', '1', '0'])
    const other = [...moves, move('back', '2', { ...gloves, state: 'assigned' })]
    assert.deepEqual(sums(goodsOf(other, three)), ['3', '3', '1', '1'])
  })

  test('counts its parts for themselves, too', () => {
    const moves = [move('out', '6', gloves), move('out', '3', lamps), move('back', '1', lamps)]
    const { components } = line(moves, three)
    assert.deepEqual(
      components.map((one) => [one.product.id, ...sums(one)]),
      [
        [2, '6', '6', '0', '0'],
        [3, '3', '3', '1', '0'],
      ],
    )
  })

  test('is made of as many as its bill says for what that makes', () => {
    const bom = { id: 1, product_qty: '1', product_uom_id: dozen, product_tmpl_id: 1 }
    const screws = part(glove, bomLine(1, '2', { product_uom_id: dozen, bom_id: bom }))
    assert.deepEqual(sums(goodsOf([move('out', '6', screws)], three)), ['3', '3', '0', '0'])
  })

  test('is counted by what was asked to leave where its bill is gone, nested or not to be read', () => {
    const { bom_line_id: _none, ...unread } = gloves
    const nested = bomLine(4, '7', {
      bom_id: { ...bomLine(1, '1').bom_id, product_tmpl_id: 99 } as BomLine['bom_id'],
    })
    for (const of of [unread, part(glove, null), part(glove, nested)]) {
      const open = { product_uom_qty: '2', quantity: '0', state: 'cancel' }
      const moves = [
        move('out', '4', of),
        move('out', '2', { ...of, ...open }),
        move('out', '2', { ...part(lamp, null), product_uom_qty: '3' }),
      ]
      assert.deepEqual(sums(goodsOf(moves, three)), ['3', '2', '0', '0'])
    }
  })

  test('has thirds of a dozen', () => {
    const thirds = { ...part(glove, null), product_uom_qty: '1' }
    const moves = [move('out', '1', thirds)]
    assert.equal(goodsOf(moves, three).delivered.toFixed(), '3')
  })
})
