import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type CommandBody, type Headline, headlines } from '@backhaul/sdk/canonical'
import { closeGuard } from './close.ts'
import { sentenceOf } from './sentence.ts'
import {
  approvedStory,
  asked,
  askedLine,
  bodyOf,
  creditOf,
  everything,
  Story,
} from './story.test.ts'
import { timersOf } from './timers.ts'

const allIn = { receiptId: 'R-1', lines: [{ lineNo: 1, quantity: '4' }] }
const allPassed = { inspectionId: 'I-1', lines: [{ lineNo: 1, accepted: '4', rejected: '0' }] }

/** A return by credit note in which everything is done. */
function closedStory(): Story {
  const story = approvedStory({ terms: { method: 'credit_note' } })
  story.says('goods.received', allIn)
  story.says('inspection.completed', allPassed)
  const [draft] = story.commands('credit.draft')
  story.says('credit.posted', draft?.body)
  return story
}

describe('claims', () => {
  test('a statement about an axis by a system that does not own it is kept, and moves nothing', () => {
    const story = approvedStory()
    const decision = story.says('parcel.delivered', {}, { source: 'helpdesk', owns: 'A' })
    assert.equal(decision.outcome === 'applied' && decision.claims.length, 1)
    assert.equal(story.line().axes.transport, 'awaiting_label')
    assert.deepEqual(story.open, ['IT04:claim:e3'])
    assert.equal(story.state.exceptions['IT04:claim:e3']?.queue, 'LG')
  })

  test('a warehouse’s word about the parcel waits until the carrier says the same', () => {
    const story = approvedStory()
    story.says('parcel.in_transit', { parcelId: 'in-1' }, { source: 'carrier', owns: 'T' })
    story.says('parcel.delivered', { parcelId: 'in-1' }, { source: 'wms', owns: 'RID' })
    assert.equal(story.line().axes.transport, 'in_transit')
    assert.deepEqual(story.open, ['IT04:claim:e4'])
    story.says('parcel.delivered', { parcelId: 'in-1' }, { source: 'carrier', owns: 'T' })
    assert.deepEqual(story.open, [])
    assert.equal(story.state.claims[0]?.status, 'confirmed')
  })

  test('old news from elsewhere contradicts nothing', () => {
    const story = approvedStory()
    story.says('parcel.delivered', { parcelId: 'in-1' })
    story.says('parcel.in_transit', { parcelId: 'in-1' }, { source: 'shop', owns: '' })
    assert.deepEqual(story.open, [])
    assert.equal(story.state.claims[0]?.status, 'confirmed')
  })

  test('a newer statement of the same source takes the place of the older one', () => {
    const story = approvedStory()
    story.says('parcel.lost', {}, { source: 'shop', owns: '' })
    story.says('parcel.delivered', {}, { source: 'shop', owns: '' })
    assert.deepEqual(
      story.state.claims.map(({ type }) => type),
      ['parcel.delivered'],
    )
    assert.deepEqual(story.open, ['IT04:claim:e4'])
  })

  test('two sources may claim the same thing, and each is kept', () => {
    const story = approvedStory()
    story.says('parcel.lost', {}, { source: 'shop', owns: '' })
    story.says('parcel.lost', {}, { source: 'helpdesk', owns: '' })
    story.says('parcel.lost', { lineNos: [1] }, { source: 'shop', owns: '' })
    assert.deepEqual(story.open, ['IT04:claim:e3', 'IT04:claim:e4', 'IT04:claim:e5'])
  })

  test('a person accepts a claim, and it counts as if the owner had said it', () => {
    const story = approvedStory()
    story.says('goods.received', allIn, { source: 'shop', owns: '' })
    assert.equal(story.line().quantities.received, '0')
    story.says('claim.accepted', { claimId: 'e3' })
    assert.equal(story.line().quantities.received, '4')
    assert.equal(story.state.claims[0]?.status, 'accepted')
    assert.deepEqual(story.open, [])
    assert.equal(story.says('claim.rejected', { claimId: 'e3' }).outcome, 'repeated')
  })

  test('a person rejects a claim, by itself or by its exception', () => {
    for (const [type, data] of [
      ['claim.rejected', { claimId: 'e3' }],
      ['exception.resolved', { exceptionKey: 'IT04:claim:e3', action: 'reject_claim' }],
    ] as const) {
      const story = approvedStory()
      story.says('goods.received', allIn, { source: 'shop', owns: '' })
      story.says(type, data)
      assert.equal(story.state.claims[0]?.status, 'rejected')
      assert.deepEqual(story.open, [])
      assert.equal(story.line().quantities.received, '0')
    }
  })

  test('customers may answer and appeal, whoever owns the authorization', () => {
    const story = new Story()
    story.says('return.requested', asked())
    story.says('return.info_requested', {})
    assert.equal(story.state.headline, 'info_needed')
    story.says('return.info_provided', {}, { source: 'shop', owns: '' })
    assert.equal(story.line().axes.authorization, 'under_review')
  })
})

