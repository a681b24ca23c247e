/**
 * `TEST_SERVER_URL=postgres://… node --expose-gc --import tsx --conditions=@backhaul/source
 * packages/hub/bench/master-data.ts [products]`: reads a feed of products to its end for the first time, then
 * again with nothing new and with changes, and loads it all into memory; prints times and memory.
 */

import type { Connector, FeedPage } from '@backhaul/sdk/connector'
import { noDial } from '@backhaul/sdk/testing'
import { createMasterData, type MasterData } from '../src/connect/master-data.ts'
import {
  type FeedDeps,
  pullFeed,
  readableFeeds,
  takeDueFeeds,
} from '../src/pipeline/master-data/pull-feed.ts'
import { systemClock } from '../src/platform/clock.ts'
import { createLogger } from '../src/platform/logger.ts'
import { createPool, type Pool } from '../src/store/database.ts'
import { ensureSources } from '../src/store/source-cursors.ts'
import { createTestDatabase } from '../test/support/test-database.ts'

const count = Number(process.argv[2] ?? 100_000)
const changedEvery = 100
const lookups = 200_000
const scope = { connectionId: 'erp', company: null, at: '2026-11-23T00:00:00Z' }

/** A system with `count` products, each with four identifiers and two pack ratios. */
const state = { revision: 0 }

function productOf(n: number) {
  const digits = String(400_000_000_000 + n)
  const isChanged = state.revision > 0 && n % changedEvery === 0
  return {
    id: String(10_000 + n),
    sku: `PUMP-${String(n).padStart(6, '0')}-12V`,
    gtin: `${digits}${checkDigit(digits)}`,
    name: `Diaphragm pump 12 V, type ${n}, ${isChanged ? `revision ${state.revision}` : 'brass'}`,
    baseUnit: 'EA',
    category: 'Pumps / Diaphragm',
    identifiers: [
      { kind: 'channel_sku' as const, scope: 'erp', value: `AMZ-${n.toString(36)}-B0` },
      { kind: 'customer_part_no' as const, scope: 'C-100', value: `4711-${n}` },
    ],
    units: [
      { unit: 'CS', ratio: '24' },
      { unit: 'PAL', ratio: '480' },
    ],
  }
}

function checkDigit(twelve: string): number {
  let sum = 0
  for (let n = 0; n < twelve.length; n += 1) sum += Number(twelve[n]) * (n % 2 === 0 ? 1 : 3)
  return (10 - (sum % 10)) % 10
}

/** First everything; from then on what changed, by the revision that was read. */
async function pull(cursor: string | null, limit: number): Promise<FeedPage<'products'>> {
  const [read = 0, at = 0] = (cursor ?? '0:0').split(':').map(Number)
  const isFirst = read === 0 && at < count
  const step = isFirst ? 1 : changedEvery
  const from = isFirst ? at : at % count
  if (!isFirst && read === state.revision) return { items: [], cursor, hasMore: false }
  const items = Array.from({ length: limit }, (_, n) => from + n * step).filter((n) => n < count)
  const next = from + limit * step
  const hasMore = next < count
  const end = isFirst ? `0:${count}` : `${state.revision}:0`
  return { items: items.map(productOf), cursor: hasMore ? `${read}:${next}` : end, hasMore }
}

function depsOf(pool: Pool): FeedDeps {
  const connection = {
    id: 'erp',
    state: 'active',
    config: {},
    limits: { timeoutMs: 15_000 },
    fetchFor: () => () => Promise.reject(new Error('no network')),
    dialFor: () => ({ dial: noDial, end: () => undefined }),
    connector: {
      feeds: {
        products: {
          pull: (page: { cursor: string | null; limit: number }) => pull(page.cursor, page.limit),
        },
      },
    } as unknown as Connector,
  }
  const connections = {
    get: () => connection,
    list: () => [connection],
  } as unknown as FeedDeps['connections']
  return { pool, connections, clock: systemClock, pauseSeconds: 300, record: async () => undefined }
}

