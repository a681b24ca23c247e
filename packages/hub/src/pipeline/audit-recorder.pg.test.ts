import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createTestDatabase, type TestDatabase } from '../../test/support/test-database.ts'
import { systemClock } from '../platform/clock.ts'
import { createLogger } from '../platform/logger.ts'
import { createPool, type Pool, withTransaction } from '../store/database.ts'
import { createAuditRecorder, type RecordAudit } from './audit-recorder.ts'
import { verifyAudit } from './verify-audit.ts'

const sealKey = Buffer.alloc(32, 7)

describe('what people do', () => {
  let database: TestDatabase
  let pool: Pool
  let record: RecordAudit
  before(async () => {
    database = await createTestDatabase()
    const log = createLogger({ level: 'silent' })
    pool = createPool({ url: database.url, size: 6, name: 'test', log })
    record = createAuditRecorder({ writer: 'test admin', sealKey, clock: systemClock })
  })
  after(async () => {
    await pool.end()
    await database.drop()
  })

  function act(name: string, { fails = false } = {}): Promise<void> {
    return withTransaction(pool, async (tx) => {
      await record(tx, [{ actor: 'test', action: name, objectType: 'thing', objectId: name }])
      if (fails) throw new Error('taken back')
    })
  }

  async function findings(): Promise<unknown[]> {
    const found: unknown[] = []
    const keptSince = new Date(0)
    await verifyAudit(pool, { sealKeys: [sealKey], keptSince, report: (one) => found.push(one) })
    return found
  }

  test('is one unbroken chain, though it is done at the same time, and some of it is taken back', async () => {
    const acts = Array.from({ length: 60 }, (_, n) => act(`act-${n}`, { fails: n % 3 === 0 }))
    await Promise.allSettled(acts)
    await act('last')
    const { rows } = await pool.query<{ count: number }>(
      'select count(*)::int as count from audit_entry',
    )
    assert.equal(rows[0]?.count, 41)
    assert.deepEqual(await findings(), [])
  })

  test('is found out when it is changed afterwards', async () => {
    await pool.query(`update audit_entry set actor = 'nobody' where object_id = 'last'`)
    assert.notDeepEqual(await findings(), [])
  })
})
