import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { createTestDatabase, type TestDatabase } from '../../test/support/test-database.ts'
import { newId } from '../platform/ids.ts'
import { createLogger } from '../platform/logger.ts'
import { createPool, type Pool } from '../store/database.ts'
import { createGlossary, type Glossary, noMasterData } from './glossary.ts'

const log = createLogger({ level: 'silent' })
let database: TestDatabase
let pool: Pool
let glossary: Glossary

before(async () => {
  database = await createTestDatabase()
  pool = createPool({ url: database.url, size: 3, name: 'test', log })
  await pool.query(
    `insert into connection (connection_id, connector, title, config)
     select id, 'test', id, '{}' from unnest(array['shop', 'desk']) id`,
  )
})
after(async () => {
  await pool.end()
  await database.drop()
})
beforeEach(async () => {
  await pool.query('truncate vocabulary_entry, document')
  glossary = createGlossary({ pool, log, masterData: noMasterData })
})

interface Given {
  readonly word: string
  readonly means: string
  readonly vocabulary?: string
  readonly connection?: string
  readonly company?: string
  readonly from?: string
  readonly to?: string
}

async function say(...entries: readonly Given[]): Promise<void> {
  await pool.query(
    `insert into vocabulary_entry (entry_id, vocabulary, connection_id, company, source_key, source_value, canonical_value, valid_from, valid_to, changed_by)
     select id, coalesce(vocabulary, 'reason'), connection, company, lower(word), word, means, "from", "to", 'test'
     from json_to_recordset($1) as g (id uuid, vocabulary text, connection text, company text, word text, means text, "from" timestamptz, "to" timestamptz)`,
    [JSON.stringify(entries.map((entry) => ({ ...entry, id: newId() })))],
  )
  await glossary.refresh()
}

const at = '2026-06-01T00:00:00Z'
const shop = { connectionId: 'shop', company: null, at }

