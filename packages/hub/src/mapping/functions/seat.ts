import { HaltError } from '../../platform/expression/language.ts'
import type { MappingRun } from '../run.ts'

/**
 * The run whose expressions are evaluated. Functions of an expression get nothing but their arguments, and
 * a run waits for nothing, so that there is one at a time.
 */
let seat: MappingRun | null = null

/** Does something with `run` in the seat. */
export function seated<T>(run: MappingRun, work: () => T): T {
  const before = seat
  seat = run
  try {
    return work()
  } finally {
    seat = before
  }
}

export function currentRun(): MappingRun {
  if (!seat) throw new HaltError('nothing is mapped at the moment')
  return seat
}

/** A word, a product, a customer or a pack that nobody knows: no default stands in for it. */
export class UnknownWordError extends HaltError {}

/** @throws {UnknownWordError} always, after the value was noted. */
export function failUnmapped(vocabulary: string, value: string): never {
  currentRun().missing(vocabulary, value)
  throw new UnknownWordError(`nobody has said what a value of ${vocabulary} means`)
}
