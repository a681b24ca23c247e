import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import type { MasterDataInput, MasterDataKind } from '@backhaul/sdk/canonical'
import { type FeedPage, RetryableError } from '@backhaul/sdk/connector'
import { noDial } from '@backhaul/sdk/testing'
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts'
import { createMasterData, type MasterData } from '../../connect/master-data.ts'
import { searchKeys } from '../../mapping/identifiers.ts'
import { systemClock } from '../../platform/clock.ts'
import { createLogger } from '../../platform/logger.ts'
import { createPool, type Pool, withTransaction } from '../../store/database.ts'
import { listExceptions } from '../../store/exception-queries.ts'
import { firstIssue, type IssueRow, listIssues, placeOf } from '../../store/master-data/issues.ts'
import { findProduct, listProducts } from '../../store/master-data/queries.ts'
import { recordUnknown } from '../../store/master-data/unknowns.ts'
import { ensureSources, listSources } from '../../store/source-cursors.ts'
import { type FeedDeps, pullFeed, readableFeeds, takeDueFeeds } from './pull-feed.ts'
import { pushRecords } from './push-records.ts'
import { readRecords } from './read-records.ts'
import { storeRecords, type TakenRecords } from './store-records.ts'

type Product = MasterDataInput<'products'>

let database: TestDatabase
let pool: Pool

const scope = { connectionId: 'shop', company: null, at: '2026-11-23T08:00:00Z' }

before(async () => {
  database = await createTestDatabase()
  pool = createPool({
    url: database.url,
    size: 4,
    name: 'test',
    log: createLogger({ level: 'silent' }),
  })
})
after(async () => {
  await pool.end()
  await database.drop()
})
beforeEach(async () => {
  await pool.query(
    `truncate product, product_identifier, product_unit, product_component, party, party_identifier, warehouse,
       vendor, identifier_conflict, master_data_refusal, unknown_identifier, exception, connection cascade`,
  )
  await pool.query('update master_data_change set synced_at = null')
})

interface TakeOptions {
  readonly kind?: MasterDataKind
  readonly source?: string
  readonly takesOver?: boolean
}

function take(
  items: readonly unknown[],
  { kind = 'products', source = 'erp', takesOver = false }: TakeOptions = {},
): Promise<TakenRecords> {
  return withTransaction(pool, (tx) =>
    storeRecords(tx, readRecords(kind, items), { source, takesOver }),
  )
}

function counts({ refused, ...rest }: TakenRecords): Record<string, number> {
  return { ...rest, refused: refused.length }
}

const pump: Product = {
  id: '1',
  sku: 'PUMP-12V',
  gtin: '4006381333931',
  name: 'Pump',
  identifiers: [
    { kind: 'channel_sku', scope: 'shop', value: 'B0-1' },
    { kind: 'customer_part_no', scope: 'C-7', value: 'kd 99' },
  ],
  units: [{ unit: 'CS', ratio: '24' }],
}

async function remembered(limit = 1_000): Promise<MasterData> {
  const masterData = createMasterData({ pool, limit })
  await masterData.refresh()
  return masterData
}

