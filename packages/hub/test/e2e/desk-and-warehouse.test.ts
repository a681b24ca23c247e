import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import {
  type Customer,
  ensurePlaces,
  newCustomer,
  newProduct,
  openAsAdmin,
  type Product,
  type Sale,
  type ScenarioAdmin,
  sell,
} from '@backhaul/connectors/test-odoo'
import {
  type OdooDouble,
  type RestWarehouse,
  startOdoo,
  startRestWarehouse,
  startZendesk,
  type ZendeskDouble,
} from '@backhaul/simulator'
import { itemsOf, startTestHub, type TestHub, textIn } from '../support/hub.ts'
import {
  configureNeighbor,
  connectNeighbor,
  setUpNeighbor,
  standardPolicies,
  whatIsStuck,
} from '../support/neighborhood.ts'

/*
 * Odoo keeps the books, a help desk speaks with the customer, a warehouse of its own handles the goods: three
 * systems that know nothing of each other.
 */

let hub: TestHub
let odoo: OdooDouble
let desk: ZendeskDouble
let warehouse: RestWarehouse
let admin: ScenarioAdmin
let customer: Customer
let product: Product

before(async () => {
  hub = await startTestHub({ policies: standardPolicies() })
  odoo = await startOdoo()
  desk = await startZendesk()
  warehouse = await startRestWarehouse()
  await connectOdoo()
  await connectNeighbor(hub, {
    channel: 'zendesk',
    as: 'desk',
    roles: ['helpdesk'],
    config: { url: desk.url, email: 'backhaul@acme.example', token: 'zendesk-token' },
    edits: { 'currency: EUR': 'currency: USD' },
  })
  await setUpNeighbor(hub, 'desk')
  // Zendesk makes the secret of a webhook up: an administrator carries it over.
  const webhookSecrets = [...desk.world.webhooks.values()].map(({ secret }) => secret)
  await configureNeighbor(hub, 'desk', { webhookSecrets })
  await connectNeighbor(hub, {
    channel: 'rest-warehouse',
    as: 'venlo',
    roles: ['wms'],
    config: {
      url: warehouse.url,
      token: warehouse.token,
      inboundSecrets: [warehouse.signingSecret],
    },
  })
  warehouse.subscribe(`${hub.url}/webhooks/venlo/events`)
})

after(async () => {
  await hub.close()
  await Promise.all([odoo.close(), desk.close(), warehouse.close()])
})

async function connectOdoo(): Promise<void> {
  const { url, database, login, key, adminKey } = odoo
  admin = await openAsAdmin({
    url,
    database,
    hub: { login, key },
    admin: { login: 'admin', key: adminKey },
  })
  const places = await ensurePlaces(admin)
  customer = await newCustomer(admin)
  const ids = [customer.id]
  await admin.act('res.partner', 'write', { ids, named: { vals: { email: 'ada@example.org' } } })
  product = await newProduct(admin, { stock: 100 })
  await connectNeighbor(hub, {
    channel: 'odoo',
    as: 'odoo-main',
    roles: ['erp', 'payments', 'supplier'],
    config: { url, database, login, key, warehouses: { '*': places } },
  })
}

const patienceMs = 30_000

/** Waits until `found` finds something. @throws {Error} with what is stuck, when that takes too long. */
async function eventually<T>(found: () => T | undefined | Promise<T | undefined>): Promise<T> {
  const startMs = performance.now()
  while (performance.now() - startMs < patienceMs) {
    const value = await found()
    if (value !== undefined) return value
    await nextTurn()
  }
  throw new Error(`in vain: ${JSON.stringify(await whatIsStuck(hub.pool))}`)
}

async function caseOf(orderRef: string) {
  const answer = await hub.request('GET', `/api/v1/returns?q=${encodeURIComponent(orderRef)}`)
  return itemsOf(answer)[0]
}

/** A customer writes, and an agent starts a return in the ticket. */
function askInTicket(sale: Sale, quantity: number): number {
  const ticketId = desk.people.customerWrites({
    email: 'ada@example.org',
    name: 'Ada Byron',
    subject: 'A pump is broken',
    text: 'Two of the pumps do not start.',
  })
  desk.people.agentSets({
    ticketId,
    fields: {
      'Return order number': sale.name,
      'Return SKU': product.sku,
      'Return quantity': String(quantity),
      'Return reason': 'return_reason_defective_consumer',
      'Return action': 'return_start',
    },
  })
  return ticketId
}

describe('a return that begins in a ticket', () => {
  test('is followed in it until the credit, without a look into any other system', async () => {
    const sale = await sell(admin, [{ product, quantity: 5, price: 10 }], {
      customer,
      isInvoiced: true,
    })
    const ticketId = askInTicket(sale, 2)
    const found = await eventually(() => caseOf(sale.name))
    const caseNo = textIn(found, 'caseNo')
    await eventually(async () => {
      const one = await caseOf(sale.name)
      return one?.['headline'] === 'authorized' ? one : undefined
    })
    await eventually(() => warehouse.books().find((entry) => entry.caseNo === caseNo))
    const notes = () => desk.people.notesOf(ticketId)
    assert.match(notes().join('\n'), new RegExp(caseNo))
    const startMs = performance.now()
    warehouse.work.receive({ caseNo, lines: [{ lineNo: 1, quantity: '2', condition: 'ok' }] })
    await eventually(() => notes().find((text) => /Received 2 of 2/.test(text)))
    assert.ok(performance.now() - startMs < 5_000)
    warehouse.work.inspect({
      caseNo,
      lines: [{ lineNo: 1, accepted: '2', rejected: '0', grade: 'A' }],
    })
    await eventually(async () => {
      const one = await caseOf(sale.name)
      return ['approved', 'refunded', 'closed'].includes(String(one?.['headline']))
        ? one
        : undefined
    })
  })
})
