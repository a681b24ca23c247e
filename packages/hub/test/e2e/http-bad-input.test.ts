import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { newId } from '../../src/platform/ids.ts'
import { type Answer, startTestHub, type TestHub } from '../support/hub.ts'

interface BadBody {
  readonly name: string
  readonly body: string | Buffer
  readonly headers?: Readonly<Record<string, string>>
  readonly status: number
}

const json = { 'content-type': 'application/json' }
const fine = '{"note":"x"}'
const manyKeys = `{${Array.from({ length: 105_000 }, (_, n) => `"${n.toString(36)}":1`).join()}}`

// biome-ignore format: a table
const badBodies: readonly BadBody[] = [
  { name: 'of 10 MB', body: Buffer.alloc(10_000_000, 0x20), status: 413 },
  { name: 'of a million keys', body: `{${'"a":1,'.repeat(1_000_000)}"b":1}`, status: 413 },
  { name: 'of as many keys as fit', body: manyKeys, status: 400 },
  { name: 'nested 10,000 deep', body: '['.repeat(10_000) + ']'.repeat(10_000), status: 400 },
  { name: 'nested 10,000 deep in objects', body: '{"a":'.repeat(10_000) + '1' + '}'.repeat(10_000), status: 400 },
  { name: 'that ends in the middle', body: fine.slice(0, -2), status: 400 },
  { name: 'that is two documents', body: fine + fine, status: 400 },
  { name: 'with a byte order mark', body: `\ufeff${fine}`, status: 400 },
  { name: 'in UTF-16', body: Buffer.from(fine, 'utf16le'), status: 400 },
  { name: 'in Latin-1', body: Buffer.from('{"note":"é"}', 'latin1'), status: 400 },
  { name: 'with an overlong UTF-8 sequence', body: Buffer.from([0x22, 0xc0, 0xaf, 0x22]), status: 400 },
  { name: 'with a bare NUL', body: '{"note":"\u0000"}', status: 400 },
  { name: 'with an escaped NUL', body: String.raw`{"note":"\u0000"}`, status: 422 },
  { name: 'with half a surrogate pair', body: String.raw`{"note":"\udfff"}`, status: 422 },
  { name: 'with a key that stands twice', body: '{"note":"x","note":"y"}', status: 422 },
  { name: 'with a key __proto__', body: '{"__proto__":{"role":"admin"}}', status: 422 },
  { name: 'with a key constructor.prototype, deep', body: '{"a":[{"constructor":{"prototype":{"role":"admin"}}}]}', status: 422 },
  { name: 'with 1e400', body: '{"limit":1e400}', status: 422 },
  { name: 'with a number beyond 2^53', body: '{"limit":9007199254740993}', status: 422 },
  { name: 'that is a text', body: '"x"', status: 422 },
  { name: 'that is a number', body: '7', status: 422 },
  { name: 'that is null', body: 'null', status: 422 },
  { name: 'with fields that nobody knows', body: '{"isAdmin":true,"keyId":"x","secretHash":"x"}', status: 422 },
  { name: 'compressed with gzip', body: gzipSync(Buffer.alloc(1_000_000, 0x20)), headers: { ...json, 'content-encoding': 'gzip' }, status: 415 },
  { name: 'compressed with brotli', body: brotliCompressSync(Buffer.alloc(1_000_000, 0x20)), headers: { ...json, 'content-encoding': 'br' }, status: 415 },
  { name: 'of no content type', body: Buffer.from(fine), headers: { 'content-type': '' }, status: 415 },
  { name: 'said to be text', body: fine, headers: { 'content-type': 'text/plain' }, status: 415 },
  { name: 'said to be a form', body: fine, headers: { 'content-type': 'application/x-www-form-urlencoded' }, status: 415 },
  { name: 'said to be XML', body: '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', headers: { 'content-type': 'application/xml' }, status: 415 },
  { name: 'said to be multipart', body: `--b\r\ncontent-disposition: form-data; name="note"\r\n\r\nx\r\n--b--`, headers: { 'content-type': 'multipart/form-data; boundary=b' }, status: 415 },
  { name: 'in another charset', body: fine, headers: { 'content-type': 'application/json; charset=utf-16' }, status: 415 },
  { name: 'with a second content type', body: fine, headers: { 'content-type': 'application/json, text/plain' }, status: 415 },
]

/** Rows of everything that a request could leave behind. */
async function countRows({ pool }: TestHub): Promise<Record<string, number>> {
  const tables = [
    'inbox_message',
    'inbox_dedupe',
    'parked_message',
    'return_case',
    'case_event',
    'outbox_delivery',
    'connection',
    'route',
    'authority',
    'api_key',
    'audit_entry',
  ]
  const counts: Record<string, number> = {}
  for (const table of tables) {
    const { rows } = await pool.query<{ count: number }>(
      `select count(*)::int as count from ${table}`,
    )
    counts[table] = rows[0]?.count ?? -1
  }
  return counts
}

