import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { manualClock } from '../../../test/support/manual-clock.ts'
import { HubError } from '../../platform/errors.ts'
import { createLogger } from '../../platform/logger.ts'
import { isDefect, listenForEnding } from './ending.ts'

const log = createLogger({ level: 'silent' })

function listen() {
  const clock = manualClock()
  const ended: number[] = []
  const ending = listenForEnding({
    log,
    endAtOnce: (exitCode) => ended.push(exitCode),
    monotonicMs: clock.monotonicMs,
  })
  return { clock, ended, ending }
}

describe('a signal', () => {
  test('asks the hub to end in order, once', async () => {
    const { ending, ended } = listen()
    assert.equal(ending.isAsked(), false)
    process.emit('SIGTERM')
    await ending.asked
    assert.equal(ending.isAsked(), true)
    assert.deepEqual(ended, [])
    ending.dispose()
  })

  test('that comes twice within half a second, as npm passes it on, is one wish', () => {
    const { ending, ended, clock } = listen()
    process.emit('SIGINT')
    clock.advance(499)
    process.emit('SIGINT')
    assert.deepEqual(ended, [])
    ending.dispose()
  })

  for (const [signal, exitCode] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    test(`that comes again later ends the process at once, ${signal} with ${exitCode}`, () => {
      const { ending, ended, clock } = listen()
      process.emit('SIGTERM')
      clock.advance(500)
      process.emit(signal)
      assert.deepEqual(ended, [exitCode])
      ending.dispose()
    })
  }

  test('is nobody’s business any more when the hub has ended', () => {
    const earlier = process.listenerCount('SIGTERM')
    listen().ending.dispose()
    assert.equal(process.listenerCount('SIGTERM'), earlier)
  })
})

describe('an error that nobody caught', () => {
  test('is a defect when the program is wrong', () => {
    assert.ok(isDefect(new assert.AssertionError({ message: 'a broken invariant' })))
    assert.ok(isDefect(new TypeError('undefined is not a function')))
    assert.ok(isDefect(new RangeError('Invalid time value')))
  })

  test('is none when the world outside failed', () => {
    assert.ok(!isDefect(new HubError('DATABASE_UNAVAILABLE', 'The database does not answer.')))
    assert.ok(!isDefect(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })))
    assert.ok(!isDefect(new Error('Connection terminated unexpectedly')))
    assert.ok(!isDefect(new TypeError('fetch failed', { cause: new Error('ENOTFOUND') })))
  })
})
