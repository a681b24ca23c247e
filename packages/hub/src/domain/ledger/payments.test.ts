import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { TenderState } from '../case-state.ts'
import { runs } from '../histories.test.ts'
import { type RefundOrder, refundable, splitRefund, withinRoom, withRefund } from './payments.ts'

const methods = ['card', 'gift_card', 'store_credit', 'bank'] as const
const tenders = fc
  .array(
    fc.record({
      captured: fc.nat(50_000),
      before: fc.nat(20_000),
      refunded: fc.nat(20_000),
      method: fc.constantFrom(...methods),
    }),
    { maxLength: 6 },
  )
  .map((all) =>
    all.map(
      ({ captured, before, refunded, method }, index): TenderState => ({
        paymentId: `p${index}`,
        method,
        capturedMinor: captured,
        refundedBeforeMinor: Math.min(before, captured),
        refundedMinor: Math.min(refunded, Math.max(0, captured - Math.min(before, captured))),
      }),
    ),
  )
const orders: readonly RefundOrder[] = ['last_paid_first', 'first_paid_first', 'gift_card_first']

test('a refund is split without losing a cent, and no payment gives back more than it took', () => {
  fc.assert(
    fc.property(tenders, fc.nat(120_000), fc.constantFrom(...orders), (all, amountMinor, order) => {
      const { parts, leftMinor } = splitRefund({ tenders: all, amountMinor, order })
      const split = parts.reduce((total, { minor }) => total + minor, 0)
      assert.equal(split + leftMinor, amountMinor)
      const after = withRefund(all, parts, 1)
      assert.equal(
        after.every(
          (tender) => tender.refundedMinor <= tender.capturedMinor - tender.refundedBeforeMinor,
        ),
        true,
      )
      assert.deepEqual(withRefund(after, parts, -1), all)
      if (leftMinor > 0)
        assert.equal(
          after.every((tender) => refundable(tender) === 0),
          true,
        )
    }),
    runs(5_000),
  )
})

const two: readonly TenderState[] = [
  {
    paymentId: 'gift',
    method: 'gift_card',
    capturedMinor: 3_000,
    refundedBeforeMinor: 0,
    refundedMinor: 0,
  },
  {
    paymentId: 'card',
    method: 'card',
    capturedMinor: 9_000,
    refundedBeforeMinor: 0,
    refundedMinor: 0,
  },
]

test('the order of payments decides which one gives back first', () => {
  const first = (order: RefundOrder) =>
    splitRefund({ tenders: two, amountMinor: 1_000, order }).parts[0]?.paymentId
  assert.deepEqual(orders.map(first), ['card', 'gift', 'gift'])
  assert.equal(splitRefund({ tenders: two, amountMinor: 1_000 }).parts[0]?.paymentId, 'card')
})

test('what other returns have taken of a payment is not given back here', () => {
  const [, card] = withinRoom(two, { payments: { card: 2_500 } })
  assert.equal(card && refundable(card), 2_500)
  assert.equal(withinRoom(two, undefined), two)
})
