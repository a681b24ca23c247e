import { z } from 'zod'
import { type CanonicalEvent, internalEventTypes, parseCanonicalEvent } from '../canonical/index.ts'

const maxEvents = 500

/**
 * The payload of a webhook that `interprets: 'canonical'`: one CloudEvent of the canonical language, or an
 * array of 1 to 500; the output is always an array. One bad event refuses the whole message, since its
 * sender repeats it as a whole.
 */
export const canonicalEvents = z.unknown().transform((input, context): CanonicalEvent[] => {
  const inputs: unknown[] = Array.isArray(input) ? input : [input]
  if (inputs.length === 0 || inputs.length > maxEvents) {
    addIssue(context, [], `holds 1 to ${maxEvents} events`)
    return z.NEVER
  }
  const events: CanonicalEvent[] = []
  for (const [index, one] of inputs.entries()) {
    const parsed = parseCanonicalEvent(one)
    const at = Array.isArray(input) ? [index] : []
    if (parsed.ok && internalEventTypes.has(parsed.event.type)) {
      addIssue(context, [...at, 'type'], 'only the hub itself makes this event')
    } else if (parsed.ok) events.push(parsed.event)
    else {
      for (const { pointer, message } of parsed.problems) {
        addIssue(context, [...at, ...pointer.split('/').slice(1)], message)
      }
    }
  }
  return events
})

function addIssue(
  context: z.core.$RefinementCtx,
  path: readonly (string | number)[],
  message: string,
): void {
  context.issues.push({ code: 'custom', path: [...path], message, input: undefined })
}
