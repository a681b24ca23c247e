import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import type { FaultySink } from './sinks.ts'

const quietMs = 3_000

/** What is still to be done, as the ready tables say. */
export interface Waiting {
  readonly inbox: number
  readonly outbox: number
  readonly parked: number
}

/**
 * Waits until nothing is left to do and no sink has heard anything for a while.
 *
 * @returns what is left; more than nothing when `limitMs` was not enough.
 */
export async function becomesQuiet(
  db: pg.Client,
  sinks: readonly FaultySink[],
  limitMs: number,
): Promise<Waiting> {
  const until = performance.now() + limitMs
  for (;;) {
    const waiting = await countWaiting(db)
    const isDone = waiting.inbox + waiting.outbox + waiting.parked === 0
    const lastMs = Math.max(...sinks.map(({ lastAtMs }) => lastAtMs))
    if ((isDone && performance.now() - lastMs > quietMs) || performance.now() > until)
      return waiting
    await sleep(500)
  }
}

async function countWaiting(db: pg.Client): Promise<Waiting> {
  const { rows } = await db.query<Waiting>(
    `select (select count(*)::int from inbox_ready) as inbox,
       (select count(*)::int from outbox_ready) as outbox,
       (select count(*)::int from parked_message) as parked`,
  )
  return rows[0] ?? { inbox: 0, outbox: 0, parked: 0 }
}
