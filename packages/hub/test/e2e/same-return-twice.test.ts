import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { newProduct, type Product, type Sale, sell } from '@backhaul/connectors/test-odoo'
import {
  startWoocommerce,
  startZendesk,
  type WoocommerceDouble,
  type ZendeskDouble,
} from '@backhaul/simulator'
import { itemsOf, type Json, textIn } from '../support/hub.ts'
import { configureNeighbor, connectNeighbor, setUpNeighbor } from '../support/neighborhood.ts'
import { type OdooScene, startOdooScene } from '../support/odoo-scene.ts'

/* A customer asks in the shop, hears nothing, and writes to the help desk: the same pumps, asked for twice. */

const webhookSecret = 'the-shop-and-the-hub-share-this'

describe('the same return in two channels', () => {
  let scene: OdooScene
  let shop: WoocommerceDouble
  let desk: ZendeskDouble
  let product: Product

  before(async () => {
    scene = await startOdooScene()
    shop = await startWoocommerce()
    desk = await startZendesk()
    await connectNeighbor(scene.hub, {
      channel: 'woocommerce',
      as: 'shop',
      roles: ['channel'],
      config: {
        url: shop.url,
        consumerKey: 'ck_0123456789abcdef',
        consumerSecret: 'cs_0123456789abcdef',
        webhookSecret,
      },
    })
    await setUpNeighbor(scene.hub, 'shop')
    await connectNeighbor(scene.hub, {
      channel: 'zendesk',
      as: 'desk',
      roles: ['helpdesk'],
      config: { url: desk.url, email: 'backhaul@acme.example', token: 'zendesk-token' },
      edits: { 'currency: EUR': 'currency: USD' },
    })
    await setUpNeighbor(scene.hub, 'desk')
    const webhookSecrets = [...desk.world.webhooks.values()].map(({ secret }) => secret)
    await configureNeighbor(scene.hub, 'desk', { webhookSecrets })
    product = await newProduct(scene.admin, { stock: 100 })
    await scene.hub.request('POST', '/api/v1/master-data/products', {
      body: { items: [{ id: String(product.id), sku: product.sku }] },
    })
  })
  after(async () => {
    await scene.close()
    await Promise.all([shop.close(), desk.close()])
  })

  function askInShop(sale: Sale): number {
    const line = { sku: product.sku, quantity: 2, totalMinor: 2_000 }
    const order = shop.people.placeOrder({ number: sale.name, currency: 'USD', lines: [line] })
    const [item] = order.items
    const request = { id: 'RR-1', reason: 'faulty', lines: [{ item_id: item, quantity: 2 }] }
    shop.people.requestReturn({ order: order.id, by: 'meta', request })
    return order.id
  }

  function askInTicket(sale: Sale): number {
    const ticketId = desk.people.customerWrites({
      email: 'ada@example.org',
      name: 'Ada Byron',
      subject: 'Pumps',
      text: 'Nobody answers.',
    })
    desk.people.agentSets({
      ticketId,
      fields: {
        'Return order number': sale.name,
        'Return SKU': product.sku,
        'Return quantity': '2',
        'Return reason': 'return_reason_defective_consumer',
        'Return action': 'return_start',
      },
    })
    return ticketId
  }

  test('is two returns, of which a person decides the second; goods are announced once', async () => {
    const sale = await sell(scene.admin, [{ product, quantity: 4, price: 10 }])
    askInShop(sale)
    const first = await scene.caseThatIs('authorized', sale.name)
    await scene.hub.request('POST', '/api/v1/master-data/parties', {
      body: {
        items: [
          {
            id: String(sale.customer.id),
            identifiers: [{ kind: 'email', value: 'ada@example.org' }],
          },
        ],
      },
    })
    askInTicket(sale)
    const all = await scene.eventually(async () => {
      const found = await scene.casesOf(sale.name)
      return found.length === 2 ? found : undefined
    })
    await scene.hub.settled()
    const second = all.find((one) => one['id'] !== first['id'])
    assert.equal(second?.['headline'], 'requested')
    const path = `/api/v1/returns/${textIn(second, 'id')}/decisions`
    const [decision] = itemsOf(await scene.hub.request('GET', path))
    const [reason, another] = (decision?.['reasons'] ?? []) as Json[]
    assert.deepEqual(
      [decision?.['verdict'], reason?.['rule'], reason?.['approver'], another],
      ['refer', 'P29', 'customer_service', undefined],
    )
    const exceptions = itemsOf(
      await scene.hub.request('GET', `/api/v1/exceptions?case=${textIn(second, 'id')}`),
    )
    assert.deepEqual(
      exceptions.map(({ code, detail }) => [
        code,
        String(detail).includes(textIn(first, 'caseNo')),
      ]),
      [['CU01', true]],
    )
    const announced = scene.odoo.db.find('stock.picking', [['origin', 'like', 'RMA-']])
    assert.equal(announced.length, 1)
    assert.match(String(announced[0]?.['origin']), new RegExp(textIn(first, 'caseNo')))
  })
})
