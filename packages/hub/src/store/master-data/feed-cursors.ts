import type { ConnectionId, MasterDataKind } from '@backhaul/sdk/canonical'
import { HubError } from '../../platform/errors.ts'
import type { Queryable, Tx } from '../database.ts'

/** A feed of a connection. */
export interface FeedName {
  readonly connectionId: ConnectionId
  readonly feed: MasterDataKind
}

/** How far a feed has been read, and how that went. */
export interface FeedStatus extends FeedName {
  /** `reading`: there was more at the last look. */
  readonly state: 'waiting' | 'reading' | 'failed'
  readonly dueAt: Date
  readonly failures: number
  readonly lastCode: string | null
  readonly lastReason: string | null
  readonly runStartedAt: Date | null
  readonly runEndedAt: Date | null
  /** When it had been read to its end for the first time. */
  readonly firstEndedAt: Date | null
  readonly runItems: number
  readonly runWritten: number
  readonly runRefused: number
  readonly totalItems: number
  readonly totalWritten: number
}

/** A feed that this process reads a page of. */
export interface HeldFeed extends FeedName {
  readonly cursor: string | null
  readonly failures: number
  readonly fence: number
}

/** What a page came to. */
export interface FeedProgress {
  readonly cursor: string | null
  readonly hasMore: boolean
  readonly items: number
  readonly written: number
  readonly refused: number
  /** Until the next look, where there is no more. */
  readonly pauseSeconds: number
}

const columns = `connection_id as "connectionId", feed, state, due_at as "dueAt", failures,
  last_code as "lastCode", last_reason as "lastReason", run_started_at as "runStartedAt",
  run_ended_at as "runEndedAt", first_ended_at as "firstEndedAt", run_items as "runItems",
  run_written as "runWritten", run_refused as "runRefused", total_items as "totalItems",
  total_written as "totalWritten"`

/** Makes a row for each feed that has none. */
export async function ensureFeeds(db: Queryable, feeds: readonly FeedName[]): Promise<void> {
  await db.query(
    `insert into feed_cursor (connection_id, feed)
     select "connectionId", feed from json_to_recordset($1) as g ("connectionId" text, feed text)
     join connection on connection_id = "connectionId"
     on conflict do nothing`,
    [JSON.stringify(feeds)],
  )
}

/**
 * Takes feeds whose time has come, so that no other process reads them. A process that dies holds one no
 * longer than `holdSeconds`.
 *
 * @param given.isDueNow - also those whose time has not come.
 */
export async function holdFeeds(
  db: Queryable,
  given: {
    readonly feeds: readonly FeedName[]
    readonly holdSeconds: number
    readonly limit: number
    readonly isDueNow: boolean
  },
): Promise<HeldFeed[]> {
  const { rows } = await db.query<HeldFeed>({
    name: 'hold-feeds',
    text: `with due as (
        select f.connection_id, f.feed from feed_cursor f
        join json_to_recordset($1) as g ("connectionId" text, feed text)
          on g."connectionId" = f.connection_id and g.feed = f.feed
        where (f.due_at <= now() or $3) and (f.held_until is null or f.held_until < now())
        order by f.due_at limit $4
        for update of f skip locked)
      update feed_cursor f set held_until = now() + make_interval(secs => $2), fence = fence + 1
      from due where f.connection_id = due.connection_id and f.feed = due.feed
      returning f.connection_id as "connectionId", f.feed, f.cursor, f.failures, f.fence`,
    values: [JSON.stringify(given.feeds), given.holdSeconds, given.isDueNow, given.limit],
  })
  return rows
}

/**
 * Writes down how far a page has brought a feed, and lets it go.
 *
 * @returns whether it has been read to its end for the first time.
 * @throws {HubError} CONFLICT when another process holds it by now: what was read counts for nothing.
 */
export async function advanceFeed(
  tx: Tx,
  { connectionId, feed, fence }: HeldFeed,
  progress: FeedProgress,
): Promise<boolean> {
  const { cursor, hasMore, items, written, refused, pauseSeconds } = progress
  const { rows } = await tx.query<{ isFirstEnd: boolean }>({
    name: 'advance-feed',
    text: `update feed_cursor f set
        cursor = $4, held_until = null, failures = 0, last_code = null, last_reason = null,
        state = case when $5 then 'reading' else 'waiting' end,
        due_at = case when $5 then now() else now() + make_interval(secs => $9) end,
        run_started_at = case when was.is_running then f.run_started_at else now() end,
        run_ended_at = case when $5 then null else now() end,
        first_ended_at = case when $5 then f.first_ended_at else coalesce(f.first_ended_at, now()) end,
        run_items = $6 + case when was.is_running then f.run_items else 0 end,
        run_written = $7 + case when was.is_running then f.run_written else 0 end,
        run_refused = $8 + case when was.is_running then f.run_refused else 0 end,
        total_items = f.total_items + $6, total_written = f.total_written + $7
      from (select run_started_at is not null and run_ended_at is null as is_running,
              first_ended_at is null as is_first
            from feed_cursor where connection_id = $1 and feed = $2) was
      where f.connection_id = $1 and f.feed = $2 and f.fence = $3
      returning was.is_first and not $5 as "isFirstEnd"`,
    values: [connectionId, feed, fence, cursor, hasMore, items, written, refused, pauseSeconds],
  })
  const [row] = rows
  if (row !== undefined) return row.isFirstEnd
  throw new HubError('CONFLICT', 'Another process reads this feed by now.', {
    details: { connectionId, feed },
  })
}

/** Writes down why a page could not be read, and lets the feed go until it is tried again. */
export async function failFeed(
  db: Queryable,
  { connectionId, feed, fence }: HeldFeed,
  failure: { readonly code: string; readonly reason: string | null; readonly pauseSeconds: number },
): Promise<void> {
  await db.query({
    name: 'fail-feed',
    text: `update feed_cursor set state = 'failed', held_until = null, failures = failures + 1,
        last_code = $4, last_reason = $5, due_at = now() + make_interval(secs => $6)
      where connection_id = $1 and feed = $2 and fence = $3`,
    values: [connectionId, feed, fence, failure.code, failure.reason, failure.pauseSeconds],
  })
}

/** Lets a feed go of which nothing was read. */
export async function releaseFeed(
  db: Queryable,
  { connectionId, feed, fence }: HeldFeed,
): Promise<void> {
  await db.query(
    `update feed_cursor set held_until = null where connection_id = $1 and feed = $2 and fence = $3`,
    [connectionId, feed, fence],
  )
}

export async function listFeeds(db: Queryable): Promise<FeedStatus[]> {
  const { rows } = await db.query<FeedStatus>(
    `select ${columns} from feed_cursor order by connection_id, feed`,
  )
  return rows
}

/** Lets a feed begin anew with its next page. */
export async function rewindFeed(db: Queryable, { connectionId, feed }: FeedName): Promise<void> {
  await db.query(
    `update feed_cursor set cursor = null, due_at = now(), run_started_at = null, run_ended_at = null
     where connection_id = $1 and feed = $2`,
    [connectionId, feed],
  )
}
