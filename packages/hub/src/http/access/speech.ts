import { axisLetters, type CanonicalEvent, type EventData } from '@backhaul/sdk/canonical'
import type { Connections } from '../../connect/connections.ts'
import { eventRules } from '../../domain/event-rules.ts'
import { axesOf } from '../../pipeline/speaker.ts'
import { HubError } from '../../platform/errors.ts'
import type { Caller } from './caller.ts'
import { mayDo } from './rights.ts'

/** In whose name a caller's events are taken in. */
export interface Voice {
  readonly connectionId: string
  readonly actor: string
  /** Axis letters; null for those of the connection. */
  readonly owns: string | null
}

/** @throws {HubError} CONNECTION_DISABLED when the connection that the key speaks for may not be heard. */
export function voiceOf(caller: Caller, connections: Pick<Connections, 'get'>): Voice {
  const { connectionId, actor, role } = caller
  if (connectionId === null) return { connectionId: 'api', actor, owns: axesOf(role) }
  const connection = connections.get(connectionId)
  if (connection === undefined || connection.storedState === 'disabled') {
    throw new HubError('CONNECTION_DISABLED', `The connection ${connectionId} is disabled.`)
  }
  return { connectionId, actor, owns: null }
}

/**
 * Whether a caller may say this at all. A system's statement about what it does not own is kept as a
 * claim; a person's is refused here, where they can still be told.
 */
export function mayTell(caller: Caller, event: CanonicalEvent): boolean {
  if (caller.connectionId !== null) return true
  // Against the rules, people decide by the operation that holds them to their limits.
  if ('override' in event.data && event.data.override !== undefined) return false
  if (event.type === 'return.requested') return mayDo(caller.role, 'returns.create')
  const { axis, isOpenToAll, alsoOwners = [] } = eventRules[event.type]
  const own = axesOf(caller.role)
  if (event.type === 'status.reported') {
    const { data } = event as CanonicalEvent & { readonly data: EventData<'status.reported'> }
    return own.includes(axisLetters[data.axis])
  }
  if (axis === null || isOpenToAll) return own !== ''
  return [axis, ...alsoOwners].some((one) => own.includes(axisLetters[one]))
}
