import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createTestDatabase, type TestDatabase } from '../../test/support/test-database.ts'
import { createLogger } from '../platform/logger.ts'
import { createPool, type Pool } from './database.ts'
import { deleteEditsIn } from './message-edits.ts'
import { dropOldPartitions } from './retention.ts'

let database: TestDatabase
let pool: Pool
before(async () => {
  database = await createTestDatabase()
  pool = createPool({
    url: database.url,
    size: 2,
    name: 'test',
    log: createLogger({ level: 'silent' }),
  })
})
after(async () => {
  await pool.end()
  await database.drop()
})

const retention = { inboxDays: 90, caseEventDays: 730, attemptDays: 90, dedupeDays: 30 }
const oldDay = '20250101'
const keepNothing = async () => undefined

test('old days are dropped, but not one with a message that still waits', async () => {
  await pool.query(`select ensure_day_partitions('2025-01-01', 2)`)
  await pool.query(
    `insert into parked_message (message_id, connection_id, received_at, topic, code, parked_at)
     values ('01940000-0000-7000-8000-000000000001', 'shop', '2025-01-01T10:00:00Z', 'canonical-events', 'IT03', now())`,
  )
  const dropped = await dropOldPartitions(pool, retention, keepNothing)
  assert.ok(dropped.includes('inbox_message_20250102'))
  assert.ok(dropped.includes(`delivery_attempt_${oldDay}`))
  assert.ok(!dropped.includes(`inbox_message_${oldDay}`), 'the parked message would lose its body')
  assert.ok(!dropped.some((name) => name.startsWith('audit_entry')))
  await pool.query('delete from parked_message')
  assert.deepEqual(await dropOldPartitions(pool, retention, keepNothing), [
    `inbox_message_${oldDay}`,
  ])
})

test('what was edited is forgotten with the day on which the edited message came in', async () => {
  const insert = `insert into message_edit (original_id, edited_id, edited_by, edited_at, reason)
    values (gen_random_uuid(), gen_random_uuid(), 'test', $1, 'a typo')`
  for (const at of ['2025-01-01T23:59:59Z', '2025-01-02T00:00:00Z', '2025-01-03T00:00:00Z']) {
    await pool.query(insert, [at])
  }
  assert.equal(await deleteEditsIn(pool, 'inbox_message_20250102'), 1)
  const { rows } = await pool.query<{ editedAt: Date }>(
    'select edited_at as "editedAt" from message_edit order by edited_at',
  )
  assert.deepEqual(
    rows.map(({ editedAt }) => editedAt.toISOString().slice(0, 10)),
    ['2025-01-01', '2025-01-03'],
  )
})