async function readToEnd(deps: FeedDeps): Promise<Record<string, number>> {
  const startedMs = performance.now()
  const sum = {
    pages: 0,
    read: 0,
    written: 0,
    unchanged: 0,
    refused: 0,
    slowestPageMs: 0,
    peakRssMb: 0,
  }
  for (;;) {
    const [held] = await takeDueFeeds(deps, readableFeeds(deps), { limit: 1, isDueNow: true })
    if (held === undefined) throw new Error('the feed is held by somebody else')
    const pageMs = performance.now()
    const page = await pullFeed(deps, held)
    if (page.kind === 'failed') throw new Error(page.code)
    sum.pages += 1
    sum.read += page.taken.read
    sum.written += page.taken.written
    sum.unchanged += page.taken.unchanged
    sum.refused += page.taken.refused.length
    sum.slowestPageMs = Math.max(sum.slowestPageMs, Math.round(performance.now() - pageMs))
    sum.peakRssMb = Math.max(sum.peakRssMb, megabytes(process.memoryUsage().rss))
    if (!page.hasMore) return { ...sum, seconds: seconds(startedMs) }
  }
}

function seconds(startedMs: number): number {
  return Math.round(performance.now() - startedMs) / 1_000
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 104_857.6) / 10
}

/** After a full collection, so that only what is kept counts. */
function memory() {
  globalThis.gc?.()
  globalThis.gc?.()
  const { heapUsed, arrayBuffers, rss } = process.memoryUsage()
  return { heap: heapUsed, buffers: arrayBuffers, rss }
}

async function load(pool: Pool, limit: number): Promise<MasterData> {
  const before = memory()
  const startedMs = performance.now()
  const masterData = createMasterData({ pool, limit })
  await masterData.refresh()
  const took = seconds(startedMs)
  const after = memory()
  report(`into memory, at most ${limit}`, {
    ...masterData.figures().products,
    seconds: took,
    moreHeapMb: megabytes(after.heap - before.heap),
    moreBuffersMb: megabytes(after.buffers - before.buffers),
    moreRssMb: megabytes(after.rss - before.rss),
  })
  return masterData
}

function lookUp(masterData: MasterData, share: number): void {
  const startedMs = performance.now()
  let found = 0
  for (let n = 0; n < lookups; n += 1) {
    const product = Math.floor((n * 7919) % (count * share))
    const sku = `pump-${String(product).padStart(6, '0')}-12v`
    if (masterData.product('sku', sku, scope).kind === 'found') found += 1
  }
  const took = performance.now() - startedMs
  report('look-ups', { lookups, found, perSecond: Math.round((lookups / took) * 1_000) })
}

async function prefetched(pool: Pool): Promise<void> {
  const masterData = await load(pool, Math.max(1_000, Math.floor(count / 5)))
  const startedMs = performance.now()
  const batch = 500
  for (let n = 0; n < batch; n += 1)
    masterData.product('sku', `pump-${String(n * 37).padStart(6, '0')}-12v`, scope)
  const missed = masterData.takeMisses()
  await masterData.prefetch(missed)
  const took = Math.round(performance.now() - startedMs)
  for (let n = 0; n < batch; n += 1)
    masterData.product('sku', `pump-${String(n * 37).padStart(6, '0')}-12v`, scope)
  report('a batch of 500 that nobody asked for before', {
    missed: missed.length,
    stillMissed: masterData.takeMisses().length,
    milliseconds: took,
  })
}

function report(what: string, figures: object): void {
  process.stdout.write(`${JSON.stringify({ what, ...figures })}\n`)
}

const database = await createTestDatabase()
const log = createLogger({ level: 'silent' })
const pool = createPool({ url: database.url, size: 4, name: 'bench', log })
try {
  await pool.query(
    `insert into connection (connection_id, connector, title, config) values ('erp', 'test', 'ERP', '{}')`,
  )
  const deps = depsOf(pool)
  await ensureSources({ db: pool, kind: 'feed' }, readableFeeds(deps))
  report('first run', await readToEnd(deps))
  await pool.query('analyze')
  report('nothing new', await readToEnd(deps))
  const masterData = await load(pool, 200_000)
  lookUp(masterData, 1)
  state.revision = 1
  report(`every ${changedEvery}th changed`, await readToEnd(deps))
  const refreshMs = performance.now()
  await masterData.refresh()
  report('changes into memory', { ...masterData.figures().products, seconds: seconds(refreshMs) })
  const idleMs = performance.now()
  await masterData.refresh()
  report('refresh without changes', { milliseconds: Math.round(performance.now() - idleMs) })
  await pool.query('update feed_cursor set cursor = null')
  report('all read again, unchanged', await readToEnd(deps))
  await prefetched(pool)
} finally {
  await pool.end()
  await database.drop()
}
