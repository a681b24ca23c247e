import { type ConnectorLimits, countHeader } from '@backhaul/sdk/connector'

/** Calls of which an account may make fewer; no header tells of them. */
export const budgets = { creates: 'create', updates: 'update', lists: 'list' } as const

/**
 * Calls a minute: 200 for the account on Growth, 400 on Pro, 700 on Enterprise, 50 in trials, told in headers; of
 * them at most 80, 160 or 280 that make tickets, as many that update them, and 20, 100 or 200 that list them
 * ("Rate limits" of the API reference, read 2026-11-23). The least of a paid plan is kept to, less a tenth. Headers do not
 * say when a minute is over, so that it is taken to begin with the answer.
 */
export const limits: ConnectorLimits = {
  timeoutMs: 30_000,
  concurrency: 4,
  budgets: {
    [budgets.creates]: { requestsPerMinute: 72 },
    [budgets.updates]: { requestsPerMinute: 72 },
    [budgets.lists]: { requestsPerMinute: 18 },
  },
  readHeaders(headers, now) {
    const remaining = countHeader(headers, 'x-ratelimit-remaining')
    if (remaining === undefined) return null
    const limit = countHeader(headers, 'x-ratelimit-total')
    return { remaining, limit, resetAt: new Date(now.getTime() + 60_000) }
  },
}
