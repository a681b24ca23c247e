import {
  type Allowance,
  type ConnectorLimits,
  countHeader,
  type HeaderValues,
  header,
} from '@backhaul/sdk/connector'

/** Endpoints with limits of their own, as their headers call them. */
export const budgets = { updates: 'tickets-update', exports: 'incremental-exports' } as const

/**
 * Limits per minute: 200 to 2,500 requests for the account, by its plan; 100 updates of tickets (20 in trials and
 * sandboxes), 10 incremental exports. Headers tell what is left: "Rate limits" and "Tickets" of the API reference,
 * read 2026-11-23. Of the account's, `ratelimit-reset` comes with the Ticketing API only; elsewhere a minute is assumed.
 */
export const limits: ConnectorLimits = {
  timeoutMs: 30_000,
  concurrency: 4,
  budgets: {
    [budgets.updates]: { requestsPerMinute: 90 },
    [budgets.exports]: { requestsPerMinute: 9 },
  },
  readHeaders: (headers, now) => [
    ...accountAllowance(headers, now),
    ...Object.values(budgets).flatMap((budget) => ownAllowance(headers, { budget, now })),
  ],
}

function accountAllowance(headers: HeaderValues, now: Date): Allowance[] {
  const remaining =
    countHeader(headers, 'ratelimit-remaining') ?? countHeader(headers, 'x-rate-limit-remaining')
  if (remaining === undefined) return []
  const limit = countHeader(headers, 'x-rate-limit')
  return [{ remaining, limit, resetAt: after(now, countHeader(headers, 'ratelimit-reset') ?? 60) }]
}

/** `Zendesk-RateLimit-tickets-update: total=100; remaining=99; resets=41`, the last in seconds. */
function ownAllowance(
  headers: HeaderValues,
  { budget, now }: { readonly budget: string; readonly now: Date },
): Allowance[] {
  const text = header(headers, `zendesk-ratelimit-${budget}`) ?? ''
  const [total, remaining, resets] = ['total', 'remaining', 'resets'].map((name) => {
    const found = new RegExp(`\\b${name}=(\\d{1,9})\\b`).exec(text)?.[1]
    return found === undefined ? undefined : Number(found)
  })
  if (remaining === undefined) return []
  return [{ budget, remaining, limit: total, resetAt: after(now, resets ?? 60) }]
}

function after(now: Date, seconds: number): Date {
  return new Date(now.getTime() + seconds * 1000)
}
