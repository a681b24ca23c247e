import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { manualClock } from '../../test/support/manual-clock.ts'
import { type AttemptKind, type BreakerState, createBreaker } from './breaker.ts'

function setUp({ random = 0 } = {}) {
  const clock = manualClock()
  const changes: BreakerState[] = []
  const breaker = createBreaker({
    clock,
    random: () => random,
    onChange: (state) => changes.push(state),
  })
  const report = (kind: AttemptKind, times: number) => {
    for (let count = 0; count < times; count += 1) breaker.report(kind)
  }
  return { clock, breaker, changes, report }
}

describe('a breaker', () => {
  test('opens after ten failures in a row, whether retryable or unknown', () => {
    const { breaker, report, changes } = setUp()
    report('retryable', 5)
    report('unknown', 4)
    assert.equal(breaker.state, 'closed')
    assert.equal(breaker.waitMs(), 0)
    report('unknown', 1)
    assert.equal(breaker.state, 'open')
    assert.equal(breaker.waitMs(), 10_000)
    assert.deepEqual(changes, ['open'])
  })

  test('starts counting anew with every answer, also with a refusal', () => {
    const { breaker, report } = setUp()
    report('retryable', 9)
    report('terminal', 1)
    report('retryable', 9)
    report('delivered', 1)
    report('retryable', 9)
    assert.equal(breaker.state, 'closed')
  })

  test('hands out one probe every ten seconds while the system stays down for a day', () => {
    const { breaker, report, clock } = setUp()
    report('retryable', 10)
    let probes = 0
    for (let second = 0; second < 86_400; second += 1) {
      clock.advance(1_000)
      for (let worker = 0; worker < 16; worker += 1) {
        if (breaker.waitMs() > 0) continue
        probes += 1
        report('retryable', 1)
      }
    }
    assert.equal(probes, 8_640)
  })

  test('spreads the probes of several processes, and never probes sooner than every ten seconds', () => {
    const { breaker, report } = setUp({ random: 0.5 })
    report('retryable', 10)
    assert.equal(breaker.waitMs(), 11_000)
  })

  test('closes when a probe is answered', () => {
    const { breaker, report, clock, changes } = setUp()
    report('retryable', 10)
    clock.advance(10_000)
    assert.equal(breaker.waitMs(), 0)
    assert.equal(breaker.waitMs(), 10_000, 'the probe is out, nobody else goes')
    report('delivered', 1)
    assert.equal(breaker.state, 'closed')
    assert.equal(breaker.waitMs(), 0)
    assert.deepEqual(changes, ['open', 'closed'])
  })

  test('late failures of attempts that were under way do not put off the probe', () => {
    const { breaker, report, clock, changes } = setUp()
    report('unknown', 10)
    clock.advance(9_000)
    report('unknown', 6)
    assert.equal(breaker.waitMs(), 1_000)
    assert.deepEqual(changes, ['open'])
  })

  test('shows since when it is open and when it probes next', () => {
    const { breaker, report, clock } = setUp()
    clock.advance(1_000)
    report('retryable', 10)
    clock.advance(4_000)
    assert.deepEqual(breaker.snapshot(), {
      state: 'open',
      consecutiveFailures: 10,
      openedAt: new Date('2026-01-01T00:00:01.000Z'),
      nextProbeAt: new Date('2026-01-01T00:00:11.000Z'),
    })
  })
})
