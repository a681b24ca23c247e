import type { MasterDataKind } from '@backhaul/sdk/canonical'
import type { FeedPage } from '@backhaul/sdk/connector'
import type { Tx } from '../../store/database.ts'
import { markSynced } from '../../store/master-data/rows.ts'
import { advanceSource, type HeldSource, type SourceName } from '../../store/source-cursors.ts'
import type { RecordAudit } from '../audit-recorder.ts'
import { callSource, unreadable } from '../pages/source-call.ts'
import {
  checkCursor,
  type PageDeps,
  type TakenPage,
  takeDue,
  takePage,
} from '../pages/take-page.ts'
import { type ReadRecords, readRecords } from './read-records.ts'
import { storeRecords, type TakenRecords } from './store-records.ts'

/** A feed of a connection. */
export type FeedName = SourceName<MasterDataKind>
export type HeldFeed = HeldSource<MasterDataKind>

export interface FeedDeps extends PageDeps {
  /** Between looks at a feed that has no more. */
  readonly pauseSeconds: number
  readonly record: RecordAudit
}

/** How many items a page should have. */
const pageItems = 1_000
/** A page that has more is no page: what was read is held in memory until it is written. */
const maxPageItems = 10_000
const maxCursor = 1_000
const batchItems = 1_000

/** Feeds of all connections that can be read now. */
export function readableFeeds({ connections }: Pick<FeedDeps, 'connections'>): FeedName[] {
  return connections.list().flatMap((connection): FeedName[] => {
    if (connection.state !== 'active') return []
    const kinds = Object.keys(connection.connector.feeds) as MasterDataKind[]
    return kinds.map((name) => ({ connectionId: connection.id, name }))
  })
}

/** See `takeDue`. */
export function takeDueFeeds(
  deps: Omit<FeedDeps, 'clock' | 'record' | 'pauseSeconds'>,
  feeds: readonly FeedName[],
  how: { readonly limit: number; readonly isDueNow?: boolean },
): Promise<HeldFeed[]> {
  return takeDue(deps, { kind: 'feed', sources: feeds, ...how })
}

interface ReadPage extends Pick<FeedPage, 'cursor' | 'hasMore'> {
  readonly batches: readonly ReadRecords[]
}

/** Reads one page of a feed and writes what it says, with the conflicts that it makes or ends: see `takePage`. */
export function pullFeed(deps: FeedDeps, held: HeldFeed): Promise<TakenPage<TakenRecords>> {
  return takePage(deps, held, {
    kind: 'feed',
    mostPauseSeconds: deps.pauseSeconds,
    read: () => readPage(deps, held),
    keep: async (tx, page) => {
      const source = held.connectionId
      const all: TakenRecords[] = []
      for (const batch of page.batches) all.push(await storeRecords(tx, batch, { source }))
      return finish(tx, { deps, held, page, taken: total(all) })
    },
  })
}

async function readPage(deps: FeedDeps, held: HeldFeed): Promise<ReadPage> {
  const { connectionId, name, cursor: before } = held
  const page = await callSource(deps, connectionId, async ({ connector }, call) => {
    const feed = connector.feeds[name]
    if (feed === undefined) throw unreadable('FEED_GONE', 'its connector has no such feed any more')
    return feed.pull({ ...call, cursor: before, limit: pageItems })
  })
  const { items, cursor, hasMore } = page
  if (!Array.isArray(items) || items.length > maxPageItems) {
    throw unreadable('FEED_MALFORMED', `a page has at most ${maxPageItems} items`)
  }
  checkCursor(page, { kind: 'feed', before, most: maxCursor })
  return { cursor, hasMore, batches: batchesOf(items).map((some) => readRecords(name, some)) }
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
    readonly page: ReadPage
    readonly taken: TakenRecords
  },
): Promise<TakenRecords> {
  const { deps, held, page, taken } = ended
  const { read: items, written, refused } = taken
  const { cursor, hasMore } = page
  const pauseSeconds = hasMore ? 0 : deps.pauseSeconds
  const progress = { cursor, hasMore, items, written, refused: refused.length, pauseSeconds }
  const isFirstEnd = await advanceSource({ db: tx, kind: 'feed' }, held, progress)
  if (!hasMore) await markSynced(tx, held.name)
  if (!isFirstEnd) return taken
  const objectId = `${held.connectionId}/${held.name}`
  const action = 'master_data.first_read'
  await deps.record(tx, [{ actor: 'hub', action, objectType: 'master_data', objectId }])
  return taken
}
