import type { Logger } from '../../platform/logger.ts'

/**
 * The parts of a running hub in the order in which they stop: first it says that it is not ready; then the
 * door closes behind the requests that are inside, which still find everything at work; then the ring
 * ends what is under way; and the database goes last.
 */
const stopOrder = ['readiness', 'http', 'ring', 'metrics', 'connections', 'database'] as const

type Part = (typeof stopOrder)[number]

/** What was started, so that all of it is stopped again, whatever comes in between. */
export class StartedParts {
  readonly #log: Logger
  readonly #stops = new Map<Part, () => Promise<void> | void>()

  constructor(log: Logger) {
    this.#log = log
  }

  add(part: Part, stop: () => Promise<void> | void): void {
    this.#stops.set(part, stop)
  }

  /** Stops everything. A part that fails to stop holds up none of the others. */
  async stop(): Promise<void> {
    for (const part of stopOrder) {
      const stop = this.#stops.get(part)
      this.#stops.delete(part)
      try {
        await stop?.()
      } catch (error) {
        this.#log.warn({ err: error, part }, 'did not stop in order')
      }
    }
  }
}
