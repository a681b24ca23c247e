import type { MasterData } from '../connect/master-data.ts'
import type { Clock } from '../platform/clock.ts'
import type { Logger } from '../platform/logger.ts'
import { AuditWriter } from '../store/audit.ts'
import { endStoredMessages } from '../store/batch.ts'
import {
  isTransient,
  isUnavailable,
  type Pool,
  type Tx,
  withTransaction,
} from '../store/database.ts'
import { type StoredMessage, takeReadyMessages } from '../store/inbox.ts'
import { isCapacityRace } from '../store/ledgers.ts'
import { recordUnknown } from '../store/master-data/unknowns.ts'
import { holdParked, insertParked } from '../store/parked.ts'
import {
  type BatchOrigin,
  type BatchResult,
  type ProcessDeps,
  processBatch,
} from './process/process-batch.ts'
import type { Work } from './process/work.ts'
import { CorrelationRace } from './process/write.ts'
import type { ReadMessage } from './read-message.ts'

export interface DrainerOptions {
  readonly pool: Pool
  readonly process: ProcessDeps
  readonly read: ReadMessage
  readonly masterData: Pick<
    MasterData,
    'takeMisses' | 'prefetch' | 'figures' | 'knowsProducts' | 'knowsParties'
  >
  readonly auditSealKey: Buffer
  readonly nodeName: string
  readonly log: Logger
  readonly clock: Clock
  readonly onCommitted: (batch: BatchResult, origin: BatchOrigin) => void
}

/** Other processes may be at the same payment, each time another one. */
const mostRacesAlone = 10

/** Small enough that what comes in meanwhile does not wait for long. */
const batchLimit = 200

/** Messages that have waited for longer are backlog: what they set off lets the deliveries of now go first. */
const backlogAfterMs = 2_000

/**
 * Applies messages that were stored before: the same code as at the door, at another moment. They are
 * taken off the ready table by the transaction that applies them, so a crash puts them back.
 *
 * @returns a step that takes one batch and says how many messages it took.
 */
export function createDrainer(options: DrainerOptions): () => Promise<number> {
  const audit = new AuditWriter({
    writer: `${options.nodeName} drain`,
    sealKey: options.auditSealKey,
  })
  return async () => {
    let limit = batchLimit
    let racesAlone = 0
    for (;;) {
      try {
        return await drainOnce(options, audit, limit)
      } catch (error) {
        if (isUnavailable(error)) audit.uncertain()
        else audit.rolledBack()
        if (isUnavailable(error)) throw error
        if (error instanceof CorrelationRace || isTransient(error)) continue
        // Two cases of one batch may have used up the same payment: apart, the second one sees the first. What is
        // refused again and again although it stands alone is no race.
        const isRaceAlone = limit === 1 && isCapacityRace(error)
        if (isRaceAlone) racesAlone += 1
        if (isRaceAlone && racesAlone < mostRacesAlone) continue
        options.log.error({ err: error, limit }, 'stored messages not applied')
        if (limit === 1) return setAside(options, error)
        // Fewer at a time, until the one that cannot be applied stands alone.
        limit = Math.ceil(limit / 4)
      }
    }
  }
}

async function drainOnce(
  options: DrainerOptions,
  audit: AuditWriter,
  limit: number,
): Promise<number> {
  const sinceMs = options.clock.monotonicMs()
  const { taken, batch, isBacklog } = await withTransaction(options.pool, async (tx) => {
    const stored = await takeReadyMessages(tx, limit)
    if (stored.length === 0) return { taken: 0, batch: null, isBacklog: false }
    const { rows } = await tx.query<{ now: Date }>(
      `select date_trunc('milliseconds', now()) as now`,
    )
    const now = rows[0]?.now ?? new Date(0)
    const works = await readAll(options, await waitingOnce(tx, stored))
    const youngest = stored.at(-1)?.receivedAt ?? now
    return {
      taken: stored.length,
      isBacklog: now.getTime() - youngest.getTime() > backlogAfterMs,
      batch: await processBatch(options.process, tx, { works, now, audit }),
    }
  })
  audit.committed()
  if (batch) {
    options.process.cache.remember(batch.cases)
    options.onCommitted(batch, { sinceMs, isBacklog })
  }
  return taken
}

