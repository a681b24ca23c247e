/** What is left of the steps that one message may cost. */
export interface Budget {
  left: number
  /** What each operation on texts costs besides, since a text of the data is long. */
  readonly textCost: number
  /** What each search in a list costs besides, since a list of the data is long. */
  readonly listCost: number
}

/** A step is some 100 ns: 50 ms of work. */
const steps = 500_000
/** Characters, and items, that are gone through in one step. */
const charactersAStep = 500
const itemsAStep = 10

/** A budget for expressions over `value`. */
export function budgetFor(value: unknown): Budget {
  const { text, list } = longestIn(value)
  return {
    left: steps,
    textCost: Math.floor(text / charactersAStep),
    listCost: Math.floor(list / itemsAStep),
  }
}

/** Takes steps from the budget. @returns whether there were enough left. */
export function charge(budget: Budget, cost: number): boolean {
  budget.left -= cost
  return budget.left >= 0
}

/** The lengths of the longest text and list in a value; without recursion, since values come from outside. */
function longestIn(value: unknown): { readonly text: number; readonly list: number } {
  const stack: unknown[] = [value]
  let text = 0
  let list = 0
  while (stack.length > 0) {
    const one = stack.pop()
    if (typeof one === 'string') text = Math.max(text, one.length)
    else if (typeof one === 'object' && one !== null) {
      const items = Array.isArray(one) ? one : Object.values(one)
      list = Math.max(list, items.length)
      for (const item of items) stack.push(item)
    }
  }
  return { text, list }
}
