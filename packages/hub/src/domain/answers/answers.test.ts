import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { fold } from '../fold.ts'
import { runs, wildHistory } from '../histories.test.ts'
import { approvedStory, asked, creditOf, eur, minute, Story } from '../story.test.ts'
import { factsNow } from './facts.ts'
import { moneyOf } from './money.ts'
import { owedNextOf } from './owed-next.ts'
import { sayFacts } from './say.ts'

const since = minute(10)

function saidOf({ state }: Story): string {
  return sayFacts(factsNow(state, { since }), state.header.currency)
}

function waitsOf({ state }: Story): string[] {
  return moneyOf(state).unreleased.map(({ minor, waitsFor }) => `${minor} ${waitsFor}`)
}

function owedIn({ state }: Story): string[] {
  return owedNextOf(state).map(({ what, who }) => {
    const name = who.kind === 'role' ? who.role : who.kind === 'queue' ? who.queue : who.kind
    return `${name}: ${what}`
  })
}

const receipt = (units: string, change: object = {}) => ({
  receiptId: 'R-1',
  warehouse: 'VENLO',
  lines: [{ lineNo: 1, quantity: units }],
  ...change,
})

/** Received and inspected, so that a credit is cut. */
function inspectedStory(accepted: string, rejected = '0'): Story {
  const story = approvedStory()
  story.says('goods.received', receipt('4'), { at: 3 })
  const lines = [{ lineNo: 1, accepted, rejected }]
  story.says('inspection.completed', { inspectionId: 'I-1', lines })
  return story
}

describe('where a return stands', () => {
  test('says what came in, where and when, what it waits for, and the money that is not released', () => {
    const story = approvedStory()
    story.says('goods.received', receipt('3'), { at: 5 })
    assert.equal(
      saidOf(story),
      'Received 3 of 4 at VENLO on 2026-11-02 08:05 UTC; waiting for the rest, since 2026-11-02 08:10 UTC; 119.00 EUR not released.',
    )
  })

  test('says nothing of goods before there are any', () => {
    const story = new Story()
    story.says('return.requested', asked())
    assert.equal(
      saidOf(story),
      'Waiting for a decision, since 2026-11-02 08:10 UTC; 119.00 EUR not released.',
    )
  })

  test('says that goods came without an authorization, and what holds the return', () => {
    const story = new Story()
    story.says('return.requested', asked())
    story.says('goods.received', receipt('2'))
    assert.match(saidOf(story), /^Received 2 without an authorization at VENLO/)
    assert.match(saidOf(story), /held by RX01 \(Receipt without authorization\)/)
  })

  test('says what came beyond the authorization', () => {
    const story = approvedStory()
    story.says('goods.received', receipt('5'))
    assert.match(saidOf(story), /^Received 5 of 4 at VENLO .*; 1 more than authorized; /)
  })

  test('forgets a receipt that was reversed', () => {
    const story = approvedStory()
    story.says('goods.received', receipt('4'))
    story.says('goods.receipt_reversed', { receiptId: 'R-2', reversalOf: 'R-1' })
    assert.doesNotMatch(saidOf(story), /eceived/)
  })

  test('tells money that is on its way from money that has arrived', () => {
    const story = inspectedStory('4')
    const { creditId } = story.state.credits[0] ?? { creditId: '' }
    story.says('credit.posted', { credit: creditOf(creditId, 4) })
    const refund = { refundId: 'F-1', creditId, method: 'card_refund', amount: eur('119.00') }
    story.says('refund.released', refund)
    assert.match(saidOf(story), /; 119.00 EUR on its way to the customer\.$/)
    story.says('refund.settled', refund)
    assert.match(saidOf(story), /; 119.00 EUR paid\.$/)
  })

  test('does not guess an amount that nobody has told', () => {
    const story = new Story()
    const [line] = asked().lines
    story.says('return.requested', asked({ lines: [{ ...line, origin: undefined }] }))
    assert.equal(saidOf(story), 'Waiting for a decision, since 2026-11-02 08:10 UTC.')
    assert.equal(moneyOf(story.state).expectedMinor, null)
    const codes = factsNow(story.state, { since }).map(({ code }) => code)
    assert.deepEqual(codes, ['stands', 'money_unknown'])
  })
})

