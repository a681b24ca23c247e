import { type DoubleAnswer, type DoubleRequest, RateWindow } from '../double/index.ts'

export interface FreshdeskLimits {
  /** Calls a minute for the account: 200 on Growth, 400 on Pro, 700 on Enterprise. */
  readonly perMinute: number
  readonly createsPerMinute: number
  readonly updatesPerMinute: number
  readonly listsPerMinute: number
}

export const usualLimits: FreshdeskLimits = {
  perMinute: 200,
  createsPerMinute: 80,
  updatesPerMinute: 80,
  listsPerMinute: 20,
}

const minuteMs = 60_000

/**
 * One limit for the account, told in headers without saying when it begins anew; three more for tickets, of which
 * nothing is told. What is embedded costs two calls more. Failed calls count.
 */
export class RateLimits {
  readonly #limits: FreshdeskLimits
  readonly #account: RateWindow
  readonly #creates: RateWindow
  readonly #updates: RateWindow
  readonly #lists: RateWindow
  /** Answers of 429 so far. */
  refused = 0

  constructor(limits: FreshdeskLimits) {
    this.#limits = limits
    this.#account = new RateWindow(limits.perMinute, minuteMs)
    this.#creates = new RateWindow(limits.createsPerMinute, minuteMs)
    this.#updates = new RateWindow(limits.updatesPerMinute, minuteMs)
    this.#lists = new RateWindow(limits.listsPerMinute, minuteMs)
  }

  take(
    request: DoubleRequest,
    now: Date,
  ): { readonly headers: Record<string, string>; readonly refusal: DoubleAnswer | null } {
    const nowMs = now.getTime()
    const cost = request.query.get('include') === null ? 1 : 3
    let account = this.#account.take(nowMs)
    for (let more = 1; more < cost; more += 1) account = this.#account.take(nowMs)
    const own = this.#windowOf(request)?.take(nowMs)
    const over = [account, own].filter((one) => one !== undefined && one.remaining < 0)
    const headers = {
      'x-ratelimit-total': String(this.#limits.perMinute),
      'x-ratelimit-remaining': String(Math.max(0, account.remaining)),
      'x-ratelimit-used-currentrequest': String(cost),
    }
    if (over.length === 0) return { headers, refusal: null }
    this.refused += 1
    const retryAfter = Math.max(...over.map((one) => one?.resets ?? 1))
    const body = { message: 'You have exceeded the limit of requests per minute' }
    return {
      headers,
      refusal: { status: 429, headers: { 'retry-after': String(retryAfter) }, body },
    }
  }

  #windowOf({ method, path }: DoubleRequest): RateWindow | undefined {
    if (path === '/api/v2/tickets') return method === 'POST' ? this.#creates : this.#lists
    return method === 'PUT' && path.startsWith('/api/v2/tickets/') ? this.#updates : undefined
  }
}
