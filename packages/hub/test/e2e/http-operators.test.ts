import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { userRoles } from '@backhaul/sdk/canonical'
import { apiKey } from '../../src/http/schemas/api-keys.ts'
import { connection, connector } from '../../src/http/schemas/connections.ts'
import { exception } from '../../src/http/schemas/exceptions.ts'
import { queuesOf } from '../../src/pipeline/person-actions.ts'
import { newId } from '../../src/platform/ids.ts'
import {
  type Answer,
  inboundSecret,
  itemsIn,
  type Json,
  startTestHub,
  type TestHub,
  textIn,
} from '../support/hub.ts'

const line = { lineNo: 1, product: { sku: 'PUMP' }, quantity: '2', reason: { code: 'wrong_goods' } }

function listOf({ json }: Answer): Json[] {
  return itemsIn(json)
}

describe('an exception', () => {
  let hub: TestHub
  let id: string
  before(async () => {
    hub = await startTestHub()
    const body = {
      channel: 'ecommerce',
      sourceRef: 'ex-1',
      customer: { partyId: 'C-1' },
      currency: 'EUR',
      lines: [line],
    }
    const { json } = await hub.request('POST', '/api/v1/returns', {
      body,
      headers: { 'idempotency-key': 'ex-1' },
    })
    id = textIn(json, 'id')
    await raise('CU03')
    await raise('RX08')
  })
  after(() => hub.close())

  async function raise(code: string): Promise<void> {
    const body = {
      specversion: '1.0',
      id: newId(),
      source: 'desk',
      type: 'backhaul.exception.raised.v1',
      subject: id,
      time: new Date().toISOString(),
      data: { code },
    }
    await hub.request('POST', '/api/v1/events', { body })
  }

  async function idOf(code: string): Promise<string> {
    const [found] = listOf(await hub.request('GET', `/api/v1/exceptions?case=${id}&code=${code}`))
    return String(found?.['id'])
  }

  test('is listed by its queue, its code and its return, with what can be done about it', async () => {
    const all = listOf(await hub.request('GET', '/api/v1/exceptions'))
    assert.deepEqual(all.map((one) => textIn(one, 'code')).toSorted(), ['CU03', 'RX08'])
    for (const one of all) assert.deepEqual(exception.parse(one), one)
    const ofDesk = listOf(await hub.request('GET', '/api/v1/exceptions?queue=CS'))
    assert.deepEqual(
      ofDesk.map((one) => one['code']),
      ['CU03'],
    )
    assert.deepEqual(listOf(await hub.request('GET', `/api/v1/exceptions?case=${newId()}`)), [])
    const shown = await hub.request('GET', `/api/v1/returns/${id}`)
    assert.equal((shown.json['exceptions'] as Json[]).length, 2)
  })

  test('is given to a person by those who work on its queue, and taken back', async () => {
    const path = `/api/v1/exceptions/${await idOf('CU03')}`
    const given = await hub.request('POST', `${path}/assign`, {
      as: 'agent',
      body: { owner: 'kim' },
    })
    assert.deepEqual([given.status, (given.json['exception'] as Json)['owner']], [200, 'kim'])
    assert.deepEqual(listOf(await hub.request('GET', '/api/v1/exceptions?owner=kim')).length, 1)
    const taken = await hub.request('POST', `${path}/assign`, {
      as: 'agent',
      body: { owner: null },
    })
    assert.equal((taken.json['exception'] as Json)['owner'], null)
  })

  test('is not for those who work on other queues', async () => {
    const customers = `/api/v1/exceptions/${await idOf('CU03')}`
    for (const as of ['warehouse', 'finance', 'integrator'] as const) {
      const answer = await hub.request('POST', `${customers}/resolve`, {
        as,
        body: { action: 'dismiss' },
      })
      assert.deepEqual([as, answer.status], [as, 403])
    }
  })

  test('is resolved by an action that it knows, and opened again', async () => {
    const path = `/api/v1/exceptions/${await idOf('RX08')}`
    const wrong = await hub.request('POST', `${path}/resolve`, { body: { action: 'pray' } })
    assert.equal(wrong.status, 422)
    const resolved = await hub.request('POST', `${path}/resolve`, {
      body: { action: 'accept', note: 'Screws only.' },
    })
    const shown = resolved.json['exception'] as Json
    assert.deepEqual([shown['status'], shown['action']], ['resolved', 'accept'])
    const again = await hub.request('POST', `${path}/resolve`, { body: { action: 'deduct' } })
    assert.equal((again.json['message'] as Json)['outcome'], 'repeated')
    assert.equal((again.json['exception'] as Json)['action'], 'accept')
    assert.equal(listOf(await hub.request('GET', '/api/v1/exceptions?status=resolved')).length, 1)
    const reopened = await hub.request('POST', `${path}/reopen`)
    assert.equal((reopened.json['exception'] as Json)['status'], 'open')
    assert.equal((await hub.request('GET', path)).json['status'], 'open')
  })

  test('moves to another queue, and is then for those who work on that', async () => {
    const path = `/api/v1/exceptions/${await idOf('CU03')}`
    await hub.request('POST', `${path}/assign`, { as: 'agent', body: { queue: 'FN' } })
    assert.equal(
      (await hub.request('POST', `${path}/assign`, { as: 'agent', body: { owner: 'kim' } })).status,
      403,
    )
    assert.equal(
      (await hub.request('POST', `${path}/assign`, { as: 'finance', body: { owner: 'lee' } }))
        .status,
      200,
    )
  })

  test('that does not exist is not found', async () => {
    assert.equal((await hub.request('GET', `/api/v1/exceptions/${newId()}`)).status, 404)
    assert.equal((await hub.request('POST', `/api/v1/exceptions/${newId()}/reopen`)).status, 404)
  })

  test('is of a queue that somebody besides the administrator works on, but for fraud', () => {
    const worked = new Set(
      userRoles.filter((role) => role !== 'admin').flatMap((role) => queuesOf(role)),
    )
    assert.deepEqual(
      queuesOf('admin').filter((queue) => !worked.has(queue)),
      ['RK'],
    )
  })
})

