import assert from 'node:assert/strict'
import type { IncomingHttpHeaders } from 'node:http'
import { describe, test } from 'node:test'
import { manualClock } from '../../../test/support/manual-clock.ts'
import { generateApiKey } from '../../platform/crypto/api-key.ts'
import { HubError } from '../../platform/errors.ts'
import type { StoredApiKey } from '../../store/api-keys.ts'
import type { Pool } from '../../store/database.ts'
import { createAuthenticator } from './authenticate.ts'

/** A database with one key, that counts how often it is asked. */
function setUp(changed: Partial<StoredApiKey> = {}) {
  const { id, key, secretHash } = generateApiKey()
  const clock = manualClock()
  const row: StoredApiKey = {
    keyId: id,
    name: 'shop',
    role: 'machine',
    connectionId: null,
    createdBy: 'test',
    secretHash,
    createdAt: clock.now(),
    expiresAt: null,
    revokedAt: null,
    lastUsedAt: null,
    ...changed,
  }
  const state = { row: row as StoredApiKey | null, questions: 0 }
  const pool = {
    query: async ({ values }: { values: string[] }) => {
      state.questions += 1
      return { rows: state.row?.keyId === values[0] ? [state.row] : [] }
    },
  } as unknown as Pool
  const { authenticate, forget } = createAuthenticator({ pool, clock, config: {} })
  const authenticator = {
    authenticate: (headers: IncomingHttpHeaders) => authenticate({ headers, method: 'GET' }),
    forget,
  }
  return { key, id, row, state, clock, authenticator }
}

async function refusalOf(attempt: () => unknown): Promise<string> {
  try {
    await attempt()
  } catch (error) {
    assert.ok(error instanceof HubError)
    return error.code
  }
  return 'none'
}

describe('an API key', () => {
  test('says who asks, in either header', async () => {
    const { key, id, authenticator } = setUp()
    const expected = {
      keyId: id,
      session: null,
      role: 'machine',
      connectionId: null,
      actor: `key:${id} shop`,
    }
    assert.deepEqual(await authenticator.authenticate({ authorization: `Bearer ${key}` }), expected)
    assert.deepEqual(await authenticator.authenticate({ 'x-api-key': key }), expected)
  })

  test('is asked for in the database once, by however many requests at a time, and again after five seconds', async () => {
    const { key, state, clock, authenticator } = setUp()
    const headers = { authorization: `Bearer ${key}` }
    await Promise.all(Array.from({ length: 50 }, async () => authenticator.authenticate(headers)))
    await authenticator.authenticate(headers)
    assert.equal(state.questions, 1)
    clock.advance(5_001)
    await authenticator.authenticate(headers)
    assert.equal(state.questions, 2)
  })

  test('that is revoked stops opening within five seconds, and at once where it was revoked', async () => {
    const { key, id, row, state, clock, authenticator } = setUp()
    const headers = { authorization: `Bearer ${key}` }
    await authenticator.authenticate(headers)
    state.row = { ...row, revokedAt: clock.now() }
    clock.advance(5_001)
    assert.equal(await refusalOf(() => authenticator.authenticate(headers)), 'UNAUTHENTICATED')
    state.row = row
    authenticator.forget(id)
    await authenticator.authenticate(headers)
    state.row = null
    authenticator.forget(id)
    assert.equal(await refusalOf(() => authenticator.authenticate(headers)), 'UNAUTHENTICATED')
  })

  test('that expires stops opening at that moment, also while it is remembered', async () => {
    const { key, row, clock, authenticator, state } = setUp()
    state.row = { ...row, expiresAt: new Date(clock.now().getTime() + 1_000) }
    const headers = { authorization: `Bearer ${key}` }
    await authenticator.authenticate(headers)
    clock.advance(1_000)
    assert.equal(await refusalOf(() => authenticator.authenticate(headers)), 'UNAUTHENTICATED')
  })

  test('with another secret, an unknown one, garbage and two at once are refused alike', async () => {
    const { key, id, authenticator } = setUp()
    const other = generateApiKey().key
    const attempts = [
      {},
      { authorization: `Bearer bhk_${id}_${other.slice(-43)}` },
      { authorization: `Bearer ${other}` },
      { authorization: 'Bearer ' },
      { authorization: `Basic ${key}` },
      { authorization: key },
      { authorization: `Bearer ${key}`, 'x-api-key': key },
      { 'x-api-key': `${key}x` },
      { 'x-api-key': 'bhk_' },
    ]
    for (const headers of attempts) {
      assert.equal(await refusalOf(() => authenticator.authenticate(headers)), 'UNAUTHENTICATED')
    }
  })

  test('that does not exist is not asked for again and again', async () => {
    const { state, authenticator } = setUp()
    const headers = { 'x-api-key': generateApiKey().key }
    for (let n = 0; n < 10; n += 1) await refusalOf(() => authenticator.authenticate(headers))
    assert.equal(state.questions, 1)
  })
})
