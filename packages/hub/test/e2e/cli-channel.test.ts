import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { channelsDir } from '@backhaul/connectors'
import pg from 'pg'
import { makeWorkplace, type Workplace } from '../support/cli.ts'
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts'

let database: TestDatabase
let pool: pg.Pool
let place: Workplace

before(async () => {
  database = await createTestDatabase()
  pool = new pg.Pool({ connectionString: database.url, max: 2 })
  place = await makeWorkplace({
    DATABASE_URL: database.url,
    BACKHAUL_MASTER_KEY: Buffer.alloc(32, 9).toString('base64'),
  })
})
after(async () => {
  await place.remove()
  await pool.end()
  await database.drop()
})

async function read<T>(...args: readonly string[]): Promise<T> {
  const { code, stdout, stderr } = await place.run([...args, '--json'])
  assert.equal(code, 0, `${stderr}${stdout}`)
  return JSON.parse(stdout) as T
}

interface Installed {
  readonly connectionId: string
  readonly addressToken: string | null
  readonly counts: Readonly<Record<string, number>>
}

describe('a channel', () => {
  test('is listed, and shows what its connection needs', async () => {
    const { items } = await read<{ items: { key: string }[] }>('channel', 'list')
    assert.ok(items.some(({ key }) => key === 'ebay'))
    const { stdout } = await place.run(['channel', 'show', 'ebay'])
    assert.match(stdout, /outbound\.url/)
    assert.match(stdout, /issue_refund/)
  })

  test('is not installed by saying what would be done', async () => {
    const { stdout } = await place.run(['channel', 'install', 'amazon', '--as', 'us', '--dry-run'])
    assert.match(stdout, /Would make the connection us of Amazon Marketplace: returns-flat-file/)
    const { rows } = await pool.query('select from connection')
    assert.equal(rows.length, 0)
  })

  test('becomes a connection with its words and its documents in force', async () => {
    const made = await read<Installed>('channel', 'install', 'amazon', '--as', 'amazon-us')
    assert.ok((made.addressToken ?? '').length >= 16)
    assert.deepEqual(made.counts, { applied: 11 })
    const documents = await pool.query<{ name: string }>(
      `select name from document where state = 'active' order by name`,
    )
    assert.deepEqual(
      documents.rows.map(({ name }) => name),
      [
        'amazon-us/fba-customer-returns',
        'amazon-us/order-change',
        'amazon-us/report-processing-finished',
        'amazon-us/returns-flat-file',
        'amazon-us/returns-xml',
      ],
    )
    const words = await pool.query<{ connection_id: string; canonical_value: string }>(
      `select connection_id, canonical_value from vocabulary_entry where source_key = 'cr-defective'`,
    )
    assert.deepEqual(words.rows, [
      { connection_id: 'amazon-us', canonical_value: 'defective_consumer' },
    ])
  })

  test('is brought up to date by installing it again, and keeps its address', async () => {
    await pool.query(
      `update vocabulary_entry set canonical_value = 'recall' where source_key = 'cr-defective'`,
    )
    const again = await read<Installed>('channel', 'install', 'amazon', '--as', 'amazon-us')
    assert.equal(again.addressToken, null)
    assert.deepEqual(again.counts, { applied: 1, unchanged: 10 })
  })

  test('takes its settings from a file, and roles that it can play', async () => {
    await writeFile(
      join(place.folder, 'ebay.yaml'),
      'outbound: { url: https://api.ebay.example/post-order/v2, headers: { authorization: IAF x } }\n',
    )
    const args = ['channel', 'install', 'ebay', '--as', 'ebay-us', '--settings', 'ebay.yaml']
    await read(...args, '--role', 'payments')
    const { rows } = await pool.query<{ roles: string[] }>(
      `select roles from connection where connection_id = 'ebay-us'`,
    )
    assert.deepEqual(rows[0]?.roles, ['channel', 'payments'])
    const refused = await place.run(['channel', 'install', 'ebay', '--as', 'two', '--role', 'erp'])
    assert.equal(refused.code, 2)
    assert.match(refused.stderr, /ebay plays channel, payments, not erp/)
  })

  test('that is not there is said to be so, and so is a connection of something else', async () => {
    assert.equal((await place.run(['channel', 'install', 'etsy', '--as', 'etsy'])).code, 3)
    await pool.query(
      `insert into connection (connection_id, connector, title, config) values ('hook', 'webhook', 'Hook', '{}')`,
    )
    const { code, stderr } = await place.run(['channel', 'install', 'amazon', '--as', 'hook'])
    assert.equal(code, 5)
    assert.match(stderr, /has another connector/)
  })

  test('makes a case of a report, and of a later one only what is new', async () => {
    const hub = await place.serve()
    const topic = ['--connection', 'amazon-us', '--topic', 'returns-flat-file']
    const send = (file: string) =>
      read('file', 'send', join(channelsDir, 'amazon/examples', file), ...topic)
    await send('flat-one.tsv')
    assert.deepEqual(await details(1), ['3 events: 3 applied.'])
    await send('flat-again.tsv')
    assert.deepEqual(await details(2), ['3 events: 3 applied.', '5 events: 2 applied, 3 repeated.'])
    const { rows } = await pool.query('select from return_case')
    assert.equal(rows.length, 1)
    hub.signal('SIGTERM')
    assert.equal(await hub.ended, 0)
  })
})

/** What became of the reports, once there are so many that have an end. */
async function details(count: number): Promise<readonly string[]> {
  for (const deadline = Date.now() + 20_000; Date.now() < deadline; ) {
    const { rows } = await pool.query<{ detail: string }>(
      `select result ->> 'detail' as detail from inbox_message
       where connection_id = 'amazon-us' and outcome is not null order by received_at`,
    )
    if (rows.length >= count) return rows.map(({ detail }) => detail)
    await nextTurn()
  }
  throw new Error('the reports had no end in time')
}
