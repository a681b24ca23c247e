import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { PollPage } from '@backhaul/sdk/connector'
import { noDial } from '@backhaul/sdk/testing'
import { directFetch } from '../../test-odoo/connection.ts'
import woocommerce from './index.ts'
import { bodyOf, bought, configured, look, now, shop, wait } from './shop-scene.test.ts'

describe('what an order says of a return', () => {
  test('comes by its status, its meta or a note, with what is asked for', async () => {
    const [byStatus, byMeta, byNote] = [bought(), bought(), bought()]
    bought()
    wait(5)
    shop.people.requestReturn({ order: byStatus.id, by: 'status' })
    const request = {
      id: 'RR-1',
      reason: 'faulty',
      lines: [{ item_id: byMeta.items[0], quantity: '1', text: 'Does not start.' }],
    }
    shop.people.requestReturn({ order: byMeta.id, by: 'meta', request: JSON.stringify(request) })
    shop.people.requestReturn({
      order: byNote.id,
      by: 'note',
      note: 'Return request: does not fit',
    })
    const { messages } = await look({ requests: { note: 'return request:' } })
    const asked = messages.map(({ topic, body }) => {
      const { ref, lines } = (body as { request: { ref: string; lines: object[] } }).request
      return { topic, ref, lines: lines.map((line) => Object.values(line).slice(2)) }
    })
    const hose = (id: number) => String(shop.shop.order(id).items[1]?.productId)
    const pump = (id: number) => String(shop.shop.order(id).items[0]?.productId)
    assert.deepEqual(asked, [
      {
        topic: 'return-request',
        ref: String(byStatus.id),
        lines: [
          ['PUMP-12V', 'PUMP-12V', pump(byStatus.id), '2', null, null, null],
          ['Hose', null, hose(byStatus.id), '1', null, null, null],
        ],
      },
      {
        topic: 'return-request',
        ref: `${byMeta.id}/RR-1`,
        lines: [['PUMP-12V', 'PUMP-12V', pump(byMeta.id), '1', 'faulty', 'Does not start.', null]],
      },
      {
        topic: 'return-request',
        ref: String(byNote.id),
        lines: [
          ['PUMP-12V', 'PUMP-12V', pump(byNote.id), '2', null, 'does not fit', null],
          ['Hose', null, hose(byNote.id), '1', null, 'does not fit', null],
        ],
      },
    ])
  })

  test('asks for no line where the plugin wrote what cannot be read, so that a person looks', async () => {
    const { id } = bought()
    shop.people.requestReturn({ order: id, by: 'meta', request: '{"lines":' })
    const { messages } = await look()
    assert.deepEqual(bodyOf<{ request: { lines: object[] } }>(messages[0]).request.lines, [])
  })

  test('is the same message again, whatever else changes in the order, and news when it changes', async () => {
    const { id } = bought()
    shop.people.requestReturn({ order: id, by: 'meta', request: { id: 'RR-1' } })
    const first = await look()
    wait(300)
    shop.shop.addNote(shop.shop.order(id), 'Packed.', false)
    shop.shop.touch(shop.shop.order(id))
    const again = await look({}, first.cursor)
    assert.deepEqual(again.messages, first.messages)
    wait(300)
    const request = { id: 'RR-1', canceled: true }
    shop.people.requestReturn({ order: id, by: 'meta', request })
    const later = await look({}, again.cursor)
    assert.notEqual(later.messages[0]?.messageId, first.messages[0]?.messageId)
  })

  test('is left out by no page, though an order changes while it is read', async () => {
    const orders = Array.from({ length: 5 }, () => bought().id)
    for (const order of orders) shop.people.requestReturn({ order, by: 'status' })
    const pull = woocommerce.polls['changes']?.pull
    const seen = new Set<number>()
    let cursor: string | null = null
    for (let count = 0; ; count += 1) {
      const page: PollPage | undefined = await pull?.({
        config: configured(),
        fetch: directFetch,
        dial: noDial,
        signal: new AbortController().signal,
        cursor,
        limit: 2,
        now: now(),
      })
      assert.ok(page && count < 20)
      for (const { body } of page.messages) seen.add((body as { order: { id: number } }).order.id)
      wait(1)
      if (count === 0) shop.shop.touch(shop.shop.order(orders[0] ?? 0))
      cursor = page.cursor
      if (!page.hasMore) break
    }
    assert.deepEqual(
      [...seen].toSorted((a, b) => a - b),
      orders,
    )
  })
})
