import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { newProduct, type Product, sell } from '@backhaul/connectors/test-odoo'
import { type RestWarehouse, startRestWarehouse } from '@backhaul/simulator'
import { newId } from '../../src/platform/ids.ts'
import { textIn } from '../support/hub.ts'
import { connectNeighbor } from '../support/neighborhood.ts'
import { type OdooScene, startOdooScene } from '../support/odoo-scene.ts'

/* A warehouse that cannot be reached, and later an Odoo that cannot: what was owed meanwhile arrives, and arrives once. */

const retry = { delaysSeconds: Array.from({ length: 50 }, () => 1) }
const quantity = '2'

describe('a neighbor that is down and comes back', () => {
  let scene: OdooScene
  let warehouse: RestWarehouse
  let product: Product

  before(async () => {
    scene = await startOdooScene({ retry })
    warehouse = await startRestWarehouse()
    const { url, token, signingSecret } = warehouse
    await connectNeighbor(scene.hub, {
      channel: 'rest-warehouse',
      as: 'venlo',
      roles: ['wms'],
      config: { url, token, inboundSecrets: [signingSecret] },
      retry,
    })
    warehouse.subscribe(`${scene.hub.url}/webhooks/venlo/events`)
    product = await newProduct(scene.admin, { stock: 100 })
  })
  after(async () => {
    await scene.close()
    await warehouse.close()
  })

  async function ask(): Promise<string> {
    const sale = await sell(scene.admin, [{ product, quantity: 5, price: 10 }])
    const line = { lineNo: 1, product: { sku: product.sku }, quantity }
    const body = {
      sourceRef: newId(),
      channel: 'ecommerce',
      currency: 'USD',
      customer: { partyId: String(sale.customer.id) },
      orderRefs: [sale.name],
      lines: [{ ...line, reason: { code: 'defective_consumer' } }],
    }
    const headers = { 'idempotency-key': body.sourceRef }
    const { json, status, text } = await scene.hub.request('POST', '/api/v1/returns', {
      body,
      headers,
    })
    assert.ok(status < 300, text)
    return textIn(json, 'caseNo')
  }

  const expected = (caseNo: string) =>
    warehouse.books().filter((one) => one.caseNo === caseNo && one.kind === 'authorized')

  const notDelivered = async (connectionId: string) => {
    const { rows } = await scene.hub.pool.query<{ waiting: number }>(
      `select count(*)::int as waiting from outbox_ready where connection_id = $1`,
      [connectionId],
    )
    return rows[0]?.waiting ?? 0
  }

  test('is told of every return of the time between, and of none twice', async () => {
    warehouse.faults.set([{ fault: 'unavailable' }])
    const caseNos = [await ask(), await ask(), await ask()]
    await scene.eventually(() => ((warehouse.faults.hits.unavailable ?? 0) > 3 ? true : undefined))
    assert.deepEqual(caseNos.flatMap(expected), [])
    // The first that gets through has its effect, and its answer is lost.
    warehouse.faults.set([{ fault: 'cut_after', method: 'PUT', times: 1 }])
    for (const caseNo of caseNos) {
      await scene.eventually(() => (expected(caseNo).length > 0 ? true : undefined))
    }
    await scene.eventually(async () => ((await notDelivered('venlo')) === 0 ? true : undefined))
    assert.deepEqual(
      caseNos.map((caseNo) => expected(caseNo).length),
      [1, 1, 1],
    )
  })

  test('is told of goods that came and were credited while it was away, once', async () => {
    const caseNo = await ask()
    await scene.caseThatIs('authorized', caseNo)
    await scene.eventually(() => expected(caseNo)[0])
    scene.odoo.faults.add({ fault: { kind: 'maintenance', status: 503 } })
    warehouse.work.receive({ caseNo, lines: [{ lineNo: 1, quantity, condition: 'ok' }] })
    warehouse.work.inspect({ caseNo, lines: [{ lineNo: 1, accepted: quantity, rejected: '0' }] })
    await scene.caseThatIs('approved', caseNo)
    const credits = () =>
      scene.odoo.db
        .find('account.move', [['move_type', '=', 'out_refund']])
        .filter((one) => JSON.stringify(one).includes(caseNo))
    assert.deepEqual(credits(), [])
    scene.odoo.faults.clear()
    await scene.eventually(() => (credits()[0]?.['state'] === 'posted' ? true : undefined))
    await scene.eventually(async () => ((await notDelivered('odoo-main')) === 0 ? true : undefined))
    assert.equal(credits().length, 1)
  })
})
