import type { DoubleAnswer } from '../double/index.ts'

export interface HubSpotLimits {
  /** Calls in ten seconds. */
  readonly perTenSeconds: number
  readonly searchesPerSecond: number
}

/** The limits of the smallest accounts. */
export const usualLimits: HubSpotLimits = { perTenSeconds: 100, searchesPerSecond: 5 }

const windowMs = 10_000

/** Counts calls in rolling windows. */
export class RateLimits {
  readonly #limits: HubSpotLimits
  readonly #now: () => Date
  #calls: number[] = []
  #searches: number[] = []

  constructor(limits: HubSpotLimits, now: () => Date) {
    this.#limits = limits
    this.#now = now
  }

  /** @returns the refusal, where a limit is reached. */
  take(isSearch: boolean): DoubleAnswer | null {
    const at = this.#now().getTime()
    this.#calls = this.#calls.filter((one) => at - one < windowMs)
    this.#searches = this.#searches.filter((one) => at - one < 1_000)
    if (isSearch && this.#searches.length >= this.#limits.searchesPerSecond) {
      return tooMany('SECONDLY', 'You have reached your secondly limit.')
    }
    if (this.#calls.length >= this.#limits.perTenSeconds) {
      return tooMany('TEN_SECONDLY_ROLLING', 'You have reached your ten_secondly_rolling limit.')
    }
    this.#calls.push(at)
    if (isSearch) this.#searches.push(at)
    return null
  }

  /** What stands on every answer but those of the search. */
  headers(): Readonly<Record<string, string>> {
    const { perTenSeconds } = this.#limits
    return {
      'x-hubspot-ratelimit-max': String(perTenSeconds),
      'x-hubspot-ratelimit-remaining': String(Math.max(0, perTenSeconds - this.#calls.length)),
      'x-hubspot-ratelimit-interval-milliseconds': String(windowMs),
    }
  }
}

/** HubSpot says which limit it is, and not how long to wait. */
function tooMany(policyName: string, message: string): DoubleAnswer {
  const body = { status: 'error', message, errorType: 'RATE_LIMIT', policyName }
  return { status: 429, body }
}
