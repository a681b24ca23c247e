import type { CaseState, LineState } from '../case-state.ts'
import { factEvents } from './facts.ts'
import type { ActivePolicies } from './select.ts'

/** What rules ask for comes with these events: after each, a return may be decided, or decided anew. */
const deciding: ReadonlySet<string> = new Set(factEvents)

const undecided: ReadonlySet<string> = new Set(['requested', 'under_review', 'info_needed'])

/** The lines of a return that wait for somebody to say whether they may come back. */
export function waitingLines({ lines }: CaseState): readonly LineState[] {
  return lines.filter(({ axes }) => undecided.has(axes.authorization))
}

/** Whether a rule set has to be asked about a return, after events of these types. */
export function wantsDecision(
  policies: ActivePolicies,
  state: CaseState,
  types: readonly string[],
): boolean {
  if (!types.some((type) => deciding.has(type))) return false
  return policies.covers(state.header) && waitingLines(state).length > 0
}
