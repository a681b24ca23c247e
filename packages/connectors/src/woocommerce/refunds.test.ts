import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  bodyOf,
  bought,
  caseNo,
  deliver,
  look,
  payBack,
  readBack,
  shop,
  wait,
} from './shop-scene.test.ts'

describe('a refund', () => {
  test('that people make is told with its goods, and whether the gateway paid', async () => {
    const { id, items } = bought()
    shop.people.refund({
      order: id,
      amountMinor: 5_950,
      reason: 'Called us',
      lines: [{ sku: 'PUMP-12V', quantity: 1, totalMinor: 5_000 }],
    })
    const { messages } = await look()
    const { refund } = bodyOf<{ refund: Record<string, unknown> }>(messages[0])
    assert.equal(refund['amount'], '59.5')
    assert.equal(refund['ours'], null)
    assert.equal(refund['isPaidByGateway'], false)
    const [line] = refund['lines'] as Record<string, unknown>[]
    assert.deepEqual(
      [line?.['item'], line?.['quantity'], line?.['sku']],
      [items[0], '1', 'PUMP-12V'],
    )
  })

  test('of ours asks the gateway once, and restocks nothing', async () => {
    const { id } = bought()
    const before = shop.shop.stock.get('PUMP-12V')
    const command = payBack(id, '59.50')
    assert.equal(await readBack(command), 'absent')
    const first = await deliver(command)
    const again = await deliver(command)
    assert.equal(again.externalId, first.externalId)
    assert.equal(first.events?.[0]?.type, 'refund.settled')
    assert.equal(shop.shop.paidOutMinor, 5_950)
    assert.equal(shop.shop.stock.get('PUMP-12V'), before)
    assert.equal(await readBack(command), 'applied')
    const { messages } = await look()
    assert.deepEqual(bodyOf<{ refund: { ours: object } }>(messages[0]).refund.ours, {
      caseNo,
      refundId: 'F-1',
    })
  })

  test('whose answer was lost is found, and not made again', async () => {
    const { id } = bought()
    const refunds = { method: 'POST', path: '/refunds$' }
    shop.faults.set([{ ...refunds, fault: 'cut_after', times: 1 }])
    await assert.rejects(deliver(payBack(id, '10.00')), { kind: 'unknown' })
    assert.equal(await readBack(payBack(id, '10.00')), 'applied')
    await deliver(payBack(id, '10.00'))
    assert.equal(shop.shop.order(id).refunds.length, 1)
  })

  test('that waits for its gateway is neither done nor made again', async () => {
    const { id } = bought()
    await deliver(payBack(id, '10.00'))
    const [made] = shop.shop.order(id).refunds
    assert.ok(made)
    // The meta comes last, and the gateway's word before it: this is how it stands in between.
    made.meta.length = 0
    made.isPaid = false
    assert.equal(await readBack(payBack(id, '10.00')), 'undetermined')
    await assert.rejects(deliver(payBack(id, '10.00')), {
      kind: 'retryable',
      code: 'REFUND_UNDER_WAY',
    })
    wait(3_600)
    await assert.rejects(deliver(payBack(id, '10.00')), {
      kind: 'terminal',
      code: 'REFUND_UNCLEAR',
    })
    assert.equal(shop.shop.order(id).refunds.length, 1)
  })

  test('that the gateway refuses needs a person, though the shop answers 500', async () => {
    const { id } = bought()
    shop.people.setGateway({ gateway: 'refuses' })
    await assert.rejects(deliver(payBack(id, '10.00')), {
      kind: 'terminal',
      code: 'REFUND_REFUSED',
    })
    shop.people.setGateway({ gateway: 'pays' })
    await assert.rejects(deliver(payBack(id, '1000.00')), { code: 'REFUND_REFUSED' })
    assert.equal(shop.shop.paidOutMinor, 0)
  })

  test('in another currency than the order is refused, and one that is only booked pays nothing', async () => {
    const dollars = shop.people.placeOrder({
      currency: 'USD',
      lines: [{ sku: 'A', quantity: 1, totalMinor: 1_000 }],
    })
    await assert.rejects(deliver(payBack(dollars.id, '10.00')), { code: 'CURRENCY_MISMATCH' })
    const { id } = bought()
    const booked = await deliver(payBack(id, '10.00', { config: { apiRefund: false } }))
    assert.equal(booked.events, undefined)
    assert.equal(shop.shop.paidOutMinor, 0)
  })
})