describe('a batch of records', () => {
  test('is written once: what says the same again is not', async () => {
    assert.deepEqual(counts(await take([pump])), {
      read: 1,
      written: 1,
      unchanged: 0,
      stale: 0,
      refused: 0,
    })
    const stored = await pool.query('select xmin::text, change_no from product')
    const touched = { ...pump, updatedAt: '2026-11-23T08:00:00Z' }
    assert.equal((await take([touched])).unchanged, 1)
    const again = await pool.query('select xmin::text, change_no from product')
    assert.deepEqual(again.rows, stored.rows)
  })

  test('replaces what belongs to a row, and leaves the rows of others alone', async () => {
    await take([pump, { id: '2', sku: 'VALVE', units: [{ unit: 'CS', ratio: '6' }] }])
    await take([
      {
        ...pump,
        gtin: undefined,
        units: [{ unit: 'PAL', ratio: '480' }],
        components: [{ productId: '2', ratio: '2' }],
      },
    ])
    const found = await findProduct(pool, '1')
    assert.deepEqual(found?.units, [{ unit: 'PAL', ratio: '480' }])
    assert.deepEqual(found?.components, [{ productId: '2', ratio: '2' }])
    assert.deepEqual(
      found?.identifiers.map(({ kind }) => kind),
      ['channel_sku', 'customer_part_no', 'sku'],
    )
    assert.deepEqual((await findProduct(pool, '2'))?.units, [{ unit: 'CS', ratio: '6' }])
  })

  test('does not put an older version over a newer one', async () => {
    await take([{ ...pump, name: 'New', updatedAt: '2026-11-23T09:00:00Z' }])
    const late = await take([{ ...pump, name: 'Old', updatedAt: '2026-11-23T08:00:00Z' }])
    assert.equal(late.stale, 1)
    assert.equal((await findProduct(pool, '1'))?.name, 'New')
  })

  test('counts one id that comes twice by its last version', async () => {
    const taken = await take([pump, { ...pump, name: 'Pump 2' }])
    assert.deepEqual([taken.read, taken.written], [2, 1])
    assert.equal((await findProduct(pool, '1'))?.name, 'Pump 2')
  })

  test('leaves a row with the source that gave it first, until another takes it over', async () => {
    await take([pump])
    const foreign = await take([{ ...pump, name: 'Other' }], { source: 'legacy' })
    assert.deepEqual(
      foreign.refused.map(({ code }) => code),
      ['OTHER_SOURCE'],
    )
    assert.equal((await findProduct(pool, '1'))?.name, 'Pump')
    await take([{ ...pump, name: 'Other' }], { source: 'legacy', takesOver: true })
    const { name, source } = (await findProduct(pool, '1')) ?? {}
    assert.deepEqual([name, source], ['Other', 'legacy'])
  })

  describe('what another source calls a thing', () => {
    const cross = (value: string) => ({
      id: '1',
      identifiers: [{ kind: 'channel_sku' as const, scope: 'market', value }],
    })
    const namesIn = async () => {
      const found = await findProduct(pool, '1')
      return found?.identifiers.filter((one) => one.scope === 'market').map(({ value }) => value)
    }

    test('is added to its names, and taken away by that source alone', async () => {
      await take([pump])
      const added = await take([cross('WM-1')], { source: 'catalog' })
      assert.deepEqual([added.written, added.refused], [1, []])
      await take([{ ...pump, name: 'Pump 2' }])
      assert.deepEqual(await namesIn(), ['WM-1'])
      await take([cross('WM-2')], { source: 'catalog' })
      assert.deepEqual(await namesIn(), ['WM-2'])
      const { name, source } = (await findProduct(pool, '1')) ?? {}
      assert.deepEqual([name, source], ['Pump 2', 'erp'])
    })

    test('can come before the record, which belongs to the first that says more', async () => {
      await take([cross('WM-1')], { source: 'catalog' })
      const { written, refused } = await take([pump])
      assert.deepEqual([written, refused], [1, []])
      assert.deepEqual(await namesIn(), ['WM-1'])
      const { name, source } = (await findProduct(pool, '1')) ?? {}
      assert.deepEqual([name, source], ['Pump', 'erp'])
      await take([{ id: '1', identifiers: [] }], { source: 'catalog' })
      assert.deepEqual(await namesIn(), [])
    })

    test('stays while its own source says the same', async () => {
      const named = { ...pump, identifiers: cross('WM-1').identifiers }
      await take([named])
      await take([cross('WM-1')], { source: 'catalog' })
      await take([{ id: '1', identifiers: [] }], { source: 'catalog' })
      assert.deepEqual(await namesIn(), ['WM-1'])
    })
  })

  test('is of any kind', async () => {
    const party = {
      id: 'P-1',
      commercialPartyId: 'P-0',
      identifiers: [{ kind: 'email', value: 'kim@example.com' }],
    }
    assert.equal((await take([party], { kind: 'parties' })).written, 1)
    assert.equal((await take([{ id: 'W', code: 'WH1' }], { kind: 'warehouses' })).written, 1)
    assert.equal((await take([{ id: 'V', claimDays: 30 }], { kind: 'vendors' })).written, 1)
    assert.equal((await take([{ id: 'V', claimDays: 30 }], { kind: 'vendors' })).unchanged, 1)
    const { rows } = await pool.query<{ text: string }>(
      'select party_identifier::text as text from party_identifier',
    )
    assert.ok(!JSON.stringify(rows).includes('kim'))
  })

  test('refuses a wrong GTIN, lists it, and forgets it when it is corrected', async () => {
    const taken = await take([
      { ...pump, gtin: '4006381333932' },
      { id: '2', sku: 'VALVE' },
      'junk',
    ])
    assert.deepEqual([taken.written, taken.refused.length], [1, 2])
    assert.equal(await findProduct(pool, '1'), null)
    const listed = await listIssues(pool, { after: firstIssue, limit: 10 })
    assert.deepEqual(
      listed.map(({ type, code, value, scope: source }) => [type, code, value, source]),
      [
        ['refused', 'GTIN_INVALID', '1', 'erp'],
        ['refused', 'INVALID', 'item 2', 'erp'],
      ],
    )
    await take([pump])
    const left = await listIssues(pool, { type: 'refused', after: firstIssue, limit: 10 })
    assert.deepEqual(
      left.map(({ value }) => value),
      ['item 2'],
    )
  })
})

