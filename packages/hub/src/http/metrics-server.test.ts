import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMetrics } from '../platform/metrics.ts'
import { startMetricsServer } from './metrics-server.ts'

test('the port for figures serves figures to whoever reaches it, and nothing else', async () => {
  const metrics = createMetrics()
  metrics.counter({ name: 'backhaul_test_total', help: 'x' }).add()
  const server = await startMetricsServer({ host: '127.0.0.1', port: 0, metrics })
  try {
    const answer = await fetch(server.url)
    assert.equal(answer.status, 200)
    assert.match(await answer.text(), /^backhaul_test_total 1$/m)
    for (const path of ['/', '/api/v1/me', '/metrics/x']) {
      assert.equal((await fetch(new URL(path, server.url))).status, 404)
    }
    assert.equal((await fetch(server.url, { method: 'POST' })).status, 404)
  } finally {
    await server.close()
  }
})
