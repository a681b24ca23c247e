import type { Clock } from '../../platform/clock.ts'

/** How many requests come in over a long time, and how many may come at once. */
export interface Rate {
  readonly perSecond: number
  readonly burst: number
}

interface Bucket {
  tokens: number
  atMs: number
}

/** What is left after a request, or how long to wait. */
export interface Allowance {
  readonly isAllowed: boolean
  readonly remaining: number
  /** Until the next request is allowed; 0 when one is. */
  readonly waitSeconds: number
}

const rememberedBuckets = 10_000

/**
 * Counts requests by who makes them: a bucket each that fills at a steady rate. It remembers a bounded
 * number of them, and forgets first whoever came first; who is forgotten begins with a full one.
 */
export class RateLimiter {
  readonly #clock: Clock
  readonly #buckets = new Map<string, Bucket>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  take(who: string, rate: Rate): Allowance {
    const nowMs = this.#clock.monotonicMs()
    const bucket = this.#bucketOf(who, rate, nowMs)
    bucket.tokens = Math.min(
      rate.burst,
      bucket.tokens + ((nowMs - bucket.atMs) / 1000) * rate.perSecond,
    )
    bucket.atMs = nowMs
    if (bucket.tokens < 1) {
      const waitSeconds = Math.ceil((1 - bucket.tokens) / rate.perSecond)
      return { isAllowed: false, remaining: 0, waitSeconds }
    }
    bucket.tokens -= 1
    return { isAllowed: true, remaining: Math.floor(bucket.tokens), waitSeconds: 0 }
  }

  #bucketOf(who: string, { burst }: Rate, nowMs: number): Bucket {
    const known = this.#buckets.get(who)
    if (known) return known
    if (this.#buckets.size >= rememberedBuckets) {
      this.#buckets.delete(this.#buckets.keys().next().value ?? '')
    }
    const bucket = { tokens: burst, atMs: nowMs }
    this.#buckets.set(who, bucket)
    return bucket
  }
}
