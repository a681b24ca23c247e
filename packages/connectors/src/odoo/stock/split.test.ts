import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Big } from 'big.js'
import fc from 'fast-check'
import { type Move, sum } from './moves.ts'
import { shareOut, sourcesOf } from './split.ts'

const nothing: Move = {
  id: 0,
  productId: 1,
  productName: 'Pump',
  state: 'done',
  isDraft: false,
  demand: new Big(0),
  quantity: new Big(0),
  isPicked: false,
  factor: new Big(1),
  at: null,
  transferId: null,
  transferName: '',
  kind: null,
  partnerId: null,
  fromId: 1,
  toId: 2,
  isFromCustomer: false,
  isToCustomer: false,
  saleLineId: 1,
  returnOf: null,
  caseNo: null,
  lineNo: null,
  key: null,
  toRefund: true,
  tracking: 'none',
  moveLineIds: [],
  bomLineId: null,
  groupId: null,
}

function delivered(id: number, quantity: number): Move {
  const at = `2026-11-${String(id).padStart(2, '0')}T00:00:00Z`
  return { ...nothing, id, at, isToCustomer: true, quantity: new Big(quantity) }
}

function back(id: number, quantity: number, changes: Partial<Move>): Move {
  const both = { quantity: new Big(quantity), demand: new Big(quantity) }
  return { ...nothing, id, isFromCustomer: true, ...both, ...changes }
}

describe('what can come back of deliveries', () => {
  test('counts what has come and what is announced, and not what was called off', () => {
    const moves = [
      delivered(1, 5),
      delivered(2, 4),
      back(10, 1, { returnOf: 2 }),
      back(11, 2, { returnOf: 2, state: 'open', quantity: new Big(0) }),
      back(12, 9, { returnOf: 2, state: 'canceled' }),
    ]
    const left = sourcesOf(moves).map((source) => [source.move.id, source.left.toFixed()])
    assert.deepEqual(left, [
      [2, '1'],
      [1, '5'],
    ])
  })

  test('takes what came back without naming a delivery from the oldest', () => {
    const moves = [delivered(1, 2), delivered(2, 4), back(10, 3, {})]
    const left = sourcesOf(moves).map((source) => [source.move.id, source.left.toFixed()])
    assert.deepEqual(left, [
      [2, '3'],
      [1, '0'],
    ])
  })

  test('is never shared out twice, and nothing gets lost', () => {
    const amounts = fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 6 })
    fc.assert(
      fc.property(amounts, amounts, fc.integer({ min: 0, max: 60 }), (out, returned, asked) => {
        const deliveries = out.map((quantity, index) => delivered(index + 1, quantity))
        const returns = returned.map((quantity, index) =>
          back(100 + index, quantity, index % 2 === 0 ? { returnOf: index + 1 } : {}),
        )
        const sources = sourcesOf([...deliveries, ...returns])
        const { shares, rest } = shareOut(new Big(asked), sources)
        assert.ok(sources.every(({ left }) => left.gte(0)))
        for (const { move, quantity } of shares) {
          const source = sources.find((one) => one.move.id === move.id)
          assert.ok(quantity.lte(source?.left ?? 0))
        }
        assert.ok(
          sum(shares.map(({ quantity }) => quantity))
            .plus(rest)
            .eq(asked),
        )
      }),
    )
  })
})
