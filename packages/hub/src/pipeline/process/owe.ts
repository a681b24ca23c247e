import type { CanonicalEvent, CommandType, EventType, SystemRole } from '@backhaul/sdk/canonical'
import type { ActiveConnection } from '../../connect/active-connection.ts'
import type { Connections } from '../../connect/connections.ts'
import type { OwedCommand } from '../../domain/index.ts'
import type { HeldCase } from './work.ts'

/** A command for which no connection is there, as the case's history keeps it. */
export interface Unrouted {
  readonly command: string
  readonly role: SystemRole
  readonly reason: 'no_connection' | 'not_supported'
}

/** What one event makes the hub send. */
export interface Sending {
  readonly event: CanonicalEvent
  readonly eventKey: string
  readonly occurredAt: string
  readonly owed: readonly OwedCommand[]
  readonly isPublished: boolean
  readonly source: string
}

/** Turns the commands that are owed to roles into deliveries to connections, and tells the subscribers. */
export function owe(connections: Connections, held: HeldCase, sending: Sending): Unrouted[] {
  const unrouted: Unrouted[] = []
  for (const command of sending.owed) {
    const target = connections.routeOf(command.role)
    if (!target)
      unrouted.push({ command: command.type, role: command.role, reason: 'no_connection' })
    else if (!supports(target, command.type)) {
      unrouted.push({ command: command.type, role: command.role, reason: 'not_supported' })
    } else
      push(held, sending, {
        target,
        role: command.role,
        type: command.type,
        key: command.key,
        body: command.body,
      })
  }
  if (sending.isPublished) publish(connections, held, sending)
  return unrouted
}

function publish(connections: Connections, held: HeldCase, sending: Sending): void {
  const type: EventType = sending.event.type
  for (const target of connections.subscribersOf(type)) {
    // Its own words do not come back to a source.
    if (target.id === sending.source || !supports(target, 'event.publish')) continue
    const key = `event.publish:${target.id}:${sending.eventKey}`
    // The event stands in the history under this number: it is not stored a second time.
    push(held, sending, {
      target,
      role: 'analytics',
      type: 'event.publish',
      key,
      body: { eventSeq: held.version },
    })
  }
}

function push(
  held: HeldCase,
  sending: Sending,
  command: {
    readonly target: ActiveConnection
    readonly role: SystemRole
    readonly type: CommandType
    readonly key: string
    readonly body: unknown
  },
): void {
  held.deliverySeq += 1
  held.deliveries.push({
    caseId: held.caseId,
    deliveryNo: held.deliverySeq,
    connectionId: command.target.id,
    role: command.role,
    commandType: command.type,
    commandKey: command.key,
    caseNo: held.caseNo,
    caseVersion: held.version,
    occurredAt: sending.occurredAt,
    traceparent: sending.event.traceparent ?? null,
    replayOf: null,
    body: command.body,
  })
}

/** A connection whose configuration is broken cannot say what it supports: what is owed to it waits until it is mended. */
function supports(target: ActiveConnection, type: CommandType): boolean {
  return target.state === 'broken' || target.connector.delivers[type] !== undefined
}
