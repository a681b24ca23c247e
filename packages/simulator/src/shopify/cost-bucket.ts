export interface BucketSize {
  readonly maximumAvailable: number
  /** Points a second. */
  readonly restoreRate: number
}

/** Points that an app has at a shop; they come back second by second. */
export class CostBucket {
  readonly #size: BucketSize
  readonly #now: () => Date
  #available: number
  #atMs: number

  constructor(size: BucketSize, now: () => Date) {
    this.#size = size
    this.#now = now
    this.#available = size.maximumAvailable
    this.#atMs = now().getTime()
  }

  /** @returns whether there was enough; what there was not is not taken. */
  take(points: number): boolean {
    this.#refill()
    if (points > this.#available) return false
    this.#available -= points
    return true
  }

  /** What was taken for a query that then needed less. */
  giveBack(points: number): void {
    this.#available = Math.min(this.#available + points, this.#size.maximumAvailable)
  }

  drain(): void {
    this.#refill()
    this.#available = 0
  }

  status(): object {
    this.#refill()
    return { ...this.#size, currentlyAvailable: Math.floor(this.#available) }
  }

  #refill(): void {
    const nowMs = this.#now().getTime()
    const restored = (Math.max(nowMs - this.#atMs, 0) / 1_000) * this.#size.restoreRate
    this.#available = Math.min(this.#available + restored, this.#size.maximumAvailable)
    this.#atMs = nowMs
  }
}
