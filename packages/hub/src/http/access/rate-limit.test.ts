import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { manualClock } from '../../../test/support/manual-clock.ts'
import { RateLimiter } from './rate-limit.ts'

const rate = { perSecond: 2, burst: 4 }

function takeAll(limiter: RateLimiter, who: string): number {
  let taken = 0
  while (limiter.take(who, rate).isAllowed) taken += 1
  return taken
}

describe('the rate limit of a key', () => {
  test('lets a burst through, and then as many as its rate', () => {
    const clock = manualClock()
    const limiter = new RateLimiter(clock)
    assert.equal(takeAll(limiter, 'a'), 4)
    assert.deepEqual(limiter.take('a', rate), { isAllowed: false, remaining: 0, waitSeconds: 1 })
    clock.advance(1_000)
    assert.equal(takeAll(limiter, 'a'), 2)
  })

  test('saves up a burst at the most', () => {
    const clock = manualClock()
    const limiter = new RateLimiter(clock)
    takeAll(limiter, 'a')
    clock.advance(3_600_000)
    assert.equal(takeAll(limiter, 'a'), 4)
  })

  test('is its own', () => {
    const limiter = new RateLimiter(manualClock())
    takeAll(limiter, 'a')
    assert.equal(takeAll(limiter, 'b'), 4)
  })

  test('remembers a bounded number of keys', () => {
    const limiter = new RateLimiter(manualClock())
    takeAll(limiter, 'first')
    for (let n = 0; n < 10_000; n += 1) limiter.take(`key ${n}`, rate)
    assert.equal(takeAll(limiter, 'first'), 4)
  })
})