describe('one identifier of two products', () => {
  const open = () => listExceptions(pool, { status: 'open', limit: 10 })
  const other: Product = { id: '2', sku: 'pump-12v', name: 'Another' }

  test('is ambiguous, and an exception, until the conflict is gone', async () => {
    await take([pump, other])
    const masterData = await remembered()
    assert.deepEqual(masterData.product('sku', 'PUMP-12V', scope), {
      kind: 'ambiguous',
      candidates: ['1', '2'],
    })
    const [exception] = await open()
    assert.deepEqual(
      [exception?.code, exception?.queue, exception?.caseId, exception?.detail],
      ['MD03', 'MD', null, 'The sku pump-12v names 2 products: 1, 2.'],
    )
    await take([{ ...other, sku: 'VALVE' }])
    assert.deepEqual(await open(), [])
    await masterData.refresh()
    assert.equal(masterData.product('sku', 'PUMP-12V', scope).kind, 'found')
    const [resolved] = await listExceptions(pool, { status: 'resolved', limit: 10 })
    assert.equal(resolved?.action, 'auto')
  })

  test('opens its exception again, with its owner, when the conflict comes back', async () => {
    await take([pump, other])
    await pool.query(`update exception set owner = 'kim'`)
    await take([{ ...other, isActive: false }])
    await take([other])
    const [exception] = await open()
    assert.deepEqual([exception?.owner, exception?.recurrences], ['kim', 1])
  })

  test('is no conflict when only one of them is active: that one is meant', async () => {
    await take([pump, { ...other, isActive: false }])
    assert.deepEqual(await open(), [])
    const found = (await remembered()).product('sku', 'PUMP-12V', scope)
    assert.equal(found.kind === 'found' && found.value.productId, '1')
  })

  test('says anew whom it names when there are more, and stays one exception', async () => {
    await take([pump, other])
    await take([{ id: '3', sku: 'PUMP-12V' }], { source: 'legacy' })
    const exceptions = await open()
    assert.equal(exceptions.length, 1)
    assert.match(exceptions[0]?.detail ?? '', /3 products: 1, 2, 3/)
  })

  test('does not say in its exception what a party is called', async () => {
    const identifiers = [{ kind: 'vat', value: 'DE123456789' }]
    await take(
      [
        { id: 'P-1', identifiers },
        { id: 'P-2', identifiers },
      ],
      { kind: 'parties' },
    )
    const [exception] = await open()
    assert.match(exception?.detail ?? '', /One vat names 2 parties: P-1, P-2/)
    assert.ok(!JSON.stringify(exception).toLowerCase().includes('de123'))
    assert.equal((await remembered()).party('vat', 'de123456789', scope).kind, 'ambiguous')
  })
})

