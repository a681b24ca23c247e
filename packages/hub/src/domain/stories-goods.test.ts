import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { fold } from './fold.ts'
import { sentenceOf } from './sentence.ts'
import { approvedStory, asked, askedLine, Story, stamped } from './story.test.ts'

const received = (units: string, change: object = {}) => ({
  receiptId: 'R-1',
  lines: [{ lineNo: 1, quantity: units }],
  ...change,
})

describe('absurd quantities', () => {
  test('a receipt that brings a line past what commands can carry is refused, and the next one is taken', () => {
    const story = approvedStory()
    story.says('goods.received', received('999999999999.999999'))
    const beyond = story.says('goods.received', received('1', { receiptId: 'R-2' }))
    assert.deepEqual(
      [beyond.outcome, beyond.outcome === 'refused' && beyond.code],
      ['refused', 'out_of_range'],
    )
    story.says('goods.receipt_reversed', { receiptId: 'R-3', reversalOf: 'R-1' })
    assert.equal(
      story.says('goods.received', received('1', { receiptId: 'R-4' })).outcome,
      'applied',
    )
  })
})

describe('authorization', () => {
  test('an approval owes the ERP the record, the carrier the label and the warehouse the announcement', () => {
    const story = approvedStory()
    const types = story.owed.map(({ type }) => type)
    for (const type of ['return.record', 'label.create', 'receipt.expect'] as const) {
      assert.ok(types.includes(type), type)
    }
    assert.equal(story.line().axes.authorization, 'approved')
    assert.equal(story.line().axes.transport, 'awaiting_label')
    assert.equal(story.line().axes.receipt, 'expected')
    assert.equal(story.state.headline, 'authorized')
  })

  test('no label is owed when the customer pays for the way back', () => {
    const story = approvedStory({
      request: { lines: [askedLine(1, { freightPayer: 'customer' })] },
    })
    assert.deepEqual(story.commands('label.create'), [])
    assert.equal(story.line().axes.transport, 'none')
  })

  test('approving fewer units than requested approves in part, approving none rejects', () => {
    assert.equal(
      approvedStory({ line: { quantity: '3' } }).line().axes.authorization,
      'partially_approved',
    )
    assert.equal(approvedStory({ line: { quantity: '0' } }).state.headline, 'rejected')
  })

  test('more than was requested is refused at first, and extends the authorization later', () => {
    const story = new Story()
    story.says('return.requested', asked())
    const first = story.says('return.approved', { lines: [{ lineNo: 1, quantity: '5' }] })
    assert.deepEqual(
      [first.outcome, first.outcome === 'refused' && first.code],
      ['refused', 'more_than_requested'],
    )
    story.says('return.approved', { lines: [{ lineNo: 1, quantity: '4' }] })
    story.says('return.approved', { lines: [{ lineNo: 1, quantity: '5' }] })
    assert.equal(story.line().quantities.authorized, '5')
  })

  test('a cancel is taken while the goods are with the customer, and voids the label', () => {
    const story = approvedStory()
    story.says('label.issued', { parcel: { parcelId: 'in-1', tracking: 'T-1' } })
    story.says('return.canceled', {})
    assert.equal(story.state.headline, 'canceled')
    assert.equal(story.commands('label.void').length, 1)
    assert.equal(story.commands('return.cancel').length, 1)
    assert.equal(story.commands('receipt.cancel').length, 1)
  })

  test('a late cancel, after the goods were shipped, is refused and changes nothing', () => {
    const story = approvedStory()
    story.says('parcel.in_transit', { parcelId: 'in-1' })
    const decision = story.says('return.canceled', {})
    assert.equal(decision.outcome, 'refused')
    assert.equal(story.state.headline, 'in_transit')
  })

  test('a label that comes after the cancel is voided', () => {
    const story = approvedStory()
    story.says('return.canceled', {})
    assert.equal(story.commands('label.void').length, 0)
    story.says('label.issued', { parcel: { parcelId: 'in-1', tracking: 'T-1' } })
    assert.equal(story.commands('label.void').length, 1)
  })

  test('a rejection can be appealed, and the dispute ends with the next decision', () => {
    const story = new Story()
    story.says('return.requested', asked())
    story.says('return.rejected', {})
    assert.equal(story.state.headline, 'rejected')
    story.says('return.appealed', {}, { source: 'shop', owns: '' })
    assert.equal(story.state.headline, 'requested')
    assert.deepEqual(story.open, ['CU03:line:1'])
    story.says('return.approved', { lines: [{ lineNo: 1, quantity: '4' }] })
    assert.deepEqual(story.open, [])
  })

  test('an authorization runs out, and an extension brings it back', () => {
    const story = approvedStory()
    const fired = story.says(
      'timer.fired',
      { timer: 'expiry', key: 'case' },
      { at: 30 * 1440 + 10 },
    )
    assert.equal(fired.outcome, 'applied')
    assert.equal(story.state.headline, 'expired')
    story.says('return.extended', { validUntil: '2026-12-24T00:00:00Z' })
    assert.equal(story.state.headline, 'authorized')
  })

  test('a timer that fires after the goods were scanned does nothing', () => {
    const story = approvedStory()
    story.says('parcel.in_transit', { parcelId: 'in-1' })
    const fired = story.says(
      'timer.fired',
      { timer: 'expiry', key: 'case' },
      { at: 30 * 1440 + 10 },
    )
    assert.equal(fired.outcome, 'repeated')
    assert.equal(story.line().axes.authorization, 'approved')
  })
})