describe('a bare status', () => {
  test('of the owner moves the axis where a row leads there', () => {
    const story = approvedStory()
    story.says(
      'status.reported',
      { axis: 'transport', state: 'in_transit' },
      { source: 'carrier', owns: 'T' },
    )
    assert.equal(story.line().axes.transport, 'in_transit')
    assert.equal(
      story.says('status.reported', { axis: 'transport', state: 'in_transit' }).outcome,
      'repeated',
    )
  })

  test('approves everything that was requested', () => {
    const story = new Story()
    story.says('return.requested', asked())
    story.says('status.reported', { axis: 'authorization', state: 'approved' })
    assert.equal(story.line().quantities.authorized, '4')
    assert.equal(story.commands('return.record').length, 1)
  })

  test('without the quantities that it needs is refused', () => {
    const decision = approvedStory().says('status.reported', { axis: 'receipt', state: 'received' })
    assert.equal(decision.outcome === 'refused' && decision.code, 'no_transition')
  })

  test('of another system is a claim', () => {
    const story = approvedStory()
    story.says(
      'status.reported',
      { axis: 'transport', state: 'lost' },
      { source: 'shop', owns: 'R' },
    )
    assert.deepEqual(
      story.state.claims.map(({ says }) => says),
      [['lost']],
    )
    story.says('claim.accepted', { claimId: 'e3' })
    assert.equal(story.line().axes.transport, 'lost')
  })

  test('passes what has come in, posts what is drafted and settles what is owed', () => {
    const story = approvedStory()
    const passed = story.says('status.reported', { axis: 'inspection', state: 'passed' })
    assert.equal(passed.outcome, 'refused')
    story.says('goods.received', allIn)
    story.says('status.reported', { axis: 'inspection', state: 'passed' })
    assert.equal(story.line().quantities.accepted, '4')
    story.says('status.reported', { axis: 'settlement', state: 'posted' })
    assert.equal(story.line().quantities.credited, '4')
    story.says('status.reported', { axis: 'settlement', state: 'released' })
    assert.equal(story.line().axes.settlement, 'released')
    story.says('status.reported', { axis: 'settlement', state: 'settled' })
    assert.equal(story.line().axes.settlement, 'settled')
    assert.equal(story.state.tenders[0]?.refundedMinor, 11_900)
    story.says('status.reported', { axis: 'settlement', state: 'reversed' })
    assert.equal(story.line().quantities.credited, '0')
  })

  test('carries dispositions, fulfillments and supplier claims along', () => {
    const story = approvedStory({ line: { resolution: 'replacement', supplierRecovery: true } })
    story.says('goods.received', allIn)
    story.says('disposition.proposed', {
      dispositionId: 'D-1',
      lines: [{ lineNo: 1, quantity: '4', code: 'scrap' }],
    })
    story.says('status.reported', { axis: 'disposition', state: 'executed' })
    assert.equal(story.line().quantities.writtenOff, '4')
    story.says('status.reported', { axis: 'fulfillment', state: 'shipped' })
    assert.equal(story.line().quantities.replaced, '4')
    story.says('status.reported', { axis: 'supplierRecovery', state: 'claimed' })
    assert.equal(story.line().axes.supplierRecovery, 'claimed')
  })
})

