import assert from 'node:assert/strict'
import type { Delivered } from '@backhaul/sdk/connector'
import { sendBackGoods, submitSupplierClaim } from '../src/odoo/stock/index.ts'
import { findMoves } from '../src/odoo/stock/moves.ts'
import { type Tap } from './connection.ts'
import { bring, newKit, newProduct, newVendor, sell, uniqueCaseNo } from './fixtures.ts'
import { type Scenario } from './scenario.ts'
import {
  announce,
  cutAtEachCall,
  decide,
  deliveredOf,
  describe,
  lineOf,
  placeOfSerial,
  receive,
  returned,
  tell,
} from './stock-steps.ts'

export const sendingScenarios: readonly Scenario[] = [
  {
    name: 'goods are made ready to go back to the customer, once, and people ship them',
    isLong: true,
    async run(context) {
      await cutAtEachCall(12, async () => {
        const given = await returned(context, 2, ['B1', 'B2', 'B3'])
        const { caseNo, product, order } = given
        const body = {
          fulfillmentId: 'f1',
          lines: [{ ...lineOf(1, '1', { product, order }), serials: ['B2'] }],
        }
        const send = (tapped?: Tap) =>
          tell(context, sendBackGoods, { type: 'goods.send_back', caseNo, body, tapped })
        return {
          send,
          check: async () => {
            const { refs } = await send()
            const id = Number(refs?.[0]?.value)
            const moves = await findMoves(context.admin, [['picking_id', '=', id]])
            assert.deepEqual(moves.map(describe), ['1: 1 1 open'])
            const skip = { skip_sms: true, skip_backorder: true }
            await context.admin.act('stock.picking', 'button_validate', {
              ids: [id],
              context: skip,
            })
            assert.deepEqual((await send()).refs, refs)
            assert.equal(await placeOfSerial(context, product, 'B1'), 'quarantine')
            assert.equal(await placeOfSerial(context, product, 'B2'), '')
            assert.equal(await deliveredOf(context, order), 2)
          },
        }
      })
    },
  },
  {
    name: 'a serial number that nobody stated stays the one that was chosen',
    async run(context) {
      const { caseNo, product, order } = await returned(context, 3, ['N1', 'N2', 'N3'])
      const body = { fulfillmentId: 'f1', lines: [lineOf(1, '1', { product, order })] }
      const send = () => tell(context, sendBackGoods, { type: 'goods.send_back', caseNo, body })
      const { refs } = await send()
      const chosen = async () => {
        const domain = [['picking_id', '=', Number(refs?.[0]?.value)]]
        const fields = ['lot_id']
        const named = { domain, fields }
        return (await context.admin.ask('stock.move.line', 'search_read', { named })) as object[]
      }
      const before = (await chosen()).map((line) => Object.values(line).at(-1))
      await send()
      assert.deepEqual(
        (await chosen()).map((line) => Object.values(line).at(-1)),
        before,
      )
    },
  },
  {
    name: 'a kit that came back is sent back as its components',
    async run(context) {
      const { admin } = context
      const part = await newProduct(admin, { stock: 20 })
      const kit = await newKit(admin, [{ product: part, quantity: 3 }])
      const order = await sell(admin, [{ product: kit, quantity: 2 }], { isInvoiced: false })
      const caseNo = uniqueCaseNo()
      const lines = [lineOf(1, '2', { product: kit, order })]
      await announce(context, caseNo, { lines })
      await receive(context, caseNo, { lines })
      assert.equal(await deliveredOf(context, order), 0)
      const body = { fulfillmentId: 'f1', lines: [lineOf(1, '1', { product: kit, order })] }
      const { refs } = await tell(context, sendBackGoods, { type: 'goods.send_back', caseNo, body })
      const ids = [Number(refs?.[0]?.value)]
      const skip = { skip_sms: true, skip_backorder: true }
      await admin.act('stock.picking', 'button_validate', { ids, context: skip })
      assert.equal(await deliveredOf(context, order), 1)
    },
  },
  {
    name: 'a claim takes goods to their vendor and drafts the refund at the price of the last purchase, once',
    isLong: true,
    async run(context) {
      const { admin } = context
      const vendor = await newVendor(admin)
      await cutAtEachCall(16, async () => {
        const product = await newProduct(admin)
        const { lineId } = await bring(admin, { vendor, product, quantity: 10, price: 21 })
        const order = await sell(admin, [{ product, quantity: 4 }], { isInvoiced: false })
        const caseNo = uniqueCaseNo()
        const lines = [lineOf(1, '2', { product, order })]
        await announce(context, caseNo, { lines })
        await receive(context, caseNo, { lines })
        await decide(context, caseNo, { lines: [{ quantity: '2', code: 'rtv' }] })
        const body = { claimId: 'c1', vendor: String(vendor.id), lines }
        let answer: Delivered = {}
        return {
          send: async (tapped) => {
            const told = { type: 'supplier_claim.submit', caseNo, body, tapped } as const
            answer = await tell(context, submitSupplierClaim, told)
          },
          check: async () => {
            const data = answer.events?.[0]?.data as { claimed?: { amount: string } }
            assert.equal(Number(data.claimed?.amount), 48.3)
            const refunds = await admin.ask('account.move', 'search_count', {
              named: { domain: [['ref', '=', `${caseNo}/c1`]] },
            })
            assert.equal(refunds, 1)
            const id = Number(answer.refs?.find(({ type }) => type === 'vendor_return')?.value)
            const skip = { skip_sms: true, skip_backorder: true }
            await admin.act('stock.picking', 'button_validate', { ids: [id], context: skip })
            const rows = (await admin.ask('purchase.order.line', 'read', {
              ids: [lineId],
              named: { fields: ['qty_received', 'qty_invoiced'] },
            })) as { qty_received: number; qty_invoiced: number }[]
            assert.deepEqual(rows[0], { id: lineId, qty_received: 8, qty_invoiced: -2 })
          },
        }
      })
    },
  },
]
