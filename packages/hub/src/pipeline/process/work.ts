import { hash } from 'node:crypto'
import type { CaseId, ExternalRef } from '@backhaul/sdk/canonical'
import type { CaseState, Ledgers, StampedEvent } from '../../domain/index.ts'
import type { Reading, UnmappedValue } from '../../mapping/reading.ts'
import type { DeliveryWrite, EventWrite } from '../../store/batch.ts'
import type { InboxMessage } from '../../store/inbox.ts'
import type { MessageResult } from '../message.ts'

/** The timers of a case, by kind and key. */
export type TimerMap = ReadonlyMap<
  string,
  { readonly kind: string; readonly key: string; readonly dueAt: string }
>

/** One message on its way through a batch. */
export interface Work {
  readonly message: InboxMessage
  readonly reading: Reading
  /** When it was stored, if it was stored by an earlier transaction. */
  readonly storedAt: Date | null
  /** It waited for something, and tries again. */
  readonly wasParked: boolean
}

/** A delivery that is owed, before it has its place in a lane. */
export type OwedDelivery = Omit<DeliveryWrite, 'start' | 'isFollowed' | 'event'> & {
  /** Added when the event has its row. */
  event: DeliveryWrite['event']
}

/** A case that a batch has its hands on: locked, or new. Mutated while the batch's events are applied. */
export interface HeldCase {
  readonly caseId: CaseId
  readonly caseSeq: number
  readonly caseNo: string
  readonly createdAt: Date
  /** When it was last written before this batch; null for a new one. */
  readonly updatedAt: Date | null
  readonly isNew: boolean
  /** As it was when the batch began. */
  readonly before: CaseState | null
  state: CaseState | null
  version: number
  /** Version of the snapshot that the database has; 0 for none. */
  readonly snapshotVersion: number
  /** Its history was folded in another order than that of arrival: only a snapshot says how it stands. */
  wantsSnapshot: boolean
  deliverySeq: number
  seen: string
  /** The timers of `before`, and once the case is written, those of `state`; null where nobody has asked for them. */
  timers: TimerMap | null
  /** Its ledgers, as with the timers; those of `before` stand for as long as nothing moves in them. */
  ledgers: Ledgers | null
  readonly events: EventWrite[]
  readonly stamped: StampedEvent[]
  readonly deliveries: OwedDelivery[]
  readonly refs: { readonly ref: ExternalRef; readonly identifying: boolean }[]
}

/** What the batch has found out about its messages. */
export interface Ending {
  readonly work: Work
  readonly result: MessageResult
  /** Identifiers that would have led to a case. */
  readonly waitsFor: readonly ExternalRef[]
  /** Words that nobody has translated, for which the message waits. */
  readonly unmapped: readonly UnmappedValue[]
}

const digestLength = 10

/** Short digest of an event's identity: the connection, the CloudEvents source and its id. 60 bits. */
export function eventKeyOf(
  connectionId: string,
  event: { readonly source: string; readonly id: string },
): string {
  return hash('sha1', `${connectionId}\n${event.source}\n${event.id}`, 'base64').slice(
    0,
    digestLength,
  )
}

/** Whether the digests of a case's events contain this one. They stand one behind the other, each of one length. */
export function hasSeen(seen: string, key: string): boolean {
  let at = seen.indexOf(key)
  while (at >= 0) {
    if (at % digestLength === 0) return true
    at = seen.indexOf(key, at + 1)
  }
  return false
}

/** A key under which a ref is found in maps. */
export function refKey({ system, type, value }: ExternalRef): string {
  return `${type}\n${system}\n${value}`
}

/** `2026-11-23T10:15:00+02:00` -> `2026-11-23T08:15:00.000Z`: text order is time order. */
export function normalizeInstant(text: string): string {
  return new Date(text).toISOString()
}
