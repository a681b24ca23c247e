import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { bought, caseNo, deliver, deliveryOf, shop, tell } from './shop-scene.test.ts'

describe('news of a return', () => {
  test('stands in the order once, as a note and in its meta', async () => {
    const { id } = bought()
    await tell(id)
    await tell(id)
    const order = shop.shop.order(id)
    assert.deepEqual(
      order.notes.map(({ isForCustomer }) => isForCustomer),
      [true],
    )
    assert.match(order.notes[0]?.note ?? '', /^Received 2 of 2\. \[RMA-000001-7 [0-9a-f]{12}\]$/)
    const meta = Object.fromEntries(order.meta.map(({ key, value }) => [key, value]))
    assert.equal(meta['_hub_case_no'], caseNo)
    assert.equal(meta['_hub_case_status'], 'received')
  })

  test('that is older than what was told is told no more', async () => {
    const { id } = bought()
    await tell(id, { version: 5 })
    await tell(id, { version: 4 })
    assert.equal(shop.shop.order(id).notes.length, 1)
  })

  test('leaves no second note where the rest of it was lost', async () => {
    const { id } = bought()
    shop.faults.set([{ method: 'PUT', fault: 'unavailable', times: 1 }])
    await assert.rejects(tell(id), { kind: 'retryable' })
    await tell(id)
    assert.equal(shop.shop.order(id).notes.length, 1)
  })

  test('finds the order by the number that other systems know', async () => {
    bought()
    const { id } = shop.people.placeOrder({
      number: '2026-77',
      lines: [{ sku: 'A', quantity: 1, totalMinor: 1_000 }],
    })
    const target = [{ system: 'erp', type: 'order', value: 'WEB-2026-77' }]
    const body = { target, headline: 'authorized', sentence: 'Send it back.' }
    const config = { orderNumbers: { prefix: 'WEB-' } }
    await deliver(deliveryOf('channel.update', body, { config }))
    assert.equal(shop.shop.order(id).notes.length, 1)
    const strange = [{ system: 'erp', type: 'order', value: 'WEB-9' }]
    await assert.rejects(deliver(deliveryOf('channel.update', { ...body, target: strange })), {
      code: 'ORDER_NOT_FOUND',
    })
  })
})