interface Endpoint {
  readonly method: string
  readonly path: string
}

/** Every endpoint of the API that takes a body. */
async function readEndpoints(hub: TestHub): Promise<Endpoint[]> {
  const { json: document } = await hub.request('GET', '/openapi.json', { as: null })
  const { paths } = document as { paths: Record<string, Record<string, { requestBody?: unknown }>> }
  const ids: Record<string, string> = { role: 'crm', axis: 'receipt', id: newId() }
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { requestBody }]) => {
      const address = path
        .replace('/deliveries/{id}', `/deliveries/${newId()}.1`)
        .replace('/connections/{id}', '/connections/none')
      const filled = address.replaceAll(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? 'x')
      return requestBody === undefined ? [] : [{ method: method.toUpperCase(), path: filled }]
    }),
  )
}

describe('a body that no endpoint should take', () => {
  let hub: TestHub
  let endpoints: Endpoint[]
  before(async () => {
    hub = await startTestHub()
    endpoints = await readEndpoints(hub)
  })
  after(() => hub.close())

  test('is tried at every endpoint that takes one', () => {
    assert.ok(endpoints.length >= 18, `${endpoints.length} endpoints`)
  })

  for (const { name, body, headers = json, status } of badBodies) {
    test(`${name} is answered ${status} everywhere, at little cost, and leaves nothing behind`, async () => {
      const rowsBefore = await countRows(hub)
      for (const { method, path } of endpoints) {
        const idempotent = { 'idempotency-key': newId(), 'if-match': '"1"' }
        const cpu = process.cpuUsage()
        const answer = await hub.request(method, path, {
          body,
          headers: { ...headers, ...idempotent },
        })
        const { user, system } = process.cpuUsage(cpu)
        assert.equal(answer.status, status, `${method} ${path}: ${answer.text}`)
        isProblem(answer)
        // Of the whole process, this client included: no request holds the others up for longer.
        assert.ok(user + system < 200_000, `${method} ${path} took ${(user + system) / 1000} ms`)
      }
      assert.deepEqual(await countRows(hub), rowsBefore)
    })
  }

  test('leaves the hub with the memory it had', () => {
    const { rss } = process.memoryUsage()
    assert.ok(rss < 500_000_000, `${Math.round(rss / 1e6)} MB`)
  })
})

function isProblem({ headers, json: problem, status }: Answer): void {
  assert.match(headers.get('content-type') ?? '', /^application\/problem\+json/)
  assert.equal(problem['status'], status)
  assert.equal(typeof problem['code'], 'string')
  assert.match(String(problem['traceId']), /^[0-9a-f]{32}$/)
}

const request = {
  channel: 'ecommerce',
  sourceRef: 'bad-1',
  customer: { partyId: 'C-1' },
  currency: 'EUR',
  lines: [{ lineNo: 1, product: { sku: 'A' }, quantity: '1', reason: { code: 'wrong_goods' } }],
}
const [line] = request.lines

describe('a return that is asked for wrongly', () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub()
  })
  after(() => hub.close())

  // biome-ignore format: a table
  const wrong: [string, unknown, string][] = [
    ['no lines', { ...request, lines: [] }, '/lines'],
    ['10,000 lines', { ...request, lines: Array.from({ length: 10_000 }, (_, n) => ({ ...line, lineNo: n + 1 })) }, '/lines'],
    ['a negative quantity', { ...request, lines: [{ ...line, quantity: '-1' }] }, '/lines/0/quantity'],
    ['a quantity of zero', { ...request, lines: [{ ...line, quantity: '0' }] }, '/lines/0/quantity'],
    ['a quantity as a number', { ...request, lines: [{ ...line, quantity: 1 }] }, '/lines/0/quantity'],
    ['a quantity of a trillion', { ...request, lines: [{ ...line, quantity: '1000000000000' }] }, '/lines/0/quantity'],
    ['a line number of minus zero', { ...request, lines: [{ ...line, lineNo: -0 }] }, '/lines/0/lineNo'],
    ['an unknown currency', { ...request, currency: 'ABC' }, '/currency'],
    ['the year 0000', { ...request, requestedAt: '0000-01-01T00:00:00Z' }, '/requestedAt'],
    ['the year 9999', { ...request, requestedAt: '9999-12-31T00:00:00Z' }, '/requestedAt'],
    ['the hour 24', { ...request, requestedAt: '2026-01-01T24:00:00Z' }, '/requestedAt'],
    ['a time without a zone', { ...request, requestedAt: '2026-01-01T10:00:00' }, '/requestedAt'],
    ['a control character', { ...request, sourceRef: 'a\u0007b' }, '/sourceRef'],
    ['a role', { ...request, role: 'admin' }, '/role'],
    ['an approval of its own', { ...request, lines: [{ ...line, authorized: '1' }] }, '/lines/0/authorized'],
    ['another\'s name', { ...request, actor: 'hub' }, '/actor'],
    ['references of other systems', { ...request, refs: [] }, '/refs'],
  ]
  for (const [name, body, pointer] of wrong) {
    test(`with ${name} is refused, and the field is named`, async () => {
      const answer = await hub.request('POST', '/api/v1/returns', {
        body,
        headers: { 'idempotency-key': newId() },
      })
      assert.equal(answer.status, 422, answer.text)
      assert.equal(answer.json['code'], 'VALIDATION_FAILED')
      const errors = answer.json['errors'] as { pointer: string }[]
      assert.deepEqual(errors[0]?.pointer, pointer)
    })
  }

  test('has left no return', async () => {
    assert.equal((await countRows(hub))['return_case'], 0)
  })
})

