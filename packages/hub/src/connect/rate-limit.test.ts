import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { manualClock } from '../../test/support/manual-clock.ts'
import { createRateLimit } from './rate-limit.ts'

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
