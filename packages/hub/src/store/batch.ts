import type { Tx } from './database.ts'
import type { InboxMessage, MessageOutcome } from './inbox.ts'

/** How a message of a batch ended, beside the message itself. */
export interface EndedMessage {
  readonly message: InboxMessage
  readonly outcome: MessageOutcome
  readonly code: string | null
  readonly caseId: string | null
  readonly result: Readonly<Record<string, unknown>> | null
}

export interface CaseWrite {
  readonly caseId: string
  readonly version: number
  readonly deliverySeq: number
  readonly orderRefs: readonly string[]
  readonly customerId: string | null
  readonly lineCount: number
  /** The case as it is now, to be kept whole; null where its last snapshot is recent enough. */
  readonly snapshot: Snapshot | null
}

/** The fold of a case's history up to a version. */
export interface Snapshot {
  /** JSON text. */
  readonly state: string
  readonly seen: string
}

export interface NewCaseWrite extends CaseWrite {
  readonly caseSeq: number
  readonly caseNo: string
  readonly company: string
  readonly channel: string
  readonly kind: string
}

export interface EventWrite {
  readonly caseId: string
  readonly seq: number
  readonly eventKey: string
  readonly eventId: string
  readonly type: string
  readonly occurredAt: string
  readonly source: string
  readonly actor: string
  readonly owns: string
  readonly messageId: string
  /** What the source said, with its text: the same bytes are stored, and vouched for by the audit log. */
  readonly data: unknown
  readonly dataText: string
  readonly roomText: string | null
  readonly effect: unknown
  readonly effectText: string
}

/** An event of the history, for those who subscribed to it. */
export interface PublishedEvent {
  readonly eventId: string
  readonly type: string
  readonly occurredAt: string
  readonly source: string
  readonly data: unknown
  /** `data` as JSON text, where it is at hand. */
  readonly dataText?: string
  readonly effect: unknown
}

/** Where a new delivery begins: leased to this process, due for whoever claims it, or behind others of its lane. */
type DeliveryStart = 'leased' | 'due' | 'blocked'

export interface DeliveryWrite {
  readonly caseId: string
  readonly deliveryNo: number
  readonly connectionId: string
  readonly role: string
  readonly commandType: string
  readonly commandKey: string
  readonly caseNo: string
  readonly caseVersion: number
  readonly occurredAt: string
  readonly traceparent: string | null
  readonly replayOf: number | null
  readonly body: unknown
  readonly start: DeliveryStart
  /** Whether another one stands behind it from the start, and has to be woken. */
  readonly isFollowed: boolean
  /** What `event.publish` publishes; stored with the history, not with the delivery. */
  readonly event: PublishedEvent | null
}

export interface HeadlineWrite {
  readonly caseId: string
  readonly caseSeq: number
  readonly channel: string
  readonly company: string
  readonly kind: string
  readonly headline: string
  readonly stage: string
  readonly needsReview: boolean
  readonly waitingOn: string | null
  readonly priority: string
  readonly owner: string | null
  readonly slaDueAt: string | null
  /** Begin of the five minutes in which the case was last written. */
  readonly touchedAt: string
}

export interface Lease {
  readonly nodeId: string
  readonly seconds: number
}

/** Writes down how messages ended that were stored before. */
export async function endStoredMessages(
  tx: Tx,
  ended: readonly (EndedMessage & { readonly receivedAt: Date })[],
): Promise<void> {
  if (ended.length === 0) return
  const rows = ended.map(({ message, receivedAt, outcome, code, caseId, result }) => ({
    c: message.connectionId,
    m: message.messageId,
    a: receivedAt,
    u: outcome,
    k: code,
    i: caseId,
    r: result,
  }))
  await tx.query({
    name: 'end-stored-messages',
    text: `update inbox_message m set outcome = g.u, code = g.k, case_id = g.i, result = g.r
      from json_to_recordset($1) as g (c text, m uuid, a timestamptz, u text, k text, i uuid, r json)
      where m.connection_id = g.c and m.message_id = g.m and m.received_at = g.a`,
    values: [JSON.stringify(rows)],
  })
}

export interface TimerRow {
  readonly caseId: string
  readonly kind: string
  readonly key: string
  readonly dueAt: string
}

/** Timers to set and to clear; none is in both. One that is set again moves to its new time. */
export interface TimerWrites {
  readonly set: readonly TimerRow[]
  readonly clear: readonly Omit<TimerRow, 'dueAt'>[]
}

export interface ExceptionWrite {
  readonly exceptionId: string
  readonly caseId: string | null
  readonly key: string
  readonly code: string
  readonly object: string
  readonly severity: string
  readonly queue: string
  readonly owner: string | null
  readonly status: 'open' | 'resolved'
  readonly detail: string | null
  readonly openedAt: string
  readonly dueAt: string | null
  readonly resolvedAt: string | null
  readonly action: string | null
  readonly recurrences: number
}

// What people noted is about this time that it came: it ends with it.
const isSameTime = `exception.status = excluded.status and exception.recurrences = excluded.recurrences`
const endNotes = `acknowledged_by = case when ${isSameTime} then exception.acknowledged_by end,
  acknowledged_at = case when ${isSameTime} then exception.acknowledged_at end,
  snoozed_until = case when ${isSameTime} then exception.snoozed_until end`

/** Writes exceptions as their case now has them; the id of one that was there stays. */
export async function writeExceptions(tx: Tx, rows: readonly ExceptionWrite[]): Promise<void> {
  if (rows.length === 0) return
  await tx.query({
    name: 'write-exceptions',
    text: `insert into exception (exception_id, case_id, key, code, object, severity, queue, owner, status, detail, opened_at, due_at, resolved_at, action, recurrences)
      select "exceptionId", "caseId", key, code, object, severity, queue, owner, status, detail, "openedAt", "dueAt", "resolvedAt", action, recurrences
      from json_to_recordset($1) as g ("exceptionId" uuid, "caseId" uuid, key text, code text, object text, severity text, queue text, owner text, status text, detail text, "openedAt" timestamptz, "dueAt" timestamptz, "resolvedAt" timestamptz, action text, recurrences int)
      on conflict (coalesce(case_id, '00000000-0000-0000-0000-000000000000'), key) do update
      set severity = excluded.severity, queue = excluded.queue, owner = excluded.owner, status = excluded.status, detail = excluded.detail,
        opened_at = excluded.opened_at, due_at = excluded.due_at, resolved_at = excluded.resolved_at, action = excluded.action, recurrences = excluded.recurrences, ${endNotes}`,
    values: [JSON.stringify(rows)],
  })
}