describe('look-ups in memory', () => {
  test('find a product by whatever it is called, within the connection that says it', async () => {
    await take([
      pump,
      { id: '2', identifiers: [{ kind: 'channel_sku', scope: 'bazaar', value: 'B0-1' }] },
    ])
    const masterData = await remembered()
    const idOf = (
      kind: Parameters<MasterData['product']>[0],
      value: string,
      connectionId = 'shop',
    ) => {
      const found = masterData.product(kind, value, { ...scope, connectionId })
      return found.kind === 'found' ? found.value.productId : found.kind
    }
    assert.equal(idOf('id', '1'), '1')
    assert.equal(idOf('sku', ' pump-12v '), '1')
    assert.equal(idOf('gtin', '04006381333931'), '1')
    assert.equal(idOf('channel_sku', 'B0-1'), '1')
    assert.equal(idOf('channel_sku', 'B0-1', 'bazaar'), '2')
    assert.equal(idOf('channel_sku', 'B0-1', 'elsewhere'), 'unknown')
    assert.equal(idOf('customer_part_no', 'KD  99'), '1')
    assert.equal(idOf('gtin', '4006381333932'), 'unknown')
  })

  test('know how many base units a pack holds', async () => {
    await take([pump])
    const { packRatio } = await remembered()
    assert.deepEqual(
      [
        packRatio('1', 'cs'),
        packRatio('1', 'EA'),
        packRatio('1', 'PAL'),
        packRatio('9', 'CS'),
        packRatio(null, 'CS'),
      ],
      ['24', '1', null, null, null],
    )
  })

  test('find a party with the account that pays for it', async () => {
    const party = {
      id: 'P-1',
      name: 'Branch',
      commercialPartyId: 'P-0',
      identifiers: [
        { kind: 'account', scope: 'shop', value: '77' },
        { kind: 'email', value: 'Kim@example.com' },
      ],
    }
    await take([party], { kind: 'parties' })
    const { party: find } = await remembered()
    const found = {
      kind: 'found',
      value: { partyId: 'P-1', commercialPartyId: 'P-0', name: 'Branch' },
    }
    assert.deepEqual(find('account', '77', scope), found)
    assert.deepEqual(find('email', 'kim@EXAMPLE.com', scope), found)
    assert.equal(find('account', '77', { ...scope, connectionId: 'bazaar' }).kind, 'unknown')
  })

  test('follow changes without reading everything again', async () => {
    await take([pump])
    const masterData = await remembered()
    assert.equal(await masterData.refresh(), false)
    await take([
      { ...pump, sku: 'PUMP-24V' },
      { id: '2', sku: 'VALVE' },
    ])
    assert.equal(await masterData.refresh(), true)
    assert.equal(masterData.product('sku', 'PUMP-12V', scope).kind, 'unknown')
    assert.equal(masterData.product('sku', 'PUMP-24V', scope).kind, 'found')
    assert.equal(masterData.figures().products.rows, 2)
  })

  test('say which of them found nothing, once each', async () => {
    const masterData = await remembered()
    masterData.product('sku', 'Nothing', scope)
    masterData.product('sku', 'nothing ', scope)
    const misses = masterData.takeMisses()
    assert.deepEqual(misses, [
      { object: 'product', kind: 'sku', valueKey: 'nothing', scope: 'shop' },
    ])
    assert.deepEqual(masterData.takeMisses(), [])
  })
})

