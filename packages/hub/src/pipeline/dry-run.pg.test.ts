import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import pg from 'pg'
import { createTestDatabase, type TestDatabase } from '../../test/support/test-database.ts'
import { noMasterData } from '../connect/glossary.ts'
import type { Words } from '../mapping/words.ts'
import { systemClock } from '../platform/clock.ts'
import { HubError } from '../platform/errors.ts'
import { withTransaction } from '../store/database.ts'
import { insertWaitingMessages } from '../store/inbox.ts'
import { dryRunMapping } from './dry-run.ts'
import { makeMessage } from './message.ts'

function documentOf(note: string): string {
  return `mapping: 1
direction: inbound
source: { format: json }
events:
  - type: case.noted
    data: { note: ${note} }
`
}

const words: Words = { ...noMasterData, translate: () => null, express: () => null }
const active = documentOf('record.text')

describe('a dry run over what a connection sent', () => {
  let database: TestDatabase
  let pool: pg.Pool
  before(async () => {
    database = await createTestDatabase()
    pool = new pg.Pool({ connectionString: database.url, max: 2 })
    await pool.query(
      `insert into connection (connection_id, connector, title, config) values ('shop', 'document', 'Shop', '{}')`,
    )
    // Every second message is about something else.
    const messages = Array.from({ length: 500 }, (_, index) =>
      makeMessage({
        connectionId: 'shop',
        topic: index % 2 === 0 ? 'notes' : 'others',
        externalId: String(index),
        body: Buffer.from(JSON.stringify({ text: `note ${index}`, other: `${index}` })),
        actor: 'connection:shop',
      }),
    )
    await withTransaction(pool, (tx) => insertWaitingMessages(tx, messages, { now: new Date() }))
  })
  after(async () => {
    await pool.end()
    await database.drop()
  })

  const input = { name: 'shop/notes', active, days: 1, limit: 500 }

  async function runAll(draft: string, clock = systemClock) {
    const pages: Awaited<ReturnType<typeof dryRunMapping>>[] = []
    for (let last: string | undefined; ; ) {
      const page = await dryRunMapping({ pool, words, clock }, { ...input, draft, before: last })
      pages.push(page)
      if (page.next === null) return pages
      last = page.next
    }
  }

  test('looks at each message of its topic once, and shows each that differs', async () => {
    const pages = await runAll(documentOf('record.other'))
    assert.deepEqual(
      pages.map(({ checked, changed, samples }) => [checked, changed, samples.length]),
      [
        [100, 100, 100],
        [100, 100, 100],
        [50, 50, 50],
      ],
    )
    const ids = pages.flatMap(({ samples }) => samples.map(({ messageId }) => messageId))
    assert.equal(new Set(ids).size, 250)
    assert.deepEqual(ids, ids.toSorted().toReversed())
  })

  test('takes one page where nothing differs', async () => {
    const pages = await runAll(documentOf('record.text'))
    assert.deepEqual(
      pages.map(({ checked, same }) => [checked, same]),
      [[250, 250]],
    )
  })

  test('goes on from page to page where time runs out, and misses nothing', async () => {
    let nowMs = 0
    const clock = { ...systemClock, monotonicMs: () => (nowMs += 1_000) }
    const pages = await runAll(documentOf('record.text'), clock)
    assert.ok(pages.length > 10)
    assert.equal(
      pages.reduce((sum, { checked }) => sum + checked, 0),
      250,
    )
  })

  test('reads by nothing where nothing is in force', async () => {
    const given = { ...input, active: null, draft: active }
    const page = await dryRunMapping({ pool, words, clock: systemClock }, given)
    assert.equal(page.newlyReadable, 100)
  })

  test('says what is wrong with a draft, and with one about requests', async () => {
    const outbound =
      'mapping: 1\ndirection: outbound\nrequest: { method: { value: POST }, path: { value: /a } }\n'
    for (const draft of ['mapping: 1\n', outbound]) {
      const deps = { pool, words, clock: systemClock }
      await assert.rejects(
        dryRunMapping(deps, { ...input, draft }),
        (error) => error instanceof HubError && error.code === 'VALIDATION_FAILED',
      )
    }
  })
})
