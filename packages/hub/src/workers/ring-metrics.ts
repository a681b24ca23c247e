import type { Completion } from '../pipeline/deliver/complete.ts'
import type { MessageResult } from '../pipeline/message.ts'
import type { Metrics } from '../platform/metrics.ts'

/** What the ring counts while it runs. */
export interface RingMetrics {
  readonly received: (result: MessageResult) => void
  readonly tried: (completion: Completion) => void
}

const messageOutcomes = ['applied', 'repeated', 'refused', 'parked', 'repeat', 'stored'] as const
const tryOutcomes = ['delivered', 'retry', 'unknown', 'dead'] as const

/** Counts messages by how they ended, and tries by connection and how they went. */
export function createRingMetrics(metrics: Metrics): RingMetrics {
  const messages = metrics.counter({
    name: 'backhaul_messages_total',
    help: 'Messages taken in, by how they ended; `repeat` was known, `stored` waits for the processor.',
    labels: { outcome: messageOutcomes },
  })
  const tries = metrics.counter({
    name: 'backhaul_delivery_attempts_total',
    help: 'Tries to deliver a command, by connection and how they went.',
    labels: { connection: { max: 200 }, outcome: tryOutcomes },
  })
  const seconds = metrics.histogram({
    name: 'backhaul_delivery_attempt_seconds',
    help: 'How long tries took, by connection.',
    labels: { connection: { max: 200 } },
  })
  return {
    received({ isRepeat, outcome }) {
      messages.add({ outcome: isRepeat ? 'repeat' : (outcome ?? 'stored') })
    },
    tried({ delivery, outcome, durationMs, delayMs }) {
      const connection = delivery.connectionId
      const isDead = outcome.kind !== 'delivered' && delayMs === null
      tries.add({ connection, outcome: isDead ? 'dead' : outcome.kind })
      seconds.observe(durationMs / 1_000, { connection })
    },
  }
}
