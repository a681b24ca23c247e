import type { Delivered } from '@backhaul/sdk'
import { type CanonicalEvent, cloudEventType } from '@backhaul/sdk/canonical'
import { isWaitedFor } from '../../domain/index.ts'
import type { Tx } from '../../store/database.ts'
import { type InboxMessage, insertWaitingMessages, takeMessageIds } from '../../store/inbox.ts'
import {
  type AttemptRow,
  blockBehind,
  endDeliveries,
  formatDeliveryId,
  insertDead,
  type LeasedDelivery,
  postpone,
  wakeLanes,
} from '../../store/outbox.ts'
import { canonicalTopic, internalMessage, makeMessage } from '../message.ts'
import { type AttemptOutcome, idempotencyKeyOf } from './attempt.ts'
import { exceptionOfFailure } from './exception-of-failure.ts'

/** A try that is over, with what has to be written about it. */
export interface Completion {
  readonly delivery: LeasedDelivery
  readonly outcome: AttemptOutcome
  readonly durationMs: number
  /** When to try again; null when it has ended. */
  readonly delayMs: number | null
}

/** Deliveries that were not tried: put back for whoever claims them, or behind the one before them. */
export interface PutBack {
  readonly delivery: LeasedDelivery
  readonly kind: 'due' | 'behind'
  readonly delayMs: number
}

/** What a completion batch left for others to do at once. */
export interface Completed {
  readonly wokenLanes: number
  readonly messages: number
}

/** By when a customer is told of what is late. */
export interface Lateness {
  readonly now: Date
  /** From when a command was owed. */
  readonly afterMs: number
}

/** Writes how tries ended. What a case has to learn of it goes to the inbox, like everything else that changes a case. */
export async function writeCompletions(
  tx: Tx,
  {
    completions,
    putBacks,
    lateness,
  }: {
    readonly completions: readonly Completion[]
    readonly putBacks: readonly PutBack[]
    readonly lateness: Lateness
  },
): Promise<Completed> {
  const ended = completions.filter(({ delayMs }) => delayMs === null)
  const deleted = await endDeliveries(tx, {
    ended: ended.map(({ delivery }) => delivery),
    attempts: completions.map(attemptRow),
  })
  const names = new Set(deleted.map(formatDeliveryId))
  // A try by a process that no longer held the delivery ends nothing: who holds it now does.
  const held = ended.filter(({ delivery }) => names.has(formatDeliveryId(delivery)))
  await insertDead(tx, held.filter(({ outcome }) => outcome.kind !== 'delivered').map(deadRow))
  await postpone(tx, [...completions.flatMap(postponed), ...putBacks.flatMap(putBackDue)])
  await blockBehind(
    tx,
    putBacks.filter(({ kind }) => kind === 'behind').map(({ delivery }) => delivery),
  )
  const wokenLanes = await wakeLanes(
    tx,
    deleted.filter(({ isFollowed }) => isFollowed),
  )
  const messages = await storeResults(tx, [
    ...held.flatMap((completion) => resultMessages(completion, lateness)),
    ...completions.flatMap((completion) => delayMessages(completion, lateness)),
  ])
  return { wokenLanes, messages }
}

/** Queues what cases have to learn. A result that was queued before, by a try that was written twice, counts once. */
async function storeResults(tx: Tx, messages: readonly InboxMessage[]): Promise<number> {
  if (messages.length === 0) return 0
  const { taken, now } = await takeMessageIds(tx, messages)
  const fresh = messages.filter(({ messageId }) => taken.has(messageId))
  await insertWaitingMessages(tx, fresh, { now })
  return fresh.length
}

function attemptRow({ delivery, outcome, durationMs, delayMs }: Completion): AttemptRow {
  const { caseId, deliveryNo, attempt } = delivery
  const isDelivered = outcome.kind === 'delivered'
  return {
    caseId,
    deliveryNo,
    attempt,
    durationMs: Math.round(durationMs),
    outcome: loggedOutcome(outcome, delayMs),
    status: isDelivered ? null : outcome.status,
    code: isDelivered ? null : outcome.code,
    reason: isDelivered ? null : outcome.reason,
    externalId: isDelivered ? (outcome.delivered.externalId ?? null) : null,
  }
}

function loggedOutcome(outcome: AttemptOutcome, delayMs: number | null): AttemptRow['outcome'] {
  if (outcome.kind === 'delivered') return outcome.isReadBack ? 'read_back' : 'delivered'
  return delayMs === null ? 'dead' : outcome.kind
}

function deadRow({ delivery, outcome }: Completion) {
  const { caseId, deliveryNo, connectionId, createdAt, commandType, attempt } = delivery
  const code = outcome.kind === 'delivered' ? '' : outcome.code
  const reason = outcome.kind === 'delivered' ? null : outcome.reason
  return {
    caseId,
    deliveryNo,
    connectionId,
    createdAt,
    commandType,
    attempts: attempt,
    code,
    reason,
  }
}

