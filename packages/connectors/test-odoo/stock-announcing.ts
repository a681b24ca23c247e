import assert from 'node:assert/strict'
import { findMoves, ofCase } from '../src/odoo/stock/moves.ts'
import { ownCalls, tap } from './connection.ts'
import { deliver, dozen, newKit, newOrder, newProduct, sell, uniqueCaseNo } from './fixtures.ts'
import { type Scenario } from './scenario.ts'
import { announce, backOf, lineOf, receive } from './stock-steps.ts'

export const announcingScenarios: readonly Scenario[] = [
  {
    name: 'a return of part of one delivery is announced in four calls, and once',
    async run(context) {
      const product = await newProduct(context.admin, { stock: 10 })
      const order = await sell(context.admin, [{ product, quantity: 4 }])
      const lines = [lineOf(1, '3', { product, order })]
      const caseNo = uniqueCaseNo()
      await announce(context, uniqueCaseNo(), { lines: [lineOf(1, '1', { product, order })] })
      const tapped = tap()
      await announce(context, caseNo, { lines, tapped })
      const calls = ownCalls(tapped)
      assert.equal(calls.length, 4, calls.join(' '))
      await announce(context, caseNo, { lines })
      assert.deepEqual(await backOf(context, caseNo), ['1: 3 3 open'])
    },
  },
  {
    name: 'an announcement that was cut at any call becomes one transfer',
    isLong: true,
    async run(context) {
      const product = await newProduct(context.admin, { stock: 99 })
      const order = await sell(context.admin, [{ product, quantity: 50 }])
      for (let at = 1; at <= 5; at += 1) {
        const caseNo = uniqueCaseNo()
        const lines = [lineOf(1, '2', { product, order }), lineOf(2, '1', { product, order })]
        await announce(context, caseNo, { lines, tapped: tap({ at, when: 'after' }) }).catch(
          () => null,
        )
        await announce(context, caseNo, { lines })
        assert.deepEqual(await backOf(context, caseNo), ['1: 2 2 open', '2: 1 1 open'])
      }
    },
  },
  {
    name: 'what comes back is shared out over the deliveries, the newest first, never more than is left of each',
    async run(context) {
      const { admin } = context
      const product = await newProduct(admin, { stock: 30 })
      const unitId = await dozen(admin)
      const order = await newOrder(admin, [{ product, quantity: 1, unitId }])
      await deliver(admin, order, new Map([[product, 8]]))
      await deliver(admin, order)
      const caseNo = uniqueCaseNo()
      await announce(context, caseNo, { lines: [lineOf(1, '6', { product, order })] })
      assert.deepEqual(await backOf(context, caseNo), ['1: 4 4 open', '1: 2 2 open'])
      const other = uniqueCaseNo()
      const tooMany = announce(context, other, { lines: [lineOf(1, '7', { product, order })] })
      await assert.rejects(tooMany, { code: 'RETURN_EXCEEDS_DELIVERED' })
      const together = [lineOf(1, '4', { product, order }), lineOf(2, '3', { product, order })]
      const both = announce(context, other, { lines: together })
      await assert.rejects(both, { code: 'RETURN_EXCEEDS_DELIVERED' })
      await announce(context, other, { lines: [lineOf(1, '6', { product, order })] })
      assert.deepEqual(await backOf(context, other), ['1: 6 6 open'])
    },
  },
  {
    name: 'a kit comes back as its components',
    async run(context) {
      const { admin } = context
      const glove = await newProduct(admin, { stock: 40 })
      const lamp = await newProduct(admin, { stock: 40 })
      const inner = await newKit(admin, [{ product: glove, quantity: 3 }])
      const kit = await newKit(admin, [
        { product: inner, quantity: 2 },
        { product: lamp, quantity: 1 },
      ])
      const order = await sell(admin, [{ product: kit, quantity: 4 }], { isInvoiced: false })
      const caseNo = uniqueCaseNo()
      await announce(context, caseNo, { lines: [lineOf(1, '2', { product: kit, order })] })
      assert.deepEqual((await backOf(context, caseNo)).toSorted(), ['1: 12 12 open', '1: 2 2 open'])
      await receive(context, caseNo, { lines: [lineOf(1, '1', { product: kit, order })] })
      assert.deepEqual((await backOf(context, caseNo)).toSorted(), [
        '1: 1 1 done',
        '1: 1 1 open',
        '1: 6 6 done',
        '1: 6 6 open',
      ])
    },
  },
  {
    name: 'quantities that change later change what is expected, never what came',
    async run(context) {
      const product = await newProduct(context.admin, { stock: 20 })
      const order = await sell(context.admin, [{ product, quantity: 10 }])
      const caseNo = uniqueCaseNo()
      const line = (quantity: string) => lineOf(1, quantity, { product, order })
      await announce(context, caseNo, { lines: [line('4'), lineOf(2, '2', { product, order })] })
      await receive(context, caseNo, { lines: [line('3')] })
      await announce(context, caseNo, { lines: [line('8')] })
      assert.deepEqual(await backOf(context, caseNo), ['1: 3 3 done', '2: 0 0 open', '1: 5 5 open'])
      await announce(context, caseNo, { lines: [line('1')] })
      assert.deepEqual(
        (await backOf(context, caseNo)).filter((one) => !one.endsWith('canceled')),
        ['1: 3 3 done'],
      )
      await announce(context, caseNo, { lines: [line('5')] })
      assert.equal((await backOf(context, caseNo)).at(-1), '1: 2 2 open')
    },
  },
  {
    name: 'goods without an order are announced without one',
    async run(context) {
      const product = await newProduct(context.admin)
      const caseNo = uniqueCaseNo()
      await announce(context, caseNo, { lines: [lineOf(1, '2', { product })] })
      const [move] = await findMoves(context.admin, ofCase(caseNo))
      assert.equal(move?.toRefund, false)
      assert.equal(move?.saleLineId, null)
      await receive(context, caseNo, { lines: [lineOf(1, '2', { product })] })
      assert.deepEqual(await backOf(context, caseNo), ['1: 2 2 done'])
    },
  },
]