describe('replacement and repair', () => {
  test('a replacement is ordered once the goods have passed, and replaces the credit', () => {
    const story = approvedStory({ line: { resolution: 'replacement' } })
    assert.equal(story.line().axes.fulfillment, 'planned')
    assert.deepEqual(story.commands('replacement.order'), [])
    story.says('goods.received', allIn)
    story.says('inspection.completed', allPassed)
    assert.deepEqual(
      story.commands('replacement.order').map(({ key }) => key),
      ['replacement.order:replacement-1'],
    )
    assert.deepEqual(story.commands('credit.draft'), [])
    story.says('replacement.ordered', { fulfillmentId: 'replacement-1' })
    story.says('replacement.shipped', { fulfillmentId: 'replacement-1', tracking: 'OUT-1' })
    assert.equal(story.line().quantities.replaced, '4')
    story.says('parcel.delivered', { tracking: 'OUT-1' }, { source: 'carrier', owns: 'T' })
    assert.equal(story.line().axes.fulfillment, 'delivered')
    assert.equal(story.state.headline, 'closed')
  })

  test('no more is replaced than came in when the rest will not come', () => {
    const story = approvedStory({ line: { resolution: 'replacement' } })
    story.says('goods.received', { receiptId: 'R-1', lines: [{ lineNo: 1, quantity: '2' }] })
    story.says('inspection.completed', {
      inspectionId: 'I-1',
      lines: [{ lineNo: 1, accepted: '2', rejected: '0' }],
    })
    assert.deepEqual(story.commands('replacement.order'), [])
    story.says('goods.closed_short', {})
    const [order] = story.commands('replacement.order')
    assert.deepEqual(bodyOf(order, 'replacement.order').lines, [
      {
        lineNo: 1,
        product: { sku: 'PUMP-1' },
        quantity: '2',
        unit: 'EA',
        reason: 'poor_fit',
        invoiceLine: 'inv-1',
      },
    ])
    story.says('replacement.shipped', { fulfillmentId: 'replacement-1' })
    story.says('replacement.delivered', { fulfillmentId: 'replacement-1' })
    assert.equal(story.line().quantities.replaced, '2')
  })

  test('an advance replacement goes out at once, and its goods are asked for when they do not come', () => {
    const story = approvedStory({
      line: { resolution: 'replacement' },
      request: { kind: 'advance_exchange' },
    })
    assert.equal(story.commands('replacement.order').length, 1)
    story.says('replacement.ordered', {
      fulfillmentId: 'replacement-1',
      dueAt: '2026-11-10T08:00:00Z',
    })
    story.says('replacement.shipped', { fulfillmentId: 'replacement-1' })
    const [due] = timersOf(story.state).filter(({ kind }) => kind === 'CU04')
    assert.equal(due?.dueAt, '2026-11-13T08:00:00.000Z')
    story.says('timer.fired', { timer: 'CU04', key: 'replacement-1' }, { at: 12 * 1440 })
    assert.deepEqual(story.open, ['CU04:fulfillment:replacement-1'])
    story.says('goods.received', allIn)
    assert.deepEqual(story.open, [])
  })

  test('a repair is ordered when the goods are there, and ends with the customer', () => {
    const story = approvedStory({ line: { resolution: 'repair', inspectionRequired: false } })
    assert.deepEqual(story.commands('repair.order'), [])
    story.says('goods.received', allIn)
    assert.equal(story.commands('repair.order').length, 1)
    story.says('repair.started', { fulfillmentId: 'repair-1' })
    story.says('repair.completed', { fulfillmentId: 'repair-1' })
    assert.equal(story.line().quantities.repaired, '4')
    story.says('replacement.shipped', { fulfillmentId: 'repair-1' })
    story.says('replacement.delivered', { fulfillmentId: 'repair-1' })
    assert.equal(story.line().quantities.repaired, '4')
    assert.equal(story.line().axes.fulfillment, 'delivered')
  })

  test('what is out of stock is noticed by anyone, and ends when it is ordered after all', () => {
    const story = approvedStory({ line: { resolution: 'replacement' } })
    story.says(
      'replacement.out_of_stock',
      { fulfillmentId: 'replacement-1' },
      { source: 'shop', owns: '' },
    )
    assert.deepEqual(story.open, ['CU05:fulfillment:replacement-1'])
    story.says('replacement.ordered', { fulfillmentId: 'replacement-1' })
    assert.deepEqual(story.open, [])
  })

  test('goods that were agreed first are called off when money is agreed instead', () => {
    const story = approvedStory({ line: { resolution: 'replacement' } })
    story.says('return.approved', { lines: [{ lineNo: 1, quantity: '4', resolution: 'refund' }] })
    assert.equal(story.line().axes.fulfillment, 'canceled')
    assert.deepEqual(
      story.state.fulfillments.map(({ status }) => status),
      ['canceled'],
    )
    story.says('goods.received', allIn)
    story.says('inspection.completed', allPassed)
    assert.deepEqual(story.commands('replacement.order'), [])
    assert.equal(story.commands('credit.draft').length, 1)
  })

  test('units that were replaced are not credited as well', () => {
    const story = approvedStory({
      line: { resolution: 'replacement' },
      terms: { trigger: 'on_approval' },
    })
    story.says('replacement.shipped', { fulfillmentId: 'replacement-1' })
    story.says('return.approved', { lines: [{ lineNo: 1, quantity: '4', resolution: 'refund' }] })
    assert.deepEqual(story.commands('credit.draft'), [])
  })
})

