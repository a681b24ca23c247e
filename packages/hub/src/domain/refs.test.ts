import assert from 'node:assert/strict'
import { test } from 'node:test'
import { refsOf } from './refs.ts'
import { asked, creditOf, eur, stamped } from './story.test.ts'

const identifying = (event: Parameters<typeof refsOf>[0]) =>
  refsOf(event)
    .filter((ref) => ref.identifying)
    .map(({ system, type, value }) => `${system}/${type}/${value}`)

test('a request binds its own id, and its orders without being identified by them', () => {
  const event = stamped('1', 'return.requested', {
    data: asked({ orderRefs: ['S00042'] }),
    source: 'shop',
  })
  assert.deepEqual(identifying(event), ['shop/return/shop-1'])
  assert.equal(
    refsOf(event).some(
      ({ type, value, identifying: own }) => type === 'order' && value === 'S00042' && !own,
    ),
    true,
  )
})

test('a request names the system that it comes from', () => {
  const event = stamped('1', 'return.requested', {
    data: asked({ sourceSystem: 'amazon-de' }),
    source: 'shop',
  })
  assert.deepEqual(identifying(event), ['amazon-de/return/shop-1'])
})

test('tracking numbers are unique for their carrier, receipts and credit notes for their source', () => {
  const label = stamped('1', 'label.issued', {
    data: { parcel: { parcelId: 'in-1', carrier: 'dhl', tracking: 'T-1' } },
    source: 'carrier-hub',
  })
  assert.deepEqual(identifying(label), ['dhl/tracking/T-1'])
  const receipt = stamped('2', 'goods.received', {
    data: { receiptId: 'R-1', tracking: 'T-1', lines: [{ lineNo: 1, quantity: '1' }] },
    source: 'wms',
  })
  assert.deepEqual(identifying(receipt), ['wms/tracking/T-1', 'wms/receipt/R-1'])
  const posted = stamped('3', 'credit.posted', {
    data: { credit: creditOf('C-1', 1), document: 'RINV/7' },
    source: 'erp',
  })
  assert.deepEqual(identifying(posted), ['erp/credit_note/RINV/7'])
})

test('what an event says in so many words is bound once', () => {
  const refs = [
    { system: 'desk', type: 'ticket', value: '99' },
    { system: 'desk', type: 'ticket', value: '99' },
  ]
  const event = stamped('1', 'case.noted', { data: { note: 'x', refs } })
  assert.deepEqual(identifying(event), ['desk/ticket/99'])
})

test('what a delivery created is bound by what the command makes, for a source that is a system', () => {
  const data = { deliveryId: 'd', command: 'credit.draft', role: 'erp', externalId: '4711' }
  assert.deepEqual(identifying(stamped('1', 'delivery.confirmed', { data, source: 'erp-main' })), [
    'erp-main/credit_note/4711',
  ])
  assert.deepEqual(
    identifying(stamped('1', 'delivery.confirmed', { data, source: 'delivery' })),
    [],
  )
})

test('a refund of a payment provider and a number of the authorization identify their return', () => {
  const refund = stamped('1', 'refund.settled', {
    data: { refundId: 're_1', amount: eur('1.00') },
    source: 'psp',
  })
  assert.deepEqual(identifying(refund), ['psp/refund/re_1'])
  // Other returns have a refund of that name, too.
  const ours = stamped('3', 'refund.settled', {
    data: { refundId: 'credit-1-0-refund', amount: eur('1.00') },
    source: 'psp',
  })
  assert.deepEqual(identifying(ours), [])
  const approved = stamped('2', 'return.approved', {
    data: { rmaNo: 'RMA-7', lines: [{ lineNo: 1, quantity: '1' }] },
  })
  assert.deepEqual(identifying(approved), ['erp/rma/RMA-7'])
})
