import type { Draft } from './draft.ts'
import { takeEvent } from './handlers.ts'

/**
 * Looks again at what was held as evidence, oldest first: after a reversal, a larger authorization or a
 * larger invoice it may fit, and then it counts.
 */
export function reconsiderHeld(draft: Draft): void {
  const { event } = draft
  for (const fact of draft.state.held) {
    // What is held anew stays as it was said the first time; what fits is released by its handler.
    const before = draft.state.held
    const verdict = takeEvent(draft, { ...fact.event, occurredAt: event.occurredAt })
    if (verdict !== null) draft.state.held = draft.state.held.filter((entry) => entry !== fact)
    else if (draft.state.held.length === before.length) draft.state.held = before
  }
  draft.event = event
}