describe('the supplier', () => {
  test('gets the claim once its goods are there, and makes good short of what was agreed', () => {
    const story = approvedStory({ line: { supplierRecovery: true } })
    assert.equal(story.line().axes.supplierRecovery, 'candidate')
    story.says('supplier_claim.identified', {
      claimId: 'V-1',
      vendor: 'acme',
      basis: 'warranty',
      submitBy: '2026-11-20T08:00:00Z',
    })
    assert.deepEqual(story.commands('supplier_claim.submit'), [])
    assert.equal(
      timersOf(story.state).find(({ kind }) => kind === 'PU02')?.dueAt,
      '2026-11-17T08:00:00.000Z',
    )
    story.says('goods.received', allIn)
    assert.equal(story.commands('supplier_claim.submit').length, 1)
    story.says('supplier_claim.submitted', {
      claimId: 'V-1',
      claimed: { amount: '80.00', currency: 'EUR' },
    })
    story.says('supplier_claim.authorized', {
      claimId: 'V-1',
      agreed: { amount: '70.00', currency: 'EUR' },
    })
    story.says('supplier_claim.shipped', { claimId: 'V-1' })
    assert.equal(
      timersOf(story.state).some(({ kind }) => kind === 'PU03'),
      true,
    )
    story.says('supplier_claim.credited', {
      claimId: 'V-1',
      credited: { amount: '60.00', currency: 'EUR' },
    })
    assert.deepEqual(story.open, ['PU01:supplier_claim:V-1'])
    story.says('supplier_claim.disputed', { claimId: 'V-1' })
    assert.deepEqual(story.open, [])
  })
})

describe('exceptions', () => {
  test('a person takes one on, resolves it and reopens it', () => {
    const story = approvedStory()
    story.says('exception.raised', { code: 'CU02', detail: 'other customer' })
    story.says('exception.assigned', { exceptionKey: 'CU02:case', owner: 'ann', queue: 'RK' })
    const assigned = story.state.exceptions['CU02:case']
    assert.deepEqual([assigned?.owner, assigned?.queue, assigned?.status], ['ann', 'RK', 'open'])
    assert.equal(story.state.headline, 'exception_hold')
    story.says('exception.resolved', { exceptionKey: 'CU02:case', action: 'relink' })
    assert.equal(story.state.headline, 'authorized')
    assert.equal(story.state.exceptions['CU02:case']?.action, 'relink')
    story.says('exception.reopened', { exceptionKey: 'CU02:case' })
    assert.equal(story.state.exceptions['CU02:case']?.recurrences, 1)
    assert.equal(
      story.says('exception.resolved', { exceptionKey: 'XX:none', action: 'x' }).outcome,
      'refused',
    )
  })

  test('one that a person resolved stays so while its cause lasts, and comes back with a new cause', () => {
    const story = approvedStory()
    story.says('goods.received', { receiptId: 'R-1', lines: [{ lineNo: 1, quantity: '5' }] })
    story.says('exception.resolved', { exceptionKey: 'RX03:line:1', action: 'send_back' })
    story.says('case.noted', { note: 'nothing new' })
    assert.deepEqual(story.open, [])
    story.says('goods.receipt_reversed', { receiptId: 'V-1', reversalOf: 'R-1' })
    story.says('goods.received', { receiptId: 'R-2', lines: [{ lineNo: 1, quantity: '6' }] })
    assert.deepEqual(story.open, ['RX03:line:1'])
    assert.equal(story.state.exceptions['RX03:line:1']?.recurrences, 1)
  })

  test('the same return through a second channel waits for a person', () => {
    const story = approvedStory()
    assert.equal(story.says('return.requested', asked(), { source: 'shop' }).outcome, 'repeated')
    story.says('return.requested', asked({ sourceRef: 'mail-9' }), { source: 'helpdesk' })
    assert.deepEqual(story.open, ['CU01:request:helpdesk:mail-9'])
  })

  test('of two returns for the same units, the decision of the second one answers which it is', () => {
    const story = new Story()
    story.says('return.requested', asked())
    story.says('exception.raised', { code: 'CU01', object: 'return:RMA-1' })
    assert.deepEqual(story.open, ['CU01:return:RMA-1'])
    story.says('return.rejected', {})
    assert.deepEqual(story.open, [])
  })

  test('a flag for fraud holds the case, and a neighbor that is down is seen until it is back', () => {
    const story = approvedStory()
    story.says('case.flagged', { flags: ['fraud_review'] })
    assert.deepEqual(story.open, ['RK01:case'])
    story.says('case.flagged', { flags: [] })
    story.says(
      'delivery.died',
      {
        deliveryId: 'd-1',
        command: 'label.create',
        role: 'carrier',
        connection: 'dhl',
        code: 'TIMEOUT',
      },
      { source: 'delivery' },
    )
    assert.deepEqual(story.open, ['IT01:delivery:d-1'])
    story.says(
      'delivery.recovered',
      { deliveryId: 'd-1', command: 'label.create' },
      { source: 'delivery' },
    )
    assert.deepEqual(story.open, [])
  })
})

