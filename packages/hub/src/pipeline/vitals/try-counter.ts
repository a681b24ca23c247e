import type { ActiveConnection } from '../../connect/active-connection.ts'
import type { Clock } from '../../platform/clock.ts'
import {
  addTries,
  type ConnectionVitals,
  durationBoundsMs,
  forgetTries,
  writeVitals,
} from '../../store/connection-tries.ts'
import type { Pool } from '../../store/database.ts'
import type { Completion } from '../deliver/complete.ts'

/** Counts the tries of this process in memory, and writes them down when it is told to. */
export interface TryCounter {
  readonly tried: (
    completion: Pick<Completion, 'delivery' | 'outcome' | 'durationMs' | 'delayMs'>,
  ) => void
  /** Adds what was counted to what all processes have counted; what cannot be written is kept for the next time. */
  readonly write: () => Promise<void>
}

interface Count {
  readonly connectionId: string
  readonly hour: Date
  delivered: number
  retried: number
  unknown: number
  dead: number
  readonly durations: number[]
}

/** An hour of tries is a row for each connection: these are little, and a week of them can be compared. */
const keptDays = 8
const hourMs = 3_600_000

export function createTryCounter(deps: {
  readonly pool: Pool
  readonly clock: Clock
  readonly nodeName: string
  readonly connections: { readonly get: (id: string) => ActiveConnection | undefined }
}): TryCounter {
  const { pool, clock } = deps
  let counts = new Map<string, Count>()
  let last = new Map<string, { triedAt: Date; deliveredAt: Date | null }>()
  /** Of which something was written that may not hold any more. */
  const troubled = new Set<string>()
  let forgottenAtMs = Number.NEGATIVE_INFINITY

  function countOf(connectionId: string, now: Date): Count {
    const hour = new Date(now.getTime() - (now.getTime() % hourMs))
    const key = `${connectionId} ${hour.getTime()}`
    const known = counts.get(key)
    if (known) return known
    const durations = Array.from({ length: durationBoundsMs.length + 1 }, () => 0)
    const made = { connectionId, hour, delivered: 0, retried: 0, unknown: 0, dead: 0, durations }
    counts.set(key, made)
    return made
  }

  async function forget(): Promise<void> {
    if (clock.monotonicMs() - forgottenAtMs < hourMs) return
    forgottenAtMs = clock.monotonicMs()
    await forgetTries(pool, keptDays)
  }

  async function writeCounts(): Promise<void> {
    const taken = counts
    counts = new Map()
    try {
      await addTries(pool, [...taken.values()])
    } catch (error) {
      for (const count of taken.values()) addUp(countOf(count.connectionId, count.hour), count)
      throw error
    }
  }

  return {
    tried({ delivery: { connectionId }, outcome, durationMs, delayMs }) {
      const now = clock.now()
      const count = countOf(connectionId, now)
      const isDelivered = outcome.kind === 'delivered'
      if (isDelivered) count.delivered += 1
      else if (delayMs === null) count.dead += 1
      else if (outcome.kind === 'unknown') count.unknown += 1
      else count.retried += 1
      const group = durationBoundsMs.findIndex((bound) => durationMs <= bound)
      const place = group === -1 ? durationBoundsMs.length : group
      count.durations[place] = (count.durations[place] ?? 0) + 1
      const deliveredAt = isDelivered ? now : (last.get(connectionId)?.deliveredAt ?? null)
      last.set(connectionId, { triedAt: now, deliveredAt })
    },
    async write() {
      if (counts.size > 0) await writeCounts()
      const ids = new Set([...last.keys(), ...troubled])
      const rows = [...ids].flatMap((id) => vitalsOf(id, { ...deps, last: last.get(id) }))
      await writeVitals(pool, rows)
      last = new Map()
      troubled.clear()
      for (const row of rows) if (isTroubled(row)) troubled.add(row.connectionId)
      await forget()
    },
  }
}

function addUp(sum: Count, more: Count): void {
  sum.delivered += more.delivered
  sum.retried += more.retried
  sum.unknown += more.unknown
  sum.dead += more.dead
  for (const [place, count] of more.durations.entries()) {
    sum.durations[place] = (sum.durations[place] ?? 0) + count
  }
}

function isTroubled({ isOpen, failures, pausedUntil }: ConnectionVitals): boolean {
  return isOpen || failures > 0 || pausedUntil !== null
}

function vitalsOf(
  connectionId: string,
  given: Parameters<typeof createTryCounter>[0] & {
    readonly last: { triedAt: Date; deliveredAt: Date | null } | undefined
  },
): ConnectionVitals[] {
  const connection = given.connections.get(connectionId)
  if (connection === undefined || connection.state === 'broken') return []
  const { breaker, rateLimit } = connection
  const { consecutiveFailures, nextProbeAt } = breaker.snapshot()
  const pauseMs = rateLimit.pauseLeftMs()
  const told = rateLimit.told()
  return [
    {
      connectionId,
      seenBy: given.nodeName,
      isOpen: breaker.state === 'open',
      failures: consecutiveFailures,
      nextProbeAt,
      pausedUntil: pauseMs === 0 ? null : new Date(given.clock.now().getTime() + pauseMs),
      allowanceLeft: told?.left ?? null,
      allowanceLimit: told?.limit ?? null,
      allowanceResetsAt: told?.resetsAt ?? null,
      lastTriedAt: given.last?.triedAt ?? null,
      lastDeliveredAt: given.last?.deliveredAt ?? null,
    },
  ]
}
