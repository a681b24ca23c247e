import { randomBytes } from 'node:crypto'
import type { Incoming, MessageResult } from '../../src/pipeline/message.ts'
import {
  type BatchResult,
  type ProcessDeps,
  processBatch,
} from '../../src/pipeline/process/process-batch.ts'
import { CorrelationRace } from '../../src/pipeline/process/write.ts'
import { takeIn } from '../../src/pipeline/take-in.ts'
import { AuditWriter } from '../../src/store/audit.ts'
import { isTransient, type Pool, type Tx, withTransaction } from '../../src/store/database.ts'
import { isCapacityRace } from '../../src/store/ledgers.ts'

export interface IngestOptions {
  readonly pool: Pool
  readonly process: ProcessDeps
  /** Transactions at the same time. */
  readonly writers: number
  /** Events in one transaction at the most: 1 for a transaction each. */
  readonly batchLimit: number
  /** In the transaction, for what was applied. */
  readonly enqueue: (tx: Tx, applied: readonly Applied[]) => Promise<void>
  readonly onCommitted: () => void
}

export interface Applied {
  readonly incoming: Incoming
  readonly result: MessageResult
}

interface Waiting {
  readonly incoming: Incoming
  readonly resolve: (result: MessageResult) => void
  readonly reject: (error: unknown) => void
}

const attempts = 5

/**
 * Takes events in as the hub does, with the hub's own statements and core, and hands what follows to a
 * job library. Events that arrive while all writers are busy wait, and go together up to `batchLimit`.
 */
export function createIngest(options: IngestOptions): {
  receive: (incoming: Incoming) => Promise<MessageResult>
} {
  const queue: Waiting[] = []
  const idle = Array.from(
    { length: options.writers },
    (_, index) => new AuditWriter({ writer: `bench ${index}`, sealKey: randomBytes(32) }),
  )

  function start(): void {
    while (queue.length > 0) {
      const audit = idle.pop()
      if (audit === undefined) return
      void settle(audit, queue.splice(0, options.batchLimit))
    }
  }

  async function settle(audit: AuditWriter, batch: readonly Waiting[]): Promise<void> {
    try {
      const results = await takeBatch(
        options,
        audit,
        batch.map(({ incoming }) => incoming),
      )
      for (const { incoming, resolve } of batch) {
        const result = results.get(incoming.message.messageId)
        if (result) resolve(result)
      }
    } catch (error) {
      for (const { reject } of batch) reject(error)
    }
    idle.push(audit)
    start()
  }

  return {
    receive: (incoming) =>
      new Promise((resolve, reject) => {
        queue.push({ incoming, resolve, reject })
        // As in the hub: what arrived together shares a transaction.
        if (queue.length === 1) setImmediate(start)
      }),
  }
}

async function takeBatch(
  options: IngestOptions,
  audit: AuditWriter,
  incoming: readonly Incoming[],
): Promise<ReadonlyMap<string, MessageResult>> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { results, cases } = await withTransaction(options.pool, (tx) =>
        takeOnce(options, tx, { audit, incoming }),
      )
      audit.committed()
      options.process.cache.remember(cases)
      options.onCommitted()
      return results
    } catch (error) {
      audit.rolledBack()
      const isWorthRepeating =
        error instanceof CorrelationRace || isTransient(error) || isCapacityRace(error)
      if (!isWorthRepeating || attempt >= attempts) throw error
    }
  }
}

async function takeOnce(
  options: IngestOptions,
  tx: Tx,
  { audit, incoming }: { audit: AuditWriter; incoming: readonly Incoming[] },
): Promise<{
  results: ReadonlyMap<string, MessageResult>
  cases: BatchResult['cases']
}> {
  const { fresh, now, known } = await takeIn(tx, incoming, audit)
  const works = fresh.map(({ message, reading }) => ({
    message,
    reading,
    storedAt: null,
    wasParked: false,
  }))
  const { results, cases } = await processBatch(options.process, tx, { works, now, audit })
  const applied = fresh.flatMap((one) => {
    const result = results.get(one.message.messageId)
    return result?.outcome === 'applied' ? [{ incoming: one, result }] : []
  })
  if (applied.length > 0) await options.enqueue(tx, applied)
  return { results: new Map([...results, ...known]), cases }
}
