import { type Budget, charge } from './budget.ts'
import type { ExpressionCost } from './guard.ts'

/** Thrown by a function of the language to say why there is no value; `evaluate` hands it on as a value. */
export class HaltError extends Error {}

/** Thrown where the budget is used up. */
export class TooCostlyError extends Error {}

/** What the evaluation under way pays from; functions of an expression get nothing but their arguments. */
interface Seat {
  readonly budget: Budget
  /** What one step of its iterations costs at most. */
  readonly weight: number
}

let seat: Seat | null = null

/**
 * Evaluates, paying from `budget`. Evaluations wait for nothing and do not nest, so there is one at a time.
 *
 * @throws {TooCostlyError} when the budget is used up; otherwise what `run` throws.
 */
export function runMetered<T>(
  { budget, cost }: { readonly budget: Budget; readonly cost: ExpressionCost },
  run: () => T,
): T {
  const weight = cost.nodes + cost.texts * budget.textCost + cost.searches * budget.listCost
  seat = { budget, weight }
  try {
    pay(weight)
    return run()
  } finally {
    seat = null
  }
}

/**
 * Takes steps for work that depends on the data.
 *
 * @throws {TooCostlyError} when the budget is used up.
 */
export function pay(cost: number): void {
  if (seat && !charge(seat.budget, cost)) throw new TooCostlyError('it would take too many steps')
}

/** Hands on what is iterated over, of whatever type, paid for. */
export function metered(iterated: unknown): unknown {
  if (Array.isArray(iterated)) pay(iterated.length * (seat?.weight ?? 1))
  else if (typeof iterated === 'object' && iterated !== null) {
    pay(Object.keys(iterated).length * (seat?.weight ?? 1))
  }
  return iterated
}
