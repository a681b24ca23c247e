import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { directFetch } from '../../../test-odoo/connection.ts'
import { caseNo, type ShopStage, stages } from '../shop-stage.test.ts'

const open = stages()

const refund = (changes: object = {}) => ({
  about: { company: 'main', orderRefs: ['#1001'] },
  refundId: 'credit-1-0-refund',
  creditId: 'credit-1-0',
  method: 'card_refund',
  amount: { amount: '29.90', currency: 'USD' },
  ...changes,
})

function ordered({ double }: ShopStage, payments?: { gateway: string; minor: number }[]): void {
  const lines = [{ sku: 'PUMP-12V', quantity: 2, priceMinor: 2_990 }]
  double.people.order({ name: '#1001', lines, ...(payments ? { payments } : {}) })
}

function paidBack({ double }: ShopStage): number[] {
  return double.books().flatMap(({ kind, minor }) => (kind === 'refunded' ? [minor ?? 0] : []))
}

describe('a refund', () => {
  test('goes back on the payment of the order, with our number in its note', async () => {
    const stage = await open()
    ordered(stage)
    const { externalId, events = [] } = await stage.deliver('refund.issue', refund())
    assert.match(externalId ?? '', /^gid:\/\/shopify\/Refund\//)
    assert.deepEqual(
      events.map(({ type }) => type),
      ['refund.settled'],
    )
    assert.deepEqual(paidBack(stage), [2_990])
    assert.equal(stage.double.books().at(-1)?.caseNo, caseNo)
  })

  test('is made once: also where its answer never came, under another key, and a day later', async () => {
    const stage = await open()
    ordered(stage)
    const lost: typeof directFetch = async (url, request) => {
      const isRefund = String(request.body).includes('refundCreate')
      if (isRefund) stage.double.faults.set([{ fault: 'cut_after', times: 1 }])
      return directFetch(url, request)
    }
    assert.equal(await stage.readBack('refund.issue', refund()), 'absent')
    await assert.rejects(stage.deliver('refund.issue', refund(), { fetch: lost }), {
      name: 'UnknownOutcomeError',
    })
    assert.equal(await stage.readBack('refund.issue', refund()), 'applied')
    await stage.deliver('refund.issue', refund())
    await stage.deliver('refund.issue', refund(), { key: 'case-1:9:replayed' })
    stage.clock.now = new Date(stage.clock.now.getTime() + 48 * 60 * 60 * 1_000)
    await stage.deliver('refund.issue', refund())
    assert.deepEqual(paidBack(stage), [2_990])
  })

  test('of one key that two workers send at once is one refund', async () => {
    const stage = await open()
    ordered(stage)
    await Promise.all([1, 2, 3].map(() => stage.deliver('refund.issue', refund())))
    assert.deepEqual(paidBack(stage), [2_990])
  })

  test('is split over the payments, the latest first', async () => {
    const stage = await open()
    ordered(stage, [
      { gateway: 'shopify_payments', minor: 3_980 },
      { gateway: 'gift_card', minor: 2_000 },
    ])
    const body = refund({ amount: { amount: '45.00', currency: 'USD' } })
    await stage.deliver('refund.issue', body)
    assert.deepEqual(paidBack(stage), [4_500])
  })

  test('is never above what was paid and is left, also after a refund by hand', async () => {
    const stage = await open()
    ordered(stage)
    stage.double.people.refundByHand({ order: '#1001', minor: 4_000 })
    await assert.rejects(stage.deliver('refund.issue', refund()), {
      code: 'REFUND_ABOVE_PAID',
      exception: 'FN04',
    })
    assert.deepEqual(paidBack(stage), [4_000])
  })

  test('in another currency than the order is not guessed at', async () => {
    const stage = await open()
    ordered(stage)
    const body = refund({ amount: { amount: '29.90', currency: 'EUR' } })
    await assert.rejects(stage.deliver('refund.issue', body), {
      code: 'CURRENCY_MISMATCH',
      exception: 'FN01',
    })
  })

  test('of an order that the shop does not have is for a person', async () => {
    const stage = await open()
    await assert.rejects(stage.deliver('refund.issue', refund()), {
      code: 'ORDER_NOT_FOUND',
      exception: 'FN05',
    })
  })

  test('that the provider takes its time for is released, and one that it refuses has failed', async () => {
    for (const [status, told] of [
      ['PENDING', 'refund.released'],
      ['FAILURE', 'refund.failed'],
    ] as const) {
      const stage = await open()
      ordered(stage)
      stage.double.people.nextRefund({ status })
      const { events = [] } = await stage.deliver('refund.issue', refund())
      assert.deepEqual(
        events.map(({ type }) => type),
        [told],
      )
    }
  })

  test('to store credit takes nothing from the payments', async () => {
    const stage = await open()
    ordered(stage)
    await stage.deliver('refund.issue', refund({ method: 'store_credit' }))
    const whole = refund({ refundId: 'R-2', amount: { amount: '59.80', currency: 'USD' } })
    await stage.deliver('refund.issue', whole, { key: 'case-1:2:refund_issue' })
    assert.deepEqual(paidBack(stage), [2_990, 5_980])
  })
})
