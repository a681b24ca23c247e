/** How often what was called, and how much at the same time. */
export class Calls {
  private counts = new Map<string, number>()
  private running = 0
  private most = 0

  /** The number of calls by `model.method`. */
  byName(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.counts)
  }

  /** The number of calls of one method, `stock.picking.load`. */
  count(name: string): number {
    return this.counts.get(name) ?? 0
  }

  /** The number of all calls. */
  total(): number {
    return [...this.counts.values()].reduce((a, b) => a + b, 0)
  }

  /** The most calls that were under way at the same time. */
  mostAtOnce(): number {
    return this.most
  }

  /** Forgets what was counted. */
  reset(): void {
    this.counts = new Map()
    this.most = this.running
  }

  begin(): void {
    this.running += 1
    this.most = Math.max(this.most, this.running)
  }

  note(name: string): void {
    this.counts.set(name, this.count(name) + 1)
  }

  end(): void {
    this.running -= 1
  }
}
