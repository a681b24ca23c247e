import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { newId } from '../../src/platform/ids.ts'
import { startTestHub, type TestHub, textIn } from '../support/hub.ts'

const by = { actor: 'test' }
const eur = (amount: string) => ({ amount, currency: 'EUR' })

/*
 * Who posts and who pays, over the whole way: the site says it through the API, and what is owed goes to one.
 */
describe('the credit of a return', () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub({ subscriptions: [] })
    const signingSecret = `whsec_${Buffer.alloc(32, 9).toString('base64')}`
    for (const [connectionId, role] of [
      ['books', 'finance'],
      ['bank', 'payments'],
    ] as const) {
      const config = { url: `${hub.erp.url}/${connectionId}`, signingSecret }
      const connection = { connectionId, connector: 'webhook', title: connectionId, config }
      await hub.connections.createConnection({ ...connection, roles: [role] }, by)
    }
  })
  after(() => hub.close())

  /** A return of a company that is credited as soon as it is approved. */
  async function approvedIn(company: string): Promise<string> {
    const invoiced = { invoiceLine: newId(), quantity: '1', net: eur('25.00'), tax: eur('4.75') }
    const line = {
      lineNo: 1,
      product: { sku: 'PUMP' },
      quantity: '1',
      reason: { code: 'wrong_goods' },
      origin: { invoiced },
    }
    const body = {
      company,
      channel: 'ecommerce',
      sourceRef: newId(),
      customer: { partyId: 'C-1' },
      currency: 'EUR',
      lines: [line],
    }
    const headers = { 'idempotency-key': body.sourceRef }
    const { json } = await hub.request('POST', '/api/v1/returns', { body, headers })
    const id = textIn(json, 'id')
    const settlement = { method: 'card_refund', trigger: 'on_approval' }
    await say(id, 'return.approved', { lines: [{ lineNo: 1, quantity: '1' }], settlement })
    return id
  }

  async function say(subject: string, type: string, data: object): Promise<void> {
    const event = {
      specversion: '1.0',
      id: newId(),
      source: 'desk',
      type: `backhaul.${type}.v1`,
      subject,
      time: new Date().toISOString(),
      data,
    }
    const { status } = await hub.request('POST', '/api/v1/events', { body: event })
    assert.equal(status, 202)
    await hub.settled()
  }

  /** Who was told to credit and to pay: `command: role connection`. */
  async function told(caseId: string): Promise<string[]> {
    const { rows } = await hub.pool.query<{ told: string }>(
      `select command_type || ': ' || role || ' ' || connection_id as told from outbox_delivery
       where case_id = $1 and command_type in ('credit.draft', 'credit.post', 'refund.issue') order by delivery_no`,
      [caseId],
    )
    return rows.map((row) => row.told)
  }

  async function settleBy(body: object): Promise<void> {
    const { status } = await hub.request('PUT', '/api/v1/authority/settlement', { body })
    assert.equal(status, 200)
  }

  test('is posted by the ERP where nothing is said, and by finance where that is said', async () => {
    await settleBy({ company: 'north', roles: ['finance', 'payments'] })
    assert.deepEqual(await told(await approvedIn('main')), ['credit.draft: erp erp'])
    assert.deepEqual(await told(await approvedIn('north')), ['credit.draft: finance books'])
  })

  test('stays where its document is when another takes over', async () => {
    await settleBy({ company: 'south', roles: ['erp', 'payments'] })
    const caseId = await approvedIn('south')
    const credit = {
      creditId: 'credit-1-0',
      lines: [{ lineNo: 1, quantity: '1', net: eur('25.00'), tax: eur('4.75') }],
      total: eur('29.75'),
    }
    const validFrom = new Date().toISOString()
    // Told by the ERP itself, as its connector does.
    const drafted = {
      specversion: '1.0',
      id: newId(),
      source: '/erp',
      type: 'backhaul.credit.drafted.v1',
      subject: caseId,
      time: new Date(Date.parse(validFrom) - 1_000).toISOString(),
      data: { credit },
    }
    await settleBy({ company: 'south', roles: ['finance'], validFrom })
    assert.equal((await hub.webhook(JSON.stringify(drafted))).status, 202)
    await hub.settled()
    assert.deepEqual(await told(caseId), ['credit.draft: erp erp', 'credit.post: erp erp'])
    assert.deepEqual(await told(await approvedIn('south')), ['credit.draft: finance books'])
  })
})
