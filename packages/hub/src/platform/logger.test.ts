import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { HubError } from './errors.ts'
import { createLogger, type Logger } from './logger.ts'

/** What `write` logs, each line parsed. */
function logged(write: (log: Logger) => void): Record<string, unknown>[] {
  const lines: string[] = []
  write(createLogger({ level: 'info', destination: { write: (line) => void lines.push(line) } }))
  return lines.map((line) => JSON.parse(line))
}

describe('a log line', () => {
  test('is JSON with the level as a word and the time in UTC', () => {
    const [line] = logged((log) => log.info({ caseId: 'c1' }, 'applied'))
    assert.deepEqual({ ...line, time: 0 }, { level: 'info', time: 0, caseId: 'c1', msg: 'applied' })
    assert.match(String(line?.['time']), /^\d{4}-\d\d-\d\dT.*Z$/)
  })

  test('shows no credential and no customer, however deep and however spelled', () => {
    const headers = {
      Authorization: 'Bearer hunter2',
      'set-cookie': ['hunter2'],
      host: 'example.org',
    }
    const lines = logged((log) => {
      log.info({
        request: { headers },
        order: { lines: [{ customer: { e_mail: 1, email: 'hunter2' } }] },
      })
      log.child({ apiKey: 'hunter2', connectionId: 'x' }).info({ API_KEY: 'hunter2' }, 'called')
    })
    const text = JSON.stringify(lines)
    assert.ok(!text.includes('hunter2'))
    assert.ok(text.includes('example.org'))
    assert.ok(text.includes('"connectionId":"x"'))
  })

  test('takes of an error its code, its ids and its causes, and not what a driver hangs on it', () => {
    const driverError = Object.assign(new Error('duplicate key'), {
      code: '23505',
      detail: 'Key (email)=(a@b.example)',
    })
    const error = new HubError('CONFLICT', 'it is taken', {
      details: { caseId: 'c1' },
      problems: [{ pointer: '/email', code: 'taken', message: 'a@b.example is taken' }],
      cause: driverError,
    })
    const [line] = logged((log) => log.error({ err: error }, 'failed'))
    const text = JSON.stringify(line)
    assert.ok(!text.includes('a@b.example'))
    assert.match(text, /"code":"CONFLICT".*"caseId":"c1".*"code":"23505"/)
  })

  test('survives an error that is its own cause', () => {
    const error = new Error('loop')
    error.cause = error
    assert.equal(logged((log) => log.error({ err: error })).length, 1)
  })
})
