import type { ConnectionId } from '@backhaul/sdk/canonical'
import { HubError } from '../platform/errors.ts'
import type { Queryable } from './database.ts'

/** What is read page by page: master data that a connection feeds, or changes that it is asked for. */
export type SourceKind = 'feed' | 'poll'

/** The table `feed_cursor` or `poll_cursor`; they have the same columns but for the one that names the source. */
export interface Cursors<Db extends Queryable = Queryable> {
  readonly db: Db
  readonly kind: SourceKind
}

export interface SourceName<Name extends string = string> {
  readonly connectionId: ConnectionId
  readonly name: Name
}

/** How far a source has been read, and how that went. */
export interface SourceStatus<Name extends string = string> extends SourceName<Name> {
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
  /** Since it had been read to its end; where it never was, since it was to be read first. */
  readonly lagSeconds: number
}

/** A source that this process reads a page of. */
export interface HeldSource<Name extends string = string> extends SourceName<Name> {
  readonly cursor: string | null
  readonly failures: number
  readonly fence: number
}

/** What a page came to. */
export interface SourceProgress {
  readonly cursor: string | null
  readonly hasMore: boolean
  readonly items: number
  readonly written: number
  readonly refused: number
  /** Until the next page, unless somebody has woken it meanwhile. */
  readonly pauseSeconds: number
}

const isKey = (kind: SourceKind): string => `connection_id = $1 and ${kind} = $2`
const given = 'json_to_recordset($1) as g ("connectionId" text, name text)'
const isGiven = (kind: SourceKind): string =>
  `g."connectionId" = s.connection_id and g.name = s.${kind}`

export interface ReadableSource<Name extends string = string> extends SourceName<Name> {
  /** Until its first page, from when it is heard of; at once when left out. */
  readonly firstAfterSeconds?: number
}

/** Makes a row for each source that has none. */
export async function ensureSources(
  { db, kind }: Cursors,
  sources: readonly ReadableSource[],
): Promise<void> {
  await db.query(
    `insert into ${kind}_cursor (connection_id, ${kind}, due_at)
     select "connectionId", name, now() + make_interval(secs => coalesce("firstAfterSeconds", 0))
     from json_to_recordset($1) as g ("connectionId" text, name text, "firstAfterSeconds" float8)
     join connection on connection_id = "connectionId"
     on conflict do nothing`,
    [JSON.stringify(sources)],
  )
}

export interface HoldOptions<Name extends string = string> {
  readonly sources: readonly SourceName<Name>[]
  /** A process that loses sight of one holds it no longer than that. */
  readonly holdSeconds: number
  readonly limit: number
  /** Also those whose time has not come. */
  readonly isDueNow?: boolean | undefined
  /** The process, if it beats: when it is gone, what it held is free. */
  readonly nodeId?: string | undefined
}

/** Takes sources whose time has come, so that no other process reads them. */
export async function holdSources<Name extends string>(
  { db, kind }: Cursors,
  { sources, holdSeconds, limit, isDueNow = false, nodeId }: HoldOptions<Name>,
): Promise<HeldSource<Name>[]> {
  const { rows } = await db.query<HeldSource<Name>>({
    name: `hold-${kind}s`,
    // Due again when nobody has let it go by then. Whoever makes it due before that wants another look.
    text: `with due as (
        select s.connection_id, s.${kind} from ${kind}_cursor s join ${given} on ${isGiven(kind)}
        where case when s.held_until is null or s.held_until < now() then s.due_at <= now() or $3
          else s.held_by is not null and not exists (select from hub_node n where n.node_id = s.held_by) end
        order by s.due_at limit $4
        for update of s skip locked)
      update ${kind}_cursor s set fence = fence + 1, held_by = $5,
        held_until = now() + make_interval(secs => $2), due_at = now() + make_interval(secs => $2)
      from due where s.connection_id = due.connection_id and s.${kind} = due.${kind}
      returning s.connection_id as "connectionId", s.${kind} as name, s.cursor, s.failures, s.fence`,
    values: [JSON.stringify(sources), holdSeconds, isDueNow, limit, nodeId ?? null],
  })
  return rows
}

/**
 * Writes down how far a page has brought a source, and lets it go: until the next page is due, which is at once
 * where somebody has woken it since it was taken.
 *
 * @returns whether it has been read to its end for the first time.
 * @throws {HubError} CONFLICT when another process holds it by now: what was read counts for nothing.
 */
