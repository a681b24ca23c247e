/** A limit in windows of fixed length; one begins with its first request. */
export class RateWindow {
  #endsAtMs = 0
  #used = 0
  readonly #limit: number
  readonly #lengthMs: number

  constructor(limit: number, lengthMs: number) {
    this.#limit = limit
    this.#lengthMs = lengthMs
  }

  /** @returns what is left and when it begins anew; `remaining` is below 0 when it is over. */
  take(nowMs: number): { readonly remaining: number; readonly resets: number } {
    if (nowMs >= this.#endsAtMs) {
      this.#endsAtMs = nowMs + this.#lengthMs
      this.#used = 0
    }
    this.#used += 1
    return {
      remaining: this.#limit - this.#used,
      resets: Math.max(1, Math.ceil((this.#endsAtMs - nowMs) / 1000)),
    }
  }
}
