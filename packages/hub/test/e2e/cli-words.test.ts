import assert from 'node:assert/strict'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
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
  await pool.query(
    `insert into connection (connection_id, connector, title, config) values ('shop', 'webhook', 'Shop', '{}')`,
  )
})
after(async () => {
  await place.remove()
  await pool.end()
  await database.drop()
})

async function write(path: string, text: string): Promise<void> {
  const full = join(place.folder, path)
  await mkdir(dirname(full), { recursive: true })
  await writeFile(full, text)
}

async function read<T>(...args: readonly string[]): Promise<T> {
  const { code, stdout, stderr } = await place.run([...args, '--json'])
  assert.equal(code, 0, `${stderr}${stdout}`)
  return JSON.parse(stdout) as T
}

interface Applied {
  readonly counts: Readonly<Record<string, number>>
  readonly items: readonly { subject: string; action: string; outcome: string; detail: string }[]
}

const mappingText = `mapping: 1
direction: inbound
source: { format: json }
events:
  - type: case.noted
    data: { note: { value: seen } }
`

function policyText(name: string, description = 'one'): string {
  return `policy: 1
name: ${name}
description: ${description}
rules:
  - { id: R1, version: 1, title: Everything, level: line, verdict: allow, if: 'true' }
`
}

describe('a folder', () => {
  test('is put in force after a look at its plan, and is then no change any more', async () => {
    await write('config/mappings/shop/returns.yaml', mappingText)
    await write('config/mappings/shop/samples/one.yaml', 'no document')
    await write('config/policies/standard.yaml', policyText('standard'))
    await write(
      'config/vocabularies/reason.shop.csv',
      'source,canonical\nKaputt,defective_consumer\n',
    )
    const plan = await read<Applied>('apply', '-f', 'config', '--plan')
    assert.deepEqual(plan.counts, { planned: 3 })
    assert.deepEqual(
      plan.items.map(({ subject, action }) => [subject, action]),
      [
        ['vocabulary reason of shop', 'change'],
        ['mapping shop/returns', 'create'],
        ['policy standard', 'create'],
      ],
    )
    const unasked = await place.run(['apply', '-f', 'config'])
    assert.equal(unasked.code, 2)
    assert.match(unasked.stderr, /add --yes/)
    assert.deepEqual(await read('document', 'list'), { items: [], next: null })

    assert.deepEqual((await read<Applied>('apply', '-f', 'config', '--yes')).counts, { applied: 3 })
    assert.deepEqual((await read<Applied>('apply', '-f', 'config', '--yes')).counts, {
      unchanged: 3,
    })
    const shown = await read<{ state: string; content: string; createdBy: string }>(
      'document',
      'show',
      'mapping',
      'shop/returns',
    )
    assert.deepEqual([shown.state, shown.content], ['active', mappingText])
    assert.match(shown.createdBy, /^cli:/)
  })

  test('is applied file by file: one that is wrong holds up no other, and is told', async () => {
    await write('config/mappings/shop/returns.yaml', 'mapping: [\n')
    await write('config/policies/standard.yaml', policyText('standard', 'two'))
    const { code, stdout } = await place.run(['apply', '-f', 'config', '--yes', '--json'])
    assert.equal(code, 7)
    const applied = JSON.parse(stdout) as Applied
    assert.deepEqual(applied.counts, { applied: 1, refused: 1, unchanged: 1 })
    const refused = applied.items.find(({ outcome }) => outcome === 'refused')
    assert.match(refused?.detail ?? '', /^line \d: /)
    const again = await place.run(['apply', '-f', 'config', '--plan'])
    assert.equal(again.code, 2)
    assert.equal((await place.run(['document', 'show', 'mapping', 'shop/returns'])).code, 0)
  })

  test('retires what it does not have, where that is asked for, in the folders that it has', async () => {
    await rm(join(place.folder, 'config/mappings'), { recursive: true })
    await rm(join(place.folder, 'config/policies/standard.yaml'))
    await write('config/vocabularies/reason.shop.csv', 'source,canonical\nFalsch,wrong_goods\n')
    const kept = await read<Applied>('apply', '-f', 'config', '--plan')
    assert.deepEqual(
      kept.items.map(({ action }) => action),
      ['change'],
    )
    const applied = await read<Applied>('apply', '-f', 'config', '--prune', '--yes')
    assert.deepEqual(
      applied.items.map(({ subject, action, outcome }) => [subject, action, outcome]),
      [
        ['vocabulary reason of shop', 'change', 'applied'],
        ['policy standard', 'retire', 'applied'],
        ['vocabulary reason', 'retire', 'applied'],
      ],
    )
    const { items } = await read<{ items: { sourceValue: string }[] }>(
      'vocabulary',
      'list',
      'reason',
    )
    assert.deepEqual(
      items.map(({ sourceValue }) => sourceValue),
      ['Falsch'],
    )
    const [mapping] = (
      await read<{ items: { activeVersion: number | null }[] }>(
        'document',
        'list',
        '--kind',
        'mapping',
      )
    ).items
    assert.equal(mapping?.activeVersion, 1)
  })

  test('that is not there, or is none of ours, is a mistake', async () => {
    assert.equal((await place.run(['apply', '-f', 'nowhere'])).code, 2)
    await mkdir(join(place.folder, 'empty'))
    assert.match((await place.run(['apply', '-f', 'empty'])).stderr, /none of mappings, policies/)
  })

  test('waits for somebody else where four eyes are asked for', async () => {
    await write('watched/policies/strict.yaml', policyText('strict'))
    const env = { BACKHAUL_CHANGE_CONTROL_FOUR_EYES: 'true' }
    const { code, stdout, stderr } = await place.run(
      ['apply', '-f', 'watched', '--yes', '--json'],
      { env },
    )
    assert.equal(code, 0, stderr)
    assert.deepEqual((JSON.parse(stdout) as Applied).counts, { waiting: 1 })
    const own = await place.run(['document', 'review', 'policy', 'strict'], { env })
    assert.equal(own.code, 4)
    assert.match(own.stderr, /Somebody else than its author/)
  })
})

