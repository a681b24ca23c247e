import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createPasswords } from '../../src/platform/crypto/password.ts'
import { newId } from '../../src/platform/ids.ts'
import { withTransaction } from '../../src/store/database.ts'
import { insertUser } from '../../src/store/users.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'
import { manualClock } from '../support/manual-clock.ts'

const password = 'correct horse battery'

describe('signing in', () => {
  const clock = manualClock(new Date().toISOString())
  let hub: TestHub
  let passwordHash: string
  before(async () => {
    hub = await startTestHub({ clock })
    passwordHash = await createPasswords().hash(password)
  })
  after(() => hub.close())

  async function addUser(
    email: string,
    change: { role?: 'agent' | 'admin'; mustChangePassword?: boolean } = {},
  ): Promise<string> {
    const userId = newId()
    await withTransaction(hub.pool, (tx) =>
      insertUser(tx, {
        userId,
        email,
        name: 'Ada',
        role: 'agent',
        language: null,
        createdBy: 'test',
        passwordHash,
        mustChangePassword: false,
        ...change,
      }),
    )
    return userId
  }

  function send(
    method: string,
    path: string,
    given: {
      cookie?: string
      csrf?: string
      body?: unknown
      headers?: Record<string, string>
    } = {},
  ): Promise<Response> {
    const { cookie, csrf, body, headers } = given
    return fetch(`${hub.url}${path}`, {
      method,
      headers: {
        ...(cookie ? { cookie } : {}),
        ...(csrf ? { 'x-csrf-token': csrf } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  }

  async function enter(email: string, secret = password) {
    const response = await send('POST', '/api/v1/session', { body: { email, password: secret } })
    const json = (await response.json()) as { csrfToken: string; rights: string[]; code?: string }
    const cookie = response.headers.get('set-cookie') ?? ''
    return { response, json, cookie: cookie.split(';')[0] ?? '', setCookie: cookie }
  }

  test('gives a cookie that no script reads, with which one may do what the role may', async () => {
    await addUser('ada@example.com')
    const { response, json, cookie, setCookie } = await enter('ADA@example.com')
    assert.equal(response.status, 201)
    assert.match(setCookie, /^backhaul-session=.*; Path=\/.*; HttpOnly; SameSite=Lax/)
    assert.ok(json.rights.includes('returns.read'))
    assert.ok(!json.rights.includes('connections.manage'))
    assert.equal((await send('GET', '/api/v1/returns', { cookie })).status, 200)
    assert.equal((await send('GET', '/api/v1/connections', { cookie })).status, 403)
    const me = (await (await send('GET', '/api/v1/me', { cookie })).json()) as { actor: string }
    assert.match(me.actor, /^user:[0-9a-f-]{36} ada@example\.com$/)
  })

  test('tells a change from our own page from one that another site makes', async () => {
    await addUser('eve@example.com')
    const { json, cookie } = await enter('eve@example.com')
    const csrf = json.csrfToken
    const path = '/api/v1/session'
    assert.equal((await send('DELETE', path, { cookie })).status, 403)
    assert.equal((await send('DELETE', path, { cookie, csrf: 'guessed' })).status, 403)
    const foreign = { cookie, csrf, headers: { 'sec-fetch-site': 'cross-site' } }
    assert.equal((await send('DELETE', path, foreign)).status, 403)
    const forced = await send('POST', path, {
      body: { email: 'eve@example.com', password },
      headers: { 'sec-fetch-site': 'cross-site' },
    })
    assert.equal(forced.status, 403)
    assert.equal((await send('DELETE', path, { cookie, csrf })).status, 204)
    assert.equal((await send('GET', path, { cookie })).status, 401)
  })

  test('answers a wrong password and an unknown person alike, and after five tries asks for a pause that grows', async () => {
    await addUser('bob@example.com')
    for (const email of ['bob@example.com', 'nobody@example.com']) {
      const codes: (string | undefined)[] = []
      for (let count = 0; count < 6; count += 1) {
        codes.push((await enter(email, 'wrong password')).json.code)
      }
      assert.deepEqual(codes, [
        ...Array.from({ length: 5 }, () => 'UNAUTHENTICATED'),
        'RATE_LIMITED',
      ])
      const { response } = await enter(email)
      assert.equal(response.headers.get('retry-after'), '30')
      clock.advance(30_000)
    }
    assert.equal((await enter('bob@example.com')).response.status, 201)
    // Right once, it counts from the beginning.
    assert.equal((await enter('bob@example.com', 'wrong password')).json.code, 'UNAUTHENTICATED')
  })

  test('with a password that was made for one leads to choosing another, and to nothing else', async () => {
    await addUser('new@example.com', { role: 'admin', mustChangePassword: true })
    const { json, cookie } = await enter('new@example.com')
    const other = await enter('new@example.com')
    const csrf = json.csrfToken
    assert.equal((await send('GET', '/api/v1/returns', { cookie })).status, 403)
    const change = (currentPassword: string, newPassword: string) =>
      send('POST', '/api/v1/session/password', {
        cookie,
        csrf,
        body: { currentPassword, newPassword },
      })
    assert.equal((await change('not this one', 'a better one by far')).status, 422)
    assert.equal((await change(password, 'short')).status, 422)
    assert.equal((await change(password, password)).status, 422)
    assert.equal((await change(password, 'a better one by far')).status, 204)
    assert.equal((await send('GET', '/api/v1/returns', { cookie })).status, 200)
    assert.equal((await send('GET', '/api/v1/session', { cookie: other.cookie })).status, 401)
    assert.equal((await enter('new@example.com')).response.status, 401)
    assert.equal((await enter('new@example.com', 'a better one by far')).response.status, 201)
  })

  test('ends by itself after twelve hours without a request, and after a week in any case', async () => {
    await addUser('idle@example.com')
    const { cookie } = await enter('idle@example.com')
    clock.advance(11 * 3_600_000)
    assert.equal((await send('GET', '/api/v1/session', { cookie })).status, 200)
    clock.advance(2 * 3_600_000)
    assert.equal((await send('GET', '/api/v1/session', { cookie })).status, 401)
  })

  test('leaves no password and no token in the log, the audit or the database', async () => {
    const { cookie } = await enter('ada@example.com')
    const token = cookie.split('=')[1] ?? ''
    const { rows } = await hub.pool.query<{ text: string }>(
      `select coalesce(string_agg(t::text, ' '), '') as text from (
         select row_to_json(a)::text as t from audit_entry a union all
         select row_to_json(s)::text from user_session s union all
         select row_to_json(u)::text from user_account u) rows`,
    )
    const everything = `${rows[0]?.text ?? ''} ${hub.logged.join(' ')}`
    assert.ok(!everything.includes(password))
    assert.ok(!everything.includes(token.split('.')[1] ?? 'none'))
  })
})