describe('transport', () => {
  test('a parcel that was lost is found: the hold ends with its delivery', () => {
    const story = approvedStory()
    story.says('parcel.in_transit', { parcelId: 'in-1' })
    story.says('parcel.lost', { parcelId: 'in-1' })
    assert.equal(story.state.headline, 'exception_hold')
    assert.deepEqual(story.open, ['LG04:parcel:in-1'])
    story.says('parcel.delivered', { parcelId: 'in-1' })
    assert.deepEqual(story.open, [])
    assert.equal(story.state.headline, 'delivered')
  })

  test('a scan after the delivery moves nothing back', () => {
    const story = approvedStory()
    story.says('parcel.delivered', { parcelId: 'in-1' })
    assert.equal(story.says('parcel.in_transit', { parcelId: 'in-1' }).outcome, 'refused')
    assert.equal(story.line().axes.transport, 'delivered')
  })

  test('a failed label is on the carrier desk until there is one', () => {
    const story = approvedStory()
    story.says('label.failed', { parcelId: 'in-1', code: 'NO_SERVICE' }, { owns: '' })
    assert.deepEqual(story.open, ['LG01:parcel:in-1'])
    story.says('label.issued', { parcel: { parcelId: 'in-1', tracking: 'T-1' } })
    assert.deepEqual(story.open, [])
  })

  test('a label that could not be had is no matter any more when the goods have come without it', () => {
    for (const data of [{ code: 'NO_SERVICE' }, { code: 'NO_SERVICE', parcelId: 'in-1' }]) {
      const story = approvedStory()
      story.says('label.failed', data, { owns: '' })
      assert.equal(story.open.length, 1)
      story.says('goods.received', received('3'))
      assert.ok(story.open.some((key) => key.startsWith('LG01')))
      story.says('goods.received', received('1', { receiptId: 'R-2' }))
      assert.deepEqual(story.open, [])
    }
  })

  test('a parcel far lighter than its goods is flagged', () => {
    const story = approvedStory()
    story.says('parcel.weighed', { parcelId: 'in-1', expectedGrams: 4000, actualGrams: 3700 })
    assert.deepEqual(story.open, [])
    story.says('parcel.weighed', { parcelId: 'in-1', expectedGrams: 4000, actualGrams: 1000 })
    assert.deepEqual(story.open, ['LG06:parcel:in-1'])
  })
})

