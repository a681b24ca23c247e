import type { EventProblem } from '@backhaul/sdk/canonical'
import { type Budget, budgetFor } from '../platform/expression/budget.ts'
import type { UnmappedValue, UnreadableCode } from './reading.ts'
import type { WordScope, Words } from './words.ts'

/** All the problems of a message are told at once, up to this many. */
export const problemLimit = 20
/** An untranslated value is shown to a person; more of it would not help them. */
const shownValueLength = 200

/** Texts of a payload longer than this reach expressions cut off: no field of a contract holds as much. */
const textLimit = 16_384
const depthLimit = 200
/** Items of lists that are gone through for one message; a list within a list is gone through again and again. */
const itemLimit = 20_000

/** What one message or command is mapped with, and what went wrong on the way. */
export class MappingRun {
  readonly words: Words
  readonly isOutbound: boolean
  /** What words mean depends on it; it is known better while an event is made. */
  wordScope: WordScope
  /** Positions in the lists that are gone through, outermost first. */
  readonly indices: number[] = []
  readonly problems: EventProblem[] = []
  readonly unmapped: UnmappedValue[] = []
  hasMismatch = false
  #items = 0
  readonly #value: unknown
  #budget: Budget | null = null

  constructor(given: {
    readonly words: Words
    readonly isOutbound: boolean
    readonly wordScope: WordScope
    /** What expressions go through. */
    readonly value: unknown
  }) {
    this.words = given.words
    this.isOutbound = given.isOutbound
    this.wordScope = given.wordScope
    this.#value = given.value
  }

  get budget(): Budget {
    this.#budget ??= budgetFor(this.#value)
    return this.#budget
  }

  /** Takes the items of a list. @returns whether that many may still be gone through. */
  take(items: number): boolean {
    this.#items += items
    return this.#items <= itemLimit
  }

  /** How much has gone wrong so far. */
  get faults(): number {
    return this.problems.length + this.unmapped.length
  }

  problem(pointer: string, message: string): void {
    if (this.problems.length >= problemLimit) return
    this.problems.push({ pointer, code: 'invalid', message })
  }

  /** Notes a word that nobody has translated, once. */
  missing(vocabulary: string, value: string): void {
    const shown = value.slice(0, shownValueLength)
    const isKnown = this.unmapped.some(
      (one) => one.vocabulary === vocabulary && one.value === shown,
    )
    if (!isKnown && this.unmapped.length < problemLimit) {
      this.unmapped.push({ vocabulary, value: shown, company: this.wordScope.company })
    }
  }

  /** What a person has to repair first: words, then units, then the shape. */
  get code(): UnreadableCode {
    if (this.unmapped.length > 0) return 'MD01'
    return this.hasMismatch ? 'MD02' : 'IT03'
  }
}

/**
 * A payload as expressions may see it: its longest texts cut off, so that no expression goes through
 * megabytes.
 */
export function shortenTexts(value: unknown): unknown {
  return hasLongText(value) ? shortened(value, 0) : value
}

function hasLongText(value: unknown): boolean {
  const stack: unknown[] = [value]
  while (stack.length > 0) {
    const one = stack.pop()
    if (typeof one === 'string') {
      if (one.length > textLimit) return true
    } else if (typeof one === 'object' && one !== null) {
      for (const item of Array.isArray(one) ? one : Object.values(one)) stack.push(item)
    }
  }
  return false
}

function shortened(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return value.slice(0, textLimit)
  if (typeof value !== 'object' || value === null) return value
  if (depth > depthLimit) return null
  if (Array.isArray(value)) return value.map((item) => shortened(item, depth + 1))
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, shortened(item, depth + 1)]),
  )
}
