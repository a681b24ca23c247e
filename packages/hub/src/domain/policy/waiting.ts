import type { EventData } from '@backhaul/sdk/canonical'
import type { CaseState, LineState } from '../case-state.ts'
import { waitsForDecision } from '../ledger/lines.ts'
import { factEvents } from './facts.ts'
import type { ActivePolicies } from './select.ts'

/** An event of a return, as it was stored. */
interface Told {
  readonly type: string
  readonly data: unknown
}

/** What rules ask for comes with these events: after each, a return may be decided, or decided anew. */
const factTypes: ReadonlySet<string> = new Set(factEvents)

/** Facts have come, or it is certain that those that were asked for will not. */
function mayDecide({ type, data }: Told): boolean {
  if (type !== 'delivery.died') return factTypes.has(type)
  return (data as EventData<'delivery.died'>).command === 'order.look_up'
}

/** The lines of a return that wait for somebody to say whether they may come back. */
export function waitingLines({ lines }: CaseState): readonly LineState[] {
  return lines.filter(waitsForDecision)
}

/** Whether a rule set has to be asked about a return, after these events. */
export function wantsDecision(
  policies: ActivePolicies,
  state: CaseState,
  events: readonly Told[],
): boolean {
  if (!events.some(mayDecide)) return false
  return policies.covers(state.header) && waitingLines(state).length > 0
}
