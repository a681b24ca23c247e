import type { Connections } from '../connect/connections.ts'
import type { RecordAudit } from '../pipeline/audit-recorder.ts'
import { checkDue, type DueCheckDeps } from '../pipeline/checks/check-due.ts'
import { createFeedReader } from '../pipeline/master-data/feeds.ts'
import type { MessageResult } from '../pipeline/message.ts'
import { createHints, type Hints } from '../pipeline/polls/hints.ts'
import { createPollReader } from '../pipeline/polls/polls.ts'
import type { Clock } from '../platform/clock.ts'
import type { HubConfig } from '../platform/config/schema.ts'
import type { Logger } from '../platform/logger.ts'
import type { Metrics } from '../platform/metrics.ts'
import type { Pool } from '../store/database.ts'
import { type Loop, startLoop } from './loop.ts'
import { measureChecks, measurePolls } from './reader-metrics.ts'

export interface ReaderDeps {
  readonly config: HubConfig
  readonly pool: Pool
  readonly connections: Connections
  readonly record: RecordAudit
  readonly clock: Clock
  readonly log: Logger
  readonly metrics: Metrics
  readonly nodeId: string
  /** Told of each message that a poll has brought, once it is kept. */
  readonly onTaken: (results: readonly MessageResult[]) => void
}

/** What a process asks its connections by itself. */
export interface Readers {
  readonly wakePoll: Hints['wake']
  /** Asks nothing more, and gives up what is under way. */
  readonly stop: () => Promise<void>
}

const feedsIdleMs = 5_000
/** A hint that another process has taken is noticed within this time. */
const pollsIdleMs = 1_000
const checksIdleMs = 5_000

/** Starts to read feeds and polls, and to check connections, as the roles of the process have it. */
export function startReaders(deps: ReaderDeps): Readers {
  const { config, log, pool, metrics, connections } = deps
  const parts: Readers['stop'][] = []
  let polls: Loop | undefined
  if (config.roles.includes('ingest')) {
    const reader = createPollReader({ ...deps, onEnded: () => polls?.wake() })
    polls = startLoop({ name: 'polls', idleMs: pollsIdleMs, log, step: reader.step })
    parts.push(polls.stop, reader.stop)
    measurePolls(metrics, { pool, connections })
  }
  if (config.roles.includes('tick')) {
    parts.push(...startFeeds(deps), ...startChecks(deps))
    measureChecks(metrics, pool)
  }
  const hints = createHints({ pool, log, onWritten: () => polls?.wake() })
  return {
    wakePoll: hints.wake,
    async stop() {
      await Promise.all([hints.stop(), ...parts.map(async (stop) => stop())])
    },
  }
}

function startFeeds(deps: ReaderDeps): Readers['stop'][] {
  const { config, log } = deps
  let loop: Loop | undefined
  const reader = createFeedReader({
    ...deps,
    pauseSeconds: config.masterData.feedSeconds,
    onEnded: () => loop?.wake(),
  })
  loop = startLoop({ name: 'feeds', idleMs: feedsIdleMs, log, step: reader.step })
  return [loop.stop, reader.stop]
}

function startChecks(deps: DueCheckDeps): Readers['stop'][] {
  const life = new AbortController()
  const step = (): Promise<number> => checkDue({ ...deps, ending: life.signal })
  const loop = startLoop({ name: 'checks', idleMs: checksIdleMs, log: deps.log, step })
  return [async () => life.abort(), loop.stop]
}
