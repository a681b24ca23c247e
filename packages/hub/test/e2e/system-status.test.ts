import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { system } from '../../src/http/routes/system.ts'
import { makeWorkplace, type Workplace } from '../support/cli.ts'
import { type Json, startTestHub, type TestHub } from '../support/hub.ts'
import { until } from '../support/ring.ts'

describe('the status of the system', () => {
  let hub: TestHub
  let place: Workplace
  before(async () => {
    hub = await startTestHub()
    place = await makeWorkplace({ DATABASE_URL: hub.databaseUrl })
  })
  after(async () => {
    await place.remove()
    await hub.close()
  })

  async function ask(): Promise<Json> {
    const answer = await hub.request('GET', '/api/v1/system', { as: 'auditor' })
    assert.equal(answer.status, 200, answer.text)
    assert.deepEqual(system.parse(answer.json), answer.json)
    return answer.json
  }

  function checkOf(status: Json, name: string): Json | undefined {
    return (status['checks'] as Json[]).find((one) => one['name'] === name)
  }

  test('tells of each process what it says of itself', async () => {
    await until(async () => ((await ask())['processes'] as Json[])[0]?.['memoryBytes'] !== null)
    const [one, ...others] = (await ask())['processes'] as Json[]
    assert.deepEqual(others, [])
    assert.ok((one?.['roles'] as string[] | undefined)?.includes('deliver'))
    assert.ok(Number(one?.['memoryBytes']) > 10_000_000)
    assert.ok(Math.abs(Number(one?.['clockAheadMs'])) < 2_000)
    assert.equal(one?.['isSilent'], false)
  })

  test('says what to look at, and where that is written', async () => {
    const well = await ask()
    assert.equal(checkOf(well, 'dead_letters')?.['state'], 'ok')
    await hub.pool.query(
      `insert into outbox_dead (case_id, delivery_no, created_at, connection_id, command_type, attempts, code, died_at)
       values (gen_random_uuid(), 1, now(), 'erp', 'event.publish', 12, 'TIMEOUT', now())`,
    )
    const dead = checkOf(await ask(), 'dead_letters')
    assert.deepEqual([dead?.['state'], dead?.['runbook']], ['warning', 'dead-letters'])
    const page = new URL('../../../../docs/runbooks/dead-letters.md', import.meta.url)
    assert.equal(existsSync(page), true)
  })

  test('is told on the command line, too', async () => {
    const { stdout, code } = await place.run(['status'])
    assert.equal(code, 0)
    assert.match(stdout, /dead_letters +warning +1 +docs\/runbooks\/dead-letters\.md/)
    const json = JSON.parse((await place.run(['status', '--json'])).stdout) as Json
    assert.equal((json['processes'] as Json[]).length, 1)
  })

  test('is for those who look after the hub', async () => {
    for (const as of ['agent', 'warehouse', 'finance', 'machine'] as const) {
      assert.equal((await hub.request('GET', '/api/v1/system', { as })).status, 403)
    }
  })
})
