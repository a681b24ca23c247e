/** Lets so many through at once; the others wait in their order. */
export class Gate {
  readonly #waiting: { readonly limit: number; readonly enter: () => void }[] = []
  #inside = 0

  /**
   * @param limit - how many may be inside with this one.
   * @throws whatever `signal` was aborted with, when that is before its turn.
   */
  async run<T>(
    { limit, signal }: { readonly limit: number; readonly signal: AbortSignal },
    work: () => Promise<T>,
  ): Promise<T> {
    await this.#enter(limit, signal)
    try {
      return await work()
    } finally {
      this.#inside -= 1
      this.#admit()
    }
  }

  async #enter(limit: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    await new Promise<void>((resolve, reject) => {
      const enter = () => {
        signal.removeEventListener('abort', leave)
        resolve()
      }
      const waiting = { limit, enter }
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1)
        reject(signal.reason)
        // Whoever stood behind it may have a wider limit.
        this.#admit()
      }
      signal.addEventListener('abort', leave, { once: true })
      this.#waiting.push(waiting)
      this.#admit()
    })
  }

  #admit(): void {
    for (;;) {
      const [next] = this.#waiting
      if (next === undefined || this.#inside >= next.limit) return
      this.#waiting.shift()
      this.#inside += 1
      next.enter()
    }
  }
}

const gates = new Map<string, Gate>()

/** The gate of a database: shared by all connections to it in this process, whatever company they are for. */
export function gateOf({
  url,
  database,
}: {
  readonly url: string
  readonly database: string
}): Gate {
  const key = `${new URL(url).origin} ${database}`
  const gate = gates.get(key) ?? new Gate()
  gates.set(key, gate)
  return gate
}
