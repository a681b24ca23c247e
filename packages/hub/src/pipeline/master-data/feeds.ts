import type { Logger } from '../../platform/logger.ts'
import { createPageReader, type PageReader } from '../pages/page-reader.ts'
import { type FeedDeps, pullFeed, readableFeeds } from './pull-feed.ts'

/** Reads the feeds of all connections in turn. */
export function createFeedReader(
  deps: Omit<FeedDeps, 'ending'> & { readonly log: Logger; readonly onEnded: () => void },
): PageReader {
  return createPageReader({
    ...deps,
    kind: 'feed',
    sources: () => readableFeeds(deps),
    take: (held, ending) => pullFeed({ ...deps, ending }, held),
  })
}