describe('more products than a process may keep', () => {
  const many = (count: number): Product[] =>
    Array.from({ length: count }, (_, n) => ({ id: `p${n}`, sku: `SKU-${n}` }))

  async function ask(masterData: MasterData, sku: string): Promise<string> {
    let found = masterData.product('sku', sku, scope)
    await masterData.prefetch(masterData.takeMisses())
    found = masterData.product('sku', sku, scope)
    return found.kind === 'found' ? found.value.productId : found.kind
  }

  test('are found when they were asked for, within the bound', async () => {
    await take(many(50))
    const masterData = await remembered(10)
    assert.equal(masterData.figures().products.isPartial, true)
    for (let n = 0; n < 50; n += 1) assert.equal(await ask(masterData, `SKU-${n}`), `p${n}`)
    assert.equal(await ask(masterData, 'SKU-50'), 'unknown')
    assert.ok(masterData.figures().products.rows <= 10)
  })

  test('answer from memory what was asked for, until it changes', async () => {
    await take(many(50))
    const masterData = await remembered(10)
    await ask(masterData, 'SKU-3')
    assert.equal(masterData.product('sku', 'SKU-3', scope).kind, 'found')
    assert.deepEqual(masterData.takeMisses(), [])
    await take([{ id: 'p9', sku: 'SKU-3' }])
    await masterData.refresh()
    assert.equal(await ask(masterData, 'SKU-3'), 'ambiguous')
  })

  test('answer what nobody has from memory, until somebody has it', async () => {
    await take(many(50))
    const masterData = await remembered(10)
    assert.equal(await ask(masterData, 'NEW'), 'unknown')
    await take([{ id: 'new', sku: 'NEW' }])
    await masterData.refresh()
    assert.equal(await ask(masterData, 'NEW'), 'new')
  })
})

describe('what messages asked for and nobody knew', () => {
  const asked = { object: 'product', kind: 'sku', valueKey: 'pump-12v', scope: 'shop' } as const
  const listed = async () => listIssues(pool, { type: 'unknown', after: firstIssue, limit: 10 })

  test('is counted, and listed until somebody knows it', async () => {
    await recordUnknown(pool, [asked, asked])
    await recordUnknown(pool, [asked, { ...asked, valueKey: 'other' }])
    assert.deepEqual(
      (await listed()).map(({ value, times }) => [value, times]),
      [
        ['other', 1],
        ['pump-12v', 3],
      ],
    )
    await take([pump])
    assert.deepEqual(
      (await listed()).map(({ value }) => value),
      ['other'],
    )
  })

  test('is listed page by page, together with all other issues, each once', async () => {
    await take([pump, { id: '2', sku: 'PUMP-12V' }, { id: '3', sku: '' }, { id: '4', sku: '' }])
    await recordUnknown(
      pool,
      ['a', 'b', 'c'].map((valueKey) => ({ ...asked, valueKey })),
    )
    const all: IssueRow[] = []
    for (let place = firstIssue; ; ) {
      const page = await listIssues(pool, { after: place, limit: 2 })
      all.push(...page)
      const last = page.at(-1)
      if (last === undefined) break
      place = placeOf(last)
    }
    assert.deepEqual(
      all.map(({ type, value }) => `${type} ${value}`),
      ['ambiguous pump-12v', 'refused 3', 'refused 4', 'unknown a', 'unknown b', 'unknown c'],
    )
  })
})

test('a product is found by any of its identifiers', async () => {
  await take([pump, { id: '4006381333931', sku: 'X' }])
  const find = async (value: string) => {
    const rows = await listProducts(pool, { sought: searchKeys(value), after: '', limit: 10 })
    return rows.map(({ productId }) => productId)
  }
  assert.deepEqual(await find('b0-1'), ['1'])
  assert.deepEqual(await find('KD 99'), ['1'])
  assert.deepEqual(await find('4006381333931'), ['1', '4006381333931'])
  assert.deepEqual(await find('nothing'), [])
})

