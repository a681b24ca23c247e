import assert from 'node:assert/strict'
import { executeDisposition, orderRepair } from '../src/odoo/stock/index.ts'
import { ownCalls, tap, tapOn } from './connection.ts'
import { attempt, type Scenario } from './scenario.ts'
import {
  cutAtEachCall,
  decide,
  lineOf,
  placeOfSerial,
  returned,
  standing,
  tell,
} from './stock-steps.ts'

export const decidingScenarios: readonly Scenario[] = [
  {
    name: 'units of one line go different ways',
    async run(context) {
      const { caseNo, product } = await returned(context, 7)
      const tapped = tap()
      const restocked = [{ quantity: '1', code: 'restock_a' }] as const
      await decide(context, caseNo, { lines: restocked, dispositionId: 'd0', tapped })
      const calls = ownCalls(tapped)
      assert.equal(calls.length, 7, calls.join(' '))
      const scrapping = tap()
      const scrapped = [{ quantity: '1', code: 'scrap' }] as const
      await decide(context, caseNo, { lines: scrapped, dispositionId: 'd00', tapped: scrapping })
      assert.equal(ownCalls(scrapping).length, 5, ownCalls(scrapping).join(' '))
      const outcomes = [
        { quantity: '1', code: 'restock_a' },
        { quantity: '1', code: 'repair_own' },
        { quantity: '1', code: 'rtv' },
        { quantity: '1', code: 'scrap' },
        { quantity: '1', code: 'quarantine' },
      ] as const
      const { events } = await decide(context, caseNo, { lines: outcomes })
      await decide(context, caseNo, { lines: outcomes })
      assert.match(JSON.stringify(events), /INT.*SP/)
      const there = { quarantine: 1, stock: 2, repair: 1, vendor: 1 }
      assert.deepEqual(await standing(context, product), there)
      for (const code of ['restock_a', 'scrap'] as const) {
        const lines = [{ quantity: '9', code }]
        const tooMany = decide(context, caseNo, { lines, dispositionId: `more-${code}` })
        await assert.rejects(tooMany, { code: 'INSUFFICIENT_STOCK' })
      }
      assert.deepEqual(await standing(context, product), there)
    },
  },
  {
    name: 'goods are moved once, whatever was cut',
    isLong: true,
    async run(context) {
      await cutAtEachCall(12, async () => {
        const { caseNo, product } = await returned(context, 2)
        return {
          send: (tapped) =>
            decide(context, caseNo, { lines: [{ quantity: '1', code: 'restock_a' }], tapped }),
          check: async () =>
            assert.deepEqual(await standing(context, product), { quarantine: 1, stock: 1 }),
        }
      })
    },
  },
  {
    name: 'goods are scrapped once, whatever was cut',
    isLong: true,
    async run(context) {
      await cutAtEachCall(10, async () => {
        const { caseNo, product } = await returned(context, 3)
        return {
          send: (tapped) =>
            decide(context, caseNo, { lines: [{ quantity: '1', code: 'scrap' }], tapped }),
          check: async () => assert.deepEqual(await standing(context, product), { quarantine: 2 }),
        }
      })
    },
  },
  {
    name: 'goods are scrapped once by decisions that arrive at once, and not while an earlier one may be at work',
    async run(context) {
      const { caseNo, product } = await returned(context, 3)
      const scrap = [{ quantity: '1', code: 'scrap' }] as const
      await Promise.all(
        [1, 2, 3].map(() => decide(context, caseNo, { lines: scrap }).catch(() => null)),
      )
      assert.deepEqual(await standing(context, product), { quarantine: 2 })
      const lost = { lines: scrap, dispositionId: 'd2', tapped: tapOn('action_validate') }
      await decide(context, caseNo, lost).catch(() => null)
      const body = { dispositionId: 'd2', lines: scrap.map((line) => ({ lineNo: 1, ...line })) }
      const again = (now: Date) =>
        attempt(context.config, executeDisposition, {
          type: 'disposition.execute',
          caseNo,
          body,
          attempt: 2,
          now,
        })
      await assert.rejects(again(new Date()), { kind: 'retryable', code: 'ODOO_LOCKED' })
      assert.deepEqual(await standing(context, product), { quarantine: 2 })
      await again(new Date(Date.now() + 180_000))
      assert.deepEqual(await standing(context, product), { quarantine: 1 })
    },
  },
  {
    name: 'pieces that no earlier attempt has begun to scrap wait for nothing',
    async run(context) {
      const serials = ['W1', 'W2', 'W3']
      const { caseNo, product } = await returned(context, 3, serials)
      const lines = [{ lineNo: 1, quantity: '3', code: 'scrap' as const, serials }]
      await attempt(context.config, executeDisposition, {
        type: 'disposition.execute',
        caseNo,
        body: { dispositionId: 'd3', lines },
        attempt: 2,
      })
      assert.deepEqual(await standing(context, product), {})
    },
  },
  {
    name: 'serial numbers go where each was decided to go, once, whatever was cut',
    isLong: true,
    async run(context) {
      await cutAtEachCall(16, async () => {
        const { caseNo, product } = await returned(context, 3, ['D1', 'D2', 'D3', 'D4'])
        return {
          send: (tapped) =>
            decide(context, caseNo, {
              lines: [
                { quantity: '1', code: 'restock_a', serials: ['D2'] },
                { quantity: '2', code: 'scrap', serials: ['D1', 'D3'] },
              ],
              tapped,
            }),
          check: async () => {
            assert.deepEqual(await standing(context, product), { stock: 1 })
            assert.equal(await placeOfSerial(context, product, 'D2'), 'stock')
          },
        }
      })
    },
  },
  {
    name: 'a repair is ordered where the goods are, and not started',
    async run(context) {
      const { caseNo, product, order } = await returned(context, 2, ['F1', 'F2'])
      await decide(context, caseNo, { lines: [{ quantity: '2', code: 'repair_own' }] })
      const lines = [lineOf(1, '2', { product, order })]
      const body = { fulfillmentId: 'f1', lines }
      const repair = () => tell(context, orderRepair, { type: 'repair.order', caseNo, body })
      const { refs, events } = await repair()
      assert.deepEqual((await repair()).refs, refs)
      assert.equal(events, undefined)
      assert.equal(refs?.length, 2)
      const ids = (refs ?? []).map(({ value }) => Number(value))
      const rows = (await context.admin.ask('repair.order', 'read', {
        ids,
        named: { fields: ['state', 'lot_id'] },
      })) as { state: string }[]
      assert.deepEqual(
        rows.map(({ state }) => state),
        ['confirmed', 'confirmed'],
      )
      await context.admin.act('repair.order', 'action_repair_start', { ids: ids.slice(0, 1) })
      assert.equal((await repair()).events?.[0]?.type, 'repair.started')
    },
  },
  {
    name: 'goods that are not there are not repaired',
    async run(context) {
      const { caseNo, product, order } = await returned(context, 2)
      await decide(context, caseNo, { lines: [{ quantity: '2', code: 'restock_a' }] })
      const body = { fulfillmentId: 'f1', lines: [lineOf(1, '1', { product, order })] }
      const repair = tell(context, orderRepair, { type: 'repair.order', caseNo, body })
      await assert.rejects(repair, { code: 'INSUFFICIENT_STOCK' })
    },
  },
]
