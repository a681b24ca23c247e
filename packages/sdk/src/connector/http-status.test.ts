import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { classifyStatus, parseRetryAfter } from './http-status.ts'

const now = new Date('2026-11-23T06:00:00Z')
const dayMs = 24 * 60 * 60 * 1000

describe('Retry-After', () => {
  const known: readonly (readonly [string, number])[] = [
    ['0', 0],
    ['7', 7_000],
    [' 120 ', 120_000],
    ['Mon, 23 Nov 2026 06:00:09 GMT', 9_000],
    ['Monday, 23-Nov-26 06:00:09 GMT', 9_000],
    ['Mon Nov 23 06:00:09 2026', 9_000],
    ['Mon, 23 Nov 2026 05:00:00 GMT', 0],
    ['86401', dayMs],
    ['999999999999999', dayMs],
    ['Mon, 23 Nov 2099 06:00:00 GMT', dayMs],
  ]
  for (const [value, expected] of known) {
    test(`of "${value}" is ${expected} ms`, () => {
      assert.equal(parseRetryAfter(value, now), expected)
    })
  }

  test('is nothing when it says nothing', () => {
    for (const value of [
      undefined,
      '',
      '-5',
      '1.5',
      '1e3',
      '0x10',
      'soon',
      '2026-11-23T06:00:09Z',
      'Mon, 99 Nov 2026 06:00:00 GMT',
      'Mon, 23 Nov 2026 06:00:09 PST',
      '9'.repeat(100),
      `Mon, ${' '.repeat(100_000)}`,
    ]) {
      assert.equal(parseRetryAfter(value, now), undefined, value?.slice(0, 50))
    }
  })

  test('in the oldest date form does not depend on the time zone of this machine', () => {
    const kept = process.env['TZ']
    process.env['TZ'] = 'America/New_York'
    try {
      assert.equal(parseRetryAfter('Mon Nov 23 06:00:09 2026', now), 9_000)
    } finally {
      if (kept === undefined) delete process.env['TZ']
      else process.env['TZ'] = kept
    }
  })
})

describe('a status', () => {
  test('of 2xx is success, whichever', () => {
    for (const status of [200, 201, 202, 204, 206, 226, 299]) {
      assert.equal(classifyStatus(status, {}, now), null)
    }
  })

  // biome-ignore format: a table
  const rows = [
    { status: 100, kind: 'retryable', code: 'REDIRECT_REFUSED' },
    { status: 301, kind: 'retryable', code: 'REDIRECT_REFUSED' },
    { status: 302, kind: 'retryable', code: 'REDIRECT_REFUSED' },
    { status: 303, kind: 'unknown',   code: 'REDIRECT_REFUSED' },
    { status: 308, kind: 'retryable', code: 'REDIRECT_REFUSED' },
    { status: 400, kind: 'terminal',  code: 'REQUEST_REJECTED' },
    { status: 401, kind: 'retryable', code: 'AUTH_REJECTED' },
    { status: 403, kind: 'terminal',  code: 'AUTH_REJECTED' },
    { status: 404, kind: 'terminal',  code: 'REQUEST_REJECTED' },
    { status: 408, kind: 'retryable', code: 'UPSTREAM_UNAVAILABLE' },
    { status: 409, kind: 'terminal',  code: 'REQUEST_REJECTED' },
    { status: 410, kind: 'terminal',  code: 'ENDPOINT_GONE' },
    { status: 413, kind: 'terminal',  code: 'REQUEST_REJECTED' },
    { status: 422, kind: 'terminal',  code: 'REQUEST_REJECTED' },
    { status: 425, kind: 'retryable', code: 'UPSTREAM_UNAVAILABLE' },
    { status: 429, kind: 'retryable', code: 'RATE_LIMITED' },
    { status: 500, kind: 'retryable', code: 'UPSTREAM_UNAVAILABLE' },
    { status: 502, kind: 'retryable', code: 'UPSTREAM_UNAVAILABLE' },
    { status: 503, kind: 'retryable', code: 'UPSTREAM_UNAVAILABLE' },
    { status: 504, kind: 'retryable', code: 'UPSTREAM_UNAVAILABLE' },
    { status: 599, kind: 'retryable', code: 'UPSTREAM_UNAVAILABLE' },
  ] as const
  for (const { status, kind, code } of rows) {
    test(`of ${status} is ${kind}: ${code}`, () => {
      const error = classifyStatus(status, {}, now)
      assert.equal(error?.kind, kind)
      assert.equal(error?.code, code)
      assert.equal(error?.status, status)
    })
  }

  test('of 429 and 503 carries the delay that was asked for, also from a list of headers', () => {
    for (const [status, value] of [
      [429, '7'],
      [503, ['7', '9']],
    ] as const) {
      const error = classifyStatus(status, { 'retry-after': value }, now)
      assert.ok(error && 'retryAfterMs' in error)
      assert.equal(error.retryAfterMs, 7_000)
    }
  })

  test('of 410 alone disables the connection', () => {
    for (const [status, disables] of [
      [410, true],
      [404, false],
    ] as const) {
      const error = classifyStatus(status, {}, now)
      assert.ok(error && 'disablesConnection' in error)
      assert.equal(error.disablesConnection, disables)
    }
  })
})
