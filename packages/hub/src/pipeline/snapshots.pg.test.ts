import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { requested, scanned, startRing, type TestRing, until } from '../../test/support/ring.ts'
import { fold } from '../domain/index.ts'
import { createLogger } from '../platform/logger.ts'
import { listCaseEvents } from '../store/cases.ts'
import { loadCase } from './load-case.ts'
import { stampedOf } from './process/case-states.ts'
import { housekeep } from './tick.ts'

const retention = { inboxDays: 90, caseEventDays: 730, attemptDays: 90, dedupeDays: 30 }

describe('a case that is kept whole every few events', () => {
  let one: TestRing
  let two: TestRing
  before(async () => {
    one = await startRing()
    two = await startRing({ url: one.pool.options.connectionString ?? '' })
  })
  after(async () => {
    await two.close()
    await one.close()
  })

  /** The case as anybody reads it, which has to be the fold of all of its history. */
  async function readWhole(caseId: string) {
    const found = await loadCase(one.pool, caseId)
    assert.ok(found)
    const folded = fold((await listCaseEvents(one.pool, found)).map(stampedOf))
    assert.deepEqual(
      JSON.parse(JSON.stringify(found.state)),
      JSON.parse(JSON.stringify(folded.state)),
    )
    return found
  }

  test('reads the same after each of its events, whichever process took it and in whatever order', async () => {
    const { caseId } = await one.send(requested('kept-1'))
    assert.ok(caseId)
    await readWhole(caseId)
    // Every fourth comes late.
    const minutes = Array.from({ length: 32 }, (_, index) =>
      index % 4 === 3 ? index - 3 : index + 1,
    )
    for (const [index, minute] of minutes.entries()) {
      const ring = index % 3 === 0 ? two : one
      await ring.send(scanned('kept-1', minute, { id: `kept-1-${index}` }))
      assert.equal((await readWhole(caseId)).version, index + 2)
    }
  })

  test('reads the same when a late event came while another process waited for the case', async () => {
    const { caseId } = await one.send(requested('kept-4'))
    assert.ok(caseId)
    for (const minute of [2, 4]) await two.send(scanned('kept-4', minute))
    const holder = await one.pool.connect()
    const waiting = async () => {
      const { rows } = await one.pool.query<{ count: number }>(
        `select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      )
      return rows[0]?.count
    }
    await holder.query('begin')
    await holder.query('select from return_case where case_id = $1 for update', [caseId])
    const late = one.send(scanned('kept-4', 1))
    await until(async () => (await waiting()) === 1)
    const next = two.send(scanned('kept-4', 5))
    await until(async () => (await waiting()) === 2)
    await holder.query('commit')
    holder.release()
    await Promise.all([late, next])
    // As far as the next snapshot, which is made of what that process remembers.
    for (let minute = 6; minute <= 15; minute += 1) await two.send(scanned('kept-4', minute))
    assert.equal((await readWhole(caseId)).version, 15)
  })

  test('is written whole now and then only', async () => {
    const { caseId } = await one.send(requested('kept-2'))
    const versions = new Set<number>()
    for (let minute = 1; minute <= 24; minute += 1) {
      await one.send(scanned('kept-2', minute))
      const { rows } = await one.pool.query<{ version: number }>(
        'select version from case_snapshot where case_id = $1',
        [caseId],
      )
      for (const { version } of rows) versions.add(version)
    }
    assert.deepEqual([...versions], [10, 20])
  })

  test('keeps its state when the days of its history go', async () => {
    const { caseId } = await one.send(requested('kept-3'))
    assert.ok(caseId)
    for (const minute of [1, 2]) await one.send(scanned('kept-3', minute))
    await one.settled()
    const { state, version } = await readWhole(caseId)
    await one.pool.query(`select ensure_day_partitions('2024-01-01', 1)`)
    await one.pool.query(
      `update case_event set recorded_at = timestamptz '2024-01-01T12:00:00Z' + seq * interval '1 second' where case_id = $1`,
      [caseId],
    )
    await one.pool.query(
      `update return_case set created_at = '2024-01-01T12:00:00Z', updated_at = '2024-01-01T13:00:00Z' where case_id = $1`,
      [caseId],
    )
    await housekeep(one.pool, { retention, log: createLogger({ level: 'silent' }) })
    const { rows } = await one.pool.query(`select to_regclass('case_event_20240101') as gone`)
    assert.deepEqual(rows, [{ gone: null }])
    const found = await loadCase(one.pool, caseId)
    assert.deepEqual(found?.state, JSON.parse(JSON.stringify(state)))
    const { caseVersion } = await two.send(scanned('kept-3', 9))
    assert.equal(caseVersion, version + 1)
  })
})
