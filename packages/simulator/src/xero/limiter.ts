import type { DoubleAnswer, DoubleRequest } from '../double/request.ts'

/** Calls of the last minute, and the headers that tell of them. */
export class Limiter {
  readonly #perMinute: number
  readonly #now: () => Date
  #times: number[] = []

  constructor(perMinute: number, now: () => Date) {
    this.#perMinute = perMinute
    this.#now = now
  }

  take({ path }: DoubleRequest): DoubleAnswer | null {
    if (path.startsWith('/oauth/')) return null
    const nowMs = this.#now().getTime()
    this.#times = this.#times.filter((at) => nowMs - at < 60_000)
    const [oldest = nowMs] = this.#times
    if (this.#times.length >= this.#perMinute) {
      const wait = Math.max(1, Math.ceil((oldest + 60_000 - nowMs) / 1_000))
      return {
        status: 429,
        headers: { 'retry-after': String(wait), 'x-rate-limit-problem': 'minute' },
        body: '',
      }
    }
    this.#times.push(nowMs)
    return null
  }

  decorate(answer: DoubleAnswer): DoubleAnswer {
    const left = String(Math.max(0, this.#perMinute - this.#times.length))
    return { ...answer, headers: { ...answer.headers, 'x-minlimit-remaining': left } }
  }
}