describe('a document', () => {
  test('goes back to the version before, and shows what differs', async () => {
    for (const content of [policyText('fees'), policyText('fees', 'two')]) {
      await write('versions/policies/fees.yaml', content)
      await read('apply', '-f', 'versions', '--yes')
    }
    const diff = await read<{ diff: string }>(
      'document',
      'diff',
      'policy',
      'fees',
      '--against',
      '1',
    )
    assert.match(diff.diff, /^-description: one\n\+description: two$/m)
    const dry = await place.run(['document', 'rollback', 'policy', 'fees', '--dry-run'])
    assert.match(dry.stdout, /Would rollback the policy fees version 2, which is active/)
    const back = await read<{ version: number; state: string }>(
      'document',
      'rollback',
      'policy',
      'fees',
      '--yes',
    )
    assert.deepEqual([back.version, back.state], [1, 'active'])
    assert.equal((await place.run(['document', 'rollback', 'policy', 'fees', '--yes'])).code, 5)
    const checked = await read<{ problems: unknown[] }>(
      'document',
      'check',
      'policy',
      'fees',
      '--number',
      '2',
    )
    assert.deepEqual(checked.problems, [])
    const retired = await read<{ state: string }>('document', 'retire', 'policy', 'fees', '--yes')
    assert.equal(retired.state, 'retired')
  })

  test('that nobody knows is not found, and a kind that there is not is a mistake', async () => {
    assert.equal((await place.run(['document', 'show', 'policy', 'none'])).code, 3)
    assert.equal((await place.run(['document', 'show', 'mood', 'none'])).code, 2)
  })
})

describe('a word', () => {
  test('is set, found, and removed, with its history', async () => {
    const dry = await read<{ added: number }>(
      'vocabulary',
      'set',
      'carrier',
      'UPS',
      'ups',
      '--dry-run',
    )
    assert.equal(dry.added, 1)
    const set = await read<{ added: number }>('vocabulary', 'set', 'carrier', 'UPS', 'ups')
    assert.equal(set.added, 1)
    const { items } = await read<{ items: { entryId: string }[] }>(
      'vocabulary',
      'list',
      'carrier',
      '--prefix',
      'U',
    )
    assert.equal(items.length, 1)
    await read('vocabulary', 'remove', 'carrier', items[0]?.entryId ?? '')
    const history = await read<{ items: { action: string; changedBy: string }[] }>(
      'vocabulary',
      'history',
      'carrier',
      '--word',
      'ups',
    )
    assert.deepEqual(
      history.items.map(({ action }) => action),
      ['removed', 'added'],
    )
    assert.match(history.items[0]?.changedBy ?? '', /^cli:/)
  })

  test('that cannot be meant is refused, in a sentence', async () => {
    const { code, stderr } = await place.run(['vocabulary', 'set', 'reason', 'x', 'y'])
    assert.equal(code, 2)
    assert.match(stderr, /not among the canonical values/)
    assert.equal((await place.run(['vocabulary', 'list', 'moods'])).code, 3)
  })

  test('goes out and in as a table', async () => {
    const input = 'source,canonical\nEA,unit\n"C6, blue",case\n'
    const plan = await place.run(['vocabulary', 'import', 'unit', '-', '--plan'], { input })
    assert.equal(plan.code, 0)
    assert.match(plan.stdout, /2 added, 0 changed, 0 unchanged, 0 refused/)
    const done = await place.run(['vocabulary', 'import', 'unit', '-', '--connection', 'shop'], {
      input,
    })
    assert.equal(done.code, 0, done.stderr)
    const { stdout } = await place.run(['vocabulary', 'export', 'unit', '--connection', 'shop'])
    assert.equal(
      stdout,
      'connection,company,source,canonical,valid_from,valid_to\nshop,,"C6, blue",case,,\nshop,,EA,unit,,\n',
    )
    const wrong = await place.run(['vocabulary', 'import', 'unit', '-'], {
      input: 'source,canonical\n,x\n',
    })
    assert.equal(wrong.code, 2)
    assert.match(wrong.stdout, /^line 2: source:/m)
  })

  test('is listed a page at a time', async () => {
    const first = await read<{ items: { sourceValue: string }[]; next: string }>(
      'vocabulary',
      'list',
      'unit',
      '-n',
      '1',
    )
    const rest = await read<{ items: { sourceValue: string }[]; next: null }>(
      'vocabulary',
      'list',
      'unit',
      '--before',
      first.next,
    )
    assert.deepEqual([first.items[0]?.sourceValue, rest.items[0]?.sourceValue], ['C6, blue', 'EA'])
    assert.equal((await place.run(['vocabulary', 'list', 'unit', '--before', 'x'])).code, 2)
    assert.deepEqual(await read('vocabulary', 'unmapped'), { items: [], next: null })
    const all = await read<{ items: { name: string; entries: number }[] }>('vocabulary', 'list')
    assert.equal(all.items.find(({ name }) => name === 'unit')?.entries, 2)
  })
})
