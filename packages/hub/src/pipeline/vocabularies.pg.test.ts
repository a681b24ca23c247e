import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { createTestDatabase, type TestDatabase } from '../../test/support/test-database.ts'
import { systemClock } from '../platform/clock.ts'
import { newId } from '../platform/ids.ts'
import { createLogger } from '../platform/logger.ts'
import { createPool, type Pool, withTransaction } from '../store/database.ts'
import { listExceptions } from '../store/exception-queries.ts'
import { insertParked } from '../store/parked.ts'
import { deleteParkedValues, insertParkedValues, type ParkedValue } from '../store/parked-values.ts'
import { listChanges, listEntries } from '../store/vocabularies.ts'
import { createAuditRecorder } from './audit-recorder.ts'
import {
  listUnmappedWords,
  planEntries,
  removeEntry,
  setEntries,
  type VocabularyDeps,
} from './vocabularies.ts'
import { readCsv, writeCsv } from './vocabulary-csv.ts'

const by = { actor: 'key:1 ann' }
const log = createLogger({ level: 'silent' })
let database: TestDatabase
let pool: Pool
let deps: VocabularyDeps
let woken = 0

before(async () => {
  database = await createTestDatabase()
  pool = createPool({ url: database.url, size: 5, name: 'test', log })
  deps = {
    pool,
    record: createAuditRecorder({
      writer: 'test',
      sealKey: Buffer.alloc(32, 7),
      clock: systemClock,
    }),
    afterChange: async () => undefined,
    wakeProcessor: () => {
      woken += 1
    },
  }
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
  woken = 0
  await pool.query(
    'truncate vocabulary_entry, vocabulary_change, parked_value, parked_message, parked_ref, inbox_ready, exception',
  )
})

/** Parks a message for each word, in the order given. @returns their ids. */
async function parkFor(
  ...words: readonly (Partial<ParkedValue> & { readonly value: string })[]
): Promise<string[]> {
  const values = words.map((word) => ({
    messageId: newId(),
    connectionId: 'shop',
    company: null,
    vocabulary: 'reason',
    ...word,
  }))
  await withTransaction(pool, (tx) => park(tx, values))
  return values.map(({ messageId }) => messageId)
}

async function park(
  tx: Parameters<typeof insertParked>[0],
  values: readonly ParkedValue[],
): Promise<void> {
  const now = new Date()
  const messages = new Map(values.map((value) => [value.messageId, value.connectionId]))
  const rows = [...messages].map(([messageId, connectionId]) => ({
    messageId,
    connectionId,
    receivedAt: now,
    topic: 'returns',
    code: 'MD01',
    detail: null,
    waitsFor: [],
    isWaiting: false,
  }))
  await insertParked(tx, rows, now)
  await insertParkedValues(tx, values)
}

async function queued(): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(
    'select message_id as id from inbox_ready order by ready_id',
  )
  return rows.map(({ id }) => id)
}

async function exceptions(status: 'open' | 'resolved' = 'open') {
  const found = await listExceptions(pool, { status, limit: 50 })
  return found.map(({ key, recurrences }) => [key, recurrences])
}

const kaputt = { sourceValue: 'Kaputt ', canonicalValue: 'defective_consumer' }
const set = (...entries: readonly unknown[]) =>
  setEntries(deps, { vocabulary: 'reason', entries }, by)

