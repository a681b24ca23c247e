import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { newId } from '../../src/platform/ids.ts'
import { itemsOf, type Json, startTestHub, type TestHub, textIn } from '../support/hub.ts'

const by = { actor: 'test' }

describe('roles and authority of some returns', () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub({ subscriptions: [] })
    const config = {
      url: `${hub.erp.url}/legacy`,
      signingSecret: `whsec_${Buffer.alloc(32, 9).toString('base64')}`,
    }
    await hub.connections.createConnection(
      { connectionId: 'legacy', connector: 'webhook', title: 'Legacy', roles: ['erp'], config },
      by,
    )
  })
  after(() => hub.close())

  /** A return of a company that is approved at once. @returns to whom its approval was sent. */
  async function approvedIn(company: string): Promise<string[]> {
    const body = {
      company,
      channel: 'ecommerce',
      sourceRef: newId(),
      customer: { partyId: 'C-1' },
      currency: 'EUR',
      lines: [
        { lineNo: 1, product: { sku: 'PUMP' }, quantity: '1', reason: { code: 'wrong_goods' } },
      ],
    }
    const headers = { 'idempotency-key': body.sourceRef }
    const { json } = await hub.request('POST', '/api/v1/returns', { body, headers })
    const id = textIn(json, 'id')
    await say(id, 'return.approved', { lines: [{ lineNo: 1, quantity: '1' }] })
    await hub.settled()
    const { rows } = await hub.pool.query<{ connection_id: string }>(
      `select connection_id from outbox_delivery where case_id = $1 and command_type = 'return.record'`,
      [id],
    )
    return rows.map((row) => row.connection_id)
  }

  async function say(subject: string, type: string, data: object): Promise<Json> {
    const body = {
      specversion: '1.0',
      id: newId(),
      source: 'desk',
      type: `backhaul.${type}.v1`,
      subject,
      time: new Date().toISOString(),
      data,
    }
    return (await hub.request('POST', '/api/v1/events', { body })).json
  }

  test('send what a return of a company owes to the system that plays the role there', async () => {
    const path = '/api/v1/routes/erp'
    const body = { connectionId: 'legacy', company: 'north' }
    const set = await hub.request('PUT', path, { body })
    assert.deepEqual(
      [set.status, set.json['company'], set.json['channel']],
      [200, 'north', undefined],
    )
    assert.deepEqual(await approvedIn('north'), ['legacy'])
    assert.deepEqual(await approvedIn('main'), ['erp'])
    const routes = itemsOf(await hub.request('GET', '/api/v1/routes'))
    assert.deepEqual(
      routes.map(({ connectionId, company }) => [connectionId, company]),
      [
        ['erp', undefined],
        ['legacy', 'north'],
      ],
    )
    assert.equal((await hub.request('DELETE', `${path}?company=south`)).status, 404)
    assert.equal((await hub.request('DELETE', `${path}?company=north`)).status, 204)
    assert.deepEqual(await approvedIn('north'), ['erp'])
  })

  test('let a system decide on the returns of its company, and keep its word on others as a claim', async () => {
    const body = { roles: ['erp'], company: 'north' }
    const all = { roles: ['finance'] }
    assert.equal(
      (await hub.request('PUT', '/api/v1/authority/authorization', { body: all })).status,
      200,
    )
    const set = await hub.request('PUT', '/api/v1/authority/authorization', { body })
    assert.deepEqual([set.json['roles'], set.json['company']], [['erp'], 'north'])
    const listed = itemsOf(await hub.request('GET', '/api/v1/authority'))
    assert.deepEqual(
      listed.filter(({ axis }) => axis === 'authorization').map(({ roles }) => roles),
      [['finance'], ['erp']],
    )
    assert.equal(await heardFrom('north'), 'approved')
    assert.equal(await heardFrom('main'), 'requested')
  })

  /** Where a return of a company stands after its ERP has said that it is approved. */
  async function heardFrom(company: string): Promise<unknown> {
    const sourceRef = newId()
    const about = (type: string, data: object) => ({
      specversion: '1.0',
      id: newId(),
      source: 'erp',
      type: `backhaul.${type}.v1`,
      time: new Date().toISOString(),
      data,
    })
    const line = {
      lineNo: 1,
      product: { sku: 'PUMP' },
      quantity: '1',
      reason: { code: 'wrong_goods' },
    }
    const asked = { company, channel: 'edi', sourceRef, currency: 'EUR', lines: [line] }
    const customer = { partyId: 'C-1' }
    await hub.webhook(JSON.stringify(about('return.requested', { ...asked, customer })))
    const refs = [{ system: 'erp', type: 'return', value: sourceRef }]
    const lines = [{ lineNo: 1, quantity: '1' }]
    await hub.webhook(JSON.stringify(about('return.approved', { refs, lines })))
    await hub.settled()
    const [found] = itemsOf(await hub.request('GET', `/api/v1/returns?q=${sourceRef}`))
    const shown = await hub.request('GET', `/api/v1/returns/${textIn(found, 'id')}`)
    const [shownLine] = shown.json['lines'] as { axes: { authorization: string } }[]
    return shownLine?.axes.authorization
  }
})
