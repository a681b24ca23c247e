import type { MasterDataKind } from '@backhaul/sdk/canonical'
import { DeliveryError, type FeedPage, RetryableError } from '@backhaul/sdk/connector'
import type { WorkingConnection } from '../../connect/active-connection.ts'
import type { Connections } from '../../connect/connections.ts'
import type { Clock } from '../../platform/clock.ts'
import { HubError } from '../../platform/errors.ts'
import { type Pool, type Tx, withTransaction } from '../../store/database.ts'
import {
  advanceFeed,
  type FeedName,
  failFeed,
  type HeldFeed,
  holdFeeds,
  releaseFeed,
} from '../../store/master-data/feed-cursors.ts'
import { markSynced } from '../../store/master-data/rows.ts'
import type { RecordAudit } from '../audit-recorder.ts'
import { readRecords } from './read-records.ts'
import { storeRecords, type TakenRecords } from './store-records.ts'

export interface FeedDeps {
  readonly pool: Pool
  readonly connections: Pick<Connections, 'get' | 'list'>
  readonly clock: Clock
  /** Between looks at a feed that has no more. */
  readonly pauseSeconds: number
  readonly record: RecordAudit
  /** Aborts when the process ends: what is under way is given up, and is no failure. */
  readonly ending?: AbortSignal
}

/** What reading one page came to. `failure`: nothing was read; the feed is tried again by itself. */
export type PulledPage =
  | { readonly kind: 'pulled'; readonly taken: TakenRecords; readonly hasMore: boolean }
  | { readonly kind: 'failed'; readonly code: string; readonly reason: string | null }

/** How many items a page should have. */
const pageItems = 1_000
/** A page that has more is no page: what was read is held in memory until it is written. */
const maxPageItems = 10_000
const maxCursor = 1_000
const batchItems = 1_000
/** Longer than a page takes: the connection's time limit, and the writing. */
const holdSeconds = 180
const firstPauseSeconds = 15

/** Feeds of all connections that can be read now. */
export function readableFeeds({ connections }: Pick<FeedDeps, 'connections'>): FeedName[] {
  return connections.list().flatMap((connection): FeedName[] => {
    if (connection.state !== 'active') return []
    const kinds = Object.keys(connection.connector.feeds) as MasterDataKind[]
    return kinds.map((feed) => ({ connectionId: connection.id, feed }))
  })
}

/**
 * Takes some of `feeds` whose time has come, for the time that a page takes.
 *
 * @param given.isDueNow - also those whose time has not come.
 */
export function takeDueFeeds(
  { pool }: Pick<FeedDeps, 'pool'>,
  feeds: readonly FeedName[],
  { limit, isDueNow = false }: { readonly limit: number; readonly isDueNow?: boolean },
): Promise<HeldFeed[]> {
  return holdFeeds(pool, { feeds, holdSeconds, limit, isDueNow })
}

/**
 * Reads one page of a feed, and writes it: first the call, outside of any transaction, then in one transaction
 * what the page says, the conflicts that it makes or ends, and the cursor.
 *
 * @throws {HubError} DATABASE_UNAVAILABLE; CONFLICT when another process holds the feed by now.
 */
export async function pullFeed(deps: FeedDeps, held: HeldFeed): Promise<PulledPage> {
  const { pool } = deps
  try {
    const page = await readPage(deps, held)
    const batches = batchesOf(page.items).map((items) => readRecords(held.feed, items))
    const taken = await withTransaction(pool, async (tx) => {
      const source = held.connectionId
      const all: TakenRecords[] = []
      for (const batch of batches) all.push(await storeRecords(tx, batch, { source }))
      return finish(tx, { deps, held, page, taken: total(all) })
    })
    return { kind: 'pulled', taken, hasMore: page.hasMore }
  } catch (error) {
    const failure = failureOf(error)
    if (failure === null) throw error
    if (deps.ending?.aborted) {
      await releaseFeed(pool, held)
      return { kind: 'failed', ...failure }
    }
    const pauseSeconds = pauseAfter(held.failures, { error, most: deps.pauseSeconds })
    await failFeed(pool, held, { ...failure, pauseSeconds })
    return { kind: 'failed', ...failure }
  }
}

