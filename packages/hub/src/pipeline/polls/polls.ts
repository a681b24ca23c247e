import { presencePoll } from '@backhaul/sdk/connector'
import type { Connections } from '../../connect/connections.ts'
import type { Logger } from '../../platform/logger.ts'
import { hasRoomFor } from '../../store/inbox.ts'
import type { HeldSource, ReadableSource } from '../../store/source-cursors.ts'
import type { MessageResult } from '../message.ts'
import { createPageReader, type PageReader } from '../pages/page-reader.ts'
import type { TakenPage } from '../pages/take-page.ts'
import { readablePresence, takePresence } from './presence.ts'
import { type PollDeps, type PolledPage, readablePolls, takePoll } from './take-poll.ts'

export interface PollReaderOptions extends Omit<PollDeps, 'ending'> {
  readonly log: Logger
  /** A page is done: there may be more at once. */
  readonly onEnded: () => void
  /** Told of each message, once it is kept. */
  readonly onTaken: (results: readonly MessageResult[]) => void
}

/** While so many messages wait for the processor, no page is read: what is not asked for is kept over there. */
const mostWaiting = 2_000

/** What connections can be asked now: their polls, and whether what returns refer to is still there. */
export function readableSources(deps: {
  readonly connections: Pick<Connections, 'list'>
}): ReadableSource[] {
  return [...readablePolls(deps), ...readablePresence(deps)]
}

/** Reads one page of what a connection can be asked. */
export function takeSource(deps: PollDeps, held: HeldSource): Promise<TakenPage<PolledPage>> {
  return held.name === presencePoll ? takePresence(deps, held) : takePoll(deps, held)
}

/** Asks all connections in turn what has changed. */
export function createPollReader(deps: PollReaderOptions): PageReader {
  return createPageReader({
    ...deps,
    kind: 'poll',
    sources: () => readableSources(deps),
    hasRoom: () => hasRoomFor(deps.pool, mostWaiting),
    async take(held, ending) {
      const page = await takeSource({ ...deps, ending }, held)
      if (page.kind === 'pulled') deps.onTaken(page.taken.results)
      return page
    },
  })
}
