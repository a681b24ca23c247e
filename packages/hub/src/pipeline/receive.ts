import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Clock } from '../platform/clock.ts'
import { HubError } from '../platform/errors.ts'
import type { Logger } from '../platform/logger.ts'
import { AuditWriter } from '../store/audit.ts'
import {
  isTransient,
  isUnavailable,
  type Pool,
  type Tx,
  withTransaction,
} from '../store/database.ts'
import { isCapacityRace } from '../store/ledgers.ts'
import type { Incoming, MessageResult } from './message.ts'
import {
  type BatchOrigin,
  type BatchResult,
  type ProcessDeps,
  processBatch,
} from './process/process-batch.ts'
import { CorrelationRace } from './process/write.ts'
import { completeRepeat, parkDefects, storeForLater, type TakenIn, takeIn } from './take-in.ts'

export interface ReceiverOptions {
  readonly pool: Pool
  readonly process: ProcessDeps
  readonly auditSealKey: Buffer
  readonly nodeName: string
  readonly log: Logger
  /** Batches under way at the same time; 2 when left out. */
  readonly doors?: number
  /** False for a process that only takes in and leaves the rest to others. */
  readonly appliesAtOnce: boolean
  /** Told after each commit what there is to send, and whether messages wait for the processor. */
  readonly onCommitted: (
    batch: Pick<BatchResult, 'leased' | 'released' | 'hasDue' | 'undecided'>,
    origin: BatchOrigin,
  ) => void
  /** Told of each answer, for the figures. */
  readonly onResult?: (result: MessageResult) => void
  readonly clock: Clock
}

export interface Receiver {
  /**
   * Takes a message in. The answer comes when it is durable, and, in a process that applies at once, applied.
   *
   * @throws {HubError} OVERLOADED or DATABASE_UNAVAILABLE: nothing is stored, or nobody knows; sending it
   * again is safe. SHUTTING_DOWN after `stop`.
   */
  readonly receive: (incoming: Incoming) => Promise<MessageResult>
  /**
   * Takes messages in that belong together, such as a question with its answer: all of them in one transaction,
   * in their order, or none. As `receive` otherwise.
   *
   * @returns a result for each, in the same order.
   */
  readonly receiveTogether: (incoming: readonly Incoming[]) => Promise<readonly MessageResult[]>
  readonly queued: () => number
  /** Messages offered since the start. */
  readonly taken: () => number
  /** Takes nothing more, and waits for what is under way. */
  readonly stop: () => Promise<void>
}

/** Messages that go through together; mostly one. */
interface Waiting {
  readonly together: readonly Incoming[]
  readonly resolve: (results: readonly MessageResult[]) => void
  readonly reject: (error: unknown) => void
}

const batchLimit = 500
const queueLimit = 5_000
const attempts = 5

/** While one batch waits for the database, the other one is prepared; more of them would only be smaller. */
const usualDoors = 2

/**
 * The door. Messages that arrive while a transaction runs go together in the next one: batches grow with
 * the load by themselves, and a lone message waits for nobody. Messages that name the same thing go
 * through one of the doors, one after another.
 */
export function createReceiver(options: ReceiverOptions): Receiver {
  const { doors = usualDoors } = options
  const entrances = Array.from({ length: doors }, (_, index) => createDoor(options, index + 1))
  let isStopped = false
  let taken = 0
  const queued = (): number => entrances.reduce((total, { queue }) => total + queue.length, 0)
  function receiveTogether(together: readonly Incoming[]): Promise<readonly MessageResult[]> {
    if (isStopped) {
      throw new HubError('SHUTTING_DOWN', 'The hub is shutting down.', { retryAfterSeconds: 5 })
    }
    if (queued() >= queueLimit) {
      const message = 'Too many messages wait to be stored.'
      throw new HubError('OVERLOADED', message, { retryAfterSeconds: 1 })
    }
    taken += together.length
    const entrance = entrances[doorOf(together[0], doors)] ?? entrances[0]
    return new Promise((resolve, reject) => entrance?.enter({ together, resolve, reject }))
  }
  return {
    receive: (incoming) => receiveTogether([incoming]).then(([result]) => result as MessageResult),
    receiveTogether,
    queued,
    taken: () => taken,
    async stop() {
      isStopped = true
      await Promise.all(entrances.map((entrance) => entrance.isEmpty()))
    },
  }
}

interface Door {
  readonly queue: readonly Waiting[]
  readonly enter: (waiting: Waiting) => void
  readonly isEmpty: () => Promise<void>
}

function createDoor(options: ReceiverOptions, number: number): Door {
  const audit = new AuditWriter({
    writer: `${options.nodeName} receive ${number}`,
    sealKey: options.auditSealKey,
  })
  const queue: Waiting[] = []
  let running: Promise<void> | null = null

  async function run(): Promise<void> {
    while (queue.length > 0) await settle(options, audit, queue.splice(0, batchLimit))
    running = null
  }

  return {
    queue,
    enter(waiting) {
      queue.push(waiting)
      // One turn of the event loop lets requests that arrived together share a transaction.
      running ??= nextTurn().then(run)
    },
    isEmpty: () => running ?? Promise.resolve(),
  }
}

/** By the name that the message gives its case, so that what belongs together rarely meets in two transactions. */
function doorOf(incoming: Incoming | undefined, doors: number): number {
  if (incoming?.reading.kind !== 'event') return 0
  const { message, reading } = incoming
  const { subject, data } = reading.event
  const name = subject ?? data.refs?.[0]?.value ?? sourceRefOf(data) ?? message.externalId
  let sum = 0
  for (let index = 0; index < name.length; index += 1) sum = (sum * 31 + name.charCodeAt(index)) | 0
  return Math.abs(sum) % doors
}

