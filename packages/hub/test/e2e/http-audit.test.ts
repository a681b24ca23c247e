import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { itemsOf, startTestHub, type TestHub } from '../support/hub.ts'

describe('the audit log', () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub()
    for (const name of ['one', '=two()']) {
      await hub.request('POST', '/api/v1/api-keys', { body: { name, role: 'agent' } })
    }
  })
  after(() => hub.close())

  test('is searched as a whole, by what was done, by whom, to what and when, page by page', async () => {
    const all = itemsOf(await hub.request('GET', '/api/v1/audit', { as: 'auditor' }))
    assert.ok(all.length > 2)
    const made = itemsOf(
      await hub.request('GET', '/api/v1/audit?action=api_key.&type=api_key&limit=200'),
    )
    assert.ok(made.length >= 2)
    assert.ok(made.every((one) => one['objectType'] === 'api_key'))
    const future = itemsOf(await hub.request('GET', '/api/v1/audit?from=2999-01-01T00:00:00Z'))
    assert.deepEqual(future, [])
    const first = await hub.request('GET', '/api/v1/audit?limit=1')
    const next = String(first.json['next_cursor'])
    const second = await hub.request('GET', `/api/v1/audit?limit=1&cursor=${next}`)
    assert.notDeepEqual(itemsOf(first), itemsOf(second))
    assert.equal((await hub.request('GET', '/api/v1/audit', { as: 'agent' })).status, 403)
  })

  test('is exported with what was asked for on top, and nothing that a spreadsheet would run', async () => {
    const { text, headers } = await hub.request('GET', '/api/v1/audit.csv?action=api_key.created')
    assert.match(headers.get('content-type') ?? '', /^text\/csv/)
    const [stamp, names, ...rows] = text.trimEnd().split('\n')
    assert.match(stamp ?? '', /exported .* by key:\w+ .*action=api_key\.created/)
    assert.match(names ?? '', /^recorded_at,actor,action/)
    assert.ok(rows.length >= 2)
    assert.ok(!rows.some((row) => row.split(',').some((cell) => cell.startsWith('='))))
  })

  test('says that it is whole, and where it is not', async () => {
    const path = '/api/v1/audit/verification'
    const whole = await hub.request('POST', path, { as: 'auditor' })
    assert.deepEqual([whole.status, whole.json['isWhole']], [200, true])
    await hub.pool.query(
      `update audit_entry set actor = 'nobody' where action = 'api_key.created' and object_id = (
         select object_id from audit_entry where action = 'api_key.created' limit 1)`,
    )
    const broken = await hub.request('POST', path, { as: 'auditor' })
    const [finding] = broken.json['findings'] as { kind: string }[]
    assert.deepEqual([broken.json['isWhole'], finding?.kind], [false, 'entry_edited'])
  })
})
