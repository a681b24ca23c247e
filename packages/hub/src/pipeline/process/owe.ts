import {
  type CanonicalEvent,
  type CommandBody,
  type CommandType,
  commandContracts,
  type EventType,
  type SystemRole,
} from '@backhaul/sdk/canonical'
import type { ActiveConnection } from '../../connect/active-connection.ts'
import type { Connections } from '../../connect/connections.ts'
import type { CaseState, OwedCommand } from '../../domain/index.ts'
import type { Mapper } from '../../mapping/mapper.ts'
import type { PublishedEvent } from '../../store/batch.ts'
import type { PastEvent } from './apply.ts'
import { scopeOf } from './return-scope.ts'
import { isSettlement, type Settler, settlerOf } from './settler.ts'
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
  /** A command goes to who plays its role now, however long ago its cause was. */
  readonly now: Date
  readonly owed: readonly OwedCommand[]
  readonly isPublished: boolean
  /** Entries of the history that count only now, and whose subscribers hear of them now. */
  readonly revived: readonly PastEvent[]
  readonly source: string
}

/** Who there is to send to, and what each can be told. */
export interface OweDeps {
  readonly connections: Connections
  readonly mapper: Pick<Mapper, 'speaks'>
}

/** Turns the commands that are owed to roles into deliveries to connections, and tells the subscribers. */
export function owe(deps: OweDeps, held: HeldCase, sending: Sending): Unrouted[] {
  const unrouted: Unrouted[] = []
  const { occurredAt } = sending
  const traceparent = sending.event.traceparent ?? null
  for (const { type, key, body, ...usual } of sending.owed) {
    const { role, target } = receiverOf(deps, held, { ...usual, type, body, now: sending.now })
    if (target?.id === sending.source && repeatsItsCause.has(type)) continue
    if (target && isItsOwnWord(target, { type, body }, held)) continue
    if (!target) unrouted.push({ command: type, role, reason: 'no_connection' })
    else if (!supports(deps, target, type))
      unrouted.push({ command: type, role, reason: 'not_supported' })
    else push(held, { target, role, type, key, body, occurredAt, traceparent, event: null })
  }
  for (const past of sending.revived) publishPast(deps, held, { past, traceparent })
  if (sending.isPublished) publish(deps, held, sending)
  return unrouted
}

/** Who plays the role for the return; of what settles it, who has authority over that. */
function receiverOf(
  deps: OweDeps,
  held: HeldCase,
  owed: Pick<OwedCommand, 'role' | 'type' | 'body'> & { readonly now: Date },
): Settler {
  const { connections } = deps
  const { state } = held
  const { type, now } = owed
  const { role, target } = isSettlement(type)
    ? settlerOf(connections, { ...owed, type, state })
    : { role: owed.role, target: connections.routeOf(owed.role, scopeOf(state, now)) }
  return { role, target: originOf(deps, held, role) ?? target }
}

/** Commands that only pass on what was said: who has said it is not told. */
const repeatsItsCause: ReadonlySet<CommandType> = new Set(['note.record', 'receipt.close_short'])

/** A system that has told of a receipt has it in its books: it is not told to record it. */
function isItsOwnWord(
  { id }: ActiveConnection,
  { type, body }: { readonly type: CommandType; readonly body: unknown },
  { state }: HeldCase,
): boolean {
  if (type !== 'receipt.record') return false
  const { receiptId } = body as CommandBody<'receipt.record'>
  return state?.receipts.find((one) => one.receiptId === receiptId)?.source === id
}

const heardByOrigin: ReadonlySet<SystemRole> = new Set(['channel', 'helpdesk'])

/**
 * The system that the return was asked for in, where it plays the role: of several shops, news goes to the one
 * that knows the return, whatever the route says of the others.
 */
function originOf(
  { connections }: OweDeps,
  { state }: HeldCase,
  role: SystemRole,
): ActiveConnection | undefined {
  if (state === null || !heardByOrigin.has(role)) return undefined
  const origin = connections.get(state.header.sourceSystem)
  const isPlaying = origin?.roles.includes(role) === true && origin.storedState !== 'disabled'
  return isPlaying ? origin : undefined
}

/** Takes back questions about an order that were answered in the batch in which they were owed. */
export function dropAnswered(held: HeldCase): void {
  if (held.state?.header.orderLookUp !== 'answered') return
  const open = held.deliveries.filter(({ commandType }) => commandType !== 'order.look_up')
  if (open.length < held.deliveries.length) held.deliveries.splice(0, Infinity, ...open)
}

/** Publishes the event at hand. What it did is not known yet: `attachEvent` adds it. */
function publish(
  deps: OweDeps,
  held: HeldCase,
  { event, eventKey, occurredAt, source }: Sending,
): void {
  const traceparent = event.traceparent ?? null
  for (const target of subscribers(deps, { type: event.type, source })) {
    // The event stands in the history under this number: it is not stored a second time.
    const body = { eventSeq: held.version }
    pushPublication(held, target, { eventKey, body, occurredAt, traceparent, event: null })
  }
}

function publishPast(
  deps: OweDeps,
  held: HeldCase,
  { past, traceparent }: { readonly past: PastEvent; readonly traceparent: string | null },
): void {
  const { event, eventKey, seq, recordedAt } = past
  const type = event.type as EventType
  for (const target of subscribers(deps, { type, source: event.source })) {
    const body = { eventSeq: seq, ...(recordedAt ? { eventAt: recordedAt.toISOString() } : {}) }
    const { occurredAt } = event
    pushPublication(held, target, { eventKey, body, occurredAt, traceparent, event })
  }
}

/** Who is told of an event. Its own words do not come back to a source. */
function subscribers(
  deps: OweDeps,
  { type, source }: { readonly type: EventType; readonly source: string },
): ActiveConnection[] {
  return deps.connections
    .subscribersOf(type)
    .filter((target) => target.id !== source && supports(deps, target, 'event.publish'))
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

/** Whether somebody plays the role for the return, and can be told this. */
export function isTold(
  deps: OweDeps,
  { state, now }: { readonly state: CaseState | null; readonly now: Date },
  type: CommandType,
): boolean {
  const target = deps.connections.routeOf(commandContracts[type].role, scopeOf(state, now))
  return target !== undefined && supports(deps, target, type)
}

/** A connection whose configuration is broken cannot say what it supports: what is owed to it waits until it is mended. */
function supports({ mapper }: OweDeps, target: ActiveConnection, type: CommandType): boolean {
  if (target.state === 'broken') return true
  const { delivers, deliversMapped } = target.connector
  return delivers[type] !== undefined && (!deliversMapped || mapper.speaks(target.id, type))
}
