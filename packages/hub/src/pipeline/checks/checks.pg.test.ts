import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import type { ConnectionId } from '@backhaul/sdk/canonical'
import { type CheckReport, RetryableError, TerminalError } from '@backhaul/sdk/connector'
import { noDial } from '@backhaul/sdk/testing'
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts'
import { systemClock } from '../../platform/clock.ts'
import { createLogger } from '../../platform/logger.ts'
import { listChecks } from '../../store/connection-checks.ts'
import { createPool, type Pool } from '../../store/database.ts'
import { checkAndKeep, checkDue, type DueCheckDeps } from './check-due.ts'

let database: TestDatabase
let pool: Pool
let check: (signal: AbortSignal) => Promise<CheckReport>
let checked = 0
let version = 1
let storedState = 'active'

const log = createLogger({ level: 'silent' })
const erp = 'erp' as ConnectionId
const dayMs = 86_400_000

before(async () => {
  database = await createTestDatabase()
  pool = createPool({ url: database.url, size: 4, name: 'test', log })
})
after(async () => {
  await pool.end()
  await database.drop()
})
beforeEach(async () => {
  checked = 0
  version = 1
  storedState = 'active'
  check = async () => ({})
  await pool.query('truncate connection, exception cascade')
  await pool.query(
    `insert into connection (connection_id, connector, title, config) values ('erp', 'test', 'ERP', '{}')`,
  )
})

function deps(more: Partial<DueCheckDeps> = {}): DueCheckDeps {
  const connection = () => ({
    id: erp,
    version,
    state: 'active',
    storedState,
    config: {},
    fetchFor: () => () => Promise.reject(new Error('no network')),
    dialFor: () => ({ dial: noDial, end: () => undefined }),
    connector: {
      key: 'test',
      check: ({ signal }: { signal: AbortSignal }) => {
        checked += 1
        return check(signal)
      },
    },
  })
  const connections = { get: connection, list: () => [connection()] }
  return {
    pool,
    log,
    connections: connections as unknown as DueCheckDeps['connections'],
    clock: systemClock,
    config: {
      delivery: { requestTimeoutMs: 200 },
      outbound: { checkHours: 6 },
    } as unknown as DueCheckDeps['config'],
    ...more,
  }
}

const kept = async () => (await listChecks(pool))[0]

async function open(): Promise<string[]> {
  const { rows } = await pool.query<{ key: string }>(
    `select key from exception where status = 'open' and case_id is null order by key`,
  )
  return rows.map(({ key }) => key)
}

async function makeDue(): Promise<void> {
  await pool.query('update connection_check set due_at = now()')
}

describe('the check of a connection', () => {
  test('is made at once, then after its hours, give or take a tenth, and by one process', async () => {
    const made = await Promise.all([checkDue(deps()), checkDue(deps())])
    assert.equal(
      made.reduce((sum, one) => sum + one, 0),
      1,
    )
    assert.equal(checked, 1)
    assert.equal((await kept())?.isFine, true)
    assert.equal(await checkDue(deps()), 0)
    const { rows } = await pool.query<{ hours: number }>(
      'select extract(epoch from due_at - now())::float8 / 3600 as hours from connection_check',
    )
    const hours = rows[0]?.hours ?? 0
    assert.ok(hours > 5.3 && hours < 6.7, `${hours} hours`)
    await makeDue()
    assert.equal(await checkDue(deps()), 1)
  })

  test('is made anew when the connection has been changed, and no more when it is disabled', async () => {
    await checkDue(deps())
    version = 2
    assert.equal(await checkDue(deps()), 1)
    assert.equal(await checkDue(deps()), 0)
    storedState = 'disabled'
    version = 3
    assert.equal(await checkDue(deps()), 0)
  })

  test('that nobody answers is given up, also where a connector goes on', async () => {
    check = () => new Promise(() => undefined)
    await checkDue(deps())
    const found = await kept()
    assert.deepEqual([found?.isFine, found?.code], [false, 'TIMEOUT'])
    assert.notEqual(found?.failingSince, null)
  })

  test('that is cut off by the end of the process says nothing', async () => {
    const life = new AbortController()
    check = () => {
      life.abort()
      return new Promise(() => undefined)
    }
    await checkDue(deps({ ending: life.signal }))
    assert.equal(await kept(), undefined)
  })

  test('keeps since when it fails, and forgets that when it is fine', async () => {
    check = () => Promise.reject(new RetryableError({ code: 'UNAVAILABLE' }))
    await checkAndKeep(deps(), erp)
    const first = (await kept())?.failingSince
    await checkAndKeep(deps(), erp)
    assert.deepEqual((await kept())?.failingSince, first)
    assert.deepEqual(await open(), [])
    check = async () => ({ account: 'hub', notes: ['slow'] })
    await checkAndKeep(deps(), erp)
    const { failingSince, account, notes } = (await kept()) ?? {}
    assert.deepEqual([failingSince, account, notes], [null, 'hub', ['slow']])
  })

  test('shows no more of a connector’s own fault than that it is one', async () => {
    check = () => Promise.reject(new Error('key s3cret'))
    await checkAndKeep(deps(), erp)
    const found = await kept()
    assert.deepEqual([found?.code, found?.reason], ['CONNECTOR_DEFECT', null])
  })

  test('takes a time that is none for not said', async () => {
    check = async () => ({ credentialExpiresAt: new Date('never') })
    await checkAndKeep(deps(), erp)
    assert.equal((await kept())?.credentialExpiresAt, null)
  })
})

describe('credentials', () => {
  const until = (days: number) => new Date(Date.now() + days * dayMs)
  const expires = 'IT08:connection:erp:expires'
  const refused = 'IT08:connection:erp:refused'

  test('that hold for two weeks more are no exception, and are one from then on', async () => {
    check = async () => ({ credentialExpiresAt: until(14.1) })
    await checkAndKeep(deps(), erp)
    assert.deepEqual(await open(), [])
    check = async () => ({ credentialExpiresAt: until(13.9) })
    await checkAndKeep(deps(), erp)
    assert.deepEqual(await open(), [expires])
    check = async () => ({ credentialExpiresAt: until(-1) })
    await checkAndKeep(deps(), erp)
    assert.deepEqual(await open(), [expires])
    check = async () => ({})
    await checkAndKeep(deps(), erp)
    assert.deepEqual(await open(), [])
  })

  test('that somebody knows about are not said again until something is different', async () => {
    const soon = until(7)
    check = async () => ({ credentialExpiresAt: soon })
    await checkAndKeep(deps(), erp)
    await pool.query(`update exception set status = 'resolved'`)
    await checkAndKeep(deps(), erp)
    assert.deepEqual(await open(), [])
    check = async () => ({ credentialExpiresAt: until(8) })
    await checkAndKeep(deps(), erp)
    assert.deepEqual(await open(), [expires])
  })

  test('that are refused are an exception until they are taken again; a failure of another kind ends it not', async () => {
    check = () => Promise.reject(new TerminalError({ code: 'AUTH_REJECTED', reason: 'no key' }))
    await checkAndKeep(deps(), erp)
    assert.deepEqual(await open(), [refused])
    check = () => Promise.reject(new RetryableError({ code: 'UNAVAILABLE' }))
    await checkAndKeep(deps(), erp)
    assert.deepEqual(await open(), [refused])
    check = async () => ({})
    await checkAndKeep(deps(), erp)
    assert.deepEqual(await open(), [])
  })
})