describe('where the money is', () => {
  test('waits for the decision, the goods, the inspection, the draft and the payout, in this order', () => {
    const story = new Story()
    story.says('return.requested', asked())
    assert.deepEqual(waitsOf(story), ['11900 decision'])
    story.says('return.approved', {
      lines: [{ lineNo: 1, quantity: '4' }],
      settlement: { method: 'card_refund', trigger: 'on_inspection' },
    })
    assert.deepEqual(waitsOf(story), ['11900 goods'])
    story.says('goods.received', receipt('4'))
    assert.deepEqual(waitsOf(story), ['11900 inspection'])
    story.says('inspection.completed', {
      inspectionId: 'I-1',
      lines: [{ lineNo: 1, accepted: '4', rejected: '0' }],
    })
    assert.deepEqual(waitsOf(story), ['11900 draft'])
    const { creditId } = story.state.credits[0] ?? { creditId: '' }
    story.says('credit.drafted', { credit: creditOf(creditId, 4) })
    assert.deepEqual(waitsOf(story), ['11900 posting'])
    story.says('credit.posted', { credit: creditOf(creditId, 4) })
    assert.deepEqual(waitsOf(story), ['11900 payout'])
    story.says('refund.settled', {
      refundId: 'F-1',
      creditId,
      method: 'card_refund',
      amount: eur('119.00'),
    })
    assert.deepEqual(waitsOf(story), [])
    assert.equal(moneyOf(story.state).settledMinor, 11_900)
  })

  test('is not expected for what inspection rejected', () => {
    const story = inspectedStory('3', '1')
    assert.equal(moneyOf(story.state).expectedMinor, 8_925)
  })

  test('is not expected of a return that is rejected', () => {
    const story = new Story()
    story.says('return.requested', asked())
    story.says('return.rejected', {})
    assert.equal(moneyOf(story.state).expectedMinor, 0)
  })

  test('is the amount less the fees of the terms', () => {
    const fees = [{ kind: 'restocking', net: eur('10.00'), tax: eur('1.90') }]
    const story = approvedStory({ terms: { fees } })
    assert.equal(moneyOf(story.state).expectedMinor, 10_710)
    story.says('goods.received', receipt('4'))
    const lines = [{ lineNo: 1, accepted: '4', rejected: '0' }]
    story.says('inspection.completed', { inspectionId: 'I-1', lines })
    assert.equal(moneyOf(story.state).expectedMinor, story.state.credits[0]?.totalMinor)
  })

  test('of a credit note is there when it is posted', () => {
    const story = approvedStory({ terms: { method: 'credit_note' } })
    story.says('goods.received', receipt('4'))
    const lines = [{ lineNo: 1, accepted: '4', rejected: '0' }]
    story.says('inspection.completed', { inspectionId: 'I-1', lines })
    const { creditId } = story.state.credits[0] ?? { creditId: '' }
    story.says('credit.posted', { credit: creditOf(creditId, 4, { method: 'credit_note' }) })
    assert.deepEqual(waitsOf(story), [])
    assert.equal(moneyOf(story.state).settledMinor, 11_900)
  })
})

describe('what is owed next', () => {
  test('is said of whoever has to move, along the way of a return', () => {
    const story = new Story()
    story.says('return.requested', asked())
    assert.deepEqual(owedIn(story), ['CS: decide_return'])
    story.says('return.approved', {
      validUntil: '2026-12-02T08:00:00Z',
      lines: [{ lineNo: 1, quantity: '4' }],
      settlement: { method: 'card_refund', trigger: 'on_inspection' },
    })
    assert.deepEqual(owedIn(story), ['carrier: issue_label'])
    story.says('label.issued', { parcel: { parcelId: 'P-1', tracking: 'T-1', carrier: 'ups' } })
    assert.deepEqual(owedIn(story), ['customer: send_goods'])
    assert.equal(owedNextOf(story.state)[0]?.dueAt, '2026-12-02T08:00:00.000Z')
    story.says('parcel.in_transit', { tracking: 'T-1' })
    assert.deepEqual(owedIn(story), ['carrier: bring_goods'])
    story.says('parcel.delivered', { tracking: 'T-1' })
    assert.deepEqual(owedIn(story), ['wms: record_receipt'])
    story.says('goods.received', receipt('4'), { at: 60 })
    assert.deepEqual(owedIn(story), ['wms: inspect_goods'])
    const [inspect] = owedNextOf(story.state)
    assert.deepEqual([inspect?.since, inspect?.dueAt], [minute(60), minute(60 + 48 * 60)])
  })

  test('is the payout once the credit is posted, and nothing once it is paid', () => {
    const story = inspectedStory('4')
    assert.deepEqual(owedIn(story), ['erp: draft_credit'])
    const { creditId } = story.state.credits[0] ?? { creditId: '' }
    story.says('credit.posted', { credit: creditOf(creditId, 4) })
    assert.ok(owedIn(story).includes('payments: pay_out'))
    const refund = { refundId: 'F-1', creditId, method: 'card_refund', amount: eur('119.00') }
    story.says('refund.settled', refund)
    assert.ok(!owedIn(story).includes('payments: pay_out'))
  })

  test('names the exception that holds the money up', () => {
    const story = inspectedStory('4')
    story.says('exception.raised', { code: 'RK01' })
    const [credit] = owedNextOf(story.state)
    assert.deepEqual(credit?.blockedBy, ['RK01:case'])
  })

  test('asks the customer for the rest of the goods', () => {
    const story = approvedStory()
    story.says('goods.received', receipt('3'))
    assert.ok(owedIn(story).includes('customer: send_rest'))
  })

  test('asks the customer for an answer', () => {
    const story = new Story()
    story.says('return.requested', asked())
    story.says('return.info_requested', {})
    assert.deepEqual(owedIn(story), ['customer: answer_question'])
  })
})

test('whatever has happened, there is an answer, and no amount below zero', () => {
  fc.assert(
    fc.property(wildHistory(20), (events) => {
      const { state } = fold(events)
      if (state === null) return
      const money = moneyOf(state)
      for (const { minor } of money.unreleased) assert.ok(minor > 0)
      assert.ok((money.expectedMinor ?? 0) >= 0)
      assert.ok(owedNextOf(state).every(({ what }) => what.length > 0))
      assert.match(sayFacts(factsNow(state, { since }), state.header.currency), /^\S.*\.$/)
    }),
    runs(200),
  )
})