describe('words', () => {
  test('are set, changed and left alone, with who did it in the history and the audit log', async () => {
    assert.deepEqual(await set(kaputt, { ...kaputt, connectionId: 'shop', company: 'main' }), {
      added: 2,
      changed: 0,
      unchanged: 0,
      removed: 0,
      replayed: 0,
    })
    const again = await set(kaputt, {
      ...kaputt,
      connectionId: 'shop',
      company: 'main',
      canonicalValue: 'wrong_goods',
    })
    assert.deepEqual([again.added, again.changed, again.unchanged], [0, 1, 1])
    const [entry] = await listEntries(pool, { vocabulary: 'reason', connectionId: null, limit: 9 })
    assert.deepEqual([entry?.sourceKey, entry?.changedBy], ['kaputt', 'key:1 ann'])
    await removeEntry(deps, { vocabulary: 'reason', entryId: entry?.entryId ?? '' }, by)
    const history = await listChanges(pool, { vocabulary: 'reason', sourceKey: 'kaputt', limit: 9 })
    assert.deepEqual(
      history.map(({ action, before: was, after: is, changedBy }) => [
        action,
        was?.canonicalValue,
        is?.canonicalValue,
        is?.company ?? null,
        changedBy,
      ]),
      [
        ['removed', 'defective_consumer', undefined, null, 'key:1 ann'],
        ['changed', 'defective_consumer', 'wrong_goods', 'main', 'key:1 ann'],
        ['added', undefined, 'defective_consumer', 'main', 'key:1 ann'],
        ['added', undefined, 'defective_consumer', null, 'key:1 ann'],
      ],
    )
    const { rows } = await pool.query(
      `select detail from audit_entry where object_id = 'reason' order by seq`,
    )
    assert.deepEqual(
      rows.map(({ detail }) => detail),
      [
        { added: 2, changed: 0, removed: 0 },
        { added: 0, changed: 1, removed: 0 },
        { added: 0, changed: 0, removed: 1 },
      ],
    )
  })

  test('are refused together when one is: an unknown meaning, connection or time, or a word said twice', async () => {
    const wrong = [
      { ...kaputt, canonicalValue: 'broken' },
      { ...kaputt, connectionId: 'nobody' },
      { ...kaputt, validFrom: '2026-02-01T00:00:00Z', validTo: '2026-01-01T00:00:00Z' },
      { ...kaputt, sourceValue: ' ' },
      { ...kaputt, sourceValue: 'defekt' },
      { ...kaputt, sourceValue: ' DEFEKT' },
    ]
    const { refused, added } = await planEntries(pool, 'reason', wrong)
    assert.deepEqual(
      refused.map(({ index, problems }) => [index, problems[0]?.pointer]),
      [
        [0, '/canonicalValue'],
        [1, '/connectionId'],
        [2, '/validTo'],
        [3, '/sourceValue'],
        [5, '/sourceValue'],
      ],
    )
    assert.deepEqual(added, [4])
    await assert.rejects(set(...wrong), { code: 'VALIDATION_FAILED' })
    assert.deepEqual(await listEntries(pool, { vocabulary: 'reason', limit: 9 }), [])
    await assert.rejects(setEntries(deps, { vocabulary: 'moods', entries: [] }, by), {
      code: 'NOT_FOUND',
    })
  })

  test('of an open vocabulary can mean any text, at different times different ones', async () => {
    const ups = { sourceValue: 'UPS Std', connectionId: 'shop' }
    await setEntries(
      deps,
      {
        vocabulary: 'carrier',
        entries: [
          { ...ups, canonicalValue: 'ups' },
          { ...ups, canonicalValue: 'ups-eu', validFrom: '2026-03-01T00:00:00+01:00' },
        ],
      },
      by,
    )
    const rows = await listEntries(pool, { vocabulary: 'carrier', prefix: 'ups s', limit: 9 })
    assert.deepEqual(
      new Set(rows.map(({ validFrom }) => validFrom?.toISOString() ?? null)),
      new Set(['2026-02-28T23:00:00.000Z', null]),
    )
    assert.deepEqual(
      await listEntries(pool, { vocabulary: 'carrier', prefix: 'upz', limit: 9 }),
      [],
    )
  })

  test('are listed a page at a time, whatever their order', async () => {
    const names = ['b', 'a', 'ä', 'c', 'Z']
    await set(...names.map((sourceValue) => ({ ...kaputt, sourceValue })))
    const [first, second] = await listEntries(pool, { vocabulary: 'reason', limit: 2 })
    const rest = await listEntries(pool, { vocabulary: 'reason', after: second, limit: 9 })
    assert.deepEqual(
      [first, second, ...rest].map((one) => one?.sourceValue),
      ['a', 'b', 'c', 'Z', 'ä'],
    )
  })
})

