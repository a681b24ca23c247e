import type { Clock } from '../../src/platform/clock.ts'

/** A clock that stands still until a test moves it. */
export type ManualClock = Clock & {
  readonly advance: (ms: number) => void
  /** Moves the wall clock alone, as an administrator or a time server does. */
  readonly set: (to: Date) => void
}

export function manualClock(start = '2026-01-01T00:00:00.000Z'): ManualClock {
  let wallMs = Date.parse(start)
  let elapsedMs = 0
  return {
    now: () => new Date(wallMs),
    monotonicMs: () => elapsedMs,
    advance: (ms) => {
      wallMs += ms
      elapsedMs += ms
    },
    set: (to) => {
      wallMs = to.getTime()
    },
  }
}
