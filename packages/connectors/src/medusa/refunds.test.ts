import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { bought, deliver, payBack, readBack, shop, wait } from './shop-scene.test.ts'

describe('a refund', () => {
  test('is paid once, and found by its note', async () => {
    const order = bought()
    assert.equal(await readBack(payBack(order, '59.50')), 'absent')
    const first = await deliver(payBack(order, '59.50'))
    const again = await deliver(payBack(order, '59.50'))
    assert.equal(again.externalId, first.externalId)
    assert.equal(first.events?.[0]?.type, 'refund.settled')
    assert.equal(await readBack(payBack(order, '59.50')), 'applied')
    assert.equal(shop.shop.paidOutMinor, 5_950)
  })

  test('whose answer was lost is not paid again', async () => {
    const order = bought()
    shop.faults.set([{ method: 'POST', path: '/refund$', fault: 'cut_after', times: 1 }])
    await assert.rejects(deliver(payBack(order, '10.00')), { kind: 'unknown' })
    assert.equal(await readBack(payBack(order, '10.00')), 'applied')
    await deliver(payBack(order, '10.00'))
    assert.equal(shop.shop.paidOutMinor, 1_000)
  })

  test('that waits for its provider is neither done nor made again', async () => {
    const order = bought()
    await deliver(payBack(order, '10.00'))
    const [made] = shop.shop.order(order.id).refunds
    assert.ok(made)
    // The order's transaction comes last: this is how it stands before.
    made.isBooked = false
    assert.equal(await readBack(payBack(order, '10.00')), 'undetermined')
    await assert.rejects(deliver(payBack(order, '10.00')), { code: 'REFUND_UNDER_WAY' })
    wait(3_600)
    await assert.rejects(deliver(payBack(order, '10.00')), { code: 'REFUND_UNCLEAR' })
    assert.equal(shop.shop.paidOutMinor, 1_000)
  })

  test('above what is left, or in another currency, is refused before it is asked for', async () => {
    const order = bought()
    await assert.rejects(deliver(payBack(order, '178.51')), { code: 'REFUND_ABOVE_CAPTURED' })
    await assert.rejects(deliver(payBack(order, '10.00', 'USD')), { code: 'CURRENCY_MISMATCH' })
  })

  test('that the provider refuses is tried again, since the shop says no more than 500', async () => {
    const order = bought()
    shop.people.setProvider({ provider: 'refuses' })
    await assert.rejects(deliver(payBack(order, '10.00')), { kind: 'retryable' })
  })
})
