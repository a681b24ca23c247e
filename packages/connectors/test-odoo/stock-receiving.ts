import assert from 'node:assert/strict'
import { recordReceipt, recordReturn } from '../src/odoo/stock/index.ts'
import { findMoves, ofCase } from '../src/odoo/stock/moves.ts'
import { ownCalls, tap, tapOn } from './connection.ts'
import { newKit, newProduct, sell, uniqueCaseNo } from './fixtures.ts'
import { type Scenario } from './scenario.ts'
import { announce, backOf, describe, lineOf, receive, tell } from './stock-steps.ts'

export const receivingScenarios: readonly Scenario[] = [
  {
    name: 'a receipt is recorded in five calls; the rest stays expected, and a second receipt takes it in',
    async run(context) {
      const product = await newProduct(context.admin, { stock: 20 })
      const other = await newProduct(context.admin, { stock: 20 })
      const order = await sell(context.admin, [
        { product, quantity: 5 },
        { product: other, quantity: 5 },
      ])
      const caseNo = uniqueCaseNo()
      const line = (lineNo: number, quantity: string) =>
        lineOf(lineNo, quantity, { product: lineNo === 1 ? product : other, order, at: lineNo - 1 })
      await announce(context, caseNo, { lines: [line(1, '5'), line(2, '2')] })
      const tapped = tap()
      const first = { lines: [line(1, '3')], tapped }
      const { refs } = await receive(context, caseNo, first)
      const calls = ownCalls(tapped)
      assert.equal(calls.length, 5, calls.join(' '))
      assert.equal(refs?.length, 2)
      const after = ['1: 3 3 done', '2: 2 2 open', '1: 2 2 open']
      assert.deepEqual(await backOf(context, caseNo), after)
      await receive(context, caseNo, { lines: [line(1, '3')] })
      assert.deepEqual(await backOf(context, caseNo), after)
      await receive(context, caseNo, { receiptId: 'r2', lines: [line(1, '2'), line(2, '3')] })
      const all = ['1: 3 3 done', '2: 2 3 done', '1: 2 2 done']
      assert.deepEqual(await backOf(context, caseNo), all)
      await receive(context, caseNo, { lines: [line(1, '3')] })
      await receive(context, caseNo, { receiptId: 'r2', lines: [line(1, '2'), line(2, '3')] })
      assert.deepEqual(await backOf(context, caseNo), all)
    },
  },
  {
    name: 'a receipt that was cut at any call counts once',
    isLong: true,
    async run(context) {
      const product = await newProduct(context.admin, { stock: 99 })
      const order = await sell(context.admin, [{ product, quantity: 60 }])
      for (let at = 1; at <= 7; at += 1) {
        const caseNo = uniqueCaseNo()
        await announce(context, caseNo, { lines: [lineOf(1, '3', { product, order })] })
        const lines = [lineOf(1, '2', { product, order })]
        await receive(context, caseNo, { lines, tapped: tap({ at, when: 'after' }) }).catch(
          () => null,
        )
        await receive(context, caseNo, { lines })
        assert.deepEqual(await backOf(context, caseNo), ['1: 2 2 done', '1: 1 1 open'])
      }
    },
  },
  {
    name: 'an announcement that was never confirmed counts what came, not all of it',
    async run(context) {
      const product = await newProduct(context.admin, { stock: 9 })
      const order = await sell(context.admin, [{ product, quantity: 5 }])
      const caseNo = uniqueCaseNo()
      const cut = tapOn('action_confirm')
      await announce(context, caseNo, {
        lines: [lineOf(1, '4', { product, order })],
        tapped: cut,
      }).catch(() => null)
      assert.equal((await findMoves(context.admin, ofCase(caseNo)))[0]?.isDraft, true)
      await receive(context, caseNo, { lines: [lineOf(1, '1', { product, order })] })
      assert.deepEqual(await backOf(context, caseNo), ['1: 1 1 done', '1: 3 3 open'])
    },
  },
  {
    name: 'what an interrupted receipt has counted is not taken in by the next one',
    async run(context) {
      const product = await newProduct(context.admin, { stock: 9 })
      const order = await sell(context.admin, [{ product, quantity: 5 }])
      const caseNo = uniqueCaseNo()
      const line = (lineNo: number) => lineOf(lineNo, '2', { product, order })
      await announce(context, caseNo, { lines: [line(1), line(2)] })
      const lost = { lines: [line(1), line(2)], tapped: tapOn('button_validate') }
      await receive(context, caseNo, lost).catch(() => null)
      await receive(context, caseNo, { receiptId: 'r2', lines: [line(1)] })
      assert.deepEqual(await backOf(context, caseNo), ['1: 2 2 done', '2: 2 2 open'])
    },
  },
  {
    name: 'a receipt that people have made in Odoo is not counted again',
    async run(context) {
      const { admin } = context
      const product = await newProduct(admin, { stock: 9 })
      const order = await sell(admin, [{ product, quantity: 5 }])
      const caseNo = uniqueCaseNo()
      const lines = [lineOf(1, '2', { product, order })]
      const { refs } = await announce(context, caseNo, { lines })
      const id = Number(refs?.[0]?.value)
      await admin.act('stock.picking', 'button_validate', { ids: [id] })
      await receive(context, caseNo, { receiptId: `transfer-${id}`, lines })
      assert.deepEqual(await backOf(context, caseNo), ['1: 2 2 done'])
    },
  },
  {
    name: 'goods are found by what the hub was told, whatever people write as their source',
    async run(context) {
      const { admin } = context
      const product = await newProduct(admin, { stock: 9 })
      const order = await sell(admin, [{ product, quantity: 5 }])
      const caseNo = uniqueCaseNo()
      const lines = [lineOf(1, '2', { product, order })]
      const { refs = [] } = await announce(context, caseNo, { lines })
      const ids = refs.map(({ value }) => Number(value))
      await admin.act('stock.picking', 'write', {
        ids,
        named: { vals: { origin: 'My own words' } },
      })
      const target = refs.map((ref) => ({ system: 'odoo', ...ref }))
      await tell(context, recordReturn, { type: 'return.record', caseNo, body: { target, lines } })
      const body = { target, receiptId: 'r1', lines }
      await tell(context, recordReceipt, { type: 'receipt.record', caseNo, body })
      assert.deepEqual(await backOf(context, caseNo), ['1: 2 2 done'])
    },
  },
  {
    name: 'several at once announce one transfer',
    async run(context) {
      const product = await newProduct(context.admin, { stock: 9 })
      const order = await sell(context.admin, [{ product, quantity: 5 }])
      const caseNo = uniqueCaseNo()
      const lines = [lineOf(1, '3', { product, order })]
      const sent = [1, 2, 3].map(() => announce(context, caseNo, { lines }).catch(() => null))
      await Promise.all(sent)
      assert.deepEqual(await backOf(context, caseNo), ['1: 3 3 open'])
    },
  },
  {
    name: 'what nobody expected is taken in by a transfer of its own, once, whatever was cut',
    isLong: true,
    async run(context) {
      const product = await newProduct(context.admin, { stock: 99 })
      const stray = await newProduct(context.admin)
      const order = await sell(context.admin, [{ product, quantity: 60 }])
      for (let at = 1; at <= 12; at += 1) {
        const caseNo = uniqueCaseNo()
        await announce(context, caseNo, { lines: [lineOf(1, '1', { product, order })] })
        const lines = [lineOf(1, '1', { product, order }), lineOf(2, '4', { product: stray })]
        await receive(context, caseNo, { lines, tapped: tap({ at, when: 'after' }) }).catch(
          () => null,
        )
        await receive(context, caseNo, { lines })
        assert.deepEqual(await backOf(context, caseNo), ['1: 1 1 done', '2: 4 4 done'])
      }
    },
  },
  {
    name: 'a receipt without any announcement is recorded without an order',
    async run(context) {
      const product = await newProduct(context.admin)
      const kit = await newKit(context.admin, [{ product, quantity: 2 }])
      const caseNo = uniqueCaseNo()
      const lines = [lineOf(1, '2', { product }), lineOf(2, '3', { product: kit })]
      await receive(context, caseNo, { lines })
      assert.deepEqual(await backOf(context, caseNo), ['1: 2 2 done', '2: 6 6 done'])
      const moves = await findMoves(context.admin, ofCase(caseNo))
      assert.ok(moves.every(({ toRefund, saleLineId }) => !toRefund && saleLineId === null))
    },
  },
  {
    name: 'more than was announced after all has come is counted for the order',
    async run(context) {
      const product = await newProduct(context.admin, { stock: 9 })
      const order = await sell(context.admin, [{ product, quantity: 5 }])
      const caseNo = uniqueCaseNo()
      const line = (quantity: string) => lineOf(1, quantity, { product, order })
      await announce(context, caseNo, { lines: [line('2')] })
      await receive(context, caseNo, { lines: [line('2')] })
      await receive(context, caseNo, { receiptId: 'r2', lines: [line('4')] })
      const moves = await findMoves(context.admin, ofCase(caseNo))
      assert.deepEqual(moves.map(describe), ['1: 2 2 done', '1: 4 4 done'])
      assert.equal(moves[1]?.saleLineId, order.lineIds[0])
    },
  },
]
