import type { DoubleRequest } from './request.ts'

/** What goes wrong with a request. `cut_after` and `half_answer`: it has its effect, and nobody hears of it. */
export type HttpFault =
  | 'cut_before'
  | 'cut_after'
  | 'unavailable'
  | 'rate_limited'
  | 'slow'
  | 'half_answer'

/** A fault, and which requests it befalls. */
export interface HttpFaultRule {
  readonly fault: HttpFault
  readonly method?: string
  /** A regular expression that is looked for in the path. */
  readonly path?: string
  /** How many requests at most; without end where it is left out. */
  readonly times?: number
  /** The share of requests; 1 where it is left out. */
  readonly chance?: number
  /** Seconds, told with `unavailable` and `rate_limited`. */
  readonly retryAfter?: number
  /** Of `slow`, in milliseconds. */
  readonly delayMs?: number
}

/** The faults of a double: the first that fits a request befalls it. */
export class FaultBoard {
  readonly #chance: () => number
  #rules: { readonly rule: HttpFaultRule; left: number }[] = []
  /** How often each fault has happened. */
  readonly hits: Partial<Record<HttpFault, number>> = {}

  constructor(chance: () => number) {
    this.#chance = chance
  }

  /** These and no others, from now on. */
  set(rules: readonly HttpFaultRule[]): void {
    this.#rules = rules.map((rule) => ({ rule, left: rule.times ?? Number.POSITIVE_INFINITY }))
  }

  /** The fault that befalls a request, if one does. */
  next({ method, path }: Pick<DoubleRequest, 'method' | 'path'>): HttpFaultRule | null {
    for (const armed of this.#rules) {
      const { rule, left } = armed
      if (left <= 0 || (rule.method !== undefined && rule.method !== method)) continue
      if (rule.path !== undefined && !new RegExp(rule.path, 'u').test(path)) continue
      if (this.#chance() >= (rule.chance ?? 1)) continue
      armed.left -= 1
      this.hits[rule.fault] = (this.hits[rule.fault] ?? 0) + 1
      return rule
    }
    return null
  }
}