describe('connections over the API', () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub()
  })
  after(() => hub.close())

  const signingSecret = `whsec_${Buffer.alloc(32, 8).toString('base64')}`
  const desk = {
    connectionId: 'desk',
    connector: 'webhook',
    title: 'Desk',
    roles: ['helpdesk'],
    config: { url: 'https://desk.example/hook', signingSecret, inboundSecrets: [inboundSecret] },
  }

  test('are made, shown without their secrets, and changed by who has read them', async () => {
    const made = await hub.request('POST', '/api/v1/connections', { body: desk, as: 'integrator' })
    assert.equal(made.status, 201)
    assert.deepEqual(connection.parse(made.json['connection']), made.json['connection'])
    const all = await hub.request('GET', '/api/v1/connections')
    assert.deepEqual(
      listOf(all).map((one) => one['id']),
      ['desk', 'erp'],
    )
    for (const { text } of [made, all]) assert.ok(!text.includes(signingSecret.slice(6, 30)))

    const shown = await hub.request('GET', '/api/v1/connections/desk')
    const change = { title: 'Service desk', config: shown.json['config'] }
    const path = '/api/v1/connections/desk'
    assert.equal((await hub.request('PATCH', path, { body: change })).status, 428)
    assert.equal(
      (await hub.request('PATCH', path, { body: change, headers: { 'if-match': '*' } })).status,
      400,
    )
    const etag = shown.headers.get('etag') ?? ''
    const changed = await hub.request('PATCH', path, {
      body: change,
      headers: { 'if-match': etag },
    })
    assert.deepEqual(
      [changed.status, changed.json['title'], changed.headers.get('etag')],
      [200, 'Service desk', '"2"'],
    )
    const late = await hub.request('PATCH', path, { body: change, headers: { 'if-match': etag } })
    assert.deepEqual([late.status, late.json['code']], [412, 'PRECONDITION_FAILED'])
  })

  test('that are wrong are refused with the fields', async () => {
    const wrong = {
      ...desk,
      connectionId: 'wrong',
      roles: ['hub'],
      config: { url: 'ftp://x', signingSecret: 'x' },
    }
    const answer = await hub.request('POST', '/api/v1/connections', { body: wrong })
    assert.equal(answer.status, 422)
    assert.ok((answer.json['errors'] as Json[]).length > 0)
    assert.equal((await hub.request('POST', '/api/v1/connections', { body: desk })).status, 409)
    assert.equal(
      (await hub.request('POST', '/api/v1/connections', { body: { ...desk, connectionId: 'api' } }))
        .status,
      422,
    )
  })

  test('are paused, resumed, disabled and deleted', async () => {
    const state = async (verb: string) =>
      (await hub.request('POST', `/api/v1/connections/desk/${verb}`, { body: { reason: 'test' } }))
        .json['state']
    assert.deepEqual(
      [await state('pause'), await state('resume'), await state('disable')],
      ['paused', 'active', 'disabled'],
    )
    assert.equal((await hub.request('DELETE', '/api/v1/connections/erp')).status, 409)
    const gone = await hub.request('DELETE', '/api/v1/connections/desk')
    assert.deepEqual([gone.status, gone.text], [204, ''])
    assert.equal((await hub.request('GET', '/api/v1/connections/desk')).status, 404)
  })

  test('leave a trace in the audit log, without their secrets', async () => {
    const audit = await hub.request('GET', '/api/v1/audit?object=desk', { as: 'auditor' })
    const done = listOf(audit).map((one) => one['action'])
    assert.deepEqual(done, [
      'connection.deleted',
      'connection.disabled',
      'connection.resumed',
      'connection.paused',
      'connection.updated',
      'connection.created',
    ])
    assert.ok(!audit.text.includes(signingSecret.slice(6, 30)))
  })

  test('say what kinds there are, with the schema of their configuration', async () => {
    const all = listOf(await hub.request('GET', '/api/v1/connectors'))
    const webhook = all.find(({ key }) => key === 'webhook')
    assert.deepEqual(connector.parse(webhook), webhook)
    assert.ok(all.some(({ key }) => key === 'document'))
    assert.equal((webhook?.['config'] as Json | undefined)?.['type'], 'object')
    const check = await hub.request('POST', '/api/v1/connections/erp/check')
    assert.equal(check.status, 409)
  })

  test('play roles, and own axes', async () => {
    assert.deepEqual(listOf(await hub.request('GET', '/api/v1/routes')), [
      { role: 'erp', connectionId: 'erp' },
    ])
    const set = await hub.request('PUT', '/api/v1/routes/wms', { body: { connectionId: 'erp' } })
    assert.deepEqual([set.status, set.json], [200, { role: 'wms', connectionId: 'erp' }])
    assert.equal((await hub.request('DELETE', '/api/v1/routes/wms')).status, 204)
    assert.equal((await hub.request('DELETE', '/api/v1/routes/wms')).status, 404)
    assert.equal(
      (await hub.request('PUT', '/api/v1/routes/wms', { body: { connectionId: 'none' } })).status,
      404,
    )

    const owned = await hub.request('PUT', '/api/v1/authority/receipt', {
      body: { roles: ['carrier'] },
    })
    assert.deepEqual(owned.json, { axis: 'receipt', roles: ['carrier'], isDefault: false })
    const back = await hub.request('PUT', '/api/v1/authority/receipt', { body: { roles: [] } })
    assert.deepEqual(back.json, { axis: 'receipt', roles: ['wms', 'erp'], isDefault: true })
    assert.equal(listOf(await hub.request('GET', '/api/v1/authority')).length, 8)
  })
})

