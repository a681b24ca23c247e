import { type HeaderValues, header } from '../headers.ts'

interface AllowanceBasics {
  /** A budget of the connector's limits; the connection as a whole when left out. */
  readonly budget?: string | undefined
  /** What may still be used: requests, or points where the system counts what a request costs. */
  readonly remaining: number
  /** What there is when nothing is used. The hub leaves a tenth of it to others of the same account. */
  readonly limit?: number | undefined
  /** What a request takes at most; 1 when left out. */
  readonly cost?: number | undefined
}

/** What a system says may still be asked of it: of a window that ends at a time, or of what comes back steadily. */
export type Allowance = AllowanceBasics &
  ({ readonly resetAt: Date } | { readonly perSecond: number })

/** What the answers of a system say about its limits; null or an empty list for nothing. */
export type Allowances = Allowance | readonly Allowance[] | null

/** What a system allows for some of its calls, below what it allows altogether. */
export interface BudgetLimits {
  /** Where it is known beforehand. */
  readonly requestsPerMinute?: number
}

/**
 * Reads a header that is a whole number, for example of requests that remain.
 *
 * @param name - in lower case.
 * @returns undefined for anything else.
 */
export function countHeader(headers: HeaderValues, name: string): number | undefined {
  const text = header(headers, name)?.trim() ?? ''
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined
}
