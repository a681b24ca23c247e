import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import type { UserRole } from '@backhaul/sdk/canonical'
import { changes } from '../../src/http/changes/changes-view.ts'
import { newId } from '../../src/platform/ids.ts'
import { type OpenStream, openStream, type StreamMessage } from '../support/event-stream.ts'
import { itemsOf, type Json, startTestHub, type TestHub, textIn } from '../support/hub.ts'

function asked(sourceRef: string): Json {
  const product = { sku: 'PUMP' }
  return {
    channel: 'ecommerce',
    sourceRef,
    customer: { partyId: 'C-1', name: 'Jane Doe', email: 'jane@example.com' },
    currency: 'EUR',
    lines: [{ lineNo: 1, product, quantity: '2', reason: { code: 'wrong_goods' } }],
  }
}

function isAbout(kind: 'returns' | 'exceptions', id: string): (message: StreamMessage) => boolean {
  return ({ event, data }) =>
    event === 'changes' && (data[kind] as Json[]).some((one) => one['id'] === id)
}

describe('the stream of changes', () => {
  let hub: TestHub
  const streams: OpenStream[] = []
  before(async () => {
    hub = await startTestHub()
  })
  after(() => hub.close())
  afterEach(() => {
    for (const stream of streams.splice(0)) stream.close()
  })

  async function listen(
    at: TestHub,
    { as = 'admin', from }: { as?: UserRole; from?: string } = {},
  ): Promise<OpenStream> {
    const stream = await openStream(`${at.url}/api/v1/changes`, {
      authorization: `Bearer ${hub.keys[as]}`,
      ...(from === undefined ? {} : { 'last-event-id': from }),
    })
    streams.push(stream)
    return stream
  }

  async function ask(sourceRef: string): Promise<string> {
    const headers = { 'idempotency-key': sourceRef }
    const { json } = await hub.request('POST', '/api/v1/returns', {
      body: asked(sourceRef),
      headers,
    })
    return textIn(json, 'id')
  }

  async function raise(returnId: string, code: string): Promise<void> {
    const body = {
      specversion: '1.0',
      id: newId(),
      source: 'desk',
      type: 'backhaul.exception.raised.v1',
      subject: returnId,
      time: new Date().toISOString(),
      data: { code },
    }
    await hub.request('POST', '/api/v1/events', { body })
  }

  test('tells of a return that was asked for, without who asked', async () => {
    const stream = await listen(hub)
    assert.equal(stream.status, 200)
    assert.equal(stream.headers.get('content-type'), 'text/event-stream; charset=utf-8')
    assert.equal(stream.headers.get('cache-control'), 'no-store')
    assert.equal(stream.headers.get('x-accel-buffering'), 'no')
    assert.equal(stream.headers.get('x-content-type-options'), 'nosniff')
    assert.equal(stream.headers.get('content-encoding'), null)
    assert.equal((await stream.next())?.event, 'ready')
    const id = await ask('told-1')
    const { data } = await stream.until(isAbout('returns', id))
    assert.deepEqual(changes.parse(data), data)
    assert.doesNotMatch(JSON.stringify(data), /Jane|example\.com/)
  })

  test('tells of an exception, and not those who may not read exceptions', async () => {
    const id = await ask('told-2')
    const desk = await listen(hub, { as: 'agent' })
    const machine = await listen(hub, { as: 'machine' })
    for (const stream of [desk, machine]) await stream.next()
    await raise(id, 'CU03')
    const told = await desk.until(({ data }) => (data['exceptions'] as Json[]).length > 0)
    const [exception] = told.data['exceptions'] as Json[]
    assert.equal(exception?.['status'], 'open')
    assert.match(String(exception?.['caseNo']), /^RMA-/)
    const { data } = await machine.until(isAbout('returns', id))
    assert.deepEqual(data['exceptions'], [])
  })

  test('has everything read anew when somebody worked on a whole group of exceptions', async () => {
    const id = await ask('told-group')
    await raise(id, 'CU03')
    const [{ group } = { group: '' }] = itemsOf<{ group: string }>(
      await hub.request('GET', '/api/v1/exceptions/groups'),
    )
    const stream = await listen(hub)
    await stream.next()
    const path = `/api/v1/exceptions/groups/${group}/acknowledge`
    const answer = await hub.request('POST', path, { body: {} })
    assert.ok(answer.status < 300, answer.text)
    const { data } = await stream.until(({ event }) => event === 'reset')
    assert.deepEqual(data, { reason: 'many_changed' })
  })

  test('tells of connections only those who may read them', async () => {
    const integrator = await listen(hub, { as: 'integrator' })
    const agent = await listen(hub, { as: 'agent' })
    for (const stream of [integrator, agent]) await stream.next()
    await hub.request('POST', '/api/v1/connections/erp/pause', { body: { reason: 'Stocktaking.' } })
    const told = await integrator.until(({ event }) => event === 'changes')
    assert.deepEqual(told.data['connections'], ['erp'])
    await hub.request('POST', '/api/v1/connections/erp/resume')
    await integrator.until(({ event }) => event === 'changes')
    const id = await ask('told-3')
    const first = await agent.next()
    assert.deepEqual(
      [first && isAbout('returns', id)(first), first?.data['connections']],
      [true, []],
    )
  })

  test('goes on where it was left, and says when it cannot', async () => {
    const stream = await listen(hub)
    const ready = await stream.next()
    stream.close()
    const id = await ask('missed-1')
    const again = await listen(hub, { from: ready?.id ?? '' })
    const first = await again.next()
    assert.equal(first && isAbout('returns', id)(first), true)
    const lost = await listen(hub, { from: 'from-another-hub' })
    const reset = await lost.next()
    assert.deepEqual([reset?.event, reset?.data], ['reset', { reason: 'unknown_position' }])
    const url = `${hub.url}/api/v1/changes?after=${encodeURIComponent(ready?.id ?? '')}`
    const byQuery = await openStream(url, { authorization: `Bearer ${hub.keys.admin}` })
    streams.push(byQuery)
    const told = await byQuery.next()
    assert.equal(told && isAbout('returns', id)(told), true)
  })

  test('tells of what another process did, and ends when its own process ends', async () => {
    const other = await startTestHub({ databaseUrl: hub.databaseUrl })
    const stream = await listen(other)
    const ready = await stream.next()
    const id = await ask('elsewhere-1')
    const { data } = await stream.until(isAbout('returns', id))
    assert.equal((data['returns'] as Json[]).length, 1)
    await other.close()
    assert.equal(await stream.next(), null)
    const here = await listen(hub, { from: ready?.id ?? '' })
    const first = await here.next()
    assert.equal(first && isAbout('returns', id)(first), true)
  })

  test('is not for those who have no key, and for ten at a time with one', async () => {
    const unknown = await hub.request('GET', '/api/v1/changes', { as: null })
    assert.equal(unknown.status, 401)
    for (let count = 0; count < 10; count += 1) await listen(hub, { as: 'finance' })
    const eleventh = await hub.request('GET', '/api/v1/changes', { as: 'finance' })
    assert.deepEqual([eleventh.status, eleventh.json['code']], [429, 'RATE_LIMITED'])
  })
})
