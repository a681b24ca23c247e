import assert from 'node:assert/strict'
import {
  cancelReturn,
  closeReceiptShort,
  expectReceipt,
  reverseReceipt,
} from '../src/odoo/stock/index.ts'
import { findMoves, ofCase } from '../src/odoo/stock/moves.ts'
import { newProduct, sell, uniqueCaseNo } from './fixtures.ts'
import { type Scenario } from './scenario.ts'
import {
  announce,
  backOf,
  cutAtEachCall,
  deliveredOf,
  lineOf,
  receive,
  returned,
  standing,
  tell,
} from './stock-steps.ts'

export const closingScenarios: readonly Scenario[] = [
  {
    name: 'a return is called off as a whole, or by lines, and not once goods are here',
    async run(context) {
      const product = await newProduct(context.admin, { stock: 20 })
      const order = await sell(context.admin, [{ product, quantity: 10 }])
      const caseNo = uniqueCaseNo()
      const line = (lineNo: number) => lineOf(lineNo, '2', { product, order })
      const cancel = (...lineNos: number[]) =>
        tell(context, cancelReturn, { type: 'return.cancel', caseNo, body: { lineNos } })
      await announce(context, caseNo, { lines: [line(1), line(2), line(3)] })
      await cancel(2)
      await cancel(2)
      assert.deepEqual(await backOf(context, caseNo), ['1: 2 2 open', '2: 0 0 open', '3: 2 2 open'])
      await receive(context, caseNo, { lines: [line(1)] })
      await assert.rejects(cancel(1), { code: 'RECEIPT_ALREADY_DONE' })
      await cancel(3)
      const left = (await backOf(context, caseNo)).filter((one) => one.endsWith('open'))
      assert.deepEqual(left, [])
    },
  },
  {
    name: 'a warehouse can be told to expect what is announced, and nothing else',
    async run(context) {
      const product = await newProduct(context.admin)
      const caseNo = uniqueCaseNo()
      const lines = [lineOf(1, '2', { product })]
      const expect = () =>
        tell(context, expectReceipt, { type: 'receipt.expect', caseNo, body: { lines } })
      await assert.rejects(expect(), { code: 'RETURN_TRANSFER_MISSING' })
      await announce(context, caseNo, { lines })
      assert.equal((await expect()).refs?.length, 1)
      await tell(context, cancelReturn, { type: 'return.cancel', caseNo, body: { lineNos: [] } })
      await assert.rejects(expect(), { code: 'RETURN_TRANSFER_CANCELED' })
    },
  },
  {
    name: 'what will not come any more is closed, and what people have counted is taken in',
    async run(context) {
      const { admin } = context
      const product = await newProduct(admin, { stock: 20 })
      const order = await sell(admin, [{ product, quantity: 10 }])
      const caseNo = uniqueCaseNo()
      const line = (lineNo: number, quantity: string) =>
        lineOf(lineNo, quantity, { product, order })
      const close = (...lineNos: number[]) =>
        tell(context, closeReceiptShort, { type: 'receipt.close_short', caseNo, body: { lineNos } })
      await announce(context, caseNo, { lines: [line(1, '4'), line(2, '3')] })
      await receive(context, caseNo, { lines: [line(1, '1')] })
      await close(1)
      await close(1)
      assert.deepEqual((await backOf(context, caseNo)).toSorted(), [
        '1: 0 0 open',
        '1: 1 1 done',
        '2: 3 3 open',
      ])
      const open = (await findMoves(admin, ofCase(caseNo))).find(
        ({ state, lineNo }) => state === 'open' && lineNo === 2,
      )
      const vals = { quantity: 2, picked: true }
      await admin.act('stock.move', 'write', { ids: [open?.id ?? 0], named: { vals } })
      const cancel = tell(context, cancelReturn, {
        type: 'return.cancel',
        caseNo,
        body: { lineNos: [2] },
      })
      await assert.rejects(cancel, { code: 'RECEIPT_UNDER_WAY' })
      await close()
      await close()
      const after = (await backOf(context, caseNo)).filter((one) => !one.endsWith('canceled'))
      assert.deepEqual(after, ['2: 2 2 done', '1: 1 1 done'].toReversed())
    },
  },
  {
    name: 'a receipt is taken back with its serial numbers, once, whatever was cut',
    isLong: true,
    async run(context) {
      await cutAtEachCall(12, async () => {
        const { caseNo, order, product } = await returned(context, 1, ['R1', 'R2'])
        const body = { receiptId: 'r1' }
        return {
          send: (tapped) =>
            tell(context, reverseReceipt, { type: 'receipt.reverse', caseNo, body, tapped }),
          check: async () => {
            assert.deepEqual(await standing(context, product), {})
            assert.equal(await deliveredOf(context, order), 2)
            const moves = await findMoves(context.admin, ofCase(caseNo))
            assert.equal(moves.length, 2)
          },
        }
      })
    },
  },
]
