import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { newProduct, type Product, sell } from '@backhaul/connectors/test-odoo'
import { type RestWarehouse, startRestWarehouse } from '@backhaul/simulator'
import { newId } from '../../src/platform/ids.ts'
import { textIn } from '../support/hub.ts'
import { connectNeighbor } from '../support/neighborhood.ts'
import { type OdooScene, startOdooScene } from '../support/odoo-scene.ts'

/* Five pumps come back on one line: two can be sold again, one is repaired, two are beyond it. */

describe('one line with three outcomes', () => {
  let scene: OdooScene
  let warehouse: RestWarehouse
  let product: Product

  before(async () => {
    scene = await startOdooScene()
    warehouse = await startRestWarehouse()
    const { url, token, signingSecret } = warehouse
    await connectNeighbor(scene.hub, {
      channel: 'rest-warehouse',
      as: 'venlo',
      roles: ['wms'],
      config: { url, token, inboundSecrets: [signingSecret] },
    })
    warehouse.subscribe(`${scene.hub.url}/webhooks/venlo/events`)
    product = await newProduct(scene.admin, { stock: 100 })
  })
  after(async () => {
    await scene.close()
    await warehouse.close()
  })

  async function ask() {
    const sale = await sell(scene.admin, [{ product, quantity: 5, price: 10 }])
    const body = {
      sourceRef: newId(),
      channel: 'ecommerce',
      currency: 'USD',
      customer: { partyId: String(sale.customer.id) },
      orderRefs: [sale.name],
      lines: [
        {
          lineNo: 1,
          product: { sku: product.sku },
          quantity: '5',
          reason: { code: 'defective_consumer' },
        },
      ],
    }
    const headers = { 'idempotency-key': body.sourceRef }
    const { json, status, text } = await scene.hub.request('POST', '/api/v1/returns', {
      body,
      headers,
    })
    assert.ok(status < 300, text)
    return { id: textIn(json, 'id'), caseNo: textIn(json, 'caseNo') }
  }

  test('ends in three places of Odoo, and in one credit of all that was accepted', async () => {
    const { id, caseNo } = await ask()
    await scene.eventually(() => warehouse.books().find((one) => one.caseNo === caseNo))
    warehouse.work.receive({ caseNo, lines: [{ lineNo: 1, quantity: '5', condition: 'ok' }] })
    warehouse.work.inspect({ caseNo, lines: [{ lineNo: 1, accepted: '5', rejected: '0' }] })
    await scene.eventually(async () => {
      const [one] = await scene.casesOf(caseNo)
      return ['approved', 'refunded', 'closed'].includes(String(one?.['headline']))
        ? true
        : undefined
    })
    const outcomes = [
      ['restock_a', '2'],
      ['repair_own', '1'],
      ['scrap', '2'],
    ]
    const lines = outcomes.map(([code, quantity]) => ({ lineNo: 1, code, quantity }))
    await scene.say(id, 'disposition.proposed', { dispositionId: 'D-1', lines })
    await scene.say(id, 'disposition.approved', { dispositionId: 'D-1' })
    await scene.eventually(async () => {
      const [one] = await scene.casesOf(caseNo)
      return one?.['headline'] === 'closed' || credits()[0]?.['state'] === 'posted'
        ? true
        : undefined
    })
    await scene.eventually(() => (placed().length === 3 ? true : undefined))
    assert.deepEqual(placed(), [
      ['Stock', 2],
      ['Repair', 1],
      // Where Odoo 19 writes goods off to.
      ['Inventory adjustment', 2],
    ])
    const [credit, another] = credits()
    assert.deepEqual([credit?.['amount_untaxed'], another], [50, undefined])
    const { json } = await scene.hub.request('GET', `/api/v1/returns/${id}`)
    assert.deepEqual(json['exceptions'], [])

    function credits() {
      const domain = [['move_type', '=', 'out_refund']]
      return scene.odoo.db
        .find('account.move', domain)
        .filter((one) => JSON.stringify(one).includes(caseNo))
    }
  })

  /** Where the goods have gone from quarantine, and how many. */
  function placed(): (readonly [unknown, unknown])[] {
    const [quarantine] = scene.odoo.db.find('stock.location', [['name', '=', 'Returns Quarantine']])
    const moves = scene.odoo.db.find('stock.move', [
      ['product_id', '=', product.id],
      ['location_id', '=', quarantine?.['id']],
      ['state', '=', 'done'],
    ])
    return moves.map((move) => {
      const [place] = scene.odoo.db.find('stock.location', [['id', '=', move['location_dest_id']]])
      return [place?.['name'], move['quantity']] as const
    })
  }
})