describe('timers', () => {
  const day = 1440
  test('remind the customer twice, and then let the authorization run out', () => {
    const story = approvedStory()
    assert.deepEqual(
      timersOf(story.state).map(({ kind, key }) => `${kind}/${key}`),
      ['expiry/case', 'LG02/week-1', 'LG02/week-2'],
    )
    story.says('timer.fired', { timer: 'LG02', key: 'week-1' }, { at: 7 * day + 2 })
    assert.deepEqual(story.open, ['LG02:case'])
    assert.equal(
      story
        .commands('customer.notify')
        .some(({ key }) => key.startsWith('customer.notify:ship_reminder')),
      true,
    )
    assert.deepEqual(
      timersOf(story.state).map(({ kind, key }) => `${kind}/${key}`),
      ['expiry/case', 'LG02/week-2'],
    )
    story.says('parcel.in_transit', { parcelId: 'in-1' })
    assert.deepEqual(story.open, [])
  })

  test('watch what is too long in transit, not received, not inspected, not paid', () => {
    const story = approvedStory()
    story.says('parcel.in_transit', { parcelId: 'in-1' })
    story.says('timer.fired', { timer: 'LG03', key: 'case' }, { at: 11 * day })
    assert.deepEqual(story.open, ['LG03:case'])
    story.says('parcel.delivered', { parcelId: 'in-1' })
    assert.deepEqual(story.open, [])
    story.says('timer.fired', { timer: 'LG05', key: 'case' }, { at: 14 * day })
    assert.deepEqual(story.open, ['LG05:case'])
    story.says('goods.received', allIn)
    assert.deepEqual(story.open, [])
    story.says('timer.fired', { timer: 'QA01', key: 'case' }, { at: 17 * day })
    assert.deepEqual(story.open, ['QA01:case'])
    story.says('inspection.completed', allPassed)
    story.says('credit.posted', { credit: creditOf('credit-1-0', 4) })
    assert.deepEqual(
      timersOf(story.state).map(({ kind }) => kind),
      ['FN06'],
    )
    story.says('timer.fired', { timer: 'FN06', key: 'credit-1-0' }, { at: 21 * day })
    assert.deepEqual(story.open, ['FN06:credit:credit-1-0'])
  })

  test('do not fire before their time, nor twice', () => {
    const story = approvedStory()
    assert.equal(
      story.says('timer.fired', { timer: 'LG02', key: 'week-1' }, { at: 6 * day }).outcome,
      'repeated',
    )
    story.says('timer.fired', { timer: 'LG02', key: 'week-1' }, { at: 8 * day })
    assert.equal(story.says('timer.fired', { timer: 'LG02', key: 'week-1' }).outcome, 'repeated')
  })
})

