import * as z from 'zod'

const minute = 60
const hour = 60 * minute

/**
 * Twelve retries over 75 hours, so that a system may be down from Friday evening to Monday (the example
 * of Standard Webhooks 1.0, "Deliverability and reliability", with more steps in the first day).
 */
const defaultDelaysSeconds: readonly number[] = [
  5,
  30,
  2 * minute,
  10 * minute,
  30 * minute,
  hour,
  2 * hour,
  4 * hour,
  8 * hour,
  12 * hour,
  24 * hour,
  24 * hour,
]
const jitter = 0.2

/** How a connection's deliveries are tried again, as it is configured. */
export const retrySettings = z.strictObject({
  delaysSeconds: z
    .array(
      z
        .int()
        .min(1)
        .max(7 * 24 * hour),
    )
    .max(50)
    .describe('Seconds to wait after the first failed attempt, after the second, and so on.'),
})
export type RetrySettings = z.output<typeof retrySettings>

export interface RetrySchedule {
  readonly maxAttempts: number
  /**
   * Milliseconds to wait after attempt `attempt` (1 for the first) failed, with 20 % of jitter either way;
   * null when it was the last.
   */
  delayMs(attempt: number): number | null
}

/** @param options.random - 0 to below 1. */
export function createRetrySchedule(options: {
  readonly settings: RetrySettings | undefined
  readonly random: () => number
}): RetrySchedule {
  const { settings, random } = options
  const delays = settings?.delaysSeconds ?? defaultDelaysSeconds
  return {
    maxAttempts: delays.length + 1,
    delayMs(attempt) {
      const seconds = delays[attempt - 1]
      if (seconds === undefined) return null
      return Math.round(seconds * 1000 * (1 - jitter + 2 * jitter * random()))
    },
  }
}
