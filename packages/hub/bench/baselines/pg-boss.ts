import PgBoss from 'pg-boss'
import type { Tx } from '../../src/store/database.ts'
import type { DeliveryJob, JobLibrary } from './job.ts'

const queue = 'deliver'
const fetchers = 2
const batchSize = 250
const concurrency = 32 / fetchers
/** What `work` waits at the least between two looks is half a second; an own loop may look sooner. */
const idleMs = 20

/**
 * pg-boss with loops of its own around `fetch` and `complete`, both in batches: its `work` looks twice a
 * second at most, which would cost it more than anything else. A loop is woken when this process has
 * committed jobs. Concurrency in all as high as the hub's. https://timgit.github.io/pg-boss, read 2026-11-23.
 */
export function pgBoss(url: string): JobLibrary {
  const boss = new PgBoss({ connectionString: url, max: 10, schedule: false })
  boss.on('error', (error) => process.stderr.write(`pg-boss: ${error.message}\n`))
  const wake = new Set<() => void>()
  const ending = { isAsked: false }
  let loops: Promise<void>[] = []

  const pause = () =>
    new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer)
        wake.delete(done)
        resolve()
      }
      const timer = setTimeout(done, idleMs)
      wake.add(done)
    })

  async function loop(deliver: (job: DeliveryJob) => Promise<void>): Promise<void> {
    while (!ending.isAsked) {
      const jobs = await boss.fetch<DeliveryJob>(queue, { batchSize })
      if (jobs.length === 0) await pause()
      else await work(jobs, deliver)
    }
  }

  async function work(
    jobs: readonly PgBoss.Job<DeliveryJob>[],
    deliver: (job: DeliveryJob) => Promise<void>,
  ): Promise<void> {
    const waiting = [...jobs]
    const deliverNext = async () => {
      for (let job = waiting.shift(); job; job = waiting.shift()) await deliver(job.data)
    }
    await Promise.all(Array.from({ length: concurrency }, deliverNext))
    await boss.complete(
      queue,
      jobs.map(({ id }) => id),
    )
  }

  return {
    async start(deliver) {
      await boss.start()
      await boss.createQueue(queue)
      loops = Array.from({ length: fetchers }, () => loop(deliver))
    },
    async enqueue(tx, jobs) {
      await boss.insert(
        jobs.map((data) => ({ name: queue, data })),
        { db: executeWith(tx) },
      )
    },
    onCommitted() {
      for (const done of wake) done()
    },
    async stop() {
      ending.isAsked = true
      await Promise.all(loops)
      await boss.stop({ graceful: false })
    },
  }
}

function executeWith(tx: Tx): PgBoss.Db {
  return { executeSql: (text, values) => tx.query(text, values) }
}
