import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { bought, deliver, line, news, readBack, returnsOf, shop } from './shop-scene.test.ts'

const restocked = { code: 'restock_a', quantity: '1' } as const
const scrapped = { code: 'scrap', quantity: '1' } as const

describe('a return that was asked for elsewhere', () => {
  test('is made in the shop once, under our number', async () => {
    const order = bought()
    const first = await deliver(news(order))
    assert.deepEqual(await deliver(news(order)), first)
    assert.deepEqual(returnsOf(order), [['requested', [2, 0, 0]]])
    assert.deepEqual(first.refs, [{ type: 'return', value: first.externalId }])
    assert.equal(
      shop.shop.aReturn(first.externalId ?? '').metadata?.['hub_case_no'],
      'RMA-000001-7',
    )
    assert.equal(shop.shop.order(order.id).metadata?.['hub_case_status'], 'authorized')
  })

  test('is finished and not made again, wherever the first attempt broke off', async () => {
    for (const path of ['/returns$', '/request-items$', '/request$', '/orders/[^/]+$']) {
      for (const fault of ['cut_before', 'cut_after'] as const) {
        const order = bought()
        shop.faults.set([{ method: 'POST', path, fault, times: 1 }])
        await assert.rejects(deliver(news(order)), { kind: 'unknown' }, path)
        const state = await readBack(news(order))
        if (state === 'absent') await deliver(news(order))
        assert.deepEqual(returnsOf(order), [['requested', [2, 0, 0]]], `${path} ${fault}`)
      }
    }
  })

  test('is not made where the connection says so, and without goods to come', async () => {
    const order = bought()
    await deliver(news(order, { config: { createReturns: false } }))
    await deliver(news(order, { lines: [line({ authorized: '0' })], version: 2 }))
    assert.deepEqual(returnsOf(order), [])
  })

  test('waits while somebody changes the order', async () => {
    const order = bought()
    shop.people.beginEdit({ order: order.id })
    await assert.rejects(deliver(news(order)), { kind: 'retryable', code: 'ORDER_BUSY' })
    shop.people.endEdit({ order: order.id })
    await deliver(news(order))
    assert.deepEqual(returnsOf(order), [['requested', [2, 0, 0]]])
  })

  test('is canceled with the case, and stays where goods have come', async () => {
    const order = bought()
    await deliver(news(order))
    await deliver(news(order, { headline: 'canceled', version: 2 }))
    assert.deepEqual(returnsOf(order), [['canceled', [2, 0, 0]]])
    const other = bought()
    const { externalId = '' } = await deliver(news(other))
    shop.people.receive({ return: externalId, lines: [{ sku: 'PUMP-12V', quantity: 1 }] })
    await deliver(news(other, { headline: 'canceled', version: 2 }))
    assert.deepEqual(returnsOf(other), [['partially_received', [2, 1, 0]]])
  })
})

describe('what came in', () => {
  test('is booked in once it is known what becomes of it: restocked, or dismissed', async () => {
    const order = bought()
    await deliver(news(order))
    await deliver(
      news(order, { headline: 'received', lines: [line({ received: '2' })], version: 2 }),
    )
    assert.deepEqual(returnsOf(order), [['requested', [2, 0, 0]]])
    const one = line({ received: '2', dispositions: [restocked] })
    await deliver(news(order, { headline: 'inspected', lines: [one], version: 3 }))
    const both = line({ received: '2', dispositions: [restocked, scrapped] })
    await deliver(news(order, { headline: 'inspected', lines: [both], version: 4 }))
    assert.deepEqual(returnsOf(order), [['partially_received', [2, 1, 1]]])
    assert.equal(shop.shop.stock.get('PUMP-12V'), 1)
  })

  test('can be booked in as it comes, or not at all', async () => {
    const lines = [line({ received: '2' })]
    const [first, second] = [bought(), bought()]
    await deliver(news(first, { lines, config: { receive: 'receipt' } }))
    await deliver(news(second, { lines, config: { receive: 'never' } }))
    assert.deepEqual(returnsOf(first), [['received', [2, 2, 0]]])
    assert.deepEqual(returnsOf(second), [['requested', [2, 0, 0]]])
  })

  test('is booked in once, wherever the first attempt broke off', async () => {
    const lines = [line({ received: '2', dispositions: [restocked, scrapped] })]
    for (const path of ['/receive$', '/receive-items$', '/dismiss-items$', '/confirm$']) {
      for (const fault of ['cut_before', 'cut_after'] as const) {
        const order = bought()
        await deliver(news(order))
        const told = () => news(order, { headline: 'inspected', lines, version: 2 })
        shop.faults.set([{ method: 'POST', path, fault, times: 1 }])
        await assert.rejects(deliver(told()), { kind: 'unknown' }, path)
        assert.equal(await readBack(told()), 'absent')
        await deliver(told())
        assert.deepEqual(returnsOf(order), [['partially_received', [2, 1, 1]]], `${path} ${fault}`)
      }
    }
  })

  test('is not booked again where people have done so, nor above what was asked for', async () => {
    const order = bought()
    const { externalId = '' } = await deliver(news(order))
    shop.people.receive({ return: externalId, lines: [{ sku: 'PUMP-12V', quantity: 1 }] })
    const lines = [line({ received: '3', dispositions: [{ code: 'restock_a', quantity: '3' }] })]
    await deliver(news(order, { headline: 'inspected', lines, version: 2 }))
    assert.deepEqual(returnsOf(order), [['received', [2, 2, 0]]])
  })

  test('is told no more once newer news was', async () => {
    const order = bought()
    await deliver(news(order, { version: 5 }))
    const lines = [line({ received: '2', dispositions: [restocked] })]
    await deliver(news(order, { lines, version: 4 }))
    assert.deepEqual(returnsOf(order), [['requested', [2, 0, 0]]])
  })
})