export async function advanceSource(
  { db, kind }: Cursors,
  { connectionId, name, fence }: HeldSource,
  progress: SourceProgress,
): Promise<boolean> {
  const { cursor, hasMore, items, written, refused, pauseSeconds } = progress
  const { rows } = await db.query<{ isFirstEnd: boolean }>({
    name: `advance-${kind}`,
    // By the clock: it may have been woken after this transaction had begun.
    text: `update ${kind}_cursor s set
        cursor = $4, held_until = null, held_by = null, failures = 0, last_code = null, last_reason = null,
        state = case when $5 then 'reading' else 'waiting' end,
        due_at = case when s.due_at <= clock_timestamp() then now() else now() + make_interval(secs => $9) end,
        run_started_at = case when was.is_running then s.run_started_at else now() end,
        run_ended_at = case when $5 then null else now() end,
        first_ended_at = case when $5 then s.first_ended_at else coalesce(s.first_ended_at, now()) end,
        run_items = $6 + case when was.is_running then s.run_items else 0 end,
        run_written = $7 + case when was.is_running then s.run_written else 0 end,
        run_refused = $8 + case when was.is_running then s.run_refused else 0 end,
        total_items = s.total_items + $6, total_written = s.total_written + $7
      from (select run_started_at is not null and run_ended_at is null as is_running,
              first_ended_at is null as is_first
            from ${kind}_cursor where ${isKey(kind)}) was
      where s.${isKey(kind)} and s.fence = $3
      returning was.is_first and not $5 as "isFirstEnd"`,
    values: [connectionId, name, fence, cursor, hasMore, items, written, refused, pauseSeconds],
  })
  const [row] = rows
  if (row !== undefined) return row.isFirstEnd
  throw new HubError('CONFLICT', `Another process reads this ${kind} by now.`, {
    details: { connectionId, [kind]: name },
  })
}

/** Writes down why a page could not be read, and lets the source go until it is tried again. */
export async function failSource(
  { db, kind }: Cursors,
  { connectionId, name, fence }: HeldSource,
  failure: { readonly code: string; readonly reason: string | null; readonly pauseSeconds: number },
): Promise<void> {
  await db.query({
    name: `fail-${kind}`,
    text: `update ${kind}_cursor set state = 'failed', held_until = null, held_by = null, failures = failures + 1,
        last_code = $4, last_reason = $5, due_at = now() + make_interval(secs => $6)
      where ${isKey(kind)} and fence = $3`,
    values: [connectionId, name, fence, failure.code, failure.reason, failure.pauseSeconds],
  })
}

/** Lets a source go of which nothing was read. */
export async function releaseSource(
  { db, kind }: Cursors,
  { connectionId, name, fence }: HeldSource,
): Promise<void> {
  await db.query(
    `update ${kind}_cursor set held_until = null, held_by = null, due_at = now()
     where ${isKey(kind)} and fence = $3`,
    [connectionId, name, fence],
  )
}

/**
 * Makes sources due now. One that is being read is read once more after that. One that has failed keeps its
 * pause, unless it is forced: its system may have asked for it.
 *
 * @returns how many of them there are.
 */
export async function wakeSources(
  { db, kind }: Cursors,
  sources: readonly SourceName[],
  { isForced = false }: { readonly isForced?: boolean } = {},
): Promise<number> {
  const { rows } = await db.query<{ found: number }>({
    name: `wake-${kind}s`,
    text: `with asked as (
        select s.connection_id, s.${kind} from ${kind}_cursor s join ${given} on ${isGiven(kind)}),
      woken as (
        update ${kind}_cursor s set due_at = now() from asked
        where s.connection_id = asked.connection_id and s.${kind} = asked.${kind} and s.due_at > now()
          and ($2 or s.failures = 0 or s.held_until > now()))
      select count(*)::int as found from asked`,
    values: [JSON.stringify(sources), isForced],
  })
  return rows[0]?.found ?? 0
}

/** Lets a source begin anew with its next page. */
export async function rewindSource(
  { db, kind }: Cursors,
  { connectionId, name }: SourceName,
): Promise<void> {
  await db.query(
    `update ${kind}_cursor set cursor = null, due_at = now(), run_started_at = null, run_ended_at = null
     where ${isKey(kind)}`,
    [connectionId, name],
  )
}

/** @param connectionId - only those of one connection. */
export async function listSources<Name extends string>(
  { db, kind }: Cursors,
  connectionId?: string,
): Promise<SourceStatus<Name>[]> {
  const { rows } = await db.query<SourceStatus<Name>>(
    `select connection_id as "connectionId", ${kind} as name, state, due_at as "dueAt", failures,
       last_code as "lastCode", last_reason as "lastReason", run_started_at as "runStartedAt",
       run_ended_at as "runEndedAt", first_ended_at as "firstEndedAt", run_items as "runItems",
       run_written as "runWritten", run_refused as "runRefused", total_items as "totalItems",
       total_written as "totalWritten",
       greatest(0, extract(epoch from now() - coalesce(run_ended_at, run_started_at, due_at)))::float8 as "lagSeconds"
     from ${kind}_cursor where $1::text is null or connection_id = $1 order by connection_id, ${kind}`,
    [connectionId ?? null],
  )
  return rows
}