describe('a feed', () => {
  let pages: (cursor: string | null) => Promise<FeedPage>

  function deps(): FeedDeps {
    const connection = {
      id: 'erp',
      state: 'active',
      config: {},
      limits: { timeoutMs: 1_000 },
      fetchFor: () => () => Promise.reject(new Error('no network')),
      dialFor: () => ({ dial: noDial, end: () => undefined }),
      connector: {
        feeds: { products: { pull: ({ cursor }: { cursor: string | null }) => pages(cursor) } },
      },
    }
    const connections = { get: () => connection, list: () => [connection] }
    return {
      pool,
      connections: connections as unknown as FeedDeps['connections'],
      clock: systemClock,
      pauseSeconds: 300,
      record: async () => undefined,
    }
  }

  beforeEach(async () => {
    await pool.query(
      `insert into connection (connection_id, connector, title, config) values ('erp', 'test', 'ERP', '{}')`,
    )
    await ensureSources({ db: pool, kind: 'feed' }, readableFeeds(deps()))
  })

  async function pull() {
    const [held] = await takeDueFeeds(deps(), readableFeeds(deps()), { limit: 1 })
    assert.ok(held)
    return pullFeed(deps(), held)
  }

  const status = async () => (await listSources({ db: pool, kind: 'feed' }))[0]

  test('is read on at once while there is more, and is whole when there is none', async () => {
    pages = async (cursor) =>
      cursor === null
        ? { items: [pump], cursor: '1', hasMore: true }
        : { items: [{ id: '2' }, { id: '' }], cursor: '2', hasMore: false }
    await pull()
    assert.equal((await status())?.state, 'reading')
    assert.equal((await remembered()).knowsProducts, false)
    const page = await pull()
    assert.ok(page.kind === 'pulled' && !page.hasMore)
    const ended = await status()
    assert.deepEqual(
      [ended?.state, ended?.runItems, ended?.runWritten, ended?.runRefused],
      ['waiting', 3, 2, 1],
    )
    assert.equal((await remembered()).knowsProducts, true)
    const [held] = await takeDueFeeds(deps(), readableFeeds(deps()), { limit: 1 })
    assert.equal(held, undefined)
  })

  test('that is not at its end yet keeps what is not there from counting as unknown', async () => {
    const record = async () => undefined
    const pushed = {
      kind: 'products',
      source: 'api',
      items: [{ id: '9' }],
      hasMore: false,
    } as const
    const by = { actor: 'test' }
    await pushRecords({ pool, record }, pushed, by)
    assert.equal((await remembered()).knowsProducts, false)
    await pool.query(`update connection set state = 'disabled'`)
    await pushRecords({ pool, record }, pushed, by)
    assert.equal((await remembered()).knowsProducts, true)
  })

  test('is read by one process at a time, and a process that lost it writes nothing', async () => {
    pages = async () => ({ items: [pump], cursor: '1', hasMore: false })
    const feeds = readableFeeds(deps())
    const [held] = await takeDueFeeds(deps(), feeds, { limit: 1 })
    assert.ok(held)
    assert.deepEqual(await takeDueFeeds(deps(), feeds, { limit: 1, isDueNow: true }), [])
    await pool.query(
      `update feed_cursor set held_until = now() - interval '1 second', due_at = now()`,
    )
    const [next] = await takeDueFeeds(deps(), feeds, { limit: 1 })
    assert.ok(next)
    await assert.rejects(pullFeed(deps(), held), { code: 'CONFLICT' })
    assert.equal(await findProduct(pool, '1'), null)
    assert.equal((await pullFeed(deps(), next)).kind, 'pulled')
  })

  test('keeps its cursor when it fails, and is tried again later', async () => {
    pages = async () => {
      throw new RetryableError({ code: 'RATE_LIMITED', retryAfterMs: 60_000 })
    }
    assert.deepEqual(await pull(), { kind: 'failed', code: 'RATE_LIMITED', reason: null })
    const { state, failures, lastCode, dueAt } = (await status()) ?? {}
    assert.deepEqual([state, failures, lastCode], ['failed', 1, 'RATE_LIMITED'])
    assert.ok(Number(dueAt) > Date.now() + 50_000)
  })

  const faults: Record<string, () => Promise<FeedPage>> = {
    FEED_STUCK: async () => ({ items: [], cursor: null, hasMore: true }),
    FEED_MALFORMED: async () => ({ items: [], cursor: 'x'.repeat(1_001), hasMore: false }),
    CONNECTOR_DEFECT: () => Promise.reject(new TypeError('no such thing')),
  }
  for (const [code, page] of Object.entries(faults)) {
    test(`that cannot be read is named ${code}, and harms no other`, async () => {
      pages = page
      const pulled = await pull()
      assert.equal(pulled.kind === 'failed' && pulled.code, code)
    })
  }
})