describe('a table of words', () => {
  test('comes back as it went out, and no spreadsheet calculates what is in it', async () => {
    const odd = ['=1+1', '-5', "'=quoted", '@cell', 'a "b", c', "it's"]
    await set(...odd.map((sourceValue) => ({ ...kaputt, sourceValue, connectionId: 'shop' })), {
      ...kaputt,
      company: 'main',
      validFrom: '2026-01-01T00:00:00Z',
      validTo: '2027-01-01T00:00:00Z',
    })
    let text = ''
    for await (const part of writeCsv(pool, { vocabulary: 'reason' })) text += part
    assert.match(text, /^connection,company,source,canonical,valid_from,valid_to\n/)
    assert.match(text, /^shop,,'=1\+1,defective_consumer,,$/m)
    assert.doesNotMatch(text, /(^|,)"?[=+@-]/m)
    const entries = readCsv(text).map(({ entry }) => entry)
    const { unchanged, refused } = await planEntries(pool, 'reason', entries)
    assert.deepEqual([unchanged.length, refused], [7, []])
  })

  test('says in which line a row is, and takes a day for its beginning', () => {
    const rows = readCsv(
      '\uFEFFSource,Canonical,valid_from\r\n"two\r\nlines",a,\r\n\r\nlast,b,2026-01-02\r\n',
      { connectionId: 'shop' },
    )
    assert.deepEqual(
      rows.map(({ line, entry }) => [line, entry.connectionId, entry.validFrom]),
      [
        [2, 'shop', null],
        [5, 'shop', '2026-01-02T00:00:00Z'],
      ],
    )
  })

  test('that is none is refused, with the line where that shows', () => {
    assert.throws(() => readCsv('word,meaning\na,b\n'), { code: 'MALFORMED_BODY' })
    assert.throws(() => readCsv(''), { code: 'MALFORMED_BODY' })
    assert.throws(() => readCsv('source,canonical\na,b\nc\n'), /line 3/)
  })
})

describe('a word that nobody translated', () => {
  test('is raised once for all messages that wait for it, and resolved when it has a meaning', async () => {
    const [first, second] = await parkFor({ value: 'Kaputt' }, { value: 'KAPUTT' })
    const [elsewhere] = await parkFor({ value: 'kaputt', connectionId: 'desk' })
    assert.deepEqual(await exceptions(), [
      ['MD01:desk:reason:kaputt', 0],
      ['MD01:shop:reason:kaputt', 0],
    ])
    const [found] = await listExceptions(pool, { status: 'open', queue: 'MD', limit: 9 })
    assert.deepEqual([found?.code, found?.caseId, found?.severity], ['MD01', null, 'blocking'])
    assert.equal(Number(found?.dueAt) - Number(found?.openedAt), 240 * 60_000)

    const { replayed } = await set({ ...kaputt, connectionId: 'shop' })
    assert.equal(replayed, 2)
    assert.deepEqual(await queued(), [first, second])
    assert.ok(woken > 0)
    assert.deepEqual(await exceptions(), [['MD01:desk:reason:kaputt', 0]])
    assert.deepEqual(await exceptions('resolved'), [['MD01:shop:reason:kaputt', 0]])

    assert.equal((await set(kaputt)).replayed, 1)
    assert.deepEqual(await queued(), [first, second, elsewhere])
    assert.deepEqual(await exceptions(), [])
  })

  test('waits on where the meaning is set without a replay, and is replayed by setting it again', async () => {
    await parkFor({ value: 'Kaputt' })
    const what = { vocabulary: 'reason', entries: [kaputt], replay: false }
    assert.equal((await setEntries(deps, what, by)).replayed, 0)
    assert.deepEqual(await queued(), [])
    assert.deepEqual(await set(kaputt), {
      added: 0,
      changed: 0,
      unchanged: 1,
      removed: 0,
      replayed: 1,
    })
  })

  test('of one company leaves those of another waiting', async () => {
    const [main] = await parkFor(
      { value: 'kaputt', company: 'main' },
      { value: 'kaputt', company: 'west' },
    )
    assert.equal((await set({ ...kaputt, company: 'main' })).replayed, 1)
    assert.deepEqual(await queued(), [main])
    assert.equal((await exceptions()).length, 1)
    assert.equal((await set({ ...kaputt, company: 'west' })).replayed, 1)
    assert.deepEqual(await exceptions(), [])
  })

  test('lets go of a message that waits for another word too, which then waits for that alone', async () => {
    const messageId = newId()
    const both = [{ value: 'kaputt' }, { value: 'paketdienst', vocabulary: 'carrier' }]
    await parkFor(...both.map((one) => ({ ...one, messageId })))
    assert.equal((await set(kaputt)).replayed, 1)
    assert.equal((await set(kaputt)).replayed, 0, 'it is under way already')
    assert.deepEqual(await listUnmappedWords(pool, { limit: 9 }), [])
    await parkFor({ messageId, value: 'paketdienst', vocabulary: 'carrier' })
    assert.deepEqual(
      (await listUnmappedWords(pool, { limit: 9 })).map(({ value }) => value),
      ['paketdienst'],
    )
    assert.deepEqual(await exceptions(), [['MD01:shop:carrier:paketdienst', 0]])
  })

  test('is resolved when its last message is applied without it, and comes back as the same exception', async () => {
    const [first = '', second = ''] = await parkFor({ value: 'x1' }, { value: 'x1' })
    await withTransaction(pool, (tx) => deleteParkedValues(tx, [first]))
    assert.equal((await exceptions()).length, 1)
    await withTransaction(pool, (tx) => deleteParkedValues(tx, [second]))
    assert.deepEqual(await exceptions(), [])
    await parkFor({ value: 'x1' })
    assert.deepEqual(await exceptions(), [['MD01:shop:reason:x1', 1]])
  })

  test('that was translated while its message was read is tried again by itself', async () => {
    const [late, never] = [newId(), newId()]
    const values = [late, never].map((messageId, index) => ({
      messageId,
      connectionId: 'shop',
      company: null,
      vocabulary: 'reason',
      value: ['kaputt', 'unknown word'][index] ?? '',
    }))
    let parked: Promise<unknown> = Promise.resolve()
    // The word is being set when the message parks: neither sees the other's rows, and one waits for the other.
    await setEntries(
      {
        ...deps,
        record: async () => {
          parked = withTransaction(pool, (tx) => park(tx, values))
          await untilSomebodyWaits()
        },
      },
      { vocabulary: 'reason', entries: [kaputt] },
      by,
    )
    await parked
    const { rows } = await pool.query<{ id: string; isRetried: boolean }>(
      `select message_id as id, retry_at is not null as "isRetried" from parked_message order by message_id`,
    )
    assert.deepEqual(rows, [
      { id: late, isRetried: true },
      { id: never, isRetried: false },
    ])
  })

  async function untilSomebodyWaits(): Promise<void> {
    for (;;) {
      const { rowCount } = await pool.query(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      )
      if (rowCount !== null && rowCount > 0) return
    }
  }

  test('is listed with how many wait since when, and with what it likely means', async () => {
    await set({ ...kaputt, connectionId: 'desk' })
    const ids = await parkFor({ value: 'Kaputt' }, { value: 'KAPUTT' }, { value: 'wrong good' })
    await parkFor({ value: 'UPSS', vocabulary: 'carrier', connectionId: 'desk' })
    const what = {
      vocabulary: 'carrier',
      entries: [{ sourceValue: 'brown', canonicalValue: 'ups' }],
    }
    await setEntries(deps, what, by)
    const all = await listUnmappedWords(pool, { limit: 9 })
    assert.deepEqual(
      all.map(({ vocabulary, connectionId, value, messages, suggestions }) => [
        vocabulary,
        connectionId,
        value,
        messages,
        suggestions[0]?.value,
      ]),
      [
        ['carrier', 'desk', 'UPSS', 1, 'ups'],
        ['reason', 'shop', 'KAPUTT', 2, 'defective_consumer'],
        ['reason', 'shop', 'wrong good', 1, 'wrong_goods'],
      ],
    )
    assert.equal(all[1]?.sampleMessageId, ids[1])
    assert.ok((all[1]?.firstSeenAt ?? 0) <= (all[1]?.lastSeenAt ?? 0))
    const rest = await listUnmappedWords(pool, { after: all[1], limit: 9 })
    assert.deepEqual(
      rest.map(({ value }) => value),
      ['wrong good'],
    )
    const ofShop = { connectionId: 'shop', vocabulary: 'reason', limit: 1 }
    assert.equal((await listUnmappedWords(pool, ofShop)).length, 1)
  })
})
