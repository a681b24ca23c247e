import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Connections } from '../../connect/connections.ts'
import type { Mapper } from '../../mapping/mapper.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Logger } from '../../platform/logger.ts'
import type { Lease } from '../../store/batch.ts'
import { isTransient, isUnavailable, type Pool, withTransaction } from '../../store/database.ts'
import { type LeasedDelivery, leaseDueDeliveries, listDueConnections } from '../../store/outbox.ts'
import { type Completed, type Completion, type PutBack, writeCompletions } from './complete.ts'
import { createContacts, type LinkFor } from './contact.ts'
import { Dispatcher } from './dispatcher.ts'

export interface DelivererOptions {
  readonly pool: Pool
  readonly connections: Connections
  readonly mapper: Pick<Mapper, 'template' | 'write'>
  readonly clock: Clock
  readonly log: Logger
  readonly nodeId: string
  readonly leaseSeconds: number
  /** For messages to customers; they carry no link where it is left out. */
  readonly linkFor?: LinkFor
  /** From when a command was owed until its customer is told that it is late. */
  readonly noticeAfterMs: number
  /** False while others may have taken this process's leases. */
  readonly mayBegin: () => boolean
  readonly onTried?: (completion: Completion) => void
  /** Told what the written completions left to do. */
  readonly onWritten: (completed: Completed) => void
  /** Told when a neighbor said that its endpoint is gone for good. */
  readonly onGone: (connectionId: string) => void
}

export interface Deliverer {
  readonly dispatcher: Dispatcher
  readonly lease: () => Lease
  /** Takes deliveries that were born leased to this process, by a batch that began at `sinceMs` of the monotonic clock. */
  readonly accept: (
    deliveries: readonly LeasedDelivery[],
    batch: { readonly sinceMs: number; readonly isBacklog: boolean },
  ) => void
  /** Claims what is due. @returns how many it got. */
  readonly claim: () => Promise<number>
  readonly stop: (deadlineMs: number) => Promise<void>
}

const writeLimit = 500
const lanesPerClaim = 100

/** The sending side of a process: what it leased, what it claims, and the writing down of how it went. */
export function createDeliverer(options: DelivererOptions): Deliverer {
  const lease: Lease = { nodeId: options.nodeId, seconds: options.leaseSeconds }
  const written: { writing: Promise<void> | null } = { writing: null }
  const dispatcher = new Dispatcher({
    connections: options.connections,
    mapper: options.mapper,
    contactOf: createContacts(options.pool, options.linkFor),
    clock: options.clock,
    mayBegin: options.mayBegin,
    ...(options.onTried ? { onTried: options.onTried } : {}),
    onUnwritten() {
      // Tries that end in one turn of the event loop are written together.
      written.writing ??= nextTurn()
        .then(() => writeAll(options, dispatcher))
        .finally(() => {
          written.writing = null
        })
    },
  })
  const heldUntil = (sinceMs: number): number => sinceMs + options.leaseSeconds * 1_000 - 1_000

  return {
    dispatcher,
    lease: () => lease,
    accept(deliveries, { sinceMs, isBacklog }) {
      const heldUntilMs = heldUntil(sinceMs)
      dispatcher.accept(
        deliveries.map((delivery) => ({ delivery, heldUntilMs })),
        { isClaimed: false, isBacklog },
      )
    },
    async claim() {
      const due = await listDueConnections(options.pool)
      let claimed = 0
      for (const connectionId of due)
        claimed += await claimFor(options, { dispatcher, lease, connectionId, heldUntil })
      return claimed
    },
    async stop(deadlineMs) {
      await dispatcher.stop(deadlineMs)
      for (let rest = written.writing; rest !== null; rest = written.writing) await rest
      await writeAll(options, dispatcher)
    },
  }
}

async function claimFor(
  { pool, connections, clock }: DelivererOptions,
  claim: {
    dispatcher: Dispatcher
    lease: Lease
    connectionId: string
    heldUntil: (sinceMs: number) => number
  },
): Promise<number> {
  const { dispatcher, lease, connectionId } = claim
  const connection = connections.get(connectionId)
  const room = dispatcher.room(connectionId)
  if (connection?.state !== 'active' || room === 0) return 0
  // Of a neighbor that is down, one delivery at a time is enough to find out that it is back.
  const isProbe = connection.breaker.state === 'open'
  if (
    isProbe &&
    connection.breaker.snapshot().nextProbeAt !== null &&
    !isProbeTime(connection.breaker.snapshot(), clock)
  )
    return 0
  const sinceMs = clock.monotonicMs()
  const limit = isProbe ? 1 : Math.min(lanesPerClaim, room)
  const leased = await withTransaction(pool, (tx) =>
    leaseDueDeliveries(tx, { connectionId, limit, lease }),
  )
  const heldUntilMs = claim.heldUntil(sinceMs)
  dispatcher.accept(
    leased.map((delivery) => ({ delivery, heldUntilMs })),
    { isClaimed: true, isBacklog: true },
  )
  return leased.length
}

function isProbeTime({ nextProbeAt }: { nextProbeAt: Date | null }, clock: Clock): boolean {
  return nextProbeAt === null || nextProbeAt.getTime() <= clock.now().getTime()
}

/** Writes everything that has ended, batch after batch. While the database is away it stays in memory. */
async function writeAll(options: DelivererOptions, dispatcher: Dispatcher): Promise<void> {
  while (dispatcher.unwrittenCount > 0) {
    const batch = dispatcher.takeUnwritten(writeLimit)
    await writeUntilDone(options, batch)
    dispatcher.written(batch)
    for (const { delivery, outcome } of batch.completions) {
      if (outcome.kind !== 'delivered' && outcome.disables) options.onGone(delivery.connectionId)
    }
  }
}

async function writeUntilDone(
  { pool, log, onWritten, clock, noticeAfterMs }: DelivererOptions,
  batch: { readonly completions: readonly Completion[]; readonly putBacks: readonly PutBack[] },
): Promise<void> {
  for (let failures = 0; ; failures += 1) {
    try {
      const lateness = { now: clock.now(), afterMs: noticeAfterMs }
      onWritten(await withTransaction(pool, (tx) => writeCompletions(tx, { ...batch, lateness })))
      return
    } catch (error) {
      if (!isTransient(error))
        log.warn(
          { err: error, deliveries: batch.completions.length },
          'results of deliveries not written yet',
        )
      // The leases end by themselves; until then nobody else sends these.
      if (!isUnavailable(error) && !isTransient(error) && failures >= 5) return
      await new Promise((resolve) => setTimeout(resolve, Math.min(100 * 2 ** failures, 1_000)))
    }
  }
}
