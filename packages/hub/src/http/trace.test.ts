import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { answeredTraceparent, requestIdOf, traceIdOf, traceparentOf } from './trace.ts'

const valid = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'

describe('a trace', () => {
  test('is taken up from its sender', () => {
    assert.equal(traceIdOf({ traceparent: valid }), '4bf92f3577b34da6a3ce929d0e0e4736')
  })

  test('begins here when the sender has none, or an invalid one', () => {
    const invalid = [
      'nonsense',
      valid.toUpperCase(),
      `${valid}-x`,
      `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
      `00-4bf92f3577b34da6a3ce929d0e0e4736-${'0'.repeat(16)}-01`,
      `ff${valid.slice(2)}`,
    ]
    for (const traceparent of invalid) {
      assert.equal(traceparentOf({ traceparent }), null)
      assert.match(traceIdOf({ traceparent }), /^[0-9a-f]{32}$/)
    }
  })

  test('is answered with a valid traceparent', () => {
    const answered = answeredTraceparent(traceIdOf({}))
    assert.equal(traceparentOf({ traceparent: answered }), answered)
  })

  test('a request keeps the id that its sender gave it, unless it is none to be written down', () => {
    assert.equal(requestIdOf({ 'x-request-id': 'order-17.2' }), 'order-17.2')
    for (const id of ['', 'a b', 'x'.repeat(65), 'a\u0001']) {
      assert.notEqual(requestIdOf({ 'x-request-id': id }), id)
    }
  })
})
