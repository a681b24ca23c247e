import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { createHttpServer } from '../../src/http/server.ts'
import { createLogger } from '../../src/platform/logger.ts'
import { createMetrics } from '../../src/platform/metrics.ts'
import { createPool } from '../../src/store/database.ts'
import { startTestHub, type TestHub, textIn } from '../support/hub.ts'

/** Writes bytes to the hub as they are, and reads until it ends the connection or says `until`. */
function talk(hub: TestHub, bytes: string, until?: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(hub.url).port), '127.0.0.1', () => socket.write(bytes))
    let heard = ''
    const finish = (): void => {
      socket.destroy()
      resolve(heard)
    }
    socket.on('data', (chunk) => {
      heard += chunk.toString('latin1')
      if (until?.test(heard)) finish()
    })
    socket.on('end', finish).on('close', finish).on('error', reject)
  })
}

function problemIn(answer: string): { status: number; code: string } {
  const [, status] = /^HTTP\/1\.1 (\d{3})/.exec(answer) ?? []
  assert.match(answer, /content-type: application\/problem\+json/i)
  const { code } = JSON.parse(answer.slice(answer.indexOf('{'), answer.lastIndexOf('}') + 1)) as {
    code: string
  }
  return { status: Number(status), code }
}

describe('the HTTP server', () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub({ config: { http: { apiBodyLimitBytes: 4096 } } })
  })
  after(() => hub.close())

  test('lives, is ready and says its version, to whoever asks', async () => {
    for (const path of ['/livez', '/readyz', '/version']) {
      assert.equal((await hub.request('GET', path, { as: null })).status, 200, path)
    }
    const { json } = await hub.request('GET', '/readyz?verbose', { as: null })
    assert.deepEqual(json['checks'], { draining: false, database: 'reachable', migrations: 'done' })
  })

  test('answers an unknown address, method and problem type with a problem', async () => {
    const unknown = await hub.request('GET', '/api/v1/nothing')
    assert.equal(unknown.status, 404)
    assert.match(unknown.headers.get('content-type') ?? '', /^application\/problem\+json/)
    const method = await hub.request('DELETE', '/api/v1/returns')
    assert.equal(method.status, 405)
    assert.equal(method.headers.get('allow'), 'GET, HEAD, POST')
    assert.equal((await hub.request('GET', '/problems/none', { as: null })).status, 404)
  })

  test('explains every problem type that it answers with', async () => {
    const { json } = await hub.request('GET', '/api/v1/nothing')
    const explained = await hub.request('GET', textIn(json, 'type'), { as: null })
    assert.equal(explained.json['code'], 'NOT_FOUND')
  })

  test('takes up the trace and the id of a request, and gives them back', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
    const headers = { traceparent: `00-${traceId}-00f067aa0ba902b7-01`, 'x-request-id': 'order-7' }
    const answer = await hub.request('GET', '/api/v1/me', { headers })
    assert.match(
      answer.headers.get('traceparent') ?? '',
      new RegExp(`^00-${traceId}-(?!00f067aa0ba902b7)[0-9a-f]{16}-01$`),
    )
    assert.equal(answer.headers.get('x-request-id'), 'order-7')
    const problem = await hub.request('GET', '/api/v1/returns/none', { headers })
    assert.equal(problem.json['traceId'], traceId)
  })

  test('keeps its answers out of caches, frames and other sites', async () => {
    const { headers } = await hub.request('GET', '/api/v1/me')
    assert.equal(headers.get('cache-control'), 'no-store')
    assert.equal(headers.get('x-content-type-options'), 'nosniff')
    assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'/)
    assert.equal(headers.get('access-control-allow-origin'), null)
    assert.equal(headers.get('x-powered-by') ?? headers.get('server'), null)
  })

  test('says how much a key may still ask', async () => {
    const { headers } = await hub.request('GET', '/api/v1/me')
    assert.match(headers.get('ratelimit-policy') ?? '', /^"key";q=20000;w=2$/)
    assert.match(headers.get('ratelimit') ?? '', /^"key";r=\d+;t=0$/)
  })

  test('makes a key wait that asks too much, and no other one', async () => {
    const statuses = new Set<number>()
    for (let round = 0; round < 14; round += 1) {
      const answers = await Promise.all(
        Array.from({ length: 50 }, () => hub.request('GET', '/api/v1/me', { as: 'auditor' })),
      )
      for (const { status, headers } of answers) {
        statuses.add(status)
        if (status === 429) assert.ok(Number(headers.get('retry-after')) >= 1)
      }
    }
    assert.deepEqual(
      [...statuses].toSorted((a, b) => a - b),
      [200, 429],
    )
    assert.equal((await hub.request('GET', '/api/v1/me', { as: 'finance' })).status, 200)
  })

  test('answers what is no HTTP with a problem, and ends the connection', async () => {
    assert.deepEqual(problemIn(await talk(hub, 'NONSENSE\r\n\r\n')), {
      status: 400,
      code: 'MALFORMED_REQUEST',
    })
  })

  test('refuses a request whose length is said in two ways, as smugglers do', async () => {
    const both =
      'POST /api/v1/events HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'
    assert.equal(problemIn(await talk(hub, both)).status, 400)
    const twice =
      'POST /api/v1/events HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello!'
    assert.equal(problemIn(await talk(hub, twice)).status, 400)
  })

  test('refuses headers beyond 16 KB', async () => {
    const head = `GET /livez HTTP/1.1\r\nhost: x\r\nx-filler: ${'a'.repeat(20_000)}\r\n\r\n`
    assert.deepEqual(problemIn(await talk(hub, head)), { status: 431, code: 'HEADERS_TOO_LARGE' })
  })

  test('refuses a body over the limit by its announced length, without reading it', async () => {
    const head = `POST /api/v1/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${hub.keys.admin}\r\ncontent-type: application/json\r\ncontent-length: 10000000\r\n\r\n`
    const { status, code } = problemIn(await talk(hub, head, /\}$/))
    assert.deepEqual({ status, code }, { status: 413, code: 'PAYLOAD_TOO_LARGE' })
  })

  test('refuses a body that grows over the limit chunk by chunk', async () => {
    const chunk = `400\r\n${' '.repeat(1024)}\r\n`
    const head = `POST /api/v1/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${hub.keys.admin}\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n`
    const { status, code } = problemIn(await talk(hub, head + chunk.repeat(6), /\}$/))
    assert.deepEqual({ status, code }, { status: 413, code: 'PAYLOAD_TOO_LARGE' })
  })

  test('ends a connection on which a request does not get done, and serves the others meanwhile', {
    timeout: 30_000,
  }, async () => {
    const started = performance.now()
    const stalled = talk(hub, 'GET /livez HTTP/1.1\r\nhost: x\r\nx-slow: ')
    assert.equal((await hub.request('GET', '/livez', { as: null })).status, 200)
    assert.deepEqual(problemIn(await stalled), { status: 408, code: 'REQUEST_TIMEOUT' })
    assert.ok(performance.now() - started < 15_000)
  })

  test('refuses an address that is not well encoded', async () => {
    const answer = await talk(
      hub,
      `GET /api/v1/returns/%E0%A4%A HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`,
    )
    assert.deepEqual(problemIn(answer), { status: 400, code: 'MALFORMED_REQUEST' })
  })
})

