import type { Tx } from './database.ts'
import { type InboxMessage, type MessageOutcome, messageRow, packBodies } from './inbox.ts'

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
  readonly effect: unknown
}

/** Where a new delivery begins: leased to this process, due for whoever claims it, or behind others of its lane. */
export type DeliveryStart = 'leased' | 'due' | 'blocked'

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

export interface Lease {
  readonly nodeId: string
  readonly seconds: number
}

/** Inserts messages together with how they ended. */
export async function insertEndedMessages(
  tx: Tx,
  ended: readonly EndedMessage[],
  now: Date,
): Promise<void> {
  if (ended.length === 0) return
  const { bodies, offsets } = packBodies(ended.map(({ message }) => message.body))
  const rows = ended.map(({ message, outcome, code, caseId, result }, index) => ({
    ...messageRow(message),
    ...offsets[index],
    u: outcome,
    k: code,
    i: caseId,
    r: result,
  }))
  await tx.query({
    name: 'insert-ended-messages',
    text: `insert into inbox_message (connection_id, message_id, received_at, topic, external_id, body_hash, body, actor, owns, traceparent, outcome, code, case_id, result)
      select c, m, $3, t, e, decode(h, 'base64'), substring($2::bytea from o for l), a, w, tp, u, k, i, r
      from json_to_recordset($1) as g (c text, m uuid, t text, e text, h text, a text, w text, tp text, o int, l int, u text, k text, i uuid, r json)`,
    values: [JSON.stringify(rows), bodies, now],
  })
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

/** Inserts new cases. Their ids are new, so nothing can collide but the sequence, which cannot. */
export async function insertCases(
  tx: Tx,
  cases: readonly NewCaseWrite[],
  now: Date,
): Promise<void> {
  if (cases.length === 0) return
  const { rows, states } = packStates(cases)
  await tx.query({
    name: 'insert-cases',
    text: `insert into return_case (case_id, case_seq, case_no, company, channel, kind, version, delivery_seq, state, seen, created_at, updated_at)
      select "caseId", "caseSeq", "caseNo", company, channel, kind, version, "deliverySeq", convert_from(substring($3::bytea from o for l), 'UTF8'), seen, $2, $2
      from json_to_recordset($1) as g ("caseId" uuid, "caseSeq" bigint, "caseNo" text, company text, channel text, kind text, version int, "deliverySeq" int, seen text, o int, l int)`,
    values: [JSON.stringify(rows), now, states],
  })
}

/** Updates cases that this transaction has locked. */
export async function updateCases(tx: Tx, cases: readonly CaseWrite[], now: Date): Promise<void> {
  if (cases.length === 0) return
  const { rows, states } = packStates(cases)
  await tx.query({
    name: 'update-cases',
    text: `update return_case c set version = g.version, delivery_seq = g."deliverySeq",
        state = convert_from(substring($3::bytea from g.o for g.l), 'UTF8'), seen = g.seen, updated_at = $2
      from json_to_recordset($1) as g ("caseId" uuid, version int, "deliverySeq" int, seen text, o int, l int)
      where c.case_id = g."caseId"`,
    values: [JSON.stringify(rows), now, states],
  })
}

/** The states apart from the rows: they are most of the bytes, and the server need not read them as JSON. */
function packStates<Row extends CaseWrite>(cases: readonly Row[]) {
  const { bodies, offsets } = packBodies(cases.map(({ state }) => Buffer.from(state)))
  const rows = cases.map(({ state: _state, ...row }, index) => ({ ...row, ...offsets[index] }))
  return { rows, states: bodies }
}

/** Appends events to the history. */
export async function insertCaseEvents(
  tx: Tx,
  events: readonly EventWrite[],
  now: Date,
): Promise<void> {
  if (events.length === 0) return
  await tx.query({
    name: 'insert-case-events',
    text: `insert into case_event (case_id, seq, recorded_at, event_key, event_id, type, occurred_at, source, actor, owns, message_id, data, room, effect)
      select "caseId", seq, $2, "eventKey", "eventId", type, "occurredAt", source, actor, owns, "messageId", data, room, effect
      from json_to_recordset($1) as g ("caseId" uuid, seq int, "eventKey" text, "eventId" text, type text, "occurredAt" timestamptz, source text, actor text, owns text, "messageId" uuid, data json, room json, effect json)`,
    values: [`[${events.map(eventRowText).join()}]`, now],
  })
}

/** A row as JSON text. What is JSON text already goes in as it is. */
function eventRowText(event: EventWrite): string {
  const { data: _data, effect: _effect, dataText, roomText, effectText, ...columns } = event
  const head = JSON.stringify(columns).slice(0, -1)
  return `${head},"data":${dataText},"room":${roomText ?? 'null'},"effect":${effectText}}`
}

/**
 * Owes deliveries: the command, and its place in the lane. `leased` rows belong to the process of `lease`
 * from the start, so that it sends them without a claim.
 */
export async function insertDeliveries(
  tx: Tx,
  deliveries: readonly DeliveryWrite[],
  { now, lease }: { readonly now: Date; readonly lease: Lease },
): Promise<void> {
  if (deliveries.length === 0) return
  await tx.query({
    name: 'insert-deliveries',
    text: `with given as materialized (
        select * from json_to_recordset($1) as g ("caseId" uuid, "deliveryNo" int, "connectionId" text, role text, "commandType" text, "commandKey" text,
          "caseNo" text, "caseVersion" int, "occurredAt" timestamptz, traceparent text, "replayOf" int, body json, start text, "isFollowed" boolean)),
      kept as (
        insert into outbox_delivery (case_id, delivery_no, created_at, connection_id, role, command_type, command_key, case_no, case_version, occurred_at, traceparent, replay_of, body)
        select "caseId", "deliveryNo", $2, "connectionId", role, "commandType", "commandKey", "caseNo", "caseVersion", "occurredAt", traceparent, "replayOf", body
        from given)
      insert into outbox_ready (connection_id, case_id, delivery_no, created_at, due_at, attempt, lease_node, is_followed)
      select "connectionId", "caseId", "deliveryNo", $2,
        case start when 'leased' then $2 + make_interval(secs => $4) when 'due' then $2 else 'infinity' end,
        case start when 'leased' then 1 else 0 end,
        case start when 'leased' then $3::uuid end, "isFollowed"
      from given`,
    values: [
      JSON.stringify(deliveries.map(({ event: _event, ...row }) => row)),
      now,
      lease.nodeId,
      lease.seconds,
    ],
  })
}

export interface TimerRow {
  readonly caseId: string
  readonly kind: string
  readonly key: string
  readonly dueAt: string
}

/** Sets and clears timers. A timer that is set again moves to its new time. */
export async function writeTimers(
  tx: Tx,
  {
    set,
    clear,
  }: { readonly set: readonly TimerRow[]; readonly clear: readonly Omit<TimerRow, 'dueAt'>[] },
): Promise<void> {
  if (clear.length > 0) {
    await tx.query({
      name: 'clear-timers',
      text: `delete from case_timer t using json_to_recordset($1) as g ("caseId" uuid, kind text, key text)
        where t.case_id = g."caseId" and t.kind = g.kind and t.key = g.key`,
      values: [JSON.stringify(clear)],
    })
  }
  if (set.length === 0) return
  await tx.query({
    name: 'set-timers',
    text: `insert into case_timer (case_id, kind, key, due_at)
      select "caseId", kind, key, "dueAt" from json_to_recordset($1) as g ("caseId" uuid, kind text, key text, "dueAt" timestamptz)
      on conflict (case_id, kind, key) do update set due_at = excluded.due_at`,
    values: [JSON.stringify(set)],
  })
}

/** Keeps the headline that lists are filtered by. */
export async function writeHeadlines(
  tx: Tx,
  rows: readonly { readonly caseId: string; readonly caseSeq: number; readonly headline: string }[],
  now: Date,
): Promise<void> {
  if (rows.length === 0) return
  await tx.query({
    name: 'write-headlines',
    text: `insert into case_headline (case_id, case_seq, headline, since)
      select "caseId", "caseSeq", headline, $2 from json_to_recordset($1) as g ("caseId" uuid, "caseSeq" bigint, headline text)
      on conflict (case_id) do update set headline = excluded.headline, since = excluded.since`,
    values: [JSON.stringify(rows), now],
  })
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
        opened_at = excluded.opened_at, due_at = excluded.due_at, resolved_at = excluded.resolved_at, action = excluded.action, recurrences = excluded.recurrences`,
    values: [JSON.stringify(rows)],
  })
}
