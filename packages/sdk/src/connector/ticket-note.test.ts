import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type NotedReturn, ticketNote } from './ticket-note.ts'

const line: NonNullable<NotedReturn['lines']>[number] = {
  lineNo: 1,
  product: { sku: 'PUMP-12V' },
  unit: 'EA',
  requested: '4',
  authorized: '4',
  received: '3',
  accepted: '2',
  rejected: '1',
  credited: '0',
  axes: {
    authorization: 'approved',
    transport: 'delivered',
    receipt: 'partially_received',
    inspection: 'mixed',
    disposition: 'executed',
    settlement: 'none',
    fulfillment: 'none',
    supplierRecovery: 'none',
  },
}

test('a note says the sentence alone where nothing more is known', () => {
  const noted = { caseNo: 'RMA-000001-7', sentence: 'Received 2 of 2; waiting for inspection.' }
  assert.equal(ticketNote(noted), 'Return RMA-000001-7: Received 2 of 2; waiting for inspection.')
})

test('a note says of each line what has come of it, and of the money', () => {
  const note = ticketNote({
    caseNo: 'RMA-000001-7',
    sentence: 'Credited.',
    customerText: 'We have credited two pumps.',
    credited: { amount: '119.00', currency: 'EUR' },
    refunded: { amount: '19.00', currency: 'EUR' },
    lines: [
      { ...line, dispositions: [{ code: 'restock_a', quantity: '2' }] },
      {
        ...line,
        lineNo: 2,
        product: {},
        authorized: '0',
        received: '0',
        accepted: '0',
        rejected: '0.0',
      },
    ],
  })
  assert.deepEqual(note.split('\n'), [
    'Return RMA-000001-7: Credited.',
    '- PUMP-12V: 4 EA requested, 4 authorized, 3 received, 2 accepted, 1 rejected, 2 restock a',
    '- line 2: 4 EA requested',
    'Credited: 119.00 EUR',
    'Refunded: 19.00 EUR',
    'For the customer: We have credited two pumps.',
  ])
})

test('a note of a return with many lines stays readable', () => {
  const lines = Array.from({ length: 50 }, (_, index) => ({ ...line, lineNo: index + 1 }))
  const note = ticketNote({ caseNo: 'RMA-000001-7', sentence: 'Requested.', lines })
  assert.equal(note.split('\n').length, 22)
  assert.match(note, /and 30 more lines$/)
})