async function readPage(deps: FeedDeps, held: HeldFeed): Promise<FeedPage> {
  const connection = usable(deps.connections.get(held.connectionId))
  const feed = connection.connector.feeds[held.feed]
  if (feed === undefined) throw unreadable('FEED_GONE', 'its connector has no such feed any more')
  const timeout = AbortSignal.timeout(connection.limits.timeoutMs)
  const signal = deps.ending === undefined ? timeout : AbortSignal.any([timeout, deps.ending])
  const { config } = connection
  const fetch = connection.fetchFor({ signal })
  const { cursor } = held
  const page = await feed.pull({
    config,
    fetch,
    signal,
    cursor,
    limit: pageItems,
    now: deps.clock.now(),
  })
  checkPage(page, cursor)
  return page
}

function usable(connection: ReturnType<Connections['get']>): WorkingConnection {
  if (connection !== undefined && connection.state === 'active') return connection
  throw unreadable('CONNECTION_UNUSABLE', 'its connection cannot be used')
}

function checkPage({ items, cursor, hasMore }: FeedPage, before: string | null): void {
  if (!Array.isArray(items) || items.length > maxPageItems) {
    throw unreadable('FEED_MALFORMED', `a page has at most ${maxPageItems} items`)
  }
  if (cursor !== null && (typeof cursor !== 'string' || cursor.length > maxCursor)) {
    throw unreadable('FEED_MALFORMED', `a cursor has at most ${maxCursor} characters`)
  }
  // It would be read again and again, and never anything else.
  if (hasMore && cursor === before) throw unreadable('FEED_STUCK', 'its cursor does not move')
}

function unreadable(code: string, reason: string): RetryableError {
  return new RetryableError({ code, reason })
}

function batchesOf(items: readonly unknown[]): (readonly unknown[])[] {
  const count = Math.ceil(items.length / batchItems)
  return Array.from({ length: count }, (_, n) => items.slice(n * batchItems, (n + 1) * batchItems))
}

const nothing: TakenRecords = { read: 0, written: 0, unchanged: 0, stale: 0, refused: [] }

function total(all: readonly TakenRecords[]): TakenRecords {
  return all.reduce((sum, one) => {
    return {
      read: sum.read + one.read,
      written: sum.written + one.written,
      unchanged: sum.unchanged + one.unchanged,
      stale: sum.stale + one.stale,
      refused: [...sum.refused, ...one.refused],
    }
  }, nothing)
}

async function finish(
  tx: Tx,
  ended: {
    readonly deps: FeedDeps
    readonly held: HeldFeed
    readonly page: FeedPage
    readonly taken: TakenRecords
  },
): Promise<TakenRecords> {
  const { deps, held, page, taken } = ended
  const { read: items, written, refused } = taken
  const { cursor, hasMore } = page
  const { pauseSeconds } = deps
  const progress = { cursor, hasMore, items, written, refused: refused.length, pauseSeconds }
  const isFirstEnd = await advanceFeed(tx, held, progress)
  if (!hasMore) await markSynced(tx, held.feed)
  if (!isFirstEnd) return taken
  const objectId = `${held.connectionId}/${held.feed}`
  const action = 'master_data.first_read'
  await deps.record(tx, [{ actor: 'hub', action, objectType: 'master_data', objectId }])
  return taken
}

/** A failure of the connection or its connector; null for one of our own, which is not the feed's. */
function failureOf(error: unknown): { code: string; reason: string | null } | null {
  if (error instanceof DeliveryError) return { code: error.code, reason: error.reason ?? null }
  if (error instanceof HubError || isDatabaseError(error)) return null
  return { code: 'CONNECTOR_DEFECT', reason: null }
}

/** What the database says has a SQLSTATE. */
function isDatabaseError(error: unknown): boolean {
  return error instanceof Error && 'severity' in error
}

/** Twice as long after every failure, up to the pause between looks; longer where the system asks for it. */
function pauseAfter(
  failures: number,
  { error, most }: { readonly error: unknown; readonly most: number },
): number {
  const asked = error instanceof RetryableError ? (error.retryAfterMs ?? 0) / 1_000 : 0
  return Math.max(asked, Math.min(most, firstPauseSeconds * 2 ** Math.min(failures, 10)))
}
