import { type DoubleAnswer, type DoubleRequest, RateWindow } from '../double/index.ts'

export interface ZendeskLimits {
  /** Requests a minute for the account: 200 on Team, 700 on Enterprise. */
  readonly perMinute: number
  /** Updates of tickets a minute for the account. */
  readonly updatesPerMinute: number
  /** Updates of one ticket by one user in ten minutes. */
  readonly updatesPerTicket: number
  readonly exportsPerMinute: number
}

export const usualLimits: ZendeskLimits = {
  perMinute: 700,
  updatesPerMinute: 100,
  updatesPerTicket: 30,
  exportsPerMinute: 10,
}

const minuteMs = 60_000

/**
 * Limits as the API has them: one for the account, and some of their own for endpoints, told in headers of
 * theirs. A refused request counts too.
 */
export class RateLimits {
  readonly #limits: ZendeskLimits
  readonly #account: RateWindow
  readonly #updates: RateWindow
  readonly #exports: RateWindow
  readonly #byTicket = new Map<string, RateWindow>()
  /** Answers of 429 so far. */
  refused = 0

  constructor(limits: ZendeskLimits) {
    this.#limits = limits
    this.#account = new RateWindow(limits.perMinute, minuteMs)
    this.#updates = new RateWindow(limits.updatesPerMinute, minuteMs)
    this.#exports = new RateWindow(limits.exportsPerMinute, minuteMs)
  }

  /** Counts a request. @returns the headers of its answer, and the refusal where a limit is over. */
  take(
    { method, path }: DoubleRequest,
    now: Date,
  ): { readonly headers: Record<string, string>; readonly refusal: DoubleAnswer | null } {
    const nowMs = now.getTime()
    const account = this.#account.take(nowMs)
    const left = String(Math.max(0, account.remaining))
    const total = String(this.#limits.perMinute)
    const headers: Record<string, string> = {
      'x-rate-limit': total,
      'ratelimit-limit': total,
      'x-rate-limit-remaining': left,
      'ratelimit-remaining': left,
      'ratelimit-reset': String(account.resets),
    }
    let retryAfter = account.remaining < 0 ? account.resets : 0
    const own = (name: string, limit: number, window: RateWindow) => {
      const { remaining, resets } = window.take(nowMs)
      headers[`zendesk-ratelimit-${name}`] =
        `total=${limit}; remaining=${Math.max(0, remaining)}; resets=${resets}`
      if (remaining < 0) retryAfter = Math.max(retryAfter, resets)
    }
    const updated = method === 'PUT' ? /^\/api\/v2\/tickets\/(\d+)$/.exec(path)?.[1] : undefined
    if (updated !== undefined) {
      own('tickets-update', this.#limits.updatesPerMinute, this.#updates)
      const { remaining, resets } = this.#windowOf(updated).take(nowMs)
      if (remaining < 0) retryAfter = Math.max(retryAfter, resets)
    }
    if (path.startsWith('/api/v2/incremental/')) {
      own('incremental-exports', this.#limits.exportsPerMinute, this.#exports)
    }
    if (retryAfter === 0) return { headers, refusal: null }
    this.refused += 1
    const body = {
      error: 'APIRateLimitExceeded',
      description: 'Number of allowed API requests exceeded',
    }
    return {
      headers,
      refusal: { status: 429, headers: { 'retry-after': String(retryAfter) }, body },
    }
  }

  #windowOf(ticketId: string): RateWindow {
    const known = this.#byTicket.get(ticketId)
    if (known) return known
    const window = new RateWindow(this.#limits.updatesPerTicket, 10 * minuteMs)
    this.#byTicket.set(ticketId, window)
    return window
  }
}
