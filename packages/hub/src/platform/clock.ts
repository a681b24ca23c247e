/** The time, passed in so that a test decides what it is. */
export type Clock = {
  /** The wall clock: what is stored and shown. It may jump. */
  readonly now: () => Date
  /** Milliseconds from an arbitrary start that never run backwards: what durations are taken from. */
  readonly monotonicMs: () => number
}

export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
}
