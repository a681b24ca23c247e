import { setTimeout as sleep } from 'node:timers/promises'
import { makeMessage } from '../../src/pipeline/message.ts'
import { type Pool, withTransaction } from '../../src/store/database.ts'
import { insertWaitingMessages, takeMessageIds } from '../../src/store/inbox.ts'
import type { Bench } from '../environment/bench.ts'
import { residentMb } from '../environment/processes.ts'
import { openSite } from '../environment/site.ts'
import type { DrainResult } from '../load/commands.ts'
import { EventStream, sourceConnection } from '../workload/stream.ts'

const liveRate = 50
const storedAtOnce = 2_000
/** As many as a busy day has at the same time. */
const mostOpenReturns = 5_000

export interface Drain extends DrainResult {
  readonly perSecond: number
  readonly fillSeconds: number
  /** Memory of the hub after the drain and a time of quiet, MiB. */
  readonly idleMb: number | null
}

/**
 * A backlog, as a process without the role `process` stores it, and then a whole hub that works it off
 * while fresh events come in. The time counts from the start of that hub's process.
 */
export async function measureDrain(bench: Bench, say: (line: string) => void): Promise<Drain> {
  const { drainMessages, drainLimitMs, quietMs } = bench.options.plan
  const tag = bench.nextTag()
  const fillSeconds = await fill(bench, { tag, messages: drainMessages })
  say(`  ${drainMessages} messages stored in ${fillSeconds.toFixed(1)} s`)
  await bench.load.expect({ tag, count: drainMessages })
  await bench.server.checkpoint()
  bench.load.onProgress = (done, of) => say(`  drained ${done} of ${of}`)
  return bench.withHub(async (hub) => {
    const result = await bench.load.drain({
      tag,
      liveTag: bench.nextTag(),
      limitMs: drainLimitMs,
      load: { target: bench.target, rate: liveRate, warmupMs: 0, measureMs: 0, seed: 50 },
    })
    const seconds = result.seconds + hub.readyMs / 1000
    await sleep(quietMs)
    return {
      ...result,
      seconds,
      perSecond: (result.messages - result.undelivered) / seconds,
      fillSeconds,
      idleMb: residentMb(hub.pid),
    }
  })
}

/** Stores the backlog with the statements that a hub that only takes in has. @returns the seconds that it took. */
async function fill(
  bench: Bench,
  { tag, messages }: { tag: string; messages: number },
): Promise<number> {
  const startMs = performance.now()
  const site = await openSite({ url: bench.server.url(), dataDir: bench.dataDir })
  try {
    const run = { tag, count: 0 }
    const openReturns = Math.min(mostOpenReturns, Math.ceil(messages / 20))
    const stream = new EventStream({ run, name: 'b', seed: 1, openReturns })
    while (run.count < messages) {
      await store(site.pool, stream, Math.min(storedAtOnce, messages - run.count))
    }
  } finally {
    await site.close()
  }
  return (performance.now() - startMs) / 1000
}

async function store(pool: Pool, stream: EventStream, count: number): Promise<void> {
  const messages = Array.from({ length: count }, () => {
    const { id, body } = stream.next()
    return makeMessage({
      connectionId: sourceConnection,
      topic: 'canonical-events',
      externalId: id,
      body: Buffer.from(body),
      actor: `connection:${sourceConnection}`,
    })
  })
  await withTransaction(pool, async (tx) => {
    const { now } = await takeMessageIds(tx, messages)
    await insertWaitingMessages(tx, messages, { now })
  })
}
