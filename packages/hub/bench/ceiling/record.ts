import { randomBytes } from 'node:crypto'
import { noPolicies } from '../../src/domain/index.ts'
import { readEvent } from '../../src/mapping/canonical.ts'
import { noDocuments } from '../../src/mapping/mapper.ts'
import { writeCompletions } from '../../src/pipeline/deliver/complete.ts'
import { type Incoming, makeMessage } from '../../src/pipeline/message.ts'
import { CaseCache } from '../../src/pipeline/process/case-cache.ts'
import { createReceiver } from '../../src/pipeline/receive.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { newId } from '../../src/platform/ids.ts'
import { type Pool, withTransaction } from '../../src/store/database.ts'
import type { LeasedDelivery } from '../../src/store/outbox.ts'
import { benchLog, type Site } from '../environment/site.ts'
import { EventStream, sourceConnection } from '../workload/stream.ts'

interface Statement {
  readonly name?: string
  readonly text: string
  readonly values: readonly unknown[]
}

/** What one batch of events makes the hub say to the database, `begin` and `commit` included. */
export interface RecordedBatch {
  readonly events: number
  readonly statements: readonly Statement[]
}

const batchSize = 500
const completionsAtOnce = 500

/**
 * Lets the hub's own pipeline take in and deliver batches, and notes every statement with its values.
 * Nothing is sent anywhere: each delivery counts as acknowledged at once.
 */
export async function recordBatches(site: Site, batches: number): Promise<RecordedBatch[]> {
  const statements: Statement[] = []
  const pool = recordingPool(site.pool, statements)
  const leased: LeasedDelivery[] = []
  const receiver = createReceiver({
    pool,
    process: {
      connections: site.connections,
      mapper: noDocuments,
      lanes: { holds: () => false, hasRoom: () => true },
      lease: () => ({ nodeId: newId(), seconds: 30 }),
      cache: new CaseCache(),
      policies: noPolicies,
      graceMs: 900_000,
      lookUpWaitMs: 0,
    },
    auditSealKey: randomBytes(32),
    nodeName: 'bench',
    log: benchLog,
    appliesAtOnce: true,
    onCommitted: (batch) => leased.push(...batch.leased),
    clock: systemClock,
    // What is said on one connection later must be one conversation now.
    doors: 1,
  })
  const stream = new EventStream({
    run: { tag: 'sql', count: 0 },
    name: 's',
    seed: 11,
    openReturns: 1_000,
  })
  const recorded: RecordedBatch[] = []
  for (let batch = 0; batch < batches; batch += 1) {
    await Promise.all(
      Array.from({ length: batchSize }, () => receiver.receive(nextIncoming(stream))),
    )
    await complete(pool, leased.splice(0))
    recorded.push({ events: batchSize, statements: statements.splice(0) })
  }
  await receiver.stop()
  return recorded
}

function nextIncoming(stream: EventStream): Incoming {
  const { id, body } = stream.next()
  const bytes = Buffer.from(body)
  return {
    message: makeMessage({
      connectionId: sourceConnection,
      topic: 'canonical-events',
      externalId: id,
      body: bytes,
      actor: `connection:${sourceConnection}`,
    }),
    reading: readEvent(JSON.parse(body)),
  }
}

async function complete(pool: Pool, deliveries: LeasedDelivery[]): Promise<void> {
  while (deliveries.length > 0) {
    const completions = deliveries.splice(0, completionsAtOnce).map((delivery) => ({
      delivery,
      outcome: { kind: 'delivered' as const, delivered: {}, isReadBack: false },
      durationMs: 1,
      delayMs: null,
    }))
    await withTransaction(pool, (tx) =>
      writeCompletions(tx, {
        completions,
        putBacks: [],
        lateness: { now: new Date(), afterMs: 86_400_000 },
      }),
    )
  }
}

/** A pool whose clients note what they are asked, and ask it. */
function recordingPool(pool: Pool, statements: Statement[]): Pool {
  const connect = async () => {
    const client = await pool.connect()
    return {
      query(query: string | Statement, values?: readonly unknown[]) {
        statements.push(typeof query === 'string' ? { text: query, values: values ?? [] } : query)
        return client.query(query as string, values as unknown[])
      },
      release: (error?: Error) => client.release(error),
    }
  }
  return { connect, query: pool.query.bind(pool) } as unknown as Pool
}
