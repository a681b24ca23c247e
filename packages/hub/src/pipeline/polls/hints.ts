import type { Logger } from '../../platform/logger.ts'
import type { Pool } from '../../store/database.ts'
import { type SourceName, wakeSources } from '../../store/source-cursors.ts'

/** Webhooks that only hint that something has changed. */
export interface Hints {
  /** Makes a poll look soon, whichever process reads it. Returns at once. */
  readonly wake: (poll: SourceName) => void
  /** Writes down what has not been yet. */
  readonly stop: () => Promise<void>
}

/** Hints of a connection are written down together, no more often than that. */
const restMs = 1_000

/** @param deps.onWritten - polls are due: look now. */
export function createHints(deps: {
  readonly pool: Pool
  readonly log: Logger
  readonly onWritten: () => void
}): Hints {
  const { pool, log, onWritten } = deps
  /** By connection, the polls that were named since it was written down the last time. */
  const resting = new Map<string, Map<string, SourceName>>()
  const timers = new Set<NodeJS.Timeout>()

  async function write(polls: readonly SourceName[]): Promise<void> {
    try {
      if ((await wakeSources({ db: pool, kind: 'poll' }, polls)) > 0) onWritten()
    } catch (error) {
      // The poll looks by itself when its time comes: a hint that is lost loses nothing else.
      log.warn({ err: error }, 'polls not woken')
    }
  }

  function endRest(connectionId: string): void {
    const named = resting.get(connectionId)
    resting.delete(connectionId)
    if (named === undefined || named.size === 0) return
    rest(connectionId)
    void write([...named.values()])
  }

  function rest(connectionId: string): void {
    resting.set(connectionId, new Map())
    const timer = setTimeout(() => {
      timers.delete(timer)
      endRest(connectionId)
    }, restMs)
    timers.add(timer)
  }

  return {
    wake(poll) {
      const { connectionId, name } = poll
      const known = resting.get(connectionId)
      if (known !== undefined) {
        known.set(name, poll)
        return
      }
      rest(connectionId)
      void write([poll])
    },
    async stop() {
      for (const timer of timers) clearTimeout(timer)
      const named = [...resting.values()].flatMap((one) => [...one.values()])
      if (named.length > 0) await write(named)
    },
  }
}
