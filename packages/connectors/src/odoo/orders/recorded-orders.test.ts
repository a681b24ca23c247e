import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { eventData } from '@backhaul/sdk/canonical'
import type { OrderAnswer } from '@backhaul/sdk/connector'
import { type OdooDouble, startOdoo } from '@backhaul/simulator'
import { directFetch, openAsAdmin, serverOfDouble } from '../../../test-odoo/connection.ts'
import { type Config, config as configSchema } from '../config.ts'
import { lookUpOrder } from './look-up.ts'

/* The orders that were recorded, on a double that speaks as each version of Odoo does. */

for (const version of [19, 18, 17] as const) {
  describe(`orders in Odoo ${version}`, () => {
    let odoo: OdooDouble
    let config: Config

    before(async () => {
      odoo = await startOdoo({ seed: 'recorded', version })
      const { url, database, login, key } = odoo
      config = configSchema.parse({ url, database, login, key })
    })
    after(() => odoo.close())

    async function ask(orderRef: string): Promise<OrderAnswer> {
      const about = { company: 'main', orderRefs: [orderRef], currency: 'USD' }
      const signal = AbortSignal.timeout(30_000)
      const question = { about, lines: [] }
      const given = { config, question, fetch: directFetch, signal, now: new Date() }
      return eventData['order.recorded'].parse(await lookUpOrder(given))
    }

    test('are found by number, reference, marketplace id and delivery', async () => {
      for (const name of ['S00026', 'web-2001', 'WH/OUT/00048', 'INV/2026/00011']) {
        assert.equal((await ask(name)).orderRef, 'S00026', name)
      }
      const ofShop = await ask('MKT-88-1203')
      assert.deepEqual(ofShop.orderedBy, { partyId: '53', commercialPartyId: '53' })
      assert.equal((await ask('WEB-9999')).exists, false)
      assert.equal((await ask('WEB-2002')).orderRef, 'S00027', 'the quotation is passed over')
    })

    test('tell what was delivered and invoiced, with serial numbers and lots', async () => {
      const [bolts, drills] = (await ask('S00026')).lines
      assert.equal(bolts?.delivered, '20')
      assert.deepEqual(bolts?.invoiced?.net, { amount: '216.00', currency: 'USD' })
      assert.deepEqual(drills?.serials, ['SN-DR-0001', 'SN-DR-0002'])
      assert.equal(drills?.deliveredAt, '2026-11-23T05:08:23Z')
      const [seals] = (await ask('S00027')).lines
      assert.deepEqual(seals?.lots, ['LOT-0925', 'LOT-1025'])
    })

    test('count pieces where dozens were sold', async () => {
      const [gloves] = (await ask('S00028')).lines
      assert.deepEqual([gloves?.ordered, gloves?.delivered], ['36', '36'])
      assert.equal(gloves?.invoiced?.quantity, '36')
    })

    test('are delivered in part, and invoiced by the larger of two invoices', async () => {
      const [lamps] = (await ask('S00029')).lines
      assert.deepEqual([lamps?.ordered, lamps?.delivered], ['12', '8'])
      const [parts] = (await ask('S00031')).lines
      assert.deepEqual([parts?.delivered, parts?.invoiced?.quantity], ['10', '6'])
    })

    test('that were canceled say so', async () => {
      const answer = await ask('WEB-2008')
      assert.deepEqual([answer.exists, answer.lines[0]?.delivered], [true, '0'])
      assert.match(answer.note ?? '', /was canceled/)
    })

    test('tell what was paid', async () => {
      const admin = await openAsAdmin(serverOfDouble(odoo))
      const context = { active_model: 'account.move', active_ids: [58] }
      const named = { vals_list: [{ amount: 100 }] }
      const made = await admin.act('account.payment.register', 'create', { named, context })
      const ids = Array.isArray(made) ? (made as number[]) : [Number(made)]
      await admin.act('account.payment.register', 'action_create_payments', { ids, context })
      const { tenders } = await ask('S00026')
      const usd = (amount: string) => ({ amount, currency: 'USD' })
      assert.deepEqual(
        tenders.map(({ paymentId: _id, ...rest }) => rest),
        [{ method: 'bank', captured: usd('100.00'), refunded: usd('0.00') }],
      )
    })
  })
}
