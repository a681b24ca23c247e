import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { noDial } from '@backhaul/sdk/testing'
import { startRecordingSink } from '@backhaul/simulator'
import { directFetch } from '../../test-odoo/connection.ts'
import medusa from './index.ts'
import {
  bodyOf,
  bought,
  configured,
  deliver,
  line,
  look,
  news,
  now,
  payBack,
  shop,
  wait,
} from './shop-scene.test.ts'

const pumps = (quantity: number) => [{ sku: 'PUMP-12V', quantity }]

describe('what the shop is asked for', () => {
  test('brings a return that a customer asked for, and its end', async () => {
    const order = bought()
    const { id } = shop.people.requestReturn({
      order: order.id,
      lines: [{ sku: 'PUMP-12V', quantity: 1, reason: 'faulty', note: 'Does not start.' }],
    })
    const first = await look()
    const [asked] = first.messages
    const body = asked?.body as { order: { ref: string }; return: { lines: object[] } }
    assert.equal(asked?.topic, 'return')
    assert.equal(body.order.ref, String(order.displayId))
    assert.deepEqual(
      body.return.lines.map((one) => ({ ...one, variant: null })),
      [
        {
          lineNo: 1,
          item: order.items[0],
          sku: 'PUMP-12V',
          variant: null,
          quantity: '1',
          reason: 'faulty',
          note: 'Does not start.',
        },
      ],
    )
    wait(300)
    shop.people.cancel({ return: id })
    const later = await look(first.cursor)
    assert.equal(
      bodyOf<{ return: { isCanceled: boolean } }>(later.messages[0]).return.isCanceled,
      true,
    )
  })

  test('brings each receipt of people, also one that does not change the return', async () => {
    const order = bought()
    const { id } = shop.people.requestReturn({ order: order.id, lines: pumps(3) })
    let { cursor } = await look()
    const receipts: unknown[] = []
    for (const isDamaged of [false, true, true]) {
      wait(300)
      shop.people.receive({ return: id, lines: [{ sku: 'PUMP-12V', quantity: 1, isDamaged }] })
      const seen = await look(cursor)
      cursor = seen.cursor
      const told = seen.messages.filter(({ topic }) => topic === 'receipt').at(-1)
      receipts.push(
        bodyOf<{ receipt: { lines: { condition: string }[] } }>(told).receipt.lines[0]?.condition,
      )
    }
    assert.deepEqual(receipts, ['ok', 'item_damaged', 'item_damaged'])
    assert.equal(shop.shop.aReturn(id).status, 'partially_received')
  })

  test('brings no receipt of ours, and no draft', async () => {
    const order = bought()
    await deliver(news(order))
    const lines = [line({ received: '1', dispositions: [{ code: 'restock_a', quantity: '1' }] })]
    await deliver(news(order, { lines, version: 2 }))
    const drafted = bought()
    shop.faults.set([{ path: '/request-items$', fault: 'unavailable', times: 1 }])
    await assert.rejects(deliver(news(drafted)), { kind: 'retryable' })
    const { messages } = await look()
    assert.deepEqual(
      messages.map(({ topic, body }) => [topic, (body as { order: { id: string } }).order.id]),
      [['return', order.id]],
    )
  })

  test('brings refunds of people and of ours, told apart', async () => {
    const order = bought()
    shop.people.refund({ order: order.id, amountMinor: 500, note: 'Called us' })
    await deliver(payBack(order, '10.00'))
    const { messages } = await look()
    const refunds = messages.map(({ body }) => {
      const { amount, ours } = (body as { refund: { amount: string; ours: object | null } }).refund
      return { amount, ours }
    })
    assert.deepEqual(refunds, [
      { amount: '5', ours: null },
      { amount: '10', ours: { caseNo: 'RMA-000001-7', refundId: 'F-1' } },
    ])
  })

  test('leaves no order out, though one changes while it is read', async () => {
    const orders = Array.from({ length: 5 }, () => bought())
    for (const { id } of orders) shop.people.requestReturn({ order: id, lines: pumps(1) })
    const { messages } = await look()
    assert.equal(messages.length, 5)
  })
})

describe('a subscriber of the shop', () => {
  test('sends what wakes the poll, with the secret that both know', async () => {
    const hub = await startRecordingSink()
    const webhookSecret = 'the-subscriber-and-the-hub-share-this'
    shop.subscribe({ url: hub.url, secret: webhookSecret })
    shop.people.requestReturn({ order: bought().id, lines: pumps(1) })
    await shop.webhooks.settled()
    const [sent] = hub.requests()
    await hub.close()
    assert.ok(sent)
    const event = medusa.webhooks['event']
    const given = {
      method: 'POST',
      url: sent.path,
      headers: sent.headers,
      rawBody: sent.body,
      secrets: [webhookSecret],
      now: now(),
    }
    assert.equal(event?.verify(given).ok, true)
    assert.equal(event?.read(given).ok, true)
    assert.equal(event?.wakesPoll, 'changes')
  })
})

describe('a test of the connection', () => {
  const check = async (changes: object) =>
    medusa.check?.({
      config: configured(changes),
      fetch: directFetch,
      dial: noDial,
      signal: new AbortController().signal,
      now: now(),
    })

  test('says which shop it is, and what would be better', async () => {
    const report = await check({ location: undefined })
    assert.equal(report?.account, `Example Shop, ${shop.url}`)
    assert.equal(report?.notes?.length, 2)
    await assert.rejects(check({ secretKey: 'sk_fedcba9876543210' }), { code: 'AUTH_REJECTED' })
  })
})
