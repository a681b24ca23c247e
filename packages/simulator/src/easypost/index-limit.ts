import type { DoubleAnswer } from '../double/index.ts'

/** EasyPost lets lists be read only so often in any second, by the clock on the wall. */
export class IndexLimit {
  readonly #perSecond: number
  #taken: number[] = []

  constructor(perSecond: number) {
    this.#perSecond = perSecond
  }

  /** Counts a call. @returns how it is turned away; null lets it in. */
  take(): DoubleAnswer | null {
    const now = performance.now()
    this.#taken = this.#taken.filter((at) => now - at < 1_000)
    if (this.#taken.length >= this.#perSecond) {
      const error = { code: 'RATE_LIMITED', message: 'Too many requests', errors: [] }
      return { status: 429, headers: { 'retry-after': '1' }, body: { error } }
    }
    this.#taken.push(now)
    return null
  }
}
