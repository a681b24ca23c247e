import { DeliveryError, RetryableError } from '@backhaul/sdk/connector'
import type { Connections } from '../../connect/connections.ts'
import { HubError } from '../../platform/errors.ts'
import { type Pool, type Tx, withTransaction } from '../../store/database.ts'
import {
  failSource,
  type HeldSource,
  holdSources,
  releaseSource,
  type SourceKind,
  type SourceName,
} from '../../store/source-cursors.ts'
import { type CallDeps, unreadable } from './source-call.ts'

export interface PageDeps extends CallDeps {
  readonly pool: Pool
  readonly connections: Pick<Connections, 'get' | 'list'>
  /** The process, where it is one that beats. */
  readonly nodeId?: string | undefined
}

/** How a page of a source is read, and what it comes to. */
export interface PageWork<Page extends { readonly hasMore: boolean }, Taken> {
  readonly kind: SourceKind
  /** The call, outside of any transaction. */
  readonly read: () => Promise<Page>
  /** What the page says and how far it goes, in one transaction. */
  readonly keep: (tx: Tx, page: Page) => Promise<Taken>
  /** Between two tries, at most: but where the system asks for longer. */
  readonly mostPauseSeconds: number
}

/** What reading one page came to. `failed`: nothing was read; the source is tried again by itself. */
export type TakenPage<Taken> =
  | { readonly kind: 'pulled'; readonly taken: Taken; readonly hasMore: boolean }
  | { readonly kind: 'failed'; readonly code: string; readonly reason: string | null }

const firstPauseSeconds = 15
/** For writing a page, and for a database that is slow. */
const writingSeconds = 60

/**
 * Takes some of `sources` whose time has come, for the time that a page takes.
 *
 * @param given.isDueNow - also those whose time has not come.
 */
export function takeDue<Name extends string>(
  { pool, connections, nodeId }: Omit<PageDeps, 'clock'>,
  given: {
    readonly kind: SourceKind
    readonly sources: readonly SourceName<Name>[]
    readonly limit: number
    readonly isDueNow?: boolean | undefined
  },
): Promise<HeldSource<Name>[]> {
  const { kind, ...what } = given
  const limitsMs = what.sources.map(({ connectionId }) => {
    const connection = connections.get(connectionId)
    return connection?.state === 'active' ? connection.limits.timeoutMs : 0
  })
  const holdSeconds = Math.max(0, ...limitsMs) / 1_000 + writingSeconds
  return holdSources({ db: pool, kind }, { ...what, holdSeconds, nodeId })
}

/**
 * Reads one page of a source and keeps it: first the call, then in one transaction what the page says and the
 * cursor. A process that dies in between has read nothing.
 *
 * @throws {HubError} DATABASE_UNAVAILABLE; CONFLICT when another process holds the source by now.
 */
export async function takePage<Page extends { readonly hasMore: boolean }, Taken>(
  { pool, ending }: Pick<PageDeps, 'pool' | 'ending'>,
  held: HeldSource,
  { kind, read, keep, mostPauseSeconds }: PageWork<Page, Taken>,
): Promise<TakenPage<Taken>> {
  const cursors = { db: pool, kind }
  try {
    const page = await read()
    const taken = await withTransaction(pool, (tx) => keep(tx, page))
    return { kind: 'pulled', taken, hasMore: page.hasMore }
  } catch (error) {
    const failure = failureOf(error) ?? notKept
    const pauseSeconds = pauseAfter(held.failures, { error, most: mostPauseSeconds })
    const letGo =
      ending?.aborted === true
        ? releaseSource(cursors, held)
        : failSource(cursors, held, { ...failure, pauseSeconds })
    if (failure !== notKept) {
      await letGo
      return { kind: 'failed', ...failure }
    }
    // Where the database does not take this either, others take the source up when its time is over.
    await letGo.catch(() => undefined)
    throw error
  }
}

const notKept = { code: 'NOT_KEPT', reason: 'the hub could not keep what it had read' }

/** A failure of the connection or its connector; null for one of our own, which is not the source's. */
function failureOf(error: unknown): { code: string; reason: string | null } | null {
  if (error instanceof DeliveryError) return { code: error.code, reason: error.reason ?? null }
  if (error instanceof HubError || isDatabaseError(error)) return null
  return { code: 'CONNECTOR_DEFECT', reason: null }
}

/** What the database says has a SQLSTATE. */
function isDatabaseError(error: unknown): boolean {
  return error instanceof Error && 'severity' in error
}

/** Twice as long after every failure, up to `most`; longer where the system asks for it. */
function pauseAfter(
  failures: number,
  { error, most }: { readonly error: unknown; readonly most: number },
): number {
  const asked = error instanceof RetryableError ? (error.retryAfterMs ?? 0) / 1_000 : 0
  return Math.max(asked, Math.min(most, firstPauseSeconds * 2 ** Math.min(failures, 10)))
}

/**
 * Checks how far a page goes.
 *
 * @throws {RetryableError} FEED_MALFORMED or POLL_MALFORMED, FEED_STUCK or POLL_STUCK.
 */
export function checkCursor(
  page: { readonly cursor: string | null; readonly hasMore: boolean },
  {
    before,
    kind,
    most,
  }: { readonly before: string | null; readonly kind: SourceKind; readonly most: number },
): void {
  const { cursor, hasMore } = page
  const name = kind.toUpperCase()
  if (cursor !== null && (typeof cursor !== 'string' || cursor.length > most)) {
    throw unreadable(`${name}_MALFORMED`, `a cursor has at most ${most} characters`)
  }
  // It would be read again and again, and never anything else.
  if (hasMore && cursor === before) throw unreadable(`${name}_STUCK`, 'its cursor does not move')
}
