import type { CanonicalEvent, CommandType, EventType, SystemRole } from '@backhaul/sdk/canonical'
import type { ActiveConnection } from '../../connect/active-connection.ts'
import type { Connections } from '../../connect/connections.ts'
import type { OwedCommand } from '../../domain/index.ts'
import type { PublishedEvent } from '../../store/batch.ts'
import type { PastEvent } from './apply.ts'
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
  /** Entries of the history that count only now, and whose subscribers hear of them now. */
  readonly revived: readonly PastEvent[]
  readonly source: string
}

/** Turns the commands that are owed to roles into deliveries to connections, and tells the subscribers. */
export function owe(connections: Connections, held: HeldCase, sending: Sending): Unrouted[] {
  const unrouted: Unrouted[] = []
  const { occurredAt } = sending
  const traceparent = sending.event.traceparent ?? null
  for (const { role, type, key, body } of sending.owed) {
    const target = connections.routeOf(role)
    if (!target) unrouted.push({ command: type, role, reason: 'no_connection' })
    else if (!supports(target, type))
      unrouted.push({ command: type, role, reason: 'not_supported' })
    else push(held, { target, role, type, key, body, occurredAt, traceparent, event: null })
  }
  for (const past of sending.revived) publishPast(connections, held, { past, traceparent })
  if (sending.isPublished) publish(connections, held, sending)
  return unrouted
}

/** Publishes the event at hand. What it did is not known yet: `attachEvent` adds it. */
function publish(
  connections: Connections,
  held: HeldCase,
  { event, eventKey, occurredAt, source }: Sending,
): void {
  const traceparent = event.traceparent ?? null
  for (const target of subscribers(connections, { type: event.type, source })) {
    // The event stands in the history under this number: it is not stored a second time.
    const body = { eventSeq: held.version }
    pushPublication(held, target, { eventKey, body, occurredAt, traceparent, event: null })
  }
}

function publishPast(
  connections: Connections,
  held: HeldCase,
  { past, traceparent }: { readonly past: PastEvent; readonly traceparent: string | null },
): void {
  const { event, eventKey, seq, recordedAt } = past
  const type = event.type as EventType
  for (const target of subscribers(connections, { type, source: event.source })) {
    const body = { eventSeq: seq, ...(recordedAt ? { eventAt: recordedAt.toISOString() } : {}) }
    const { occurredAt } = event
    pushPublication(held, target, { eventKey, body, occurredAt, traceparent, event })
  }
}

/** Who is told of an event. Its own words do not come back to a source. */
function subscribers(
  connections: Connections,
  { type, source }: { readonly type: EventType; readonly source: string },
): ActiveConnection[] {
  return connections
    .subscribersOf(type)
    .filter((target) => target.id !== source && supports(target, 'event.publish'))
}

function pushPublication(
  held: HeldCase,
  target: ActiveConnection,
  publication: {
    readonly eventKey: string
    readonly body: unknown
    readonly occurredAt: string
    readonly traceparent: string | null
    readonly event: PublishedEvent | null
  },
): void {
  const { eventKey, body, occurredAt, traceparent, event } = publication
  const key = `event.publish:${target.id}:${eventKey}`
  const type = 'event.publish'
  push(held, { target, role: 'analytics', type, key, body, occurredAt, traceparent, event })
}

/** Gives the publications of the event at hand, those from `from` on, the event as the history has it. */
export function attachEvent(
  held: HeldCase,
  { from, event }: { from: number; event: PublishedEvent },
): void {
  for (let index = from; index < held.deliveries.length; index += 1) {
    const delivery = held.deliveries[index]
    if (delivery?.commandType !== 'event.publish' || delivery.event !== null) continue
    delivery.event = event
  }
}

function push(
  held: HeldCase,
  command: {
    readonly target: ActiveConnection
    readonly role: SystemRole
    readonly type: CommandType
    readonly key: string
    readonly body: unknown
    readonly occurredAt: string
    readonly traceparent: string | null
    readonly event: PublishedEvent | null
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
    occurredAt: command.occurredAt,
    traceparent: command.traceparent,
    replayOf: null,
    body: command.body,
    event: command.event,
  })
}

/** A connection whose configuration is broken cannot say what it supports: what is owed to it waits until it is mended. */
function supports(target: ActiveConnection, type: CommandType): boolean {
  return target.state === 'broken' || target.connector.delivers[type] !== undefined
}
