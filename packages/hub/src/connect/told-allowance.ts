import type { Allowance } from '@backhaul/sdk/connector'
import type { Clock } from '../platform/clock.ts'

/** What a system last said that it still allows, less what has been asked of it since. Waits for nobody. */
export interface ToldAllowance {
  /** When a request may start at the earliest, on the monotonic clock. */
  earliestMs(nowMs: number): number
  /** Counts a request that starts at `startMs`, until it has `ended`. */
  take(startMs: number): void
  /** A request has its answer, or will get none. */
  ended(): void
  /** Takes in what an answer said. What makes no sense is passed over. */
  learn(allowance: Allowance): void
  /** What is left by now, to be shown; null where nothing is known. */
  standing(): ToldStanding | null
}

export interface ToldStanding {
  readonly left: number
  /** Null where it was not said. */
  readonly limit: number | null
  /** Null for what comes back steadily. */
  readonly resetsAt: Date | null
}

interface Told {
  left: number
  /** Of when `left` is, on the monotonic clock. */
  atMs: number
  readonly cost: number
  /** Left alone for others of the same account. */
  readonly kept: number
  readonly limit: number
  /** When the window ends; for what comes back steadily it never does. */
  readonly resetMs: number
  readonly perMs: number
}

const maxHoldMs = 24 * 60 * 60 * 1000
const keptShare = 0.1

/**
 * An answer counts what had arrived when it was made, so that requests still under way are taken off what it
 * says. At the end of a window nothing is known until the next answer.
 */
export function createToldAllowance({ clock }: { readonly clock: Clock }): ToldAllowance {
  let told: Told | null = null
  let underWay = 0

  /** What was said, unless its window is over, with what has come back since. */
  function current(nowMs: number): Told | null {
    if (told === null) return null
    if (nowMs >= told.resetMs) told = null
    else {
      told.left = Math.min(told.limit, told.left + told.perMs * Math.max(0, nowMs - told.atMs))
      told.atMs = Math.max(told.atMs, nowMs)
    }
    return told
  }

  return {
    earliestMs(nowMs) {
      const known = current(nowMs)
      if (known === null) return nowMs
      const missing = known.kept + known.cost - known.left
      if (missing <= 0) return nowMs
      return known.perMs > 0 ? nowMs + missing / known.perMs : known.resetMs
    },
    take(startMs) {
      underWay += 1
      if (told !== null && startMs < told.resetMs) told.left -= told.cost
    },
    ended() {
      underWay = Math.max(0, underWay - 1)
    },
    learn(allowance) {
      const read = readAllowance(allowance, clock)
      if (read !== undefined) told = { ...read, left: read.left - underWay * read.cost }
    },
    standing() {
      const nowMs = clock.monotonicMs()
      const known = current(nowMs)
      if (known === null) return null
      const { left, limit, resetMs } = known
      const endsAtMs = clock.now().getTime() + resetMs - nowMs
      return {
        left: Math.max(0, Math.floor(left)),
        limit: Number.isFinite(limit) ? limit : null,
        resetsAt: Number.isFinite(endsAtMs) ? new Date(endsAtMs) : null,
      }
    },
  }
}

/** @returns undefined for what makes no sense. */
function readAllowance(allowance: Allowance, clock: Clock): Told | undefined {
  const { remaining, limit = Number.POSITIVE_INFINITY, cost = 1 } = allowance
  if (!Number.isFinite(remaining) || !(limit > 0) || !(cost > 0)) return undefined
  const atMs = clock.monotonicMs()
  const perMs = 'perSecond' in allowance ? allowance.perSecond / 1000 : 0
  const holdMs =
    'resetAt' in allowance ? allowance.resetAt.getTime() - clock.now().getTime() : maxHoldMs
  if (!Number.isFinite(perMs) || perMs < 0 || Number.isNaN(holdMs)) return undefined
  if ('perSecond' in allowance && perMs === 0) return undefined
  const ofOne = Math.min(cost, limit)
  const kept = Number.isFinite(limit) ? Math.min(Math.floor(limit * keptShare), limit - ofOne) : 0
  return {
    left: Math.max(0, remaining),
    atMs,
    cost: ofOne,
    kept,
    limit,
    resetMs: 'resetAt' in allowance ? atMs + Math.min(holdMs, maxHoldMs) : Number.POSITIVE_INFINITY,
    perMs,
  }
}
