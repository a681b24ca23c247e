import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createPasswords } from '../../src/platform/crypto/password.ts'
import { newId } from '../../src/platform/ids.ts'
import { withTransaction } from '../../src/store/database.ts'
import { insertUser, type PersonRole } from '../../src/store/users.ts'
import { type Answer, itemsOf, startTestHub, type TestHub, textIn } from '../support/hub.ts'

const password = 'correct horse battery'
const path = '/api/v1/views'
const search = { channel: 'edi', sort: 'since', columns: ['customer', 'sla'], olderThanDays: 3 }

/** Somebody who has signed in. */
interface Person {
  readonly userId: string
  send(
    method: string,
    to: string,
    given?: { body?: unknown; headers?: Record<string, string> },
  ): Promise<Answer>
}

describe('saved views', () => {
  let hub: TestHub
  let passwordHash: string
  before(async () => {
    hub = await startTestHub()
    passwordHash = await createPasswords().hash(password)
  })
  after(() => hub.close())

  async function enter(role: PersonRole): Promise<Person> {
    const userId = newId()
    const email = `${userId}@example.com`
    const user = { userId, email, name: `Some ${role}`, role, language: null, createdBy: 'test' }
    await withTransaction(hub.pool, (tx) =>
      insertUser(tx, { ...user, passwordHash, mustChangePassword: false }),
    )
    const { headers, json } = await hub.request('POST', '/api/v1/session', {
      as: null,
      body: { email, password },
    })
    const cookie = (headers.get('set-cookie') ?? '').split(';')[0] ?? ''
    const own = { cookie, 'x-csrf-token': textIn(json, 'csrfToken') }
    return {
      userId,
      send: (method, to, given = {}) =>
        hub.request(method, to, {
          as: null,
          body: given.body,
          headers: { ...own, ...given.headers },
        }),
    }
  }

  async function keep(person: Person, given: Record<string, unknown> = {}): Promise<string> {
    const body = { screen: 'cases', name: `View ${newId()}`, search, ...given }
    const answer = await person.send('POST', path, { body })
    assert.equal(answer.status, 201, answer.text)
    return textIn(answer.json, 'id')
  }

  async function namesFor(person: Person, screen = 'cases'): Promise<string[]> {
    const answer = await person.send('GET', `${path}?screen=${screen}&limit=200`)
    assert.equal(answer.status, 200, answer.text)
    return itemsOf<{ name: string }>(answer).map(({ name }) => name)
  }

  /** The status, with the problem's code. */
  async function statusOf(answer: Promise<Answer>): Promise<string> {
    const { status, json } = await answer
    return status < 300 ? `${status}` : `${status} ${textIn(json, 'code')}`
  }

  const ifMatch = (revision: number) => ({ 'if-match': `"${revision}"` })

  test('are one’s own, by name and screen, as they were kept', async () => {
    const [kim, lee] = await Promise.all([enter('agent'), enter('agent')])
    await keep(kim, { name: 'beta' })
    const id = await keep(kim, { name: 'Alpha' })
    await keep(kim, { name: 'Alpha', screen: 'exceptions', search: { view: 'list' } })
    assert.deepEqual(await namesFor(kim), ['Alpha', 'beta'])
    assert.deepEqual(await namesFor(kim, 'exceptions'), ['Alpha'])
    assert.deepEqual(await namesFor(lee), [])
    const [found] = itemsOf(await kim.send('GET', `${path}?screen=cases`))
    assert.deepEqual(
      [found?.['id'], found?.['search'], found?.['isShared'], found?.['isOwn']],
      [id, search, false, true],
    )
    assert.deepEqual(found?.['owner'], { id: kim.userId, name: 'Some agent' })
    const twice = { body: { screen: 'cases', name: 'ALPHA', search } }
    assert.equal(await statusOf(kim.send('POST', path, twice)), '409 CONFLICT')
    await keep(lee, { name: 'Alpha' })
  })

  test('that are private are nothing that anybody else knows of', async () => {
    const [kim, admin] = await Promise.all([enter('agent'), enter('admin')])
    const id = await keep(kim)
    const change = { body: { isShared: false }, headers: ifMatch(1) }
    assert.equal(await statusOf(admin.send('PATCH', `${path}/${id}`, change)), '404 NOT_FOUND')
    assert.equal(await statusOf(admin.send('DELETE', `${path}/${id}`)), '404 NOT_FOUND')
  })

  test('are changed by their owner, who says which revision they have read', async () => {
    const kim = await enter('finance')
    const id = await keep(kim, { name: 'before' })
    await keep(kim, { name: 'taken' })
    const one = `${path}/${id}`
    const change = (body: object, headers = {}) => kim.send('PATCH', one, { body, headers })
    assert.equal(await statusOf(change({ name: 'after' })), '428 PRECONDITION_REQUIRED')
    const changed = await change({ name: 'after', search: { q: 'S00042' } }, ifMatch(1))
    assert.deepEqual([changed.status, changed.headers.get('etag')], [200, '"2"'])
    assert.deepEqual(
      [changed.json['name'], changed.json['search'], changed.json['revision']],
      ['after', { q: 'S00042' }, 2],
    )
    assert.equal(await statusOf(change({ name: 'x' }, ifMatch(1))), '412 PRECONDITION_FAILED')
    assert.equal(await statusOf(change({ name: 'TAKEN' }, ifMatch(2))), '409 CONFLICT')
    assert.equal((await kim.send('DELETE', one)).status, 204)
    assert.equal(await statusOf(kim.send('DELETE', one)), '404 NOT_FOUND')
    assert.deepEqual(await namesFor(kim), ['taken'])
  })

  test('that are shared are seen by all behind their own, and stay their owner’s', async () => {
    const [kim, lee, admin] = await Promise.all([
      enter('agent'),
      enter('warehouse'),
      enter('admin'),
    ])
    const id = await keep(kim, { name: 'a of the team', isShared: true })
    await keep(lee, { name: 'my own' })
    assert.deepEqual(await namesFor(lee), ['my own', 'a of the team'])
    const one = `${path}/${id}`
    const rename = { body: { name: 'mine now' }, headers: ifMatch(1) }
    const unshare = { body: { isShared: false }, headers: ifMatch(1) }
    assert.equal(await statusOf(lee.send('PATCH', one, rename)), '403 FORBIDDEN')
    assert.equal(await statusOf(lee.send('PATCH', one, unshare)), '403 FORBIDDEN')
    assert.equal(await statusOf(lee.send('DELETE', one)), '403 FORBIDDEN')
    assert.equal(await statusOf(admin.send('PATCH', one, rename)), '403 FORBIDDEN')
    const both = { body: { isShared: false, search: {} }, headers: ifMatch(1) }
    assert.equal(await statusOf(admin.send('PATCH', one, both)), '403 FORBIDDEN')
    assert.equal((await admin.send('PATCH', one, unshare)).status, 200)
    assert.deepEqual(await namesFor(lee), ['my own'])
    assert.deepEqual(await namesFor(kim), ['a of the team'])
    await kim.send('PATCH', one, { body: { isShared: true }, headers: ifMatch(2) })
    assert.equal((await admin.send('DELETE', one)).status, 204)
    assert.deepEqual(await namesFor(kim), [])
  })

  test('stay with the team when their owner’s account is closed; private ones are there when it is open again', async () => {
    const [kim, lee] = await Promise.all([enter('agent'), enter('agent')])
    await keep(kim, { name: 'left behind', isShared: true, screen: 'exceptions' })
    await keep(kim, { name: 'kept back', screen: 'exceptions' })
    const close = (isDisabled: boolean) =>
      hub.request('PATCH', `/api/v1/users/${kim.userId}`, { body: { isDisabled } })
    assert.equal((await close(true)).status, 200)
    assert.equal((await kim.send('GET', `${path}?screen=exceptions`)).status, 401)
    assert.deepEqual(await namesFor(lee, 'exceptions'), ['left behind'])
  })

  test('are read page by page, one’s own before those of the team, none twice', async () => {
    const [kim, lee] = await Promise.all([enter('integrator'), enter('auditor')])
    const screen = 'dead_letters'
    for (const name of ['c', 'A', 'b']) await keep(kim, { screen, name, search: {} })
    for (const name of ['B', 'a', 'C']) {
      await keep(lee, { screen, name, search: {}, isShared: true })
    }
    const names: string[] = []
    let next: string | null = `${path}?screen=${screen}&limit=2`
    for (let pages = 0; next !== null && pages < 9; pages += 1) {
      const answer: Answer = await kim.send('GET', next)
      names.push(...itemsOf<{ name: string }>(answer).map(({ name }) => name))
      const cursor = answer.json['next_cursor']
      next = typeof cursor === 'string' ? `${path}?screen=${screen}&limit=2&cursor=${cursor}` : null
    }
    assert.deepEqual(names, ['A', 'b', 'c', 'a', 'B', 'C'])
    const foreign = Buffer.from('["all","a",1]').toString('base64url')
    const wrong = kim.send('GET', `${path}?screen=${screen}&cursor=${foreign}`)
    assert.equal(await statusOf(wrong), '400 MALFORMED_REQUEST')
  })

  test('are of lists that one may see', async () => {
    const kim = await enter('warehouse')
    const body = { screen: 'dead_letters', name: 'x', search: {} }
    assert.equal(await statusOf(kim.send('POST', path, { body })), '403 FORBIDDEN')
    assert.equal(await statusOf(kim.send('GET', `${path}?screen=dead_letters`)), '403 FORBIDDEN')
  })

  test('hold what an address can say, and no more than 4 kB of it', async () => {
    const kim = await enter('agent')
    const refused: unknown[] = [
      { q: 'x'.repeat(1_001) },
      Object.fromEntries(Array.from({ length: 9 }, (_, at) => [`q${at}`, 'x'.repeat(500)])),
      { deep: { er: 1 } },
      { q: null },
      { q: 'with \u0000' },
      { count: 1e300 },
      ['q'],
      'q=1',
    ]
    for (const given of refused) {
      const body = { screen: 'cases', name: 'x', search: given }
      const told = await statusOf(kim.send('POST', path, { body }))
      assert.equal(told, '422 VALIDATION_FAILED', JSON.stringify(given).slice(0, 80))
    }
    for (const name of ['', ' x', 'x ', 'x'.repeat(101), 'a\nb']) {
      const body = { screen: 'cases', name, search }
      assert.equal(await statusOf(kim.send('POST', path, { body })), '422 VALIDATION_FAILED', name)
    }
    const long = Array.from({ length: 80 }, (_, at) => [`n${at}`, (at + 1) * 1e-300])
    await keep(kim, { search: Object.fromEntries(long) })
    await keep(kim, { name: 'x'.repeat(100), search: { q: 'ü'.repeat(1_000), columns: [] } })
  })

  test('are a hundred at most, also when many are made at once', async () => {
    const kim = await enter('agent')
    for (let count = 0; count < 97; count += 1) await keep(kim)
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, at) =>
        statusOf(
          kim.send('POST', path, { body: { screen: 'exceptions', name: `${at}`, search: {} } }),
        ),
      ),
    )
    assert.deepEqual(answers.toSorted(), ['201', '201', '201', ...Array(3).fill('409 CONFLICT')])
  })

  test('are for people who have signed in: a machine may not, and a person’s key keeps none', async () => {
    const body = { screen: 'cases', name: 'x', search: {} }
    const list = `${path}?screen=cases`
    assert.equal(await statusOf(hub.request('GET', list, { as: 'machine' })), '403 FORBIDDEN')
    assert.equal(
      await statusOf(hub.request('POST', path, { as: 'machine', body })),
      '403 FORBIDDEN',
    )
    assert.equal(await statusOf(hub.request('GET', list, { as: 'agent' })), '409 CONFLICT')
    assert.equal(await statusOf(hub.request('POST', path, { body })), '409 CONFLICT')
    assert.equal(await statusOf(hub.request('GET', list, { as: null })), '401 UNAUTHENTICATED')
  })

  test('leave who did what in the audit log, and not what was looked for', async () => {
    const [kim, admin] = await Promise.all([enter('agent'), enter('admin')])
    const id = await keep(kim, { name: 'Jo Smith', search: { q: 'Jo Smith' }, isShared: true })
    await kim.send('PATCH', `${path}/${id}`, { body: { name: 'Smith' }, headers: ifMatch(1) })
    await admin.send('DELETE', `${path}/${id}`)
    const entries = itemsOf(await hub.request('GET', `/api/v1/audit?object=${id}`))
    assert.deepEqual(entries.map((entry) => textIn(entry, 'action')).toSorted(), [
      'view.changed',
      'view.created',
      'view.deleted',
    ])
    const deleted = entries.find(({ action }) => action === 'view.deleted')
    assert.match(textIn(deleted, 'actor'), new RegExp(`^user:${admin.userId} `))
    assert.ok(!JSON.stringify(entries).includes('Smith'))
  })
})