describe('a question that is asked wrongly', () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub()
  })
  after(() => hub.close())

  // biome-ignore format: a table
  const wrong = [
    '/api/v1/returns?limit=0', '/api/v1/returns?limit=201', '/api/v1/returns?limit=x', '/api/v1/returns?limit=1e9',
    '/api/v1/returns?limit=1&limit=2', '/api/v1/returns?headline=none', '/api/v1/returns?nothing=1', '/api/v1/returns?__proto__=1',
    '/api/v1/returns?q=', '/api/v1/returns?q=%00', `/api/v1/returns?q=${'a'.repeat(201)}`, '/api/v1/returns?cursor=x',
    '/api/v1/returns?cursor=W10', '/api/v1/returns?cursor=Wy0xXQ', '/api/v1/messages?cursor=Wzdd', '/api/v1/messages/7',
    '/api/v1/deliveries', '/api/v1/deliveries?state=delivered', '/api/v1/audit?object=%01',
    '/api/v1/exceptions?queue=XX', '/api/v1/returns/%00', '/api/v1/returns/%E2%80%8B%00', '/api/v1/dead-letters?code=%00', `/api/v1/identifiers/${'a'.repeat(201)}`, '/api/v1/identifiers/%00',
  ]
  for (const path of wrong) {
    test(`${path.slice(0, 60)} is answered 400`, async () => {
      const answer = await hub.request('GET', path)
      assert.equal(answer.status, 400, answer.text)
      isProblem(answer)
    })
  }

  for (const path of [
    '/api/v1/returns/x',
    '/api/v1/returns/%E2%80%AEx',
    `/api/v1/deliveries/${newId()}.99999999999`,
    `/api/v1/deliveries/${newId()}.2147483648`,
    '/api/v1/deliveries/x',
  ]) {
    test(`${path.slice(0, 60)} is answered 404`, async () => {
      assert.equal((await hub.request('GET', path)).status, 404)
    })
  }

  test('whatever its parameters hold, is never a failure of the hub', {
    timeout: 120_000,
  }, async () => {
    const { json: document } = await hub.request('GET', '/openapi.json', { as: null })
    const { paths } = document as {
      paths: Record<string, Record<string, { parameters?: Parameter[] }>>
    }
    const questions = Object.entries(paths).flatMap(([path, { get }]) => {
      // On a busy machine the answer may rightly be that the hub is not ready.
      if (path === '/readyz') return []
      // Its answer has no end.
      if (path === '/api/v1/changes') return []
      const names = get?.parameters?.filter((one) => one.in !== 'header') ?? []
      return names.flatMap((parameter) =>
        nasty.map((value) => fill(path, names, { parameter, value })),
      )
    })
    assert.ok(questions.length > 500)
    for (const path of questions) {
      const { status, text } = await hub.request('GET', path)
      assert.ok(status < 500, `${path}: ${text}`)
    }
  })
})

interface Parameter {
  readonly in: string
  readonly name: string
}

// biome-ignore format: a table
const nasty = [
  '%00', '%01', '%7F', '%E2%80%AE', '%EF%BF%BF', '%F0%9F%98%80', '..%2F..', '%27%20or%201%3D1--', '%25', '%5C', '-1', '9999999999999999999', '1e400', 'NaN', 'null',
  '__proto__', 'constructor', 'toString', '%7B%7D', '%5B%5D', newId(), newId().toUpperCase(), 'RMA-000001-7', 'W251bGxd', 'WyJcdTAwMDAiXQ', 'WyJcdTAwMDAiLCJhIiwxXQ', 'a'.repeat(300),
]

function fill(
  path: string,
  parameters: readonly Parameter[],
  set: { parameter: Parameter; value: string },
): string {
  const address = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    name === set.parameter.name ? set.value : 'x',
  )
  const isQuery = parameters.includes(set.parameter) && set.parameter.in === 'query'
  return isQuery ? `${address}?${set.parameter.name}=${set.value}` : address
}
