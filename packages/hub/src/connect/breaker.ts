import type { Clock } from '../platform/clock.ts'

export type BreakerState = 'closed' | 'open'

/** How an attempt ended. A terminal failure is an answer: the system is there. */
export type AttemptKind = 'delivered' | 'terminal' | 'retryable' | 'unknown'

interface BreakerSnapshot {
  readonly state: BreakerState
  readonly consecutiveFailures: number
  readonly openedAt: Date | null
  readonly nextProbeAt: Date | null
}

export interface Breaker {
  readonly state: BreakerState
  /**
   * Milliseconds until an attempt may start; 0 means that the caller starts one now. While the breaker is
   * open, each 0 hands out one probe.
   */
  waitMs(): number
  report(kind: AttemptKind): void
  snapshot(): BreakerSnapshot
}

/** Failures in a row after which a system counts as down. */
const failuresToOpen = 10
/** Probes of a system that is down start at least this far apart, and up to a fifth further. */
const probeIntervalMs = 10_000
const probeJitter = 0.2

/**
 * Stops attempts at a system that is down, so that neither its backlog nor its recovery is a stampede.
 * It only says when to try, which lets deliveries stay in the database meanwhile: breakers of the
 * libraries wrap the call, keep their own time, and answer by throwing.
 *
 * @param options.random - 0 to below 1; processes that share a system must not probe in step.
 * @param options.onChange - told of each change of state.
 */
export function createBreaker(options: {
  readonly clock: Clock
  readonly random?: () => number
  readonly onChange?: (state: BreakerState) => void
}): Breaker {
  const { clock, random = Math.random, onChange } = options
  let consecutiveFailures = 0
  let openedAtMs: number | null = null
  let nextProbeAtMs = 0

  function scheduleProbe(nowMs: number): void {
    nextProbeAtMs = nowMs + probeIntervalMs * (1 + probeJitter * random())
  }

  function onAnswer(): void {
    consecutiveFailures = 0
    if (openedAtMs === null) return
    openedAtMs = null
    onChange?.('closed')
  }

  function onFailure(): void {
    consecutiveFailures += 1
    if (openedAtMs !== null || consecutiveFailures < failuresToOpen) return
    openedAtMs = clock.monotonicMs()
    scheduleProbe(openedAtMs)
    onChange?.('open')
  }

  /** The wall clock's time for one of the monotonic clock. */
  function toDate(atMs: number): Date {
    return new Date(clock.now().getTime() + Math.round(atMs - clock.monotonicMs()))
  }

  return {
    get state() {
      return openedAtMs === null ? 'closed' : 'open'
    },
    waitMs() {
      if (openedAtMs === null) return 0
      const nowMs = clock.monotonicMs()
      if (nowMs < nextProbeAtMs) return Math.ceil(nextProbeAtMs - nowMs)
      scheduleProbe(nowMs)
      return 0
    },
    report(kind) {
      if (kind === 'delivered' || kind === 'terminal') onAnswer()
      else onFailure()
    },
    snapshot() {
      return {
        state: openedAtMs === null ? 'closed' : 'open',
        consecutiveFailures,
        openedAt: openedAtMs === null ? null : toDate(openedAtMs),
        nextProbeAt: openedAtMs === null ? null : toDate(nextProbeAtMs),
      }
    },
  }
}
