import {
  type CanonicalEvent,
  type EventProblem,
  internalEventTypes,
  parseCanonicalEvent,
} from '@backhaul/sdk/canonical'

/** What a message says: an event, or why it cannot be read. */
export type Reading =
  | { readonly kind: 'event'; readonly event: CanonicalEvent }
  | { readonly kind: 'unreadable'; readonly problems: readonly EventProblem[] }

/** Reads a value that came from outside as a canonical event. The hub's own events are not for others to send. */
export function readForeignEvent(value: unknown): Reading {
  const reading = readEvent(value)
  if (reading.kind === 'event' && internalEventTypes.has(reading.event.type)) {
    return {
      kind: 'unreadable',
      problems: [
        {
          pointer: '/type',
          code: 'internal_type',
          message: 'only the hub itself makes events of this type',
        },
      ],
    }
  }
  return reading
}

/** Reads any canonical event, the hub's own included. */
export function readEvent(value: unknown): Reading {
  const parsed = parseCanonicalEvent(value)
  return parsed.ok
    ? { kind: 'event', event: parsed.event }
    : { kind: 'unreadable', problems: parsed.problems }
}
