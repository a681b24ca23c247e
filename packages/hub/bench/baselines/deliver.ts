import { prepareSigner } from '@backhaul/sdk/signing'
import { Pool } from 'undici'
import type { DeliveryJob } from './job.ts'

/** As many as the hub has for each connection. */
const connectionsPerSink = 16

/** Posts jobs to the sinks: the envelope, the signature and the client that the hub uses. */
export function createDelivering(options: {
  readonly sinkPorts: readonly number[]
  readonly secret: string
}): { deliver: (job: DeliveryJob) => Promise<void>; close: () => Promise<void> } {
  const sign = prepareSigner(options.secret)
  const sinks = options.sinkPorts.map(
    (port) => new Pool(`http://127.0.0.1:${port}`, { connections: connectionsPerSink }),
  )
  return {
    async deliver(job) {
      const body = envelope(job)
      const timestampSeconds = Math.floor(Date.now() / 1000)
      const answer = await sinks[job.sink]?.request({
        method: 'POST',
        path: '/in',
        headers: {
          'content-type': 'application/json',
          'webhook-id': job.key,
          'webhook-timestamp': String(timestampSeconds),
          'webhook-signature': sign({ id: job.key, timestampSeconds, body }),
        },
        body,
      })
      await answer?.body.dump()
      if (answer === undefined || answer.statusCode >= 300) throw new Error('not delivered')
    },
    async close() {
      await Promise.all(sinks.map((sink) => sink.close()))
    },
  }
}

function envelope({ key, caseId, caseNo, caseVersion, event }: DeliveryJob): string {
  const { time } = event as { time: string }
  return JSON.stringify({
    type: 'event.publish',
    idempotencyKey: key,
    caseId,
    caseNo,
    caseVersion,
    occurredAt: time,
    body: { event, moves: [] },
  })
}
