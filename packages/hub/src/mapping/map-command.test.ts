import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { outboundOf, pumpWords } from '../../test/support/mapping.ts'
import { mapCommand } from './map-command.ts'

const labels = outboundOf(`
mapping: 1
direction: outbound
request:
  method: { value: POST }
  path: '"/returns/" + segment(command.body.target[0].value) + "/labels"'
  query: { version: { value: 2 } }
  headers: { x-request-id: command.idempotencyKey }
target: { format: json }
body:
  case: command.caseNo
  parcel: command.body.parcelId
  lines:
    each: command.body.lines
    as: line
    fields: { sku: line.product.sku, why: 'vocabulary("reason", line.reason)', qty: line.quantity }
answer: { externalId: response.label.id }
`)

const command = {
  type: 'label.create',
  caseId: '01920000-0000-7000-8000-000000000001',
  caseNo: 'RMA-000123-7',
  caseVersion: 3,
  occurredAt: '2026-11-23T08:15:00Z',
  idempotencyKey: 'k1',
  body: {
    target: [{ system: 'shop', type: 'return', value: 'R 1/2' }],
    parcelId: 'P-1',
    lines: [{ lineNo: 1, product: { sku: 'A' }, quantity: '2', reason: 'defective_consumer' }],
  },
}

function map(given: object) {
  return mapCommand(labels, {
    command: { ...command, ...given },
    connectionId: 'shop-eu',
    words: pumpWords,
    now: '2026-11-23T08:15:00Z',
  })
}

describe('a command', () => {
  test('becomes a request in the words of its system', () => {
    const mapped = map({})
    assert.ok(mapped.ok, JSON.stringify(mapped))
    const { body, ...request } = mapped.request
    assert.deepEqual(request, {
      method: 'POST',
      path: '/returns/R%201%2F2/labels',
      query: { version: '2' },
      headers: { 'x-request-id': 'k1' },
      contentType: 'application/json',
    })
    assert.deepEqual(JSON.parse(body ?? ''), {
      case: 'RMA-000123-7',
      parcel: 'P-1',
      lines: [{ sku: 'A', why: 'DOA', qty: '2' }],
    })
  })

  test('finds in the answer what the system calls it', () => {
    const mapped = map({})
    assert.ok(mapped.ok)
    assert.equal(mapped.answer?.({ label: { id: 7 } }), '7')
    for (const answer of [null, 'no', { label: {} }, { label: { id: {} } }]) {
      assert.equal(mapped.answer?.(answer), null)
    }
  })

  test('with a word that the system has none for is not sent', () => {
    const lines = [{ ...command.body.lines[0], reason: 'poor_fit' }]
    const mapped = map({ body: { ...command.body, lines } })
    assert.ok(!mapped.ok)
    assert.equal(mapped.code, 'MD01')
    assert.deepEqual(mapped.unmapped, [{ vocabulary: 'reason', value: 'poor_fit', company: null }])
  })

  test('cannot be led to another address by its data', () => {
    const leads = outboundOf(
      'mapping: 1\ndirection: outbound\nrequest: { method: { value: POST }, path: \'"/returns/" + command.caseNo\' }\n',
    )
    for (const caseNo of [
      '..',
      '../admin',
      'a?b=c',
      'a#b',
      'a b',
      'a\\b',
      '%2e%2E/x',
      'a\r\nb',
      '.',
    ]) {
      const mapped = mapCommand(leads, {
        command: { ...command, caseNo },
        connectionId: 'shop-eu',
        words: pumpWords,
        now: '2026-11-23T08:15:00Z',
      })
      assert.ok(!mapped.ok, caseNo)
      assert.equal(mapped.problems[0]?.pointer, '/request/path')
    }
  })

  test('puts no line break into a header', () => {
    const mapped = map({ idempotencyKey: 'a\r\nx-admin: 1' })
    assert.ok(!mapped.ok)
    assert.equal(mapped.problems[0]?.pointer, '/request/headers/x-request-id')
  })
})
