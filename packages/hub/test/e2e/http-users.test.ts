import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { itemsOf, startTestHub, type TestHub, textIn } from '../support/hub.ts'

describe('people who sign in', () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub()
  })
  after(() => hub.close())

  async function create(email: string, role: string) {
    const answer = await hub.request('POST', '/api/v1/users', {
      body: { email, name: 'Kim', role },
    })
    assert.equal(answer.status, 201, answer.text)
    const { user, oneTimePassword } = answer.json as {
      user: { id: string }
      oneTimePassword: string
    }
    return { id: user.id, password: oneTimePassword }
  }

  async function enter(
    email: string,
    password: string,
  ): Promise<{ status: number; cookie: string }> {
    const response = await fetch(`${hub.url}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password }),
    })
    await response.text()
    const cookie = (response.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
    return { status: response.status, cookie }
  }

  async function stands(cookie: string): Promise<number> {
    return (await fetch(`${hub.url}/api/v1/session`, { headers: { cookie } })).status
  }

  test('come in with a password that is shown once, and are listed without it', async () => {
    const { id, password } = await create('kim@example.com', 'agent')
    const { status, cookie } = await enter('kim@example.com', password)
    assert.equal(status, 201)
    const listed = itemsOf(await hub.request('GET', '/api/v1/users'))
    const kim = listed.find((one) => one['id'] === id)
    assert.deepEqual(
      [kim?.['role'], kim?.['signsInBy'], kim?.['mustChangePassword']],
      ['agent', ['password'], true],
    )
    assert.ok(!JSON.stringify(listed).includes(password))
    const sessions = itemsOf(await hub.request('GET', `/api/v1/users/${id}/sessions`))
    assert.equal(sessions.length, 1)
    const again = await hub.request('POST', '/api/v1/users', {
      body: { email: 'KIM@example.com', name: 'Kim', role: 'agent' },
    })
    assert.equal(again.status, 409)
    await hub.request('DELETE', `/api/v1/users/${id}/sessions`)
    assert.equal(await stands(cookie), 401)
  })

  test('whose role changes or whose account is closed are signed out at once, everywhere', async () => {
    const { id, password } = await create('lee@example.com', 'agent')
    const path = `/api/v1/users/${id}`
    const first = await enter('lee@example.com', password)
    const stale = { 'if-match': '"7"' }
    const refused = await hub.request('PATCH', path, { body: { role: 'finance' }, headers: stale })
    assert.equal(refused.status, 412)
    assert.equal((await hub.request('PATCH', path, { body: { role: 'finance' } })).status, 200)
    assert.equal(await stands(first.cookie), 401)
    const second = await enter('lee@example.com', password)
    assert.equal((await hub.request('PATCH', path, { body: { isDisabled: true } })).status, 200)
    assert.equal(await stands(second.cookie), 401)
    assert.equal((await enter('lee@example.com', password)).status, 401)
    await hub.request('PATCH', path, { body: { isDisabled: false } })
    const { json } = await hub.request('POST', `${path}/password-reset`)
    assert.equal((await enter('lee@example.com', password)).status, 401)
    assert.equal((await enter('lee@example.com', textIn(json, 'oneTimePassword'))).status, 201)
  })

  test('always have one administrator among them', async () => {
    const { id } = await create('only@example.com', 'admin')
    const path = `/api/v1/users/${id}`
    for (const body of [{ role: 'agent' }, { isDisabled: true }]) {
      const { status, json } = await hub.request('PATCH', path, { body })
      assert.deepEqual([status, json['code']], [409, 'CONFLICT'])
    }
    await create('other@example.com', 'admin')
    assert.equal((await hub.request('PATCH', path, { body: { role: 'agent' } })).status, 200)
  })

  test('and roles are managed by administrators, and seen by auditors', async () => {
    const roles = await hub.request('GET', '/api/v1/roles', { as: 'auditor' })
    const agent = itemsOf<{ role: string; rights: string[] }>(roles).find(
      ({ role }) => role === 'agent',
    )
    assert.ok(agent?.rights.includes('returns.work'))
    assert.equal((await hub.request('GET', '/api/v1/users', { as: 'agent' })).status, 403)
    const body = { email: 'x@example.com', name: 'X', role: 'admin' }
    assert.equal((await hub.request('POST', '/api/v1/users', { as: 'auditor', body })).status, 403)
    const machine = await hub.request('POST', '/api/v1/users', {
      body: { ...body, role: 'machine' },
    })
    assert.equal(machine.status, 422)
  })
})
