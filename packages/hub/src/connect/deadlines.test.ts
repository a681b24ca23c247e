import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { manualClock } from '../../test/support/manual-clock.ts'
import { createDeadlines } from './deadlines.ts'

/** Deadlines on a clock that the test moves, with the timers that were started for them. */
function setUp() {
  const clock = manualClock()
  const timers: { fire: () => void; atMs: number }[] = []
  let started = 0
  const deadlines = createDeadlines({
    clock,
    startTimer: (fire, delayMs) => {
      started += 1
      timers.push({ fire, atMs: clock.monotonicMs() + delayMs })
    },
  })
  function advance(ms: number): void {
    for (let passed = 0; passed < ms; passed += 1) {
      clock.advance(1)
      for (const timer of timers.splice(0)) {
        if (timer.atMs <= clock.monotonicMs()) timer.fire()
        else timers.push(timer)
      }
    }
  }
  return { deadlines, timers, advance, startedTimers: () => started }
}

describe('a deadline', () => {
  test('expires once its time is over, never sooner, and at most a little later', () => {
    for (const timeoutMs of [1, 20, 55, 100, 1_000]) {
      const { deadlines, advance } = setUp()
      deadlines.start(100_000, () => assert.fail('too soon'))
      for (let count = 0; count < 45; count += 1) {
        advance(1)
        let expired = 0
        deadlines.start(timeoutMs, () => {
          expired += 1
        })
        advance(timeoutMs - 1)
        assert.equal(expired, 0)
        advance(41)
        assert.equal(expired, 1)
      }
    }
  })

  test('does not expire after it ended', () => {
    const { deadlines, advance } = setUp()
    const expired: string[] = []
    const ended = deadlines.start(100, () => expired.push('ended'))
    deadlines.start(100, () => expired.push('running'))
    deadlines.end(ended)
    deadlines.end(ended)
    assert.equal(deadlines.size, 1)
    advance(200)
    assert.deepEqual(expired, ['running'])
    assert.equal(deadlines.size, 0)
  })

  test('that is shorter expires before one that was started earlier', () => {
    const { deadlines, advance } = setUp()
    const expired: string[] = []
    deadlines.start(1_000, () => expired.push('long'))
    deadlines.start(100, () => expired.push('short'))
    advance(150)
    assert.deepEqual(expired, ['short'])
    advance(900)
    assert.deepEqual(expired, ['short', 'long'])
  })

  test('that is started while another one expires gets its whole time', () => {
    const { deadlines, advance } = setUp()
    const expired: string[] = []
    deadlines.start(100, () => {
      expired.push('first')
      deadlines.start(100, () => expired.push('next'))
    })
    advance(190)
    assert.deepEqual(expired, ['first'])
    advance(50)
    assert.deepEqual(expired, ['first', 'next'])
  })

  test('shares its timer with all others, and none is left when nothing is running', () => {
    const { deadlines, timers, advance, startedTimers } = setUp()
    const running = Array.from({ length: 1_000 }, () =>
      deadlines.start(15_000, () => assert.fail('it had ended')),
    )
    assert.equal(startedTimers(), 1)
    for (const deadline of running) deadlines.end(deadline)
    advance(20)
    assert.equal(timers.length, 0)
  })
})
