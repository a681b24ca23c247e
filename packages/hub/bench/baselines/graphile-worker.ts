import { Logger, type Runner, run } from 'graphile-worker'
import type { DeliveryJob, JobLibrary } from './job.ts'

const concurrentJobs = 32

/**
 * graphile-worker as its page on performance advises for many small jobs: a local queue, so that one
 * query fetches a batch, and completions that are written together; concurrency as high as the hub's own
 * (16 for each of two connections). https://worker.graphile.org/docs/performance, read 2026-11-23.
 */
export function graphileWorker(url: string): JobLibrary {
  let runner: Runner | null = null
  return {
    async start(deliver) {
      runner = await run({
        connectionString: url,
        noHandleSignals: true,
        logger: new Logger(() => () => undefined),
        preset: {
          worker: {
            concurrentJobs,
            maxPoolSize: 10,
            preparedStatements: true,
            pollInterval: 1_000,
            localQueue: { size: 500 },
            completeJobBatchDelay: 0,
            failJobBatchDelay: 0,
          },
        },
        taskList: { deliver: (payload) => deliver(payload as DeliveryJob) },
      })
    },
    async enqueue(tx, jobs) {
      const specs = jobs.map((payload) => ({ identifier: 'deliver', payload }))
      await tx.query({
        name: 'add-jobs',
        text: `select from graphile_worker.add_jobs(array(
          select json_populate_recordset(null::graphile_worker.job_spec, $1::json)))`,
        values: [JSON.stringify(specs)],
      })
    },
    // It is told by a notification of its own.
    onCommitted: () => undefined,
    async stop() {
      await runner?.stop()
    },
  }
}