describe('receipt', () => {
  test('part of a return comes in, then the rest', () => {
    const story = approvedStory()
    story.says('goods.received', received('3'))
    assert.equal(story.state.headline, 'partially_received')
    assert.equal(sentenceOf(story.state), 'Received 3 of 4; waiting for the rest.')
    story.says('goods.received', received('1', { receiptId: 'R-2' }))
    assert.equal(story.state.headline, 'received')
    assert.equal(sentenceOf(story.state), 'Received 4 of 4; waiting for inspection.')
    assert.deepEqual(
      story.commands('receipt.record').map(({ key }) => key),
      ['receipt.record:R-1:1', 'receipt.record:R-2:1'],
    )
  })

  test('the same receipt counts once; with other contents it is refused', () => {
    const story = approvedStory()
    story.says('goods.received', received('3'))
    assert.equal(story.says('goods.received', received('3')).outcome, 'repeated')
    const other = story.says('goods.received', { ...received('3'), complete: true })
    assert.equal(other.outcome === 'refused' && other.code, 'conflicting_repeat')
    assert.equal(story.line().quantities.received, '3')
    assert.deepEqual(story.open, [])
  })

  test('a receipt that is corrected over there stays as it was counted, and somebody has to look', () => {
    const story = approvedStory()
    story.says('goods.received', received('3'))
    assert.equal(story.says('goods.received', received('2')).outcome, 'applied')
    assert.equal(story.line().quantities.received, '3')
    assert.deepEqual(story.open, ['IT06:receipt:R-1'])
  })

  test('goods beyond the authorization are kept apart and hold the case until somebody extends it', () => {
    const story = approvedStory()
    story.says('goods.received', received('5'))
    assert.deepEqual(story.open, ['RX03:line:1'])
    assert.deepEqual(
      [story.line().quantities.received, story.line().quantities.surplus],
      ['4', '1'],
    )
    story.says('exception.resolved', {
      exceptionKey: 'RX03:line:1',
      action: 'extend_authorization',
    })
    assert.deepEqual(
      [story.line().quantities.received, story.line().quantities.surplus],
      ['5', '0'],
    )
    assert.deepEqual(story.open, [])
  })

  test('an unpacked parcel that lacks units holds the case until they arrive', () => {
    const story = approvedStory()
    story.says('goods.received', received('3', { complete: true }))
    assert.deepEqual(story.open, ['RX04:line:1'])
    story.says('goods.received', received('1', { receiptId: 'R-2' }))
    assert.deepEqual(story.open, [])
  })

  test('nothing is missing that was never sent', () => {
    const story = approvedStory()
    const lines = [{ lineNo: 1, quantity: '3' }]
    story.says('label.issued', { parcel: { parcelId: 'P-1', tracking: 'T-1', lines } })
    story.says('parcel.in_transit', { tracking: 'T-1' })
    story.says('parcel.delivered', { tracking: 'T-1' })
    assert.equal(story.line().quantities.shipped, '3')
    story.says('goods.received', received('3', { complete: true, tracking: 'T-1' }))
    assert.deepEqual(story.open, [])
  })

  test('a short receipt can be closed short by a person, and counts what is missing', () => {
    const story = approvedStory()
    story.says('goods.received', received('3', { complete: true }))
    story.says('exception.resolved', { exceptionKey: 'RX04:line:1', action: 'close_short' })
    assert.equal(story.line().axes.receipt, 'closed_short')
    assert.equal(story.line().quantities.short, '1')
  })

  test('a wrong item counts for no line', () => {
    const story = approvedStory()
    story.says(
      'goods.received',
      received('4', { lines: [{ lineNo: 1, quantity: '4', product: { sku: 'OTHER' } }] }),
    )
    assert.deepEqual(story.open, ['RX05:receipt:R-1'])
    assert.equal(story.line().quantities.received, '0')
  })

  test('an item that nobody can name is an exception, an item named by its product finds its line', () => {
    const story = approvedStory()
    story.says('goods.received', received('1', { lines: [{ quantity: '1' }] }))
    assert.deepEqual(story.open, ['RX02:receipt:R-1'])
    story.says(
      'goods.received',
      received('1', { receiptId: 'R-2', lines: [{ quantity: '2', product: { sku: 'PUMP-1' } }] }),
    )
    assert.equal(story.line().quantities.received, '2')
  })

  test('a serial that was not expected, or comes twice, holds the case', () => {
    const story = approvedStory({ line: { expectedSerials: ['S1', 'S2'] } })
    story.says(
      'goods.received',
      received('1', { lines: [{ lineNo: 1, quantity: '1', serials: ['S1'] }] }),
    )
    assert.deepEqual(story.open, [])
    story.says(
      'goods.received',
      received('1', { receiptId: 'R-2', lines: [{ lineNo: 1, quantity: '1', serials: ['S1'] }] }),
    )
    assert.deepEqual(story.open, ['RX06:receipt:R-2'])
    story.says(
      'goods.received',
      received('1', { receiptId: 'R-3', lines: [{ lineNo: 1, quantity: '1', serials: ['S9'] }] }),
    )
    assert.deepEqual(story.open, ['RX06:receipt:R-2', 'RX06:receipt:R-3'])
  })

  test('damage, missing parts and hazards are seen at the dock', () => {
    const story = approvedStory()
    const lines = [
      { lineNo: 1, quantity: '1', condition: 'wet' },
      { lineNo: 1, quantity: '1', missingParts: true },
      { lineNo: 1, quantity: '1', condition: 'hazardous' },
    ]
    story.says('goods.received', received('3', { lines }))
    assert.deepEqual(story.open, ['RX07:receipt:R-1', 'RX08:receipt:R-1', 'RX11:receipt:R-1'])
  })

  test('goods that come after the last day are noted', () => {
    const story = approvedStory()
    story.says('goods.received', received('4'), { at: 40 * 1440 })
    assert.deepEqual(story.open, ['RX09:receipt:R-1'])
    assert.equal(story.line().quantities.received, '4')
  })

  test('a reversed receipt takes its goods, its exceptions and its inspection back', () => {
    const story = approvedStory()
    story.says(
      'goods.received',
      received('4', { lines: [{ lineNo: 1, quantity: '4', condition: 'wet' }] }),
    )
    story.says('inspection.completed', {
      inspectionId: 'I-1',
      lines: [{ lineNo: 1, accepted: '0', rejected: '4', proposed: 'scrap' }],
    })
    story.says('goods.receipt_reversed', { receiptId: 'V-1', reversalOf: 'R-1' })
    const { quantities, axes } = story.line()
    assert.deepEqual([quantities.received, quantities.rejected], ['0', '0'])
    assert.deepEqual(
      [axes.receipt, axes.inspection, axes.disposition],
      ['reversed', 'none', 'reversed'],
    )
    assert.deepEqual(story.open, [])
    assert.equal(story.commands('receipt.reverse').length, 1)
    assert.equal(
      story.says('goods.receipt_reversed', { receiptId: 'V-2', reversalOf: 'R-1' }).outcome,
      'repeated',
    )
  })

  test('refused goods leave the floor, unless they have been inspected', () => {
    const story = approvedStory()
    story.says('goods.received', received('4'))
    story.says('goods.refused', {})
    assert.equal(story.line().quantities.received, '0')
    story.says('goods.received', received('4', { receiptId: 'R-2' }))
    story.says('inspection.completed', {
      inspectionId: 'I-1',
      lines: [{ lineNo: 1, accepted: '1', rejected: '0' }],
    })
    assert.equal(story.says('goods.refused', {}).outcome, 'refused')
  })
})

