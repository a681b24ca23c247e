import assert from 'node:assert/strict'
import { newProduct, type Product, sell, uniqueCaseNo } from './fixtures.ts'
import { type Scenario, type ScenarioContext } from './scenario.ts'
import { announce, backOf, lineOf, receive } from './stock-steps.ts'

export const serialScenarios: readonly Scenario[] = [
  {
    name: 'the serial numbers that came are recorded, not those that Odoo would fill in',
    async run(context) {
      const { admin } = context
      const product = await newProduct(admin, { serials: ['S1', 'S2', 'S3', 'S4'] })
      const order = await sell(admin, [{ product, quantity: 3 }], {
        shipped: new Map([[product, ['S1', 'S2', 'S3']]]),
      })
      const caseNo = uniqueCaseNo()
      const line = (...came: string[]) => ({
        ...lineOf(1, String(Math.max(1, came.length)), { product, order }),
        serials: came,
      })
      await announce(context, caseNo, { lines: [lineOf(1, '3', { product, order })] })
      await assert.rejects(receive(context, caseNo, { lines: [line()] }), {
        code: 'SERIALS_NEEDED',
      })
      await assert.rejects(receive(context, caseNo, { lines: [line('S9')] }), {
        code: 'SERIAL_UNKNOWN',
      })
      await assert.rejects(receive(context, caseNo, { lines: [line('S4')] }), {
        code: 'SERIAL_IN_STOCK',
      })
      await receive(context, caseNo, { lines: [line('S3', 'S1')] })
      const again = receive(context, caseNo, { receiptId: 'r2', lines: [line('S3')] })
      await assert.rejects(again, { code: 'SERIAL_IN_STOCK' })
      // Only one can still come: it need not be said.
      await receive(context, caseNo, { receiptId: 'r2', lines: [line()] })
      assert.deepEqual(await backOf(context, caseNo), ['1: 2 2 done', '1: 1 1 done'])
      assert.deepEqual(await namesIn(context, product), ['S1', 'S2', 'S3'])
    },
  },
  {
    name: 'a serial number of another order is refused, and nothing is counted',
    async run(context) {
      const { admin } = context
      const product = await newProduct(admin, { serials: ['T1', 'T2'] })
      const order = await sell(admin, [{ product, quantity: 1 }], {
        shipped: new Map([[product, ['T1']]]),
      })
      await sell(admin, [{ product, quantity: 1 }], { shipped: new Map([[product, ['T2']]]) })
      const caseNo = uniqueCaseNo()
      await announce(context, caseNo, { lines: [lineOf(1, '1', { product, order })] })
      const lines = [{ ...lineOf(1, '1', { product, order }), serials: ['T2'] }]
      await assert.rejects(receive(context, caseNo, { lines }), { code: 'SERIAL_NOT_SHIPPED' })
      assert.deepEqual(await backOf(context, caseNo), ['1: 1 1 open'])
    },
  },
  {
    name: 'lots are recorded as they were stated',
    async run(context) {
      const { admin } = context
      const product = await newProduct(admin, { lots: { LA: 10, LB: 10 } })
      const order = await sell(admin, [{ product, quantity: 5 }], {
        shipped: new Map([[product, { LA: 3, LB: 2 }]]),
      })
      const caseNo = uniqueCaseNo()
      await announce(context, caseNo, { lines: [lineOf(1, '5', { product, order })] })
      const line = (quantity: string, ...lots: string[]) => ({
        ...lineOf(1, quantity, { product, order }),
        lots,
      })
      await assert.rejects(receive(context, caseNo, { lines: [line('3', 'LA', 'LB')] }), {
        code: 'SERIALS_NEEDED',
      })
      await receive(context, caseNo, { lines: [line('2', 'LB')] })
      await receive(context, caseNo, { receiptId: 'r2', lines: [line('3', 'LA')] })
      assert.deepEqual(await backOf(context, caseNo), ['1: 2 2 done', '1: 3 3 done'])
      assert.deepEqual(await namesIn(context, product), ['LA', 'LB'])
    },
  },
]

/** Names of lots of a product that stand in quarantine. */
async function namesIn({ admin, config }: ScenarioContext, { id }: Product): Promise<string[]> {
  const rows = await admin.ask('stock.quant', 'search_read', {
    named: {
      domain: [
        ['product_id', '=', id],
        ['location_id', '=', config.warehouses['*']?.quarantine],
        ['quantity', '>', 0],
      ],
      fields: ['lot_id'],
    },
  })
  return (rows as { lot_id: [number, string] }[]).map(({ lot_id }) => lot_id[1]).toSorted()
}