/**
 * A message may have been released twice, by what it waited for and by its time: it is applied once. One that a
 * person has edited or given up since is not applied at all.
 */
async function waitingOnce(tx: Tx, stored: readonly StoredMessage[]): Promise<StoredMessage[]> {
  const retried = stored.filter(({ outcome }) => outcome === 'parked')
  const held = await holdParked(
    tx,
    retried.map(({ messageId }) => messageId),
  )
  const waiting = stored.filter(
    ({ outcome, messageId }) => outcome === null || (outcome === 'parked' && held.has(messageId)),
  )
  return [...new Map(waiting.map((message) => [message.messageId, message])).values()]
}

/**
 * Reads messages. What they name that is not in memory is loaded in one question, and those that could not be
 * read without it are read again; what nobody has even then is counted, for whoever looks after master data.
 */
async function readAll(
  { read, masterData, pool, log }: DrainerOptions,
  stored: readonly StoredMessage[],
): Promise<Work[]> {
  masterData.takeMisses()
  const works = stored.map((message) => workOf(read, message))
  const misses = masterData.takeMisses()
  if (misses.length === 0 || !hasMore(masterData)) return works
  await masterData.prefetch(misses)
  const again = works.map((work, index) => {
    const message = stored[index]
    return message && isMissing(work) ? workOf(read, message) : work
  })
  // Apart from the batch: that somebody asked is true even where the batch is tried again.
  recordUnknown(pool, masterData.takeMisses()).catch((error: unknown) => {
    log.warn({ err: error }, 'unknown identifiers not counted')
  })
  return again
}

/**
 * Where nobody has told of all products or parties yet, and what was told is in memory, there is nothing to look
 * for, and what is not there is not unknown.
 */
function hasMore({ knowsProducts, knowsParties, figures }: DrainerOptions['masterData']): boolean {
  if (knowsProducts || knowsParties) return true
  const { products, parties } = figures()
  return products.isPartial || parties.isPartial
}

function isMissing({ reading }: Work): boolean {
  return reading.kind === 'events' || (reading.kind === 'unreadable' && reading.code === 'MD01')
}

function workOf(read: ReadMessage, stored: StoredMessage): Work {
  const { receivedAt, outcome, code: _code, caseId: _caseId, result: _result, ...message } = stored
  return {
    message,
    reading: read(message, receivedAt),
    storedAt: receivedAt,
    wasParked: outcome === 'parked',
  }
}

/** Parks the one message that the database refuses, so that it holds up nobody. */
async function setAside(options: DrainerOptions, error: unknown): Promise<number> {
  return withTransaction(options.pool, async (tx) => {
    const [stored] = await takeReadyMessages(tx, 1)
    if (!stored) return 0
    await parkDefect(tx, stored, error)
    return 1
  })
}

async function parkDefect(tx: Tx, stored: StoredMessage, error: unknown): Promise<void> {
  const sqlCode = (error as { code?: unknown } | null)?.code
  await insertParked(
    tx,
    [
      {
        messageId: stored.messageId,
        connectionId: stored.connectionId,
        receivedAt: stored.receivedAt,
        topic: stored.topic,
        code: 'PROCESSING_FAILED',
        detail:
          typeof sqlCode === 'string'
            ? `The database refused it (${sqlCode}).`
            : 'It could not be applied.',
        waitsFor: [],
        isWaiting: false,
      },
    ],
    stored.receivedAt,
  )
  const result = { detail: 'It could not be applied.' }
  await endStoredMessages(tx, [
    {
      message: stored,
      receivedAt: stored.receivedAt,
      outcome: 'parked',
      code: 'PROCESSING_FAILED',
      caseId: null,
      result,
    },
  ])
}