describe('API keys over the API', () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub()
  })
  after(() => hub.close())

  function self(key: string): Promise<Answer> {
    return hub.request('GET', '/api/v1/me', { as: null, headers: { 'x-api-key': key } })
  }

  test('are shown once, expire after 90 days, and open until they are revoked', async () => {
    const made = await hub.request('POST', '/api/v1/api-keys', {
      body: { name: 'shop', role: 'machine' },
    })
    assert.equal(made.status, 201)
    const key = textIn(made.json, 'key')
    const shown = made.json['apiKey'] as Json
    assert.deepEqual(apiKey.parse(shown), shown)
    const days =
      (Date.parse(String(shown['expiresAt'])) - Date.parse(String(shown['createdAt']))) / 86_400_000
    assert.equal(Math.round(days), 90)
    assert.deepEqual((await self(key)).json['role'], 'machine')

    const listed = await hub.request('GET', '/api/v1/api-keys?limit=200')
    assert.ok(listOf(listed).some((one) => one['id'] === shown['id']))
    assert.ok(!listed.text.includes(key.slice(-43)))

    const revoked = await hub.request('DELETE', `/api/v1/api-keys/${textIn(shown, 'id')}`)
    assert.ok(revoked.json['revokedAt'])
    assert.equal((await self(key)).status, 401)
    const again = await hub.request('DELETE', `/api/v1/api-keys/${textIn(shown, 'id')}`)
    assert.equal(again.json['revokedAt'], revoked.json['revokedAt'])
    const audit = await hub.request('GET', `/api/v1/audit?object=${textIn(shown, 'id')}`)
    assert.deepEqual(
      listOf(audit).map((one) => one['action']),
      ['api_key.revoked', 'api_key.created'],
    )
    assert.ok(!hub.logged.join('').includes(key.slice(-43)))
  })

  test('are listed page by page', async () => {
    const first = await hub.request('GET', '/api/v1/api-keys?limit=5')
    const rest = await hub.request(
      'GET',
      `/api/v1/api-keys?limit=200&cursor=${textIn(first.json, 'next_cursor')}`,
    )
    const ids = [...listOf(first), ...listOf(rest)].map((one) => textIn(one, 'id'))
    assert.deepEqual(ids, [...new Set(ids)].toSorted())
  })

  test('are not made for longer than a year, for no role, or for a connection by another role than machine', async () => {
    const wrong = [
      { name: 'x', role: 'machine', expiresInDays: 366 },
      { name: 'x', role: 'owner' },
      { name: '', role: 'machine' },
      { name: 'x', role: 'admin', connectionId: 'erp' },
      { name: 'x', role: 'machine', secretHash: 'x' },
    ]
    for (const body of wrong) {
      assert.equal((await hub.request('POST', '/api/v1/api-keys', { body })).status, 422)
    }
    const unknown = { name: 'x', role: 'machine', connectionId: 'none' }
    assert.equal((await hub.request('POST', '/api/v1/api-keys', { body: unknown })).status, 404)
    assert.equal((await hub.request('DELETE', '/api/v1/api-keys/none')).status, 404)
  })

  test('tell when they were last used, once the hub has written it down', async () => {
    const { keys } = hub
    await self(keys.finance)
    await hub.http.close()
    const { rows } = await hub.pool.query<{ name: string }>(
      'select name from api_key where last_used_at is not null',
    )
    assert.ok(rows.some(({ name }) => name === 'test finance'))
  })
})

describe('the state of the hub', () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub()
  })
  after(() => hub.close())

  test('is shown to those who run it: what waits, where, and what is set up wrongly', async () => {
    const { json, status } = await hub.request('GET', '/api/v1/status', { as: 'integrator' })
    assert.equal(status, 200)
    assert.deepEqual(json['lanes'], [
      { connectionId: 'erp', pending: 0, dead: 0, oldestDueSeconds: null },
    ])
  })

  test('is counted for Prometheus, by route and not by address', async () => {
    await hub.request('GET', '/api/v1/returns/RMA-000001-7')
    const { text, headers } = await hub.request('GET', '/metrics', { as: 'machine' })
    assert.match(headers.get('content-type') ?? '', /^text\/plain/)
    assert.match(
      text,
      /backhaul_http_requests_total\{route="\/api\/v1\/returns\/:id",method="GET",status="4xx"\} 1/,
    )
    assert.ok(!text.includes('RMA-000001-7'))
  })
})
