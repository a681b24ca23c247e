import {
  type CanonicalEvent,
  internalEventTypes,
  parseCanonicalEvent,
} from '@backhaul/sdk/canonical'
import { type Unreadable, unreadable } from './reading.ts'

type EventReading = { readonly kind: 'event'; readonly event: CanonicalEvent } | Unreadable

/** Reads a value that came from outside as a canonical event. The hub's own events are not for others to send. */
export function readForeignEvent(value: unknown): EventReading {
  const reading = readEvent(value)
  if (reading.kind === 'event' && internalEventTypes.has(reading.event.type)) {
    const message = 'only the hub itself makes events of this type'
    return unreadable([{ pointer: '/type', code: 'internal_type', message }])
  }
  return reading
}

/** Reads any canonical event, the hub's own included. */
export function readEvent(value: unknown): EventReading {
  const parsed = parseCanonicalEvent(value)
  return parsed.ok ? { kind: 'event', event: parsed.event } : unreadable(parsed.problems)
}
