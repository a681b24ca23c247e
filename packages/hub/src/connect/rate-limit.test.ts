import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { manualClock } from '../../test/support/manual-clock.ts'
import { createRateLimit, type RateLimit } from './rate-limit.ts'

describe('a rate limit', () => {
  test('lets the first request out at once and spaces the others evenly', () => {
    const limit = createRateLimit({ requestsPerMinute: 60, clock: manualClock() })
    const waits = Array.from({ length: 4 }, () => limit.reserve(Infinity))
    assert.deepEqual(waits, [0, 1_000, 2_000, 3_000])
  })

  test('takes nothing when the wait would be too long', () => {
    const clock = manualClock()
    const limit = createRateLimit({ requestsPerMinute: 60, clock })
    assert.equal(limit.reserve(500), 0)
    assert.equal(limit.reserve(500), null)
    clock.advance(500)
    assert.equal(limit.reserve(500), 500)
  })

  test('tells the wait without taking a place', () => {
    const limit = createRateLimit({ requestsPerMinute: 60, clock: manualClock() })
    assert.equal(limit.waitMs(), 0)
    limit.reserve(0)
    assert.equal(limit.waitMs(), 1_000)
    assert.equal(limit.waitMs(), 1_000)
  })

  test('lets a burst of one in a hundred out after a quiet time', () => {
    const clock = manualClock()
    const limit = createRateLimit({ requestsPerMinute: 6_000, clock })
    clock.advance(60_000)
    const waits = Array.from({ length: 62 }, () => limit.reserve(Infinity))
    assert.equal(waits.filter((wait) => wait === 0).length, 60)
    assert.deepEqual(waits.slice(60), [10, 20])
  })

  test('holds everything back for as long as the other side asks, and keeps to the rate afterwards', () => {
    const clock = manualClock()
    const limit = createRateLimit({ requestsPerMinute: 60, clock })
    limit.pauseFor(30_000)
    limit.pauseFor(5_000)
    assert.equal(limit.waitMs(), 30_000)
    assert.equal(limit.reserve(5_000), null)
    clock.advance(30_000)
    assert.equal(limit.pauseLeftMs(), 0)
    assert.deepEqual([limit.reserve(Infinity), limit.reserve(Infinity)], [0, 1_000])
  })

  test('without a limit only pauses hold requests back', () => {
    const clock = manualClock()
    const limit = createRateLimit({ requestsPerMinute: undefined, clock })
    for (let count = 0; count < 100; count += 1) assert.equal(limit.reserve(0), 0)
    limit.pauseFor(1_000)
    assert.equal(limit.reserve(0), null)
    clock.advance(1_000)
    assert.equal(limit.reserve(0), 0)
  })

  test('no window of any length sees more than its share and the burst', () => {
    const arrivals = fc.array(fc.integer({ min: 0, max: 3_000 }), { minLength: 2, maxLength: 200 })
    const rates = fc.integer({ min: 1, max: 100_000 })
    fc.assert(
      fc.property(arrivals, rates, (pauses, requestsPerMinute) => {
        const clock = manualClock()
        const limit = createRateLimit({ requestsPerMinute, clock })
        const starts = pauses.map((ms) => {
          clock.advance(ms)
          return clock.monotonicMs() + (limit.reserve(Infinity) ?? 0)
        })
        const burst = Math.max(1, Math.floor(requestsPerMinute / 100))
        for (let count = 1; count <= starts.length; count += 1) {
          const first = starts[starts.length - count] ?? 0
          const windowMs = (starts.at(-1) ?? 0) - first + 1
          assert.ok(count <= (windowMs * requestsPerMinute) / 60_000 + burst + 1e-6)
        }
      }),
    )
  })
})

/** A window of `limit` requests that ends `seconds` from now. */
function windowOf(remaining: number, about: { limit?: number; seconds?: number; budget?: string }) {
  const { seconds = 30, ...rest } = about
  return { ...rest, remaining, resetAt: new Date(Date.parse(startedAt) + seconds * 1_000) }
}

const startedAt = '2026-01-01T00:00:00.000Z'

