import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { DeliveryError } from '@backhaul/sdk/connector'
import { type Answer, fakeConfig, fakeServer, type Seen } from '../../../test-odoo/fake-server.ts'
import { Odoo } from './odoo.ts'

interface Recorded {
  readonly note: string
  readonly status: number
  readonly body: unknown
  readonly code: string
  readonly kind: string
}

/** Answers of Odoo 19 to calls that fail, as they were recorded. */
const recorded = JSON.parse(
  readFileSync(new URL('recorded/errors.json', import.meta.url), 'utf8'),
) as { readonly json2: Recorded[]; readonly jsonrpc: Recorded[] }

function isHello({ path, body }: Seen): Answer | null {
  if (path === '/web/version') return { body: { version_info: [19, 0], version: '19.0' } }
  const { params } = (body ?? {}) as { params?: { service?: string } }
  return params?.service === 'common' ? { body: { jsonrpc: '2.0', id: 1, result: 7 } } : null
}

async function failWith(
  answer: Answer | 'never',
  options: { readonly transport?: 'json2' | 'jsonrpc'; readonly isRead?: boolean } = {},
): Promise<DeliveryError> {
  const { transport = 'json2', isRead = false } = options
  const { fetch } = fakeServer((seen) => isHello(seen) ?? answer)
  const config = fakeConfig({ transport })
  const signal = new AbortController().signal
  const odoo = await Odoo.open({ config, fetch, signal, now: new Date(0) })
  const ids = [999_999]
  const call = isRead
    ? odoo.ask('sale.order', 'read', { ids })
    : odoo.act('sale.order', 'x', { ids })
  const error: unknown = await call.then(
    () => assert.fail('it did not fail'),
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof DeliveryError, String(error))
  return error
}

/** What must never leave the client: it is for developers, or tells where machines are. */
const internals = /Traceback|File "|db\.example|5432|the-first-key|<html|<title|DOCTYPE/i

for (const transport of ['json2', 'jsonrpc'] as const) {
  describe(`an error over ${transport}`, () => {
    for (const { note, status, body, code, kind } of recorded[transport]) {
      test(`is ${kind} ${code}: ${note}`, async () => {
        const error = await failWith({ status, body }, { transport })
        assert.equal(error.code, code)
        assert.equal(error.kind, kind)
        assert.doesNotMatch(
          `${error.message} ${error.stack ?? ''}`.split('\n    at ')[0] ?? '',
          internals,
        )
      })
    }
  })
}

function named(name: string, message = 'no', status = 500): Answer {
  const debug = 'Traceback (most recent call last):\n  File "/opt/odoo/http.py", line 1'
  return { status, body: { name, message, arguments: [message], context: {}, debug } }
}

describe('an exception of Odoo', () => {
  test('is decided by its name where the status would mislead', async () => {
    assert.equal((await failWith(named('odoo.exceptions.LockError', 'no', 409))).kind, 'retryable')
    const warning = await failWith(named('odoo.exceptions.RedirectWarning', 'Locked until May.'))
    assert.deepEqual([warning.kind, warning.reason], ['terminal', 'Locked until May.'])
  })

  test('that nobody knows leaves the outcome of a write open, and that of a read not', async () => {
    const strange = named('odoo.addons.custom.models.Boom')
    assert.equal((await failWith(strange)).kind, 'unknown')
    assert.equal((await failWith(strange, { isRead: true })).kind, 'retryable')
    assert.equal((await failWith(strange)).reason, 'sale.order.x: odoo.addons.custom.models.Boom')
  })

  test('gives its sentence to people only where it is meant for them', async () => {
    const message = 'invalid input syntax: "Ines Marek" at db.example:5432'
    assert.equal(
      (await failWith(named('builtins.ValueError', message))).reason,
      'sale.order.x: builtins.ValueError',
    )
  })

  test('with the status of an overloaded proxy is what the status says', async () => {
    const answer = named('werkzeug.exceptions.TooManyRequests', 'slow down', 429)
    const error = await failWith({ ...answer, headers: { 'retry-after': '7' } })
    assert.equal(error.code, 'RATE_LIMITED')
    assert.equal((error as { retryAfterMs?: number }).retryAfterMs, 7_000)
  })
})

const page = '<!DOCTYPE html><title>Maintenance</title><p>Ask root@db.example:5432'

describe('a page in place of an answer', () => {
  // biome-ignore format: a table
  const pages = [
    { status: 502, kind: 'retryable', code: 'UPSTREAM_UNAVAILABLE' },
    { status: 503, kind: 'retryable', code: 'UPSTREAM_UNAVAILABLE' },
    { status: 504, kind: 'retryable', code: 'UPSTREAM_UNAVAILABLE' },
    { status: 429, kind: 'retryable', code: 'RATE_LIMITED' },
    { status: 401, kind: 'retryable', code: 'AUTH_REJECTED' },
    { status: 404, kind: 'retryable', code: 'ODOO_DATABASE_GONE' },
    { status: 301, kind: 'retryable', code: 'REDIRECT_REFUSED' },
    { status: 303, kind: 'unknown',   code: 'REDIRECT_REFUSED' },
    { status: 413, kind: 'terminal',  code: 'REQUEST_REJECTED' },
    { status: 200, kind: 'unknown',   code: 'RESPONSE_MALFORMED' },
  ]
  for (const { status, kind, code } of pages) {
    for (const transport of ['json2', 'jsonrpc'] as const) {
      test(`with ${status} over ${transport} is ${kind} ${code}`, async () => {
        const error = await failWith({ status, body: page }, { transport })
        assert.deepEqual([error.kind, error.code], [kind, code])
        assert.doesNotMatch(error.message, internals)
      })
    }
  }

  test('says how long to wait', async () => {
    const error = await failWith({ status: 503, body: page, headers: { 'retry-after': '20' } })
    assert.equal((error as { retryAfterMs?: number }).retryAfterMs, 20_000)
  })
})

describe('an envelope of JSON-RPC', () => {
  const rpc = (body: unknown, isRead = false) =>
    failWith({ body }, { transport: 'jsonrpc', isRead })

  test('with an error that names nothing leaves a write open', async () => {
    const body = { jsonrpc: '2.0', id: 1, error: { code: 100, message: 'Session expired' } }
    assert.deepEqual(
      [(await rpc(body)).kind, (await rpc(body, true)).kind],
      ['unknown', 'retryable'],
    )
  })

  test('that is none is malformed', async () => {
    assert.equal((await rpc([])).code, 'RESPONSE_MALFORMED')
    assert.equal((await rpc('null')).code, 'RESPONSE_MALFORMED')
  })
})
