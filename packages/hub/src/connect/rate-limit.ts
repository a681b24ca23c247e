import type { Clock } from '../platform/clock.ts'

/** Spreads one connection's requests over time. Waits for nobody: it says how long to wait. */
export interface RateLimit {
  /** Milliseconds until a request could start; 0 means now. Takes nothing. */
  waitMs(): number
  /**
   * Takes the next free place.
   *
   * @returns milliseconds until it comes up, or null, with nothing taken, when that is over `maxWaitMs`.
   */
  reserve(maxWaitMs: number): number | null
  /** Lets nothing start for the next `ms`: the other side asked for it. A longer pause stands. */
  pauseFor(ms: number): void
  /** What is left of the pause, in milliseconds. */
  pauseLeftMs(): number
}

const minuteMs = 60_000

/** How much of a minute's allowance may start at once after a quiet time. */
const burstShare = 0.01

/**
 * A token bucket, kept as one number: the time from which on the bucket is full again. Requests start one
 * by one, `60,000 / requestsPerMinute` ms apart, with a burst of 1 % of a minute's allowance (at least one
 * request), so that no window of any length sees more than its share and that burst.
 *
 * @param options.requestsPerMinute - undefined for a system that sets no limit; pauses still hold.
 */
export function createRateLimit(options: {
  readonly requestsPerMinute: number | undefined
  readonly clock: Clock
}): RateLimit {
  const { requestsPerMinute, clock } = options
  const intervalMs = requestsPerMinute === undefined ? 0 : minuteMs / requestsPerMinute
  const burst = Math.max(1, Math.floor((requestsPerMinute ?? 0) * burstShare))
  const toleranceMs = (burst - 1) * intervalMs
  let fullAtMs = 0
  let pausedUntilMs = 0

  const earliestMs = (nowMs: number) => Math.max(nowMs, fullAtMs - toleranceMs, pausedUntilMs)

  return {
    waitMs() {
      const nowMs = clock.monotonicMs()
      return Math.ceil(earliestMs(nowMs) - nowMs)
    },
    reserve(maxWaitMs) {
      const nowMs = clock.monotonicMs()
      const startMs = earliestMs(nowMs)
      const waitMs = Math.ceil(startMs - nowMs)
      if (waitMs > maxWaitMs) return null
      fullAtMs = Math.max(fullAtMs, startMs) + intervalMs
      return waitMs
    },
    pauseFor(ms) {
      pausedUntilMs = Math.max(pausedUntilMs, clock.monotonicMs() + ms)
    },
    pauseLeftMs() {
      return Math.max(0, Math.ceil(pausedUntilMs - clock.monotonicMs()))
    },
  }
}
