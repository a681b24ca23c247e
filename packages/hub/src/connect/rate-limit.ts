import type { Allowance, BudgetLimits } from '@backhaul/sdk/connector'
import type { Clock } from '../platform/clock.ts'
import { createToldAllowance, type ToldStanding } from './told-allowance.ts'

/**
 * Spreads one connection's requests over time: its deliveries, polls, look-ups and checks together. Waits for
 * nobody: it says how long to wait. A `budget` is a name among those of the connector's limits; without one,
 * or by another name, only what holds for the whole connection counts.
 */
export interface RateLimit {
  /** Milliseconds until a request could start; 0 means now. Takes nothing. */
  waitMs(budget?: string): number
  /**
   * Takes the next free place. Whoever got one says `ended` afterwards, with the same budget.
   *
   * @returns milliseconds until it comes up, or null, with nothing taken, when that is over `maxWaitMs`.
   */
  reserve(maxWaitMs: number, budget?: string): number | null
  /** A request has its answer, or will get none. */
  ended(budget?: string): void
  /** Keeps to what the system says that it still allows; for a budget that it does not have, does nothing. */
  learn(allowance: Allowance): void
  /** Lets nothing start for the next `ms`: the other side asked for it. A longer pause stands. */
  pauseFor(ms: number): void
  /** What is left of the pause, in milliseconds. */
  pauseLeftMs(): number
  /** What the system still allows by its own word: of the connection and its budgets, where least is left. */
  told(): ToldStanding | null
}

const minuteMs = 60_000

/** How much of a minute's allowance may start at once after a quiet time. */
const burstShare = 0.01

/**
 * For the connection and for each budget, two bounds hold: the rate that the connector declares, and what
 * the system itself has said last.
 *
 * @param options.requestsPerMinute - undefined for a system that sets no limit beforehand; pauses, and what it
 * says that it allows, still hold.
 */
export function createRateLimit(options: {
  readonly requestsPerMinute: number | undefined
  readonly budgets?: Readonly<Record<string, BudgetLimits>> | undefined
  readonly clock: Clock
}): RateLimit {
  const { requestsPerMinute, budgets = {}, clock } = options
  const whole = createBudget({ requestsPerMinute, clock })
  const named = new Map(
    Object.entries(budgets).map(([name, limits]) => [name, createBudget({ ...limits, clock })]),
  )
  const budgetOf = (name: string | undefined) => (name === undefined ? undefined : named.get(name))
  let pausedUntilMs = 0

  function earliestMs(nowMs: number, own: Budget | undefined): number {
    const together = Math.max(pausedUntilMs, whole.earliestMs(nowMs))
    return own === undefined ? together : Math.max(together, own.earliestMs(nowMs))
  }

  return {
    waitMs(budget) {
      const nowMs = clock.monotonicMs()
      return Math.max(0, Math.ceil(earliestMs(nowMs, budgetOf(budget)) - nowMs))
    },
    reserve(maxWaitMs, budget) {
      const nowMs = clock.monotonicMs()
      const own = budgetOf(budget)
      const startMs = Math.max(nowMs, earliestMs(nowMs, own))
      const waitMs = Math.ceil(startMs - nowMs)
      if (waitMs > maxWaitMs) return null
      whole.take(startMs)
      own?.take(startMs)
      return waitMs
    },
    ended(budget) {
      whole.ended()
      budgetOf(budget)?.ended()
    },
    learn(allowance) {
      const { budget } = allowance
      const of = budget === undefined ? whole : named.get(budget)
      of?.learn(allowance)
    },
    pauseFor(ms) {
      pausedUntilMs = Math.max(pausedUntilMs, clock.monotonicMs() + ms)
    },
    pauseLeftMs() {
      return Math.max(0, Math.ceil(pausedUntilMs - clock.monotonicMs()))
    },
    told() {
      const known = [whole, ...named.values()].flatMap((budget) => budget.standing() ?? [])
      return known.toSorted((a, b) => shareLeft(a) - shareLeft(b))[0] ?? null
    },
  }
}

function shareLeft({ left, limit }: ToldStanding): number {
  return limit === null ? 1 : left / limit
}

interface Budget {
  earliestMs(nowMs: number): number
  take(startMs: number): void
  ended(): void
  learn(allowance: Allowance): void
  standing(): ToldStanding | null
}

/**
 * A token bucket, kept as one number: the time from which on the bucket is full again. Requests start one
 * by one, `60,000 / requestsPerMinute` ms apart, with a burst of 1 % of a minute's allowance (at least one
 * request), so that no window of any length sees more than its share and that burst.
 */
function createBudget(options: {
  readonly requestsPerMinute?: number | undefined
  readonly clock: Clock
}): Budget {
  const { requestsPerMinute, clock } = options
  const told = createToldAllowance({ clock })
  const intervalMs = requestsPerMinute === undefined ? 0 : minuteMs / requestsPerMinute
  const burst = Math.max(1, Math.floor((requestsPerMinute ?? 0) * burstShare))
  const toleranceMs = (burst - 1) * intervalMs
  let fullAtMs = 0
  return {
    earliestMs: (nowMs) => Math.max(nowMs, fullAtMs - toleranceMs, told.earliestMs(nowMs)),
    take(startMs) {
      fullAtMs = Math.max(fullAtMs, startMs) + intervalMs
      told.take(startMs)
    },
    ended: () => told.ended(),
    learn: (allowance) => told.learn(allowance),
    standing: () => told.standing(),
  }
}
