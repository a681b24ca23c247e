import type { MasterDataInput, MasterDataKind } from '../canonical/index.ts'
import type { GuardedDial } from './guarded-dial.ts'
import type { GuardedFetch } from './guarded-fetch.ts'

/** Everything that a feed may use to read its next page. */
export interface FeedPull<Config> {
  readonly config: Config
  readonly fetch: GuardedFetch
  /** For a system that speaks no HTTP. */
  readonly dial: GuardedDial
  /** Aborts when the hub gives up on the page. */
  readonly signal: AbortSignal
  /** What the last page gave, as it gave it; null for the first page ever, and when all is to be read anew. */
  readonly cursor: string | null
  /** How many items the page should have at most. */
  readonly limit: number
  readonly now: Date
}

export interface FeedPage<Kind extends MasterDataKind = MasterDataKind> {
  /** Checked one by one: an item that is not acceptable does not hold up the others. */
  readonly items: readonly MasterDataInput<Kind>[]
  /** Where the next page begins, at most 1,000 characters. It is kept when the items are. */
  readonly cursor: string | null
  /** Whether there is a next page now; then the cursor has to have moved. */
  readonly hasMore: boolean
}

/**
 * What a system knows of products, parties, warehouses or vendors, page after page: first all of it, then
 * what has changed. A page may repeat what was read before; it must not leave out what changed while it was
 * read, so a cursor over times needs an overlap.
 */
export interface FeedDefinition<Config, Kind extends MasterDataKind = MasterDataKind> {
  /**
   * Reads only.
   *
   * @throws {RetryableError} when reading it again later may succeed.
   * @throws {TerminalError} when it cannot be read until somebody has changed something.
   */
  readonly pull: (page: FeedPull<Config>) => Promise<FeedPage<Kind>>
}