describe('a blind receipt', () => {
  const blind = {
    receiptId: 'R-1',
    lines: [{ quantity: '2', product: { sku: 'PUMP-1' } }, { quantity: '1' }],
  }

  test('opens a case of its own, on hold until somebody authorizes it', () => {
    const story = new Story()
    story.says('goods.received', blind, { source: 'wms' })
    assert.equal(story.state.header.kind, 'blind')
    assert.deepEqual(story.open, ['RX02:receipt:R-1', 'RX01:line:1', 'RX01:line:2'])
    assert.equal(story.line(1).axes.receipt, 'unexpected')
    story.says('return.approved', { lines: [{ lineNo: 1, quantity: '2' }] })
    assert.equal(story.line(1).axes.receipt, 'received')
    assert.equal(story.line(1).axes.inspection, 'pending')
    assert.deepEqual(story.open, ['RX02:receipt:R-1', 'RX01:line:2'])
    assert.deepEqual(
      story.commands('receipt.record').map(({ key }) => key),
      ['receipt.record:R-1:1'],
    )
  })

  test('becomes the receipt of a request that arrives after it', () => {
    const request = stamped('q', 'return.requested', { data: asked(), at: 5, source: 'shop' })
    const receipt = stamped('r', 'goods.received', { data: received('4'), at: 1, source: 'wms' })
    const { state } = fold([receipt, request])
    assert.equal(state?.header.kind, 'standard')
    assert.equal(state?.opened.id, 'q')
    assert.equal(state?.lines[0]?.quantities.surplus, '4')
    assert.equal(state?.headline, 'exception_hold')
  })
})

