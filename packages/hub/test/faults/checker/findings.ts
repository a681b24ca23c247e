/** What a check has found to be wrong, by the name of the check. */
export class Findings {
  readonly #byCheck = new Map<string, { count: number; examples: string[] }>()
  static readonly #shown = 10

  add(check: string, detail: string): void {
    const known = this.#byCheck.get(check) ?? { count: 0, examples: [] }
    known.count += 1
    if (known.examples.length < Findings.#shown) known.examples.push(detail)
    this.#byCheck.set(check, known)
  }

  /** Adds unless `isFine`. */
  expect(isFine: boolean, check: string, detail: () => string): void {
    if (!isFine) this.add(check, detail())
  }

  get isEmpty(): boolean {
    return this.#byCheck.size === 0
  }

  list(): { check: string; count: number; examples: readonly string[] }[] {
    return [...this.#byCheck].map(([check, { count, examples }]) => ({ check, count, examples }))
  }
}