describe('a hub that is ending', () => {
  test('is not ready any more, ends its connections with the next answer, and serves those under way', async () => {
    const hub = await startTestHub()
    try {
      const first = await hub.request('GET', '/livez', { as: null })
      assert.equal(first.headers.get('connection'), 'keep-alive')
      hub.http.beginDrain()
      const ready = await hub.request('GET', '/readyz', { as: null })
      assert.equal(ready.status, 503)
      assert.equal(ready.headers.get('connection'), 'close')
      assert.ok(Number(ready.headers.get('retry-after')) > 0)
      assert.equal((await hub.request('GET', '/livez', { as: null })).status, 200)

      assert.equal(problemIn(await underWay(hub)).status, 404)
    } finally {
      await hub.close()
    }
  })

  test('answers 503 to messages that it can no longer take, for their senders to try again', async () => {
    const hub = await startTestHub()
    try {
      await hub.ring.receiver.stop()
      const answer = await hub.webhook(JSON.stringify(event()))
      assert.equal(answer.status, 503)
      assert.equal(answer.json['code'], 'SHUTTING_DOWN')
      assert.equal(answer.json['retryable'], true)
      assert.equal(answer.headers.get('retry-after'), '5')
    } finally {
      await hub.close()
    }
  })
})

/** Begins a request, lets the server close, and sends the rest of it. */
async function underWay(hub: TestHub): Promise<string> {
  const body = JSON.stringify({ note: 'x' })
  const head = `POST /api/v1/returns/none/notes HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${hub.keys.admin}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`
  const socket = connect(Number(new URL(hub.url).port), '127.0.0.1')
  const begun = new Promise<void>((resolve) => {
    hub.http.app.server.once('request', () => resolve())
  })
  socket.write(head + body.slice(0, 3))
  await begun
  const closed = hub.http.close()
  socket.write(body.slice(3))
  let heard = ''
  for await (const chunk of socket) heard += (chunk as Buffer).toString('latin1')
  await closed
  return heard
}

