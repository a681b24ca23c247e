import type { EventData } from '@backhaul/sdk/canonical'
import type { Connections } from '../../connect/connections.ts'
import type { ReturnScope } from '../../connect/scoped-rows.ts'
import type { CaseState, StampedEvent } from '../../domain/index.ts'

/** Where a return belongs; undefined before it has a state. */
export function scopeOf(state: CaseState | null, at: Date): ReturnScope | undefined {
  if (state === null) return undefined
  const { company, warehouse, channel } = state.header
  return { company, warehouse, channel, at }
}

/**
 * The event with the axes that its source owns of this very return, at the time of which it speaks. Where the site
 * makes no difference between returns, it is the event as it is.
 */
export function withOwners(
  connections: Pick<Connections, 'owns' | 'isOwnershipScoped'>,
  state: CaseState | null,
  event: StampedEvent,
): StampedEvent {
  if (!connections.isOwnershipScoped) return event
  const at = new Date(event.occurredAt)
  const scope = scopeOf(state, at) ?? scopeOfRequest(event, at)
  return { ...event, owns: connections.owns(event.source, scope) }
}

/** A request says itself where its return belongs; of anything else that opens one, nobody has said it. */
function scopeOfRequest({ type, data }: StampedEvent, at: Date): ReturnScope {
  if (type !== 'return.requested') return { company: 'main', warehouse: null, channel: '', at }
  const { company, warehouse, channel } = data as EventData<'return.requested'>
  return { company, warehouse: warehouse ?? null, channel, at }
}