describe('inspection and disposition', () => {
  const inspected = (accepted: string, rejected: string, change: object = {}) => ({
    inspectionId: 'I-1',
    lines: [{ lineNo: 1, accepted, rejected, ...change }],
  })

  test('passes, fails or is mixed, and goes on while units are left', () => {
    const outcomes = [
      ['4', '0', 'passed'],
      ['0', '4', 'failed'],
      ['3', '1', 'mixed'],
      ['1', '1', 'in_progress'],
    ] as const
    for (const [accepted, rejected, state] of outcomes) {
      const story = approvedStory()
      story.says('goods.received', received('4'))
      story.says('inspection.completed', inspected(accepted, rejected))
      assert.equal(story.line().axes.inspection, state)
    }
  })

  test('cannot find more than has come in', () => {
    const story = approvedStory()
    story.says('goods.received', received('2'))
    const decision = story.says('inspection.completed', inspected('3', '0'))
    assert.equal(decision.outcome === 'refused' && decision.code, 'more_than_received')
    assert.equal(story.says('inspection.started', {}).outcome, 'applied')
  })

  test('cannot start before anything has come in', () => {
    assert.equal(approvedStory().says('inspection.started', {}).outcome, 'refused')
  })

  test('that finds nothing wrong with a defect asks customer service', () => {
    const story = approvedStory({
      request: { lines: [askedLine(1, { reason: { code: 'defective_consumer' } })] },
    })
    story.says('goods.received', received('4'))
    story.says('inspection.completed', inspected('4', '0', { finding: 'not_defective' }))
    assert.equal(story.open.includes('QA02:inspection:I-1'), true)
  })

  test('that is reopened asks the warehouse again, and the results count anew', () => {
    const story = approvedStory({ terms: { trigger: 'on_receipt' } })
    story.says('goods.received', received('4'))
    story.says('inspection.completed', inspected('4', '0', { proposed: 'restock_a' }))
    story.says('inspection.reopened', {})
    assert.equal(story.line().axes.inspection, 'reinspect')
    assert.equal(story.line().quantities.accepted, '0')
    assert.equal(story.commands('inspection.request').length, 2)
    story.says('inspection.completed', { ...inspected('0', '4'), inspectionId: 'I-2' })
    assert.equal(story.line().axes.inspection, 'failed')
  })

  test('proposes what becomes of the goods; approved, the ERP is to execute it', () => {
    const story = approvedStory()
    story.says('goods.received', received('4'))
    story.says('inspection.completed', inspected('4', '0', { proposed: 'scrap' }))
    story.says('disposition.approved', { dispositionId: 'inspection-I-1' })
    const [command] = story.commands('disposition.execute')
    assert.equal(command?.key, 'disposition.execute:inspection-I-1')
    story.says('disposition.executed', { dispositionId: 'inspection-I-1' })
    assert.equal(story.line().quantities.writtenOff, '4')
    story.says('disposition.reversed', { dispositionId: 'inspection-I-1' })
    assert.equal(story.line().quantities.writtenOff, '0')
  })

  test('no more is disposed of than has come in', () => {
    const story = approvedStory()
    story.says('goods.received', received('4'))
    const lines = [{ lineNo: 1, quantity: '3', code: 'restock_a' }]
    story.says('disposition.proposed', { dispositionId: 'D-1', lines })
    const second = story.says('disposition.proposed', { dispositionId: 'D-2', lines })
    assert.equal(second.outcome === 'refused' && second.code, 'more_than_received')
  })

  test('no more is proposed than is left, however the inspector splits a line', () => {
    const story = approvedStory()
    story.says('goods.received', received('4'))
    const three = [{ lineNo: 1, quantity: '3', code: 'restock_a' }]
    story.says('disposition.proposed', { dispositionId: 'D-1', lines: three })
    const part = { lineNo: 1, accepted: '1', rejected: '0', proposed: 'scrap' }
    story.says('inspection.completed', { inspectionId: 'I-1', lines: [part, part] })
    const derived = story.state.dispositions.find(({ isDerived }) => isDerived)
    assert.deepEqual(derived?.lines, [{ lineNo: 1, quantity: '1', code: 'scrap' }])
  })

  test('executed otherwise than proposed, somebody has to look', () => {
    const story = approvedStory()
    story.says('goods.received', received('4'))
    story.says('disposition.proposed', {
      dispositionId: 'D-1',
      lines: [{ lineNo: 1, quantity: '4', code: 'restock_a' }],
    })
    story.says('disposition.executed', {
      dispositionId: 'D-1',
      lines: [{ lineNo: 1, quantity: '4', code: 'scrap' }],
    })
    assert.deepEqual(story.open, ['QA03:disposition:D-1'])
  })

  test('rejected goods go back to the customer, and the case shows it', () => {
    const story = approvedStory()
    story.says('goods.received', received('4'))
    story.says('inspection.completed', inspected('0', '4', { proposed: 'send_back_to_customer' }))
    story.says('disposition.approved', { dispositionId: 'inspection-I-1' })
    const [order] = story.commands('goods.send_back')
    assert.equal(order?.key, 'goods.send_back:send-back-inspection-I-1')
    story.says(
      'send_back.shipped',
      { fulfillmentId: 'send-back-inspection-I-1', tracking: 'OUT-1' },
      { source: 'wms', owns: 'R' },
    )
    assert.equal(story.line().quantities.sentBack, '4')
    story.says('parcel.delivered', { tracking: 'OUT-1' }, { source: 'carrier', owns: 'T' })
    assert.equal(story.state.headline, 'returned_to_customer')
    assert.equal(story.line().axes.transport, 'awaiting_label')
  })
})
