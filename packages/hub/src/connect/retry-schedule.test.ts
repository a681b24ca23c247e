import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createRetrySchedule, retrySettings } from './retry-schedule.ts'

function allDelays(random: number): number[] {
  const schedule = createRetrySchedule({ settings: undefined, random: () => random })
  const delays = Array.from({ length: schedule.maxAttempts }, (_, i) => schedule.delayMs(i + 1))
  assert.equal(delays.pop(), null, 'the last attempt is followed by none')
  return delays.map((delay) => delay ?? 0)
}

describe('the default retry schedule', () => {
  test('starts after five seconds and lasts longer than a weekend', () => {
    const delays = allDelays(0.5)
    assert.equal(delays[0], 5_000)
    const hours = delays.reduce((sum, ms) => sum + ms, 0) / 3_600_000
    assert.ok(hours > 75 && hours < 76, `${hours} hours`)
  })

  test('never waits a shorter time than before', () => {
    const delays = allDelays(0.5)
    assert.deepEqual(
      delays,
      delays.toSorted((a, b) => a - b),
    )
  })

  test('spreads each wait by a fifth either way', () => {
    assert.equal(allDelays(0)[0], 4_000)
    assert.equal(allDelays(1)[0], 6_000)
  })
})

describe('a schedule of a connection', () => {
  test('replaces the default one', () => {
    const schedule = createRetrySchedule({
      settings: { delaysSeconds: [1, 60] },
      random: () => 0.5,
    })
    assert.deepEqual(
      [1, 2, 3, 4].map((attempt) => schedule.delayMs(attempt)),
      [1_000, 60_000, null, null],
    )
    assert.equal(schedule.maxAttempts, 3)
  })

  test('may say that nothing is tried twice', () => {
    const schedule = createRetrySchedule({ settings: { delaysSeconds: [] }, random: () => 0.5 })
    assert.equal(schedule.delayMs(1), null)
  })

  test('is refused where it would never wait, or wait for more than a week', () => {
    for (const delaysSeconds of [[0], [-1], [1.5], [604_801], ['5']]) {
      assert.equal(retrySettings.safeParse({ delaysSeconds }).success, false)
    }
  })
})
