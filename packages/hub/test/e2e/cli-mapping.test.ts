import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import pg from 'pg'
import { makeMessage } from '../../src/pipeline/message.ts'
import { withTransaction } from '../../src/store/database.ts'
import { insertWaitingMessages } from '../../src/store/inbox.ts'
import { drillSamples } from '../drill/channel.ts'
import { makeWorkplace, type Workplace } from '../support/cli.ts'
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts'

const samples = drillSamples({ seed: 5, count: 12 })
const topic = 'retouraanvraag'

describe('mapping commands', () => {
  let place: Workplace
  let database: TestDatabase
  let pool: pg.Pool
  before(async () => {
    database = await createTestDatabase()
    pool = new pg.Pool({ connectionString: database.url, max: 2 })
    place = await makeWorkplace({ DATABASE_URL: database.url })
    await mkdir(join(place.folder, 'samples'))
    for (const { name, bytes } of samples) {
      await writeFile(join(place.folder, 'samples', name), bytes)
    }
  })
  after(async () => {
    await place.remove()
    await pool.end()
    await database.drop()
  })

  const mapping = `config/mappings/drill/${topic}.yaml`
  const learn = ['mapping', 'learn', 'samples', '--topic', topic, '--connection', 'drill']

  test('learn: writes what apply takes, and says what is to be decided', async () => {
    const { code, stdout } = await place.run([...learn, '--out', 'config'])
    assert.equal(code, 0)
    assert.match(stdout, /To decide/)
    assert.match(stdout, /constants\.zone/)
    const json = await place.run([
      ...learn,
      '--json',
      '--answer',
      'constants.zone=Europe/Amsterdam',
    ])
    const learned = JSON.parse(json.stdout) as { decisions: { path: string }[]; document: string }
    assert.match(learned.document, /zone: Europe\/Amsterdam/)
    assert.ok(learned.decisions.every(({ path }) => path !== 'constants.zone'))
  })

  test('learn: overwrites nothing', async () => {
    const { code, stderr } = await place.run([...learn, '--out', 'config'])
    assert.equal(code, 5)
    assert.match(stderr, /is there already/)
  })

  test('test: says that all is fine, or what a message comes to', async () => {
    assert.equal((await place.run(['mapping', 'test', 'config'])).code, 0)
    const message = `samples/${samples[0]?.name}`
    const waits = await place.run(['mapping', 'test', mapping, '--message', message, '--json'])
    assert.equal(waits.code, 1)
    assert.match(waits.stdout, /"code": "MD01"/)
    const tables = ['--vocabularies', 'config/vocabularies']
    const all = 'source,canonical\n'
    const reasons =
      'KAPOT,defective_consumer\nANDERS_DAN_GEDACHT,not_as_expected\nZOEK_SPEL,missing_parts\n'
    const more =
      'TRANSPORTSCHADE,damaged_in_transit\nVERKEERD_ARTIKEL,wrong_goods\nNIET_MEER_NODIG,no_longer_needed\n'
    await write('config/vocabularies/reason.drill.csv', `${all}${reasons}${more}`)
    const wishes = 'geld terug,refund\nruilen,exchange\nreparatie,repair\ntegoedbon,store_credit\n'
    await write('config/vocabularies/resolution.drill.csv', `${all}${wishes}`)
    const read = await place.run(['mapping', 'test', mapping, '--message', message, ...tables])
    assert.equal(read.code, 0, read.stdout)
    assert.match(read.stdout, /"type": "return\.requested"/)
  })

  test('test: says line and column of what is wrong, and where an example differs', async () => {
    const head =
      'mapping: 1\ndirection: inbound\nsource: { format: json }\nevents:\n  - type: case.noted\n'
    await write('wrong/shop/a.yaml', `${head}    data: { note: record.. }\n`)
    const wrong = await place.run(['mapping', 'test', 'wrong'])
    assert.equal(wrong.code, 1)
    assert.match(wrong.stdout, /a\.yaml:6:\d+ events\[0\]\.data\.note /)
    const example =
      'examples:\n  - name: one note\n    input: { text: \'{"a": "x"}\' }\n    output: [{ type: case.noted, data: { note: y } }]\n'
    await write('differs/shop/a.yaml', `${head}    data: { note: record.a }\n${example}`)
    const differs = await place.run(['mapping', 'test', 'differs'])
    assert.equal(differs.code, 1)
    assert.match(differs.stdout, /one note: differs/)
    assert.match(differs.stdout, /\/0\/data\/note: "y" was expected, and it is "x"/)
  })

  test('diff: says what the document would make of recorded messages', async () => {
    await pool.query(
      `insert into connection (connection_id, connector, title, config) values ('drill', 'document', 'Drill', '{}')`,
    )
    const messages = samples.map(({ name, bytes }) =>
      makeMessage({
        connectionId: 'drill',
        topic,
        externalId: name,
        body: bytes,
        actor: 'connection:drill',
      }),
    )
    await withTransaction(pool, (tx) => insertWaitingMessages(tx, messages, { now: new Date() }))
    const { code, stdout } = await place.run(['mapping', 'diff', mapping, '--json'])
    assert.equal(code, 0)
    const { checked, changed, against } = JSON.parse(stdout) as Record<string, unknown>
    assert.deepEqual([checked, changed, against], [samples.length, samples.length, null])
    const shown = await place.run(['mapping', 'diff', mapping, '--limit', '5'])
    assert.match(shown.stdout, /Messages +5/)
    assert.match(shown.stdout, /nobody knows what (reason|unit|resolution)/)
    assert.match(shown.stderr, /raise --limit/)
  })

  async function write(path: string, text: string): Promise<void> {
    const full = join(place.folder, path)
    await mkdir(join(full, '..'), { recursive: true })
    await writeFile(full, text)
  }
})
