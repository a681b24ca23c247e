import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createMetrics } from './metrics.ts'

describe('metrics', () => {
  test('count by the values that a label lists, and everything else as other', async () => {
    const metrics = createMetrics()
    const messages = metrics.counter({
      name: 'backhaul_messages_total',
      help: 'Messages by how they ended.',
      labels: { outcome: ['applied', 'parked'] },
    })
    messages.add({ outcome: 'applied' }, 3)
    messages.add({ outcome: "x'; drop table" })
    const text = await metrics.text()
    assert.match(text, /backhaul_messages_total\{outcome="applied"\} 3/)
    assert.match(text, /backhaul_messages_total\{outcome="other"\} 1/)
  })

  test('keep as many values of an open label as it allows', async () => {
    const metrics = createMetrics()
    const seconds = metrics.histogram({
      name: 'backhaul_delivery_seconds',
      help: 'How long deliveries take.',
      labels: { connection: { max: 2 } },
      buckets: [1],
    })
    for (const connection of ['a', 'b', 'c', 'd', 'a']) seconds.observe(0.5, { connection })
    const text = await metrics.text()
    assert.match(text, /_count\{connection="a"\} 2/)
    assert.match(text, /_count\{connection="other"\} 2/)
    assert.doesNotMatch(text, /connection="c"/)
  })

  test('read a gauge when they are scraped, without the values that are gone', async () => {
    const metrics = createMetrics()
    let depth: Record<string, number> = { a: 1, b: 2 }
    metrics.gauge({
      name: 'backhaul_ready_rows',
      help: 'Rows that wait.',
      labels: { connection: { max: 10 } },
      collect: (gauge) => {
        gauge.clear()
        for (const [connection, rows] of Object.entries(depth)) gauge.set(rows, { connection })
      },
    })
    assert.match(await metrics.text(), /backhaul_ready_rows\{connection="b"\} 2/)
    depth = { a: 5 }
    const text = await metrics.text()
    assert.match(text, /backhaul_ready_rows\{connection="a"\} 5/)
    assert.doesNotMatch(text, /connection="b"/)
  })
})
