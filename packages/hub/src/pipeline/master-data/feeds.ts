import type { Logger } from '../../platform/logger.ts'
import { ensureFeeds, type FeedName, type HeldFeed } from '../../store/master-data/feed-cursors.ts'
import { type FeedDeps, pullFeed, readableFeeds, takeDueFeeds } from './pull-feed.ts'

/** Reads the feeds of all connections in turn, side by side. */
export interface FeedReader {
  /** Begins a page of every feed whose time has come. @returns how many were begun. */
  readonly step: () => Promise<number>
  /** Begins no more pages, and gives up those under way. */
  readonly stop: () => Promise<void>
}

/** Pages under way at once: each is held in memory whole. */
const maxUnderWay = 4

/** @param given.onEnded - a page is done: there may be more at once. */
export function createFeedReader(
  given: Omit<FeedDeps, 'ending'> & { readonly log: Logger; readonly onEnded: () => void },
): FeedReader {
  const { pool, log } = given
  const life = new AbortController()
  const deps = { ...given, ending: life.signal }
  const underWay = new Map<string, Promise<void>>()
  let ensured = ''

  async function ensure(feeds: readonly FeedName[]): Promise<void> {
    const names = feeds.map(nameOf).join()
    if (names === ensured) return
    await ensureFeeds(pool, feeds)
    ensured = names
  }

  async function pull(held: HeldFeed): Promise<void> {
    const { connectionId, feed } = held
    try {
      const page = await pullFeed(deps, held)
      if (page.kind === 'failed' && !life.signal.aborted) {
        log.warn({ connectionId, feed, code: page.code }, 'feed not read, tried again by itself')
      }
    } catch (error) {
      log.warn({ connectionId, feed, err: error }, 'feed not read, tried again when it is let go')
    }
  }

  function begin(held: HeldFeed): void {
    const name = nameOf(held)
    const ended = pull(held).finally(() => {
      underWay.delete(name)
      deps.onEnded()
    })
    underWay.set(name, ended)
  }

  return {
    async step() {
      const room = maxUnderWay - underWay.size
      if (life.signal.aborted || room <= 0) return 0
      const feeds = readableFeeds(deps)
      await ensure(feeds)
      const free = feeds.filter((feed) => !underWay.has(nameOf(feed)))
      if (free.length === 0) return 0
      const held = await takeDueFeeds(deps, free, { limit: room })
      for (const one of held) begin(one)
      // Those under way wake the loop when they end.
      return 0
    },
    async stop() {
      life.abort()
      await Promise.all(underWay.values())
    },
  }
}

function nameOf({ connectionId, feed }: FeedName): string {
  return `${connectionId}/${feed}`
}
