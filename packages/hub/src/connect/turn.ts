import { RetryableError } from '@backhaul/sdk/connector'
import { unwatchAbort, watchAbort } from './abort-watch.ts'
import type { RateLimit } from './rate-limit.ts'

const maxRateWaitMs = 5_000

/**
 * Waits until the rate that the system allows lets one more request out, or until a signal aborts; at most for
 * five seconds, or half of what is left of the attempt.
 *
 * @returns what is to be called when the request has its answer, or will get none.
 * @throws {RetryableError} RATE_LIMITED, with the time to wait.
 */
export async function takeTurn(
  rateLimit: RateLimit,
  {
    leftMs,
    signals,
    budget,
  }: {
    readonly leftMs: number
    readonly signals: readonly AbortSignal[]
    readonly budget?: string | undefined
  },
): Promise<() => void> {
  const waitMs = rateLimit.reserve(Math.min(maxRateWaitMs, leftMs / 2), budget)
  if (waitMs === null) throw rateLimited(rateLimit.waitMs(budget))
  const end = () => rateLimit.ended(budget)
  if (waitMs === 0) return end
  await waitForTurn(waitMs, signals)
  if (rateLimit.pauseLeftMs() <= 0) return end
  end()
  throw rateLimited(rateLimit.pauseLeftMs())
}

function rateLimited(retryAfterMs: number): RetryableError {
  return new RetryableError({
    code: 'RATE_LIMITED',
    retryAfterMs,
    reason: 'held back by the hub to keep to the rate that the system allows',
  })
}

/** Resolves after `waitMs`, or as soon as a signal aborts. */
function waitForTurn(waitMs: number, signals: readonly AbortSignal[]): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      for (const signal of signals) unwatchAbort(signal, done)
      resolve()
    }
    const timer = setTimeout(done, waitMs)
    for (const signal of signals) watchAbort(signal, done)
  })
}