function event() {
  const data = { refs: [{ system: 'x', type: 'rma', value: '1' }] }
  return {
    specversion: '1.0',
    id: '1',
    source: 'x',
    type: 'backhaul.parcel.in_transit.v1',
    time: '2026-11-23T08:00:00Z',
    data,
  }
}

describe('a hub without its database', () => {
  test('is not ready, says so, and answers 503 without a word about why', async () => {
    const hub = await startTestHub()
    const log = createLogger({ level: 'silent' })
    const pool = createPool({
      url: 'postgres://nobody@127.0.0.1:1/none',
      size: 2,
      name: 'dead',
      log,
    })
    const http = await createHttpServer({ ...hub.httpDeps, pool, metrics: createMetrics() })
    try {
      const { url } = await http.listen({ host: '127.0.0.1', port: 0 })
      const ready = await fetch(`${url}/readyz?verbose`)
      assert.equal(ready.status, 503)
      const checks = { draining: false, database: 'unreachable', migrations: 'unknown' }
      assert.deepEqual(await ready.json(), { status: 'not_ready', checks })
      const answer = await fetch(`${url}/api/v1/me`, { headers: { 'x-api-key': hub.keys.admin } })
      assert.equal(answer.status, 503)
      assert.ok(Number(answer.headers.get('retry-after')) >= 1)
      const text = await answer.text()
      assert.equal((JSON.parse(text) as { code: string }).code, 'DATABASE_UNAVAILABLE')
      assert.doesNotMatch(text, /127\.0\.0\.1|ECONNREFUSED|select|stack|node_modules/i)
    } finally {
      await http.close()
      await pool.end()
      await hub.close()
    }
  })

  test('is not ready either while it answers and takes nothing that is written', async () => {
    const hub = await startTestHub()
    const deps = { ...hub.httpDeps, canWrite: () => false, metrics: createMetrics() }
    const http = await createHttpServer(deps)
    try {
      const { url } = await http.listen({ host: '127.0.0.1', port: 0 })
      const ready = await fetch(`${url}/readyz?verbose`)
      assert.equal(ready.status, 503)
      const checks = { draining: false, database: 'not_writable', migrations: 'done' }
      assert.deepEqual(await ready.json(), { status: 'not_ready', checks })
    } finally {
      await http.close()
      await hub.close()
    }
  })
})