describe('closing', () => {
  test('a case closes by itself when everything is accounted for', () => {
    const { state } = closedStory()
    assert.deepEqual(closeGuard(state), { ok: true })
    assert.equal(state.headline, 'closed')
    assert.equal(sentenceOf(state), 'Received 4 of 4; all is done.')
  })

  test('it says what is missing as long as something is', () => {
    const guard = closeGuard(approvedStory().state)
    assert.deepEqual(guard.ok ? [] : guard.open, [
      'Line 1: transport is awaiting_label.',
      'Line 1: receipt is expected.',
      'Line 1: 4 authorized units are not accounted for.',
    ])
  })

  test('it is reopened by a person, and closes again after the next change', () => {
    const story = closedStory()
    story.says('case.reopened', {})
    assert.equal(story.state.closedAt, null)
    assert.equal(story.state.headline, 'refunded')
    story.says('case.noted', { note: 'looked at it' })
    assert.equal(story.state.closedAt, null)
    story.says('case.flagged', { flags: ['vip'] })
    assert.equal(story.state.headline, 'closed')
    assert.equal(story.says('case.reopened', {}).outcome, 'applied')
    assert.equal(story.says('case.reopened', {}).outcome, 'refused')
  })

  test('goods that come late open it again', () => {
    const story = closedStory()
    story.says('goods.received', { receiptId: 'R-9', lines: [{ lineNo: 1, quantity: '1' }] })
    assert.equal(story.state.closedAt, null)
    assert.equal(story.state.headline, 'exception_hold')
  })

  test('goods that the customer keeps need neither parcel nor receipt', () => {
    const story = approvedStory({
      line: { returnRequired: false },
      terms: { method: 'credit_note' },
    })
    const [draft] = story.commands('credit.draft')
    story.says('credit.posted', draft?.body)
    assert.equal(story.state.headline, 'closed')
    assert.deepEqual(story.commands('label.create'), [])
  })
})

