import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { RetryableError, TerminalError, UnknownOutcomeError } from '@backhaul/sdk/connector'
import { ConfigError } from '../platform/config/config-error.ts'
import { type ErrorCode, errorCodes, HubError } from '../platform/errors.ts'
import { CliError } from './cli-error.ts'
import { explainError } from './explain-error.ts'

function exitCodeOf(error: unknown): number | undefined {
  return explainError(error)?.exitCode
}

describe('a failure', () => {
  const expected: readonly (readonly [number, readonly ErrorCode[]])[] = [
    [
      1,
      [
        'INTERNAL',
        'SECRET_UNREADABLE',
        'DATABASE_UNSAFE',
        'MIGRATION_CHANGED',
        'EMBEDDED_DATABASE_FAILED',
      ],
    ],
    [2, ['MALFORMED_REQUEST', 'VALIDATION_FAILED', 'PAYLOAD_TOO_LARGE']],
    [3, ['NOT_FOUND']],
    [4, ['UNAUTHENTICATED', 'FORBIDDEN', 'SIGNATURE_INVALID']],
    [5, ['CONFLICT', 'PRECONDITION_FAILED', 'CONNECTION_DISABLED', 'MESSAGE_ID_REUSED']],
    [6, ['DATABASE_UNAVAILABLE', 'OVERLOADED', 'SHUTTING_DOWN', 'RATE_LIMITED']],
  ]
  for (const [exitCode, codes] of expected) {
    test(`ends with ${exitCode} by its code: ${codes.join(', ')}`, () => {
      for (const code of codes) assert.equal(exitCodeOf(new HubError(code, 'x')), exitCode, code)
    })
  }

  test('of every code that there is has an exit code that is not 0', () => {
    for (const code of Object.keys(errorCodes) as ErrorCode[]) {
      assert.ok((exitCodeOf(new HubError(code, 'x')) ?? 0) > 0, code)
    }
  })

  test('of the configuration is the user’s to mend', () => {
    assert.equal(exitCodeOf(new ConfigError([{ where: 'x:1:1', message: 'y' }])), 2)
  })

  test('of the database is told apart by its state', () => {
    const failure = (code: string) => Object.assign(new Error('x'), { code })
    assert.equal(exitCodeOf(failure('ECONNREFUSED')), 6)
    assert.equal(exitCodeOf(failure('57P01')), 6)
    assert.equal(exitCodeOf(failure('28P01')), 4)
    assert.equal(exitCodeOf(failure('3D000')), 1)
  })

  test('that the command line itself found says so by its own code', () => {
    const error = new CliError('notFound', 'There is none.', { code: 'NO_KEY' })
    const explained = explainError(error)
    assert.deepEqual([explained?.exitCode, explained?.code], [3, 'NO_KEY'])
  })

  test('of a system behind a connection is told apart by its kind and code', () => {
    assert.equal(exitCodeOf(new RetryableError({ code: 'AUTH_REJECTED' })), 4)
    assert.equal(exitCodeOf(new RetryableError({ code: 'CONNECT_FAILED' })), 6)
    assert.equal(exitCodeOf(new UnknownOutcomeError({ code: 'TIMEOUT' })), 6)
    assert.equal(exitCodeOf(new TerminalError({ code: 'REQUEST_REJECTED' })), 1)
  })

  test('that nobody foresaw is a defect', () => {
    assert.equal(explainError(new TypeError('x is not a function')), null)
    assert.equal(explainError(Object.assign(new Error('syntax error'), { code: '42601' })), null)
  })
})