function postponed({ delivery, outcome, delayMs }: Completion) {
  if (delayMs === null || outcome.kind === 'delivered') return []
  return [
    {
      ...delivery,
      delayMs,
      isUnknown: outcome.kind === 'unknown',
      code: outcome.code,
      countsAttempt: true,
    },
  ]
}

function putBackDue({ delivery, kind, delayMs }: PutBack) {
  if (kind !== 'due') return []
  return [
    {
      ...delivery,
      delayMs,
      isUnknown: delivery.isUnknown,
      code: 'NOT_TRIED',
      countsAttempt: false,
    },
  ]
}

/**
 * What the case is told. A plain success changes nothing about a case and is kept with the delivery alone;
 * an id that the neighbor gave, an end without success, and a replay that worked at last do.
 */
function resultMessages({ delivery, outcome }: Completion, lateness: Lateness): InboxMessage[] {
  if (
    delivery.commandType === 'event.publish' &&
    outcome.kind === 'delivered' &&
    delivery.replayOf === null
  )
    return []
  if (outcome.kind !== 'delivered')
    return [
      resultMessage(delivery, 'delivery.died', {
        ...(delivery.replayOf === null ? {} : { deliveryId: firstIdOf(delivery) }),
        code: outcome.code,
        connection: delivery.connectionId,
        ...(outcome.reason === null ? {} : { reason: outcome.reason }),
        exception: outcome.exception ?? exceptionOfFailure(outcome.code),
        ...(isWaitedFor(delivery.commandType)
          ? { lateAt: new Date(lateAtMs(delivery, lateness)).toISOString() }
          : {}),
      }),
    ]
  const { externalId, events } = outcome.delivered
  const messages: InboxMessage[] = []
  if (externalId !== undefined || (outcome.delivered.refs ?? []).length > 0)
    messages.push(
      resultMessage(delivery, 'delivery.confirmed', confirmation(delivery, outcome.delivered)),
    )
  if (delivery.replayOf !== null || (delivery.attempt > 1 && isLate(delivery, lateness))) {
    messages.push(
      resultMessage(delivery, 'delivery.recovered', { deliveryId: firstIdOf(delivery) }),
    )
  }
  return [...messages, ...(events ?? []).map((event) => reportedEvent(delivery, event))]
}

/** The case hears once of a delivery that is tried again and late by now: the message has the same id each time. */
function delayMessages(
  { delivery, outcome, delayMs }: Completion,
  lateness: Lateness,
): InboxMessage[] {
  if (outcome.kind === 'delivered' || delayMs === null || !isLate(delivery, lateness)) return []
  const data = { deliveryId: firstIdOf(delivery), connection: delivery.connectionId }
  return [resultMessage(delivery, 'delivery.delayed', data)]
}

function isLate(delivery: LeasedDelivery, lateness: Lateness): boolean {
  const isAwaited = isWaitedFor(delivery.commandType)
  return isAwaited && lateAtMs(delivery, lateness) <= lateness.now.getTime()
}

function lateAtMs({ createdAt }: LeasedDelivery, { afterMs }: Lateness): number {
  return createdAt.getTime() + afterMs
}

/** The delivery that was tried first; its replays die and recover in its name. */
function firstIdOf({ caseId, deliveryNo, replayOf }: LeasedDelivery): string {
  return formatDeliveryId({ caseId, deliveryNo: replayOf ?? deliveryNo })
}

function confirmation(delivery: LeasedDelivery, { externalId, refs = [] }: Delivered) {
  const bound = refs.map(({ type, value }) => ({ system: delivery.connectionId, type, value }))
  return { externalId, ...(bound.length > 0 ? { refs: bound } : {}) }
}

function resultMessage(
  delivery: LeasedDelivery,
  type: 'delivery.confirmed' | 'delivery.delayed' | 'delivery.died' | 'delivery.recovered',
  data: Record<string, unknown>,
): InboxMessage {
  const deliveryId = formatDeliveryId(delivery)
  const time = new Date().toISOString()
  return internalMessage({
    source: 'delivery',
    externalId: `${deliveryId}:${type}`,
    actor: `connection:${delivery.connectionId}`,
    event: {
      id: `${deliveryId}:${type}`,
      type,
      subject: delivery.caseId,
      time,
      data: {
        deliveryId,
        command: delivery.commandType,
        role: delivery.role,
        ...data,
      },
    },
  })
}

/** An event that the neighbor's answer contained, under the neighbor's name. */
function reportedEvent(delivery: LeasedDelivery, event: CanonicalEvent): InboxMessage {
  const envelope = {
    specversion: '1.0',
    ...event,
    type: cloudEventType(event.type),
    subject: event.subject ?? delivery.caseId,
  }
  return makeMessage({
    connectionId: delivery.connectionId,
    topic: canonicalTopic,
    externalId: `${idempotencyKeyOf(delivery)}:${event.id}`,
    body: Buffer.from(JSON.stringify(envelope)),
    actor: `connection:${delivery.connectionId}`,
  })
}