function sourceRefOf(data: object): string | undefined {
  return 'sourceRef' in data && typeof data.sourceRef === 'string' ? data.sourceRef : undefined
}

async function settle(
  options: ReceiverOptions,
  audit: AuditWriter,
  batch: readonly Waiting[],
): Promise<void> {
  try {
    const results = await takeBatch(
      options,
      audit,
      batch.flatMap(({ together }) => together),
    )
    for (const waiting of batch) answer(options, waiting, results)
  } catch (error) {
    if (isUnavailable(error)) {
      for (const { reject } of batch) reject(error)
      return
    }
    options.log.error({ err: error, messages: batch.length }, 'batch not applied')
    if (batch.length === 1) return parkAtDoor(options, audit, batch)
    // One message must not take the others down with it: halves find it in few steps.
    const middle = Math.ceil(batch.length / 2)
    await settle(options, audit, batch.slice(0, middle))
    await settle(options, audit, batch.slice(middle))
  }
}

function answer(
  { onResult }: Pick<ReceiverOptions, 'onResult'>,
  { together, resolve, reject }: Waiting,
  results: ReadonlyMap<string, MessageResult>,
): void {
  const own = together.flatMap(({ message }) => results.get(message.messageId) ?? [])
  if (own.length < together.length) {
    reject(new HubError('INTERNAL', 'The message has no result.'))
    return
  }
  for (const result of own) onResult?.(result)
  resolve(own)
}

/** The one message that cannot be applied is kept for a person to look at, and its sender is told so. */
async function parkAtDoor(
  options: ReceiverOptions,
  audit: AuditWriter,
  batch: readonly Waiting[],
): Promise<void> {
  for (const waiting of batch) {
    try {
      const results = await withTransaction(options.pool, async (tx) =>
        parkDefects(tx, await takeIn(tx, waiting.together, audit)),
      )
      audit.committed()
      answer({}, waiting, results)
    } catch (error) {
      audit.uncertain()
      waiting.reject(error)
    }
  }
}

async function takeBatch(
  options: ReceiverOptions,
  audit: AuditWriter,
  incoming: readonly Incoming[],
): Promise<ReadonlyMap<string, MessageResult>> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await takeOnce(options, audit, incoming)
    } catch (error) {
      if (isUnavailable(error)) audit.uncertain()
      else audit.rolledBack()
      if (attempt >= attempts || !isWorthRepeating(error, attempt)) throw error
    }
  }
}

/**
 * A lost connection is tried once more, on another one: a single session that was ended must not turn
 * senders away. Should the first commit have got through after all, the second run finds repeats.
 */
function isWorthRepeating(error: unknown, attempt: number): boolean {
  if (error instanceof CorrelationRace || isTransient(error) || isCapacityRace(error)) return true
  return isUnavailable(error) && attempt === 1
}

async function takeOnce(
  options: ReceiverOptions,
  audit: AuditWriter,
  incoming: readonly Incoming[],
): Promise<ReadonlyMap<string, MessageResult>> {
  const sinceMs = options.clock.monotonicMs()
  const { batch, stored, answers, repeats } = await withTransaction(options.pool, async (tx) => {
    const takenIn = await takeIn(tx, incoming, audit)
    const { ready, later } = sortOut(options, takenIn)
    const waiting = await storeForLater(tx, { ...takenIn, fresh: later })
    const applied =
      ready.length === 0 ? null : await applyFresh(options, { tx, audit, takenIn, fresh: ready })
    return {
      batch: applied,
      stored: waiting.size,
      answers: applied === null ? waiting : new Map([...waiting, ...applied.results]),
      repeats: takenIn.known,
    }
  })
  audit.committed()
  if (batch) options.process.cache.remember(batch.cases)
  const results = new Map([...answers, ...repeats])
  const { leased, released, hasDue, undecided } = batch ?? nothing
  options.onCommitted(
    { leased, released: released + stored, hasDue, undecided },
    { sinceMs, isBacklog: false },
  )
  for (const { message } of incoming) {
    const repeat = repeats.get(message.messageId)
    if (repeat?.isRepeat !== true) continue
    const { connectionId, messageId } = message
    results.set(messageId, await completeRepeat(options.pool, { connectionId, repeat }))
  }
  return results
}

const nothing = { leased: [], released: 0, hasDue: false, undecided: 0 }

/** What is applied at once, and what waits for the processor: everything, in a process that only takes in. */
function sortOut(
  { appliesAtOnce }: ReceiverOptions,
  { fresh }: TakenIn,
): { ready: readonly Incoming[]; later: readonly Incoming[] } {
  if (!appliesAtOnce) return { ready: [], later: fresh }
  if (!fresh.some(isForLater)) return { ready: fresh, later: [] }
  return { ready: fresh.filter((one) => !isForLater(one)), later: fresh.filter(isForLater) }
}

function isForLater({ reading }: Incoming): boolean {
  return reading.kind === 'later'
}

function applyFresh(
  options: ReceiverOptions,
  given: { tx: Tx; audit: AuditWriter; takenIn: TakenIn; fresh: readonly Incoming[] },
): Promise<BatchResult> {
  const { tx, audit, takenIn, fresh } = given
  const works = fresh.map(({ message, reading }) => ({
    message,
    reading,
    storedAt: null,
    wasParked: false,
  }))
  return processBatch(options.process, tx, { works, now: takenIn.now, audit })
}