describe('the glossary', () => {
  test('knows nothing before it has read, and then what is in force', async () => {
    assert.equal(glossary.translate('reason', 'kaputt', shop), null)
    await say({ word: 'Kaputt', means: 'defective_consumer' })
    assert.equal(glossary.translate('reason', ' KAPUTT', shop), 'defective_consumer')
    assert.equal(glossary.translate('carrier', 'kaputt', shop), null)
    assert.equal(glossary.translate('__proto__', 'kaputt', shop), null)
  })

  test('takes the most specific meaning: connection and company, connection, company, neither', async () => {
    await say(
      { word: 'w', means: 'neither' },
      { word: 'w', means: 'company', company: 'main' },
      { word: 'w', means: 'connection', connection: 'shop' },
      { word: 'w', means: 'both', connection: 'shop', company: 'main' },
      { word: 'only main', means: 'company', company: 'main' },
    )
    const meaning = (connectionId: string, company: string | null): string | null =>
      glossary.translate('reason', 'w', { connectionId, company, at })
    assert.equal(meaning('shop', 'main'), 'both')
    assert.equal(meaning('shop', 'west'), 'connection')
    assert.equal(meaning('shop', null), 'connection')
    assert.equal(meaning('desk', 'main'), 'company')
    assert.equal(meaning('desk', null), 'neither')
    assert.equal(glossary.translate('reason', 'only main', shop), null)
  })

  test('takes the meaning of the time: the latest that has begun and has not ended', async () => {
    await say(
      { word: 'w', means: 'always' },
      { word: 'w', means: 'spring', from: '2026-03-01T00:00:00Z', to: '2026-06-01T00:00:00Z' },
      { word: 'w', means: 'may', from: '2026-05-01T00:00:00Z', to: '2026-06-01T00:00:00Z' },
      { word: 'once', means: 'past', to: '2026-01-01T00:00:00Z' },
    )
    const meaning = (time: string): string | null =>
      glossary.translate('reason', 'w', { ...shop, at: time })
    assert.equal(meaning('2026-02-28T23:59:59Z'), 'always')
    assert.equal(meaning('2026-03-01T01:00:00+01:00'), 'spring')
    assert.equal(meaning('2026-05-15T00:00:00Z'), 'may')
    assert.equal(meaning('2026-06-01T00:00:00Z'), 'always')
    assert.equal(glossary.translate('reason', 'once', shop), null)
  })

  test('says a meaning in the words of a connection, else in those that all share', async () => {
    await say(
      { word: 'UPS', means: 'ups', vocabulary: 'carrier' },
      { word: 'C-17', means: 'ups', vocabulary: 'carrier', connection: 'shop' },
    )
    assert.equal(glossary.express('carrier', 'ups', shop), 'C-17')
    assert.equal(glossary.express('carrier', 'ups', { ...shop, connectionId: 'desk' }), 'UPS')
    assert.equal(glossary.express('carrier', 'dhl', shop), null)
  })

  test('says it in the oldest of the words that mean the same, and in the latest of those with a time', async () => {
    const carrier = { means: 'ups', vocabulary: 'carrier', connection: 'shop' }
    await say({ ...carrier, word: 'UPS' }, { ...carrier, word: 'United' })
    assert.equal(glossary.express('carrier', 'ups', shop), 'UPS')
    await say({ ...carrier, word: 'U2', from: '2026-05-01T00:00:00Z' })
    assert.equal(glossary.express('carrier', 'ups', shop), 'U2')
    assert.equal(glossary.express('carrier', 'ups', { ...shop, at: '2026-01-01T00:00:00Z' }), 'UPS')
  })

  test('notices every change, also one by hand, and reads only what has changed', async () => {
    await say({ word: 'a', means: 'x' }, { word: 'b', means: 'y', vocabulary: 'unit' })
    assert.equal(await glossary.refresh(), false)
    await pool.query(`update vocabulary_entry set canonical_value = 'z' where source_key = 'a'`)
    assert.equal(await glossary.refresh(), true)
    assert.equal(glossary.translate('reason', 'a', shop), 'z')
    await pool.query(`delete from vocabulary_entry where source_key = 'a'`)
    await glossary.refresh()
    assert.equal(glossary.translate('reason', 'a', shop), null)
    assert.equal(glossary.translate('unit', 'b', shop), 'y')
    await pool.query('truncate vocabulary_entry')
    await glossary.refresh()
    assert.equal(glossary.translate('unit', 'b', shop), null)
  })

  test('has the document in force, and keeps the same list until another one is', async () => {
    await document('shop/returns', 1, 'active')
    await document('shop/returns', 2, 'draft')
    await glossary.refresh()
    const list = glossary.activeDocuments('mapping')
    assert.equal(glossary.activeDocument('mapping', 'shop/returns')?.version, 1)
    assert.equal(glossary.activeDocument('policy', 'shop/returns'), undefined)
    await glossary.refresh()
    assert.equal(glossary.activeDocuments('mapping'), list)
    await pool.query(`update document set state = 'retired' where version = 1`)
    await glossary.refresh()
    assert.deepEqual(glossary.activeDocuments('mapping'), [])
  })

  test('stays as it was while the database is away', async () => {
    await say({ word: 'a', means: 'x' })
    const broken = createPool({ url: 'postgres://127.0.0.1:1/x', size: 1, name: 'test', log })
    const lost = createGlossary({ pool: broken, log, masterData: noMasterData })
    await assert.rejects(lost.refresh())
    assert.equal(lost.translate('reason', 'a', shop), null)
    await broken.end()
  })

  async function document(name: string, version: number, state: string): Promise<void> {
    await pool.query(
      `insert into document (document_id, kind, name, version, state, content, content_hash, created_by, checked_at)
       values (gen_random_uuid(), 'mapping', $1, $2, $3, 'mapping: 1', '', 'test', now())`,
      [name, version, state],
    )
  }
})
