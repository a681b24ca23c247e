import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'

import { type OdooDouble, startOdoo } from '../odoo-double.ts'
import { call, lampReturn, rpc } from '../test-client.ts'

describe('a fault of the Odoo double', () => {
  let odoo: OdooDouble

  beforeEach(async () => {
    odoo = await startOdoo({ loadHoldMs: 0 })
  })

  afterEach(() => odoo.close())

  const returns = (key: string) => odoo.db.find('stock.picking', [['origin', '=', key]])

  test('cuts the connection before a return is created, or after', async () => {
    odoo.faults.add({
      fault: { kind: 'cut', when: 'before' },
      calls: 'stock.picking.load',
      times: 1,
    })
    await assert.rejects(call(odoo, 'stock.picking.load', lampReturn('R-1')), /fetch failed/)
    assert.equal(returns('R-1').length, 0)
    odoo.faults.add({ fault: { kind: 'cut', when: 'after' }, calls: 'stock.picking.*', times: 1 })
    await assert.rejects(call(odoo, 'stock.picking.load', lampReturn('R-1')), /fetch failed/)
    assert.equal(returns('R-1').length, 1)
    const { body } = await call(odoo, 'stock.picking.load', lampReturn('R-1'))
    assert.deepEqual(body.ids, [returns('R-1')[0]?.id])
  })

  test('befalls the call that is counted out, and no other', async () => {
    odoo.faults.add({ fault: { kind: 'maintenance', status: 503 }, calls: '*.read', nth: 2 })
    const statuses: number[] = []
    for (let count = 0; count < 3; count += 1) {
      statuses.push((await call(odoo, 'sale.order.read', { ids: [26], fields: ['name'] })).status)
    }
    assert.deepEqual(statuses, [200, 503, 200])
    assert.deepEqual(odoo.faults.hits(), [1])
  })

  test('comes by chance, the same way each time for a seed', async () => {
    const struck = (): string => {
      odoo.faults.seed(7)
      odoo.faults.clear()
      odoo.faults.add({ fault: { kind: 'delay', ms: 0 }, probability: 0.5 })
      return Array.from({ length: 20 }, () => (odoo.faults.next('a.b') ? 'x' : '.')).join('')
    }
    const first = struck()
    assert.match(first, /x/)
    assert.match(first, /\./)
    assert.equal(struck(), first)
  })

  test('answers as a proxy does while Odoo is down, and as one that limits calls', async () => {
    odoo.faults.add({ fault: { kind: 'maintenance', status: 502 }, times: 1 })
    odoo.faults.add({ fault: { kind: 'too_many_requests', retryAfter: 3 }, times: 1 })
    const down = await call(odoo, 'res.users.context_get')
    assert.equal(down.status, 502)
    assert.match(down.body, /^<html>/)
    const response = await fetch(`${odoo.url}/json/2/res.users/context_get`, { method: 'POST' })
    assert.equal(response.status, 429)
    assert.equal(response.headers.get('retry-after'), '3')
    await response.text()
  })

  test('takes the database away: a page over JSON-2, an error with host and port over /jsonrpc', async () => {
    odoo.faults.add({ fault: { kind: 'database_gone' } })
    const { status, body } = await call(odoo, 'res.users.context_get')
    assert.equal(status, 404)
    assert.match(body, /No database is selected/)
    const { error } = await rpc(odoo, ['sale.order', 'search_count'], [[]])
    assert.equal(error.data.name, 'psycopg2.OperationalError')
    assert.match(error.data.message, /port 5432/)
  })

  test('refuses a key that was revoked or has expired, until it opens again', async () => {
    odoo.keys.revoke(odoo.key)
    const { status, body } = await call(odoo, 'res.users.context_get')
    assert.equal(status, 401)
    assert.equal(body.name, 'werkzeug.exceptions.Unauthorized')
    const { error } = await rpc(odoo, ['sale.order', 'search_count'], [[]])
    assert.equal(error.data.name, 'odoo.exceptions.AccessDenied')
    odoo.keys.restore()
    assert.equal((await call(odoo, 'res.users.context_get')).status, 200)
  })

  test('never answers, though the call was carried out', async () => {
    odoo.faults.add({ fault: { kind: 'hang', when: 'after' }, times: 1 })
    const stop = new AbortController()
    const pending = fetch(`${odoo.url}/json/2/stock.picking/load`, {
      method: 'POST',
      headers: { authorization: `bearer ${odoo.key}`, 'content-type': 'application/json' },
      body: JSON.stringify(lampReturn('R-2')),
      signal: stop.signal,
    })
    while (returns('R-2').length === 0) await new Promise(setImmediate)
    stop.abort()
    await assert.rejects(pending, { name: 'AbortError' })
  })

  test('sends half of an answer, or one without end', async () => {
    odoo.faults.add({ fault: { kind: 'half_body', end: 'cut' }, times: 1 })
    await assert.rejects(call(odoo, 'sale.order.read', { ids: [26] }), /terminated/)
    odoo.faults.add({ fault: { kind: 'endless_body' }, times: 1 })
    const response = await fetch(`${odoo.url}/json/2/res.users/context_get`, { method: 'POST' })
    let size = 0
    for await (const chunk of response.body ?? []) {
      size += chunk.length
      if (size > 1_000_000) break
    }
    assert.ok(size > 1_000_000)
  })

  test('makes load() lose, with numbers that are gone, and leaves other calls alone', async () => {
    odoo.faults.add({ fault: { kind: 'serialization_conflict' }, times: 2 })
    assert.equal((await call(odoo, 'res.users.context_get')).status, 200)
    const { status, body } = await call(odoo, 'stock.picking.load', lampReturn('R-3'))
    assert.equal(status, 200)
    assert.equal(body.ids, false)
    assert.match(body.messages[0].message, /could not serialize access/)
    assert.equal(returns('R-3').length, 0)
    await call(odoo, 'stock.picking.load', lampReturn('R-3'))
    assert.equal(returns('R-3')[0]?.['name'], 'WH/RET/00003')
  })

  test('counts calls by name, and the most at once', async () => {
    odoo.calls.reset()
    // Long enough for three requests to arrive, however busy the machine is.
    odoo.faults.add({ fault: { kind: 'delay', ms: 500 }, times: 3 })
    await Promise.all([1, 2, 3].map(() => call(odoo, 'sale.order.search_count', { domain: [] })))
    await call(odoo, 'res.users.context_get')
    assert.deepEqual(odoo.calls.byName(), {
      'sale.order.search_count': 3,
      'res.users.context_get': 1,
    })
    assert.equal(odoo.calls.total(), 4)
    assert.equal(odoo.calls.mostAtOnce(), 3)
  })

  test('can be asked for by another process', async () => {
    const control = async (method: string, path: string, body?: unknown) => {
      const sent = body === undefined ? {} : { body: JSON.stringify(body) }
      const response = await fetch(`${odoo.url}/_control/${path}`, { method, ...sent })
      return response.json()
    }
    await control('POST', 'faults', { fault: { kind: 'maintenance', status: 503 }, times: 1 })
    assert.equal((await call(odoo, 'res.users.context_get')).status, 503)
    await control('POST', 'keys/revoke')
    assert.equal((await call(odoo, 'res.users.context_get')).status, 401)
    await control('POST', 'keys/restore')
    await control('DELETE', 'faults')
    const calls = (await control('GET', 'calls')) as { total: number }
    assert.equal(calls.total, 2)
    const wanted = { model: 'sale.order', domain: [['id', '=', 26]], fields: ['name'] }
    assert.deepEqual(await control('POST', 'records', wanted), [{ id: 26, name: 'S00026' }])
  })
})
