/** Calls by method and route, as `POST /tickets/:id`. */
export class CallCounter {
  #byName: Record<string, number> = {}

  count(name: string): void {
    this.#byName[name] = (this.#byName[name] ?? 0) + 1
  }

  byName(): Readonly<Record<string, number>> {
    return { ...this.#byName }
  }

  total(): number {
    return Object.values(this.#byName).reduce((sum, calls) => sum + calls, 0)
  }

  reset(): void {
    this.#byName = {}
  }
}
