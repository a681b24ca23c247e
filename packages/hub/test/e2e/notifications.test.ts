import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type SmtpDouble, startSmtp } from '@backhaul/simulator'
import { newId } from '../../src/platform/ids.ts'
import { type Json, startTestHub, type TestHub, textIn } from '../support/hub.ts'

const own = 'subject: "Gute Nachricht {{ rma }}"\ntext: "Hallo {{ customer.name }}!"\n'

describe('what customers are told', () => {
  let hub: TestHub
  let server: SmtpDouble
  let caseNo: string
  before(async () => {
    server = await startSmtp()
    hub = await startTestHub({ subscriptions: [] })
    await hub.connections.createConnection(
      {
        connectionId: 'mail',
        connector: 'smtp',
        title: 'Mail',
        roles: ['notify'],
        config: {
          host: server.host,
          port: server.port,
          security: 'none',
          from: { address: 'returns@example.com' },
        },
      },
      { actor: 'test' },
    )
    const body = {
      company: 'main',
      channel: 'ecommerce',
      sourceRef: newId(),
      customer: { partyId: 'C-1', name: 'Ada Lovelace', email: 'ada@example.org', language: 'de' },
      currency: 'EUR',
      lines: [
        { lineNo: 1, product: { sku: 'PUMP' }, quantity: '1', reason: { code: 'wrong_goods' } },
      ],
    }
    const headers = { 'idempotency-key': body.sourceRef }
    const { json } = await hub.request('POST', '/api/v1/returns', { body, headers })
    caseNo = textIn(json, 'caseNo')
  })
  after(async () => {
    await hub.close()
    await server.close()
  })

  async function draft(name: string, content: string): Promise<Json> {
    const body = { kind: 'template', name, content }
    return (await hub.request('POST', '/api/v1/documents', { body })).json
  }

  async function step(id: unknown, verb: string) {
    return hub.request('POST', `/api/v1/documents/${String(id)}/${verb}`)
  }

  const preview = (body: Json, as: 'admin' | 'auditor' | 'warehouse' = 'admin') =>
    hub.request('POST', '/api/v1/notifications/preview', { body, as })

  test('is shown before anybody is told, in the words that come with the connector', async () => {
    const { status, json } = await preview({ template: 'refunded', language: 'en' })
    assert.equal(status, 200)
    assert.equal(json['subject'], 'Your return RMA-000123-2: refund')
    assert.match(textIn(json, 'text'), /Hello Ada Example,/)
    assert.match(textIn(json, 'html'), /<p>Hello Ada Example,<\/p>/)
    assert.deepEqual([json['isOwn'], json['connectionId']], [false, 'mail'])
  })

  test('is shown for a return, and masked for those who may not see its customer', async () => {
    const seen = await preview({ template: 'received', case: caseNo })
    assert.match(textIn(seen.json, 'text'), /Guten Tag Ada Lovelace,/)
    const masked = await preview({ template: 'received', case: caseNo }, 'auditor')
    assert.equal(masked.status, 200)
    assert.match(masked.text, /\[masked\]/)
    assert.doesNotMatch(masked.text, /Ada|Lovelace|example\.org/)
    assert.equal((await preview({ template: 'received' }, 'warehouse')).status, 403)
  })

  test('is refused for what there is not', async () => {
    assert.equal((await preview({ template: 'no_such' })).json['code'], 'VALIDATION_FAILED')
    assert.equal((await preview({ template: 'received', case: 'RMA-9' })).status, 404)
    assert.equal((await preview({ template: 'received', connectionId: 'no' })).status, 404)
    const other = await preview({ template: 'received', connectionId: 'erp' })
    assert.equal(other.json['code'], 'CONFLICT')
  })

  test('can be said in words of the site, which are checked before they are in force', async () => {
    const wrong = await draft('mail/received.de', 'subject: "{{ customer.password }}"\ntext: x\n')
    const { json } = await step(wrong['id'], 'check')
    assert.match(JSON.stringify(json['problems']), /undefined variable: customer\.password/)
    for (const name of ['mail/no_such.de', 'erp/received.de', 'gone/received.de']) {
      const misplaced = await step((await draft(name, own))['id'], 'check')
      assert.equal((misplaced.json['problems'] as Json[]).length, 1, name)
    }

    const made = await draft('mail/received.de', own)
    await step(made['id'], 'check')
    assert.equal((await step(made['id'], 'activate')).json['state'], 'active')
    const shown = await preview({ template: 'received', case: caseNo })
    assert.match(textIn(shown.json, 'subject'), /^Gute Nachricht RMA-/)
    assert.match(textIn(shown.json, 'text'), /Hallo Ada Lovelace!/)
    assert.equal(shown.json['isOwn'], true)
  })
})
