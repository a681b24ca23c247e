import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { channelsDir } from '@backhaul/connectors'
import { newProduct, type Product, type Sale, sell } from '@backhaul/connectors/test-odoo'
import { startWoocommerce, type WoocommerceDouble } from '@backhaul/simulator'
import { itemsOf, type Json, textIn } from '../support/hub.ts'
import { connectNeighbor, setUpNeighbor } from '../support/neighborhood.ts'
import { type OdooScene, startOdooScene } from '../support/odoo-scene.ts'

/* One pump, known to a shop, to a marketplace and to a field team by names of their own, and returned for reasons of their own. */

const secret = 'a-secret-of-32-characters-or-more'

describe('returns of three channels', () => {
  let scene: OdooScene
  let shop: WoocommerceDouble
  let product: Product

  before(async () => {
    scene = await startOdooScene()
    shop = await startWoocommerce()
    const { hub } = scene
    await connectNeighbor(hub, {
      channel: 'woocommerce',
      as: 'shop',
      roles: ['channel'],
      config: {
        url: shop.url,
        consumerKey: 'ck_0123456789abcdef',
        consumerSecret: 'cs_0123456789abcdef',
        webhookSecret: 'the-shop-and-the-hub-share-this',
      },
    })
    await setUpNeighbor(hub, 'shop')
    const inbound = { scheme: 'header', secrets: [secret] }
    await connectNeighbor(hub, {
      channel: 'walmart',
      as: 'market',
      roles: ['channel'],
      config: { inbound },
    })
    await connectNeighbor(hub, {
      channel: 'field-spreadsheet',
      as: 'field',
      roles: ['channel'],
      config: { inbound },
      edits: { 'currency: EUR': 'currency: USD', 'encoding: windows-1252': 'encoding: utf-8' },
    })
    product = await newProduct(scene.admin, { stock: 100, price: 900 })
    const identifiers = [
      { kind: 'sku', scope: '', value: `WM-${product.sku}` },
      { kind: 'customer_part_no', scope: '', value: 'MS-4711' },
    ]
    const items = [{ id: String(product.id), sku: product.sku, identifiers }]
    const pushed = await hub.request('POST', '/api/v1/master-data/products', { body: { items } })
    assert.equal(pushed.status, 200, pushed.text)
  })
  after(async () => {
    await scene.close()
    await shop.close()
  })

  function askInShop(sale: Sale): void {
    const line = { sku: product.sku, quantity: 1, totalMinor: 1_000 }
    const order = shop.people.placeOrder({ number: sale.name, currency: 'USD', lines: [line] })
    const request = {
      id: 'RR-1',
      reason: 'faulty',
      lines: [{ item_id: order.items[0], quantity: 1 }],
    }
    shop.people.requestReturn({ order: order.id, by: 'meta', request })
  }

  async function askInMarket(sale: Sale): Promise<void> {
    const path = join(channelsDir, 'walmart/examples/order-initiated.json')
    const text = readFileSync(path, 'utf8')
      .replaceAll('5555555006', sale.name)
      .replace('"PUMP-12V"', `"WM-${product.sku}"`)
      .replaceAll(/2026-1[12]-0[27]/g, new Date().toISOString().slice(0, 10))
    const { status, text: said } = await scene.hub.request(
      'POST',
      '/webhooks/market/return-order',
      { as: null, body: text, headers: { 'x-backhaul-secret': secret } },
    )
    assert.ok(status < 300, said)
  }

  async function askInField(sale: Sale): Promise<void> {
    const header =
      'Beleg;Pos;Erfasst am;Kundennummer;Kunde;Auftrag;Kundenartikel;Seriennummer;Menge;Einheit;Grund;Wunsch;Art;Bemerkung;Status;Außendienst'
    const [year, month, day] = new Date().toISOString().slice(0, 10).split('-')
    const row = `AD-1;1;${day}.${month}.${year};10077;Müller;${sale.name};MS-4711;;3;Stk;Defekt;Gutschrift;;;neu;Jörg`
    const account = {
      id: String(sale.customer.id),
      identifiers: [{ kind: 'account', value: '10077' }],
    }
    await scene.hub.request('POST', '/api/v1/master-data/parties', { body: { items: [account] } })
    const { status, text } = await scene.hub.request(
      'POST',
      '/api/v1/connections/field/files/returns',
      { body: [header, row, ''].join('\r\n'), headers: { 'content-type': 'text/csv' } },
    )
    assert.ok(status < 300, text)
  }

  const found = (sale: Sale) => scene.eventually(async () => (await scene.casesOf(sale.name))[0])

  async function decided(sale: Sale): Promise<Json> {
    const one = await found(sale)
    const path = `/api/v1/returns/${textIn(one, 'id')}/decisions`
    return scene.eventually(async () => itemsOf(await scene.hub.request('GET', path))[0])
  }

  async function lineOf(sale: Sale) {
    const one = await found(sale)
    const { json } = await scene.hub.request('GET', `/api/v1/returns/${textIn(one, 'id')}`)
    const [line] = json['lines'] as Json[]
    const { erpId } = (line?.['product'] ?? {}) as Json
    return [json['channel'], erpId, line?.['reason']]
  }

  test('are one product, with reasons in one language, decided by one set of rules', async () => {
    const sold = [{ product, quantity: 4, price: 10 }]
    const [small, market] = [await sell(scene.admin, sold), await sell(scene.admin, sold)]
    const costly = await sell(scene.admin, [{ product, quantity: 4, price: 900 }])
    askInShop(small)
    await askInMarket(market)
    await askInField(costly)
    const verdicts = []
    for (const sale of [small, market, costly]) {
      const { verdict, reasons } = await decided(sale)
      const [reason] = reasons as Json[]
      verdicts.push([verdict, reason?.['rule'], reason?.['approver']])
    }
    assert.deepEqual(verdicts, [
      ['allow', undefined, undefined],
      ['allow', undefined, undefined],
      ['refer', 'P14', 'finance'],
    ])
    const id = String(product.id)
    assert.deepEqual(await Promise.all([small, market, costly].map(lineOf)), [
      ['ecommerce', id, 'defective_consumer'],
      ['marketplace', id, 'damaged_in_transit'],
      ['field', id, 'defective_consumer'],
    ])
  })
})