describe('the headline', () => {
  const passes: readonly [Headline, () => Story][] = [
    ['requested', () => new Story().tell((story) => story.says('return.requested', asked()))],
    [
      'info_needed',
      () =>
        new Story()
          .tell((story) => story.says('return.requested', asked()))
          .tell((story) => story.says('return.info_requested', {})),
    ],
    ['rejected', () => approvedStory({ line: { quantity: '0' } })],
    ['canceled', () => approvedStory().tell((story) => story.says('return.canceled', {}))],
    ['expired', () => approvedStory().tell((story) => story.says('return.expired', {}))],
    ['authorized', () => approvedStory()],
    ['in_transit', () => approvedStory().tell((story) => story.says('parcel.in_transit', {}))],
    ['delivered', () => approvedStory().tell((story) => story.says('parcel.delivered', {}))],
    [
      'partially_received',
      () =>
        approvedStory().tell((story) =>
          story.says('goods.received', { ...allIn, lines: [{ lineNo: 1, quantity: '1' }] }),
        ),
    ],
    ['received', () => approvedStory().tell((story) => story.says('goods.received', allIn))],
    [
      'in_inspection',
      () =>
        approvedStory()
          .tell((story) => story.says('goods.received', allIn))
          .tell((story) => story.says('inspection.started', {})),
    ],
    [
      'inspected',
      () =>
        approvedStory({ line: { resolution: 'replacement' } })
          .tell((story) => story.says('goods.received', allIn))
          .tell((story) => story.says('inspection.completed', allPassed)),
    ],
    [
      'approved',
      () =>
        approvedStory()
          .tell((story) => story.says('goods.received', allIn))
          .tell((story) => story.says('inspection.completed', allPassed)),
    ],
    [
      'exception_hold',
      () => approvedStory().tell((story) => story.says('exception.raised', { code: 'RK01' })),
    ],
    ['closed', () => closedStory()],
    ['refunded', () => closedStory().tell((story) => story.says('case.reopened', {}))],
    ['replaced', () => servedStory('replacement')],
    ['repaired', () => servedStory('repair')],
  ]

  for (const [headline, tell] of passes) {
    test(`is ${headline}`, () => assert.equal(tell().state.headline, headline))
  }

  test('has a story for each of them', () => {
    const told = new Set<Headline>([
      ...passes.map(([headline]) => headline),
      'returned_to_customer',
    ])
    assert.deepEqual(
      headlines.filter((headline) => !told.has(headline)),
      [],
    )
  })

  test('of several lines is that of the one that lags behind', () => {
    const story = new Story()
    story.says('return.requested', asked({ lines: [askedLine(1), askedLine(2)] }))
    story.says('return.approved', { lines: [{ lineNo: 1, quantity: '4' }] })
    assert.equal(story.state.headline, 'requested')
    story.says('return.rejected', { lineNos: [2] })
    assert.equal(story.state.headline, 'authorized')
    story.says('goods.received', allIn)
    assert.equal(story.state.headline, 'received')
  })

  test('is told to the customer when it changes, and only then', () => {
    const story = approvedStory()
    const before = story.owed.length
    story.says('label.issued', { parcel: { parcelId: 'in-1', tracking: 'T-1' } })
    assert.deepEqual(
      story.owed.slice(before).filter(({ type }) => type === 'customer.notify'),
      [],
    )
  })

  test('that stays is news to the desk and the channel where goods or money have moved', () => {
    const story = approvedStory()
    const atFirst = story.owed.length
    story.says('label.issued', { parcel: { parcelId: 'in-1', tracking: 'T-1' } })
    const types = story.owed.slice(atFirst).map(({ type }) => type)
    assert.deepEqual(types, ['ticket.update', 'channel.update'])
    const part = { lines: [{ lineNo: 1, quantity: '1' }] }
    story.says('goods.received', { receiptId: 'a', ...part })
    const before = story.owed.length
    story.says('goods.received', { receiptId: 'b', ...part })
    const told = story.owed.slice(before)
    const ticket = told.find(({ type }) => type === 'ticket.update')
    assert.ok(ticket)
    const { sentence, news: cause, lines } = ticket.body as CommandBody<'ticket.update'>
    assert.equal(sentence, 'Received 2 of 4; waiting for the rest.')
    assert.equal(cause, 'goods.received')
    assert.deepEqual(
      lines?.map(({ received, axes }) => [received, axes.receipt]),
      [['2', 'partially_received']],
    )
    assert.equal(
      told.some(({ type }) => type === 'customer.notify'),
      false,
    )
  })

  test('is told with the parcels of the goods, and where the label lies in the news of the label', () => {
    const story = approvedStory()
    const bodies = () => story.commands('channel.update').map(({ body }) => body)
    const label = { url: 'https://labels.example/1.pdf' }
    story.says('label.issued', { parcel: { parcelId: 'in-1', tracking: 'T-1' }, label })
    const first = bodies().at(-1) as CommandBody<'channel.update'>
    assert.deepEqual(first.parcels, [{ tracking: 'T-1', labelUrl: label.url }])
    story.says('goods.received', allIn)
    const second = bodies().at(-1) as CommandBody<'channel.update'>
    assert.deepEqual(second.parcels, [{ tracking: 'T-1' }])
  })

  test('is called off by whoever asked for the return, and by nobody else without authority', () => {
    const story = new Story()
    story.says('return.requested', asked(), { source: 'desk', owns: '' })
    story.says('return.canceled', {}, { source: 'shop', owns: '' })
    assert.equal(story.state.headline, 'requested')
    story.says('return.canceled', {}, { source: 'desk', owns: '' })
    assert.equal(story.state.headline, 'canceled')
  })

  test('is not told anew because somebody says so who has no authority over it', () => {
    const story = approvedStory()
    const before = story.owed.length
    story.says(
      'goods.received',
      { receiptId: 'a', lines: [{ lineNo: 1, quantity: '1' }] },
      { owns: '' },
    )
    assert.deepEqual(
      story.owed.slice(before).filter(({ type }) => type === 'channel.update'),
      [],
    )
  })

  test('tells the desk, the channel and the customer when it changes; a hold tells the desk only', () => {
    const story = approvedStory()
    const before = story.owed.length
    story.says('exception.raised', { code: 'RK01' })
    assert.deepEqual(
      story.owed.slice(before).map(({ type }) => type),
      ['ticket.update'],
    )
    const [first] = approvedStory().commands('customer.notify')
    assert.ok(first)
    const { template, headline, language, sentence } = first.body as CommandBody<'customer.notify'>
    assert.deepEqual(
      [template, headline, language, sentence],
      ['authorized', 'authorized', 'de', 'Waiting for the goods.'],
    )
  })

  function servedStory(resolution: 'replacement' | 'repair'): Story {
    const story = approvedStory({ line: { resolution, supplierRecovery: true } })
    story.says('goods.received', allIn)
    story.says('inspection.completed', allPassed)
    story.says('replacement.shipped', { fulfillmentId: `${resolution}-1` })
    story.says('replacement.delivered', { fulfillmentId: `${resolution}-1` })
    return story
  }
})

test('a source without an axis never moves it, whatever it says', () => {
  const story = approvedStory()
  story.says('goods.received', allIn, { owns: everything.replace('R', '') })
  assert.equal(story.line().axes.receipt, 'expected')
})
