import type { Tx } from '../../src/store/database.ts'

/** One delivery, as both libraries keep it: everything that the worker needs, so that it reads nothing else. */
export interface DeliveryJob {
  readonly sink: number
  /** Idempotency key. */
  readonly key: string
  readonly caseId: string
  readonly caseNo: string
  readonly caseVersion: number
  readonly event: unknown
}

/** A job library in the place of the hub's outbox. */
export interface JobLibrary {
  readonly start: (deliver: (job: DeliveryJob) => Promise<void>) => Promise<void>
  /** Within the transaction that decided: a job exists when, and only when, its cause does. */
  readonly enqueue: (tx: Tx, jobs: readonly DeliveryJob[]) => Promise<void>
  /** The transaction that enqueued has committed. */
  readonly onCommitted: () => void
  readonly stop: () => Promise<void>
}
