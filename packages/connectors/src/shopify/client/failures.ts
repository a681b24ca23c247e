import {
  type Allowances,
  type DeliveryError,
  RetryableError,
  TerminalError,
  UnknownOutcomeError,
} from '@backhaul/sdk/connector'
import { z } from 'zod'

const cost = z.object({
  requestedQueryCost: z.number(),
  throttleStatus: z.object({
    maximumAvailable: z.number(),
    currentlyAvailable: z.number(),
    restoreRate: z.number().positive(),
  }),
})

/** What Shopify answers with a 200, whether it has done anything or not. */
export const answer = z.object({
  data: z.unknown().optional(),
  errors: z
    .array(
      z.object({
        message: z.string(),
        extensions: z.object({ code: z.string().optional() }).optional().catch(undefined),
      }),
    )
    .optional(),
  extensions: z
    .object({ cost: cost.optional().catch(undefined) })
    .optional()
    .catch(undefined),
})
export type Answer = z.output<typeof answer>

/** The bucket refills within a few seconds; where the answer does not say how full it is, this is enough. */
const unknownWaitMs = 2_000

/** Failures of Shopify's own, after which nobody knows what was done. */
const theirFault = new Set(['INTERNAL_SERVER_ERROR', 'TIMEOUT'])

/**
 * What an answer says no with, whatever its status says.
 *
 * @returns null for an answer that is one.
 */
export function failureOf(given: Answer, isRead: boolean): DeliveryError | null {
  const { errors = [] } = given
  if (errors.length === 0) return null
  const codes = new Set(errors.map(({ extensions }) => extensions?.code))
  if (codes.has('THROTTLED')) {
    return new RetryableError({ code: 'RATE_LIMITED', retryAfterMs: waitMs(given) })
  }
  if (codes.has('IDEMPOTENCY_CONCURRENT_REQUEST')) {
    return new RetryableError({ code: 'UPSTREAM_UNAVAILABLE', retryAfterMs: unknownWaitMs })
  }
  if (codes.has('ACCESS_DENIED')) {
    const reason = `The app lacks a scope: ${errors[0]?.message ?? ''}`
    return new TerminalError({ code: 'AUTH_REJECTED', reason })
  }
  if ([...codes].some((code) => code !== undefined && theirFault.has(code))) {
    const failure = { code: 'UPSTREAM_UNAVAILABLE' }
    return isRead ? new RetryableError(failure) : new UnknownOutcomeError(failure)
  }
  return new TerminalError({ code: 'REQUEST_REJECTED', reason: errors[0]?.message })
}

/** What the dearest of our calls asks for, by the count of the double; Shopify refuses a query above 1,000. */
export const mostPoints = 550

/** What every answer says of the bucket: points that come back steadily. */
export function readBucket(body: unknown): Allowances {
  const parsed = answer.safeParse(body)
  const told = parsed.success ? parsed.data.extensions?.cost?.throttleStatus : undefined
  if (told === undefined) return null
  const { currentlyAvailable: remaining, maximumAvailable: limit, restoreRate } = told
  return { remaining, limit, cost: Math.min(mostPoints, limit / 2), perSecond: restoreRate }
}

/** Until the bucket holds what the call costs: points that lack, by points a second. */
function waitMs({ extensions }: Answer): number {
  const told = extensions?.cost
  if (told === undefined) return unknownWaitMs
  const { currentlyAvailable, restoreRate, maximumAvailable } = told.throttleStatus
  const wanted = Math.min(told.requestedQueryCost, maximumAvailable)
  const lacking = Math.max(wanted - currentlyAvailable, 1)
  return Math.ceil((lacking / restoreRate) * 1_000)
}