describe('what a system says that it still allows', () => {
  function open(budgets: Record<string, { requestsPerMinute?: number }> = {}) {
    const clock = manualClock(startedAt)
    return { clock, limit: createRateLimit({ requestsPerMinute: undefined, budgets, clock }) }
  }

  /** Sends and gets its answer at once. */
  function send(limit: RateLimit, budget?: string): number | null {
    const waitMs = limit.reserve(0, budget)
    if (waitMs !== null) limit.ended(budget)
    return waitMs
  }

  test('is used up but for a tenth, which is left to others, and held back until the window ends', () => {
    const { clock, limit } = open()
    limit.learn(windowOf(13, { limit: 100 }))
    assert.deepEqual([send(limit), send(limit), send(limit)], [0, 0, 0])
    assert.equal(send(limit), null)
    assert.equal(limit.waitMs(), 30_000)
    clock.advance(29_000)
    assert.equal(limit.waitMs(), 1_000)
    clock.advance(1_000)
    assert.equal(send(limit), 0)
  })

  test('is used up to the last where the system does not say of how much', () => {
    const { limit } = open()
    limit.learn(windowOf(2, {}))
    assert.deepEqual([send(limit), send(limit), send(limit)], [0, 0, null])
  })

  test('is less what is still under way, which the answer may not have counted', () => {
    const { limit } = open()
    for (let count = 0; count < 4; count += 1) limit.reserve(0)
    limit.ended()
    limit.learn(windowOf(5, {}))
    assert.deepEqual([send(limit), send(limit), send(limit)], [0, 0, null])
  })

  test('is what the latest answer says: others of the account use it too', () => {
    const { clock, limit } = open()
    limit.learn(windowOf(90, { limit: 100 }))
    limit.learn(windowOf(4, { limit: 100, seconds: 60 }))
    assert.equal(limit.waitMs(), 60_000)
    limit.learn(windowOf(50, { limit: 100, seconds: 60 }))
    assert.equal(limit.waitMs(), 0)
    limit.learn(windowOf(0, { limit: 100, seconds: -1 }))
    assert.equal(limit.waitMs(), 0, 'a window that is over holds nothing back')
    clock.advance(1)
    assert.equal(send(limit), 0)
  })

  test('comes back steadily where the system says so, as much as a request may cost', () => {
    const { clock, limit } = open()
    const points = { limit: 1_000, cost: 100, perSecond: 50 }
    limit.learn({ ...points, remaining: 300 })
    assert.deepEqual([send(limit), send(limit)], [0, 0])
    // 100 are left, which is the tenth that is kept: 100 more take two seconds.
    assert.equal(limit.waitMs(), 2_000)
    clock.advance(2_000)
    assert.deepEqual([send(limit), send(limit)], [0, null])
    assert.equal(limit.reserve(5_000), 2_000)
    assert.equal(limit.waitMs(), 4_000)
  })

  test('of one budget holds back only what draws from it', () => {
    const { clock, limit } = open({ export: { requestsPerMinute: 10 }, update: {} })
    assert.equal(send(limit, 'export'), 0)
    assert.equal(limit.waitMs('export'), 6_000)
    assert.equal(limit.waitMs(), 0)
    limit.learn(windowOf(0, { limit: 100, seconds: 20, budget: 'update' }))
    assert.equal(limit.waitMs('update'), 20_000)
    assert.equal(limit.waitMs('export'), 6_000)
    limit.learn(windowOf(0, { limit: 700, seconds: 40 }))
    assert.deepEqual([limit.waitMs('export'), limit.waitMs('update')], [40_000, 40_000])
    limit.learn(windowOf(0, { budget: 'nobody declared it', seconds: 90 }))
    assert.equal(limit.waitMs('nobody declared it'), 40_000)
    clock.advance(40_000)
    assert.deepEqual([send(limit), send(limit, 'export'), send(limit, 'update')], [0, 0, 0])
  })

  test('is passed over where it makes no sense, and holds for a day at most', () => {
    const { limit } = open()
    limit.learn(windowOf(Number.NaN, {}))
    limit.learn({ remaining: 0, resetAt: new Date('no date') })
    limit.learn({ remaining: 0, perSecond: 0 })
    limit.learn({ remaining: 0, perSecond: Number.POSITIVE_INFINITY })
    limit.learn(windowOf(0, { limit: 0 }))
    assert.equal(limit.waitMs(), 0)
    limit.learn({ remaining: 0, resetAt: new Date('2036-01-01T00:00:00Z') })
    assert.equal(limit.waitMs(), 24 * 60 * 60 * 1_000)
  })

  test('lets something through of a small account, and of requests that cost more than there is', () => {
    const { limit } = open()
    limit.learn(windowOf(1, { limit: 1 }))
    assert.equal(send(limit), 0)
    limit.learn({ remaining: 50, limit: 50, cost: 80, perSecond: 5 })
    assert.equal(send(limit), 0)
    assert.equal(limit.waitMs(), 10_000)
  })
})
