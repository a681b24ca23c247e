import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { networkFailure, RetryableError, TerminalError, UnknownOutcomeError } from './errors.ts'

describe('a network failure', () => {
  test('before the request was sent may be repeated', () => {
    const failure = networkFailure({ code: 'CONNECT_FAILED', isSent: false, isRead: false })
    assert.ok(failure instanceof RetryableError)
  })

  test('of a read may be repeated, sent or not', () => {
    for (const isSent of [true, false]) {
      assert.ok(networkFailure({ code: 'TIMEOUT', isSent, isRead: true }) instanceof RetryableError)
    }
  })

  test('after a write was sent leaves its outcome unknown', () => {
    for (const code of ['TIMEOUT', 'CONNECTION_LOST', 'RESPONSE_TOO_LARGE'] as const) {
      const failure = networkFailure({ code, isSent: true, isRead: false })
      assert.ok(failure instanceof UnknownOutcomeError)
      assert.equal(failure.code, code)
    }
  })
})

describe('a delivery error', () => {
  test('says its code, its status and a reason of one line', () => {
    const error = new TerminalError({
      code: 'ACME_REFUSED',
      status: 422,
      reason: 'ticket is closed',
    })
    assert.equal(error.message, 'ACME_REFUSED (HTTP 422): ticket is closed')
    assert.equal(error.kind, 'terminal')
    assert.equal(error.disablesConnection, false)
  })

  test('cuts a reason that a system made too long, or broke into lines', () => {
    const error = new RetryableError({ code: 'ACME_BUSY', reason: `a\nb\u0000${'x'.repeat(1000)}` })
    assert.equal(error.reason?.length, 300)
    assert.match(error.reason ?? '', /^a b x/)
  })

  test('shows up in JSON without its cause', () => {
    const cause = new Error('connect ECONNREFUSED 10.0.0.7:443')
    const error = new RetryableError({ code: 'CONNECT_FAILED', retryAfterMs: 5, cause })
    assert.doesNotMatch(JSON.stringify(error), /ECONNREFUSED/)
    assert.equal(error.cause, cause)
  })
})
