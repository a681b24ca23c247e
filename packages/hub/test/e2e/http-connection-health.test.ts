import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  connectionHealth,
  connectionHealthDetail,
} from '../../src/http/schemas/connection-health.ts'
import { createTryCounter } from '../../src/pipeline/vitals/try-counter.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { itemsOf, type Json, startTestHub, type TestHub } from '../support/hub.ts'

type Tried = Parameters<ReturnType<typeof createTryCounter>['tried']>[0]

function tried(kind: 'delivered' | 'retryable', delayMs: number | null, durationMs = 40): Tried {
  const outcome = { kind } as unknown as Tried['outcome']
  const delivery = { connectionId: 'erp' } as unknown as Tried['delivery']
  return { outcome, delivery, durationMs, delayMs }
}

describe('how connections do', () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub()
  })
  after(() => hub.close())

  async function healthOfErp(): Promise<Json> {
    const answer = await hub.request('GET', '/api/v1/connection-health', { as: 'auditor' })
    assert.equal(answer.status, 200)
    const [first] = itemsOf(answer)
    assert.deepEqual(connectionHealth.parse(first), first)
    return first ?? {}
  }

  test('tells of the tries of all processes, by hour, and of what is left to send', async () => {
    const { pool, connections } = hub
    const counters = ['one', 'two'].map((nodeName) =>
      createTryCounter({ pool, connections, clock: systemClock, nodeName }),
    )
    for (const counter of counters) {
      for (let count = 0; count < 9; count += 1) counter.tried(tried('delivered', null))
      counter.tried(tried('retryable', 1_000, 4_000))
      await counter.write()
    }
    const health = await healthOfErp()
    const tries = health['tries'] as Json
    assert.deepEqual([tries['count'], tries['delivered'], tries['failed']], [20, 18, 2])
    assert.equal((tries['hours'] as Json[]).length, 1)
    assert.ok(Number(tries['p50Ms']) <= 50 && Number(tries['p95Ms']) > 2_500)
    assert.deepEqual([health['state'], health['reasons']], ['degraded', ['tries_fail']])
    assert.equal((health['breaker'] as Json)['seenBy'], 'two')
    assert.notEqual(health['lastDeliveredAt'], null)
  })

  test('keeps what could not be written, and counts it once', async () => {
    let fails = true
    const pool = {
      query: (...given: [never, never]) =>
        fails ? Promise.reject(new Error('away')) : hub.pool.query(...given),
    } as unknown as TestHub['pool']
    const { connections } = hub
    const counter = createTryCounter({ pool, connections, clock: systemClock, nodeName: 'one' })
    const earlier = (await healthOfErp())['tries'] as Json
    counter.tried(tried('delivered', null))
    await assert.rejects(counter.write())
    counter.tried(tried('delivered', null))
    fails = false
    await counter.write()
    await counter.write()
    const then = (await healthOfErp())['tries'] as Json
    assert.equal(Number(then['count']) - Number(earlier['count']), 2)
  })

  test('tells of one with what was done to it, and who did it', async () => {
    await hub.request('POST', '/api/v1/connections/erp/pause', { body: { reason: 'Stocktaking.' } })
    const { json } = await hub.request('GET', '/api/v1/connections/erp/health')
    assert.deepEqual(connectionHealthDetail.parse(json), json)
    const health = json['health'] as Json
    assert.deepEqual([health['state'], health['stateReason']], ['paused', 'Stocktaking.'])
    const [last, ...others] = json['changes'] as Json[]
    assert.equal(last?.['action'], 'connection.paused')
    assert.match(String(last?.['actor']), /^key:/)
    assert.equal(others.at(-1)?.['action'], 'connection.created')
    assert.doesNotMatch(JSON.stringify(json), /whsec_/)
    await hub.request('POST', '/api/v1/connections/erp/resume')
  })

  test('is for those who may read connections', async () => {
    for (const as of ['agent', 'warehouse', 'finance', 'machine'] as const) {
      const answer = await hub.request('GET', '/api/v1/connection-health', { as })
      assert.equal(answer.status, 403)
    }
    const unknown = await hub.request('GET', '/api/v1/connections/none/health')
    assert.equal(unknown.status, 404)
  })
})
