import { type AuditWrite, insertAuditEntries, moveHead } from './audit-write.ts'
import type {
  CaseWrite,
  DeliveryWrite,
  EndedMessage,
  EventWrite,
  HeadlineWrite,
  Lease,
  NewCaseWrite,
} from './batch.ts'
import type { Tx } from './database.ts'
import { messageRow, packBodies } from './inbox.ts'

/** Everything that a batch adds to the tables that nearly every batch adds to. */
export interface BatchWrite {
  readonly now: Date
  readonly lease: Lease
  readonly messages: readonly EndedMessage[]
  readonly newCases: readonly NewCaseWrite[]
  readonly cases: readonly CaseWrite[]
  readonly events: readonly EventWrite[]
  readonly headlines: readonly HeadlineWrite[]
  readonly deliveries: readonly DeliveryWrite[]
  readonly audit: AuditWrite
}

// Each part of the statement, by the names of the parameters that it reads. The rows of a part come as one
// JSON text; bytes that are large come packed in one binary value, with each row saying which are its own.

function insertMessages(rows: string, bodies: string, now: string): string {
  return `insert into inbox_message (connection_id, message_id, received_at, topic, external_id, body_hash, body, actor, owns, traceparent, outcome, code, case_id, result)
    select c, m, ${now}, t, e, decode(h, 'base64'), substring(${bodies}::bytea from o for l), a, w, tp, u, k, i, r
    from json_to_recordset(${rows}) as g (c text, m uuid, t text, e text, h text, a text, w text, tp text, o int, l int, u text, k text, i uuid, r json)`
}

function insertCases(rows: string, states: string, now: string): string {
  return `insert into return_case (case_id, case_seq, case_no, company, channel, kind, version, delivery_seq, state, seen, created_at, updated_at)
    select "caseId", "caseSeq", "caseNo", company, channel, kind, version, "deliverySeq", convert_from(substring(${states}::bytea from o for l), 'UTF8'), seen, ${now}, ${now}
    from json_to_recordset(${rows}) as g ("caseId" uuid, "caseSeq" bigint, "caseNo" text, company text, channel text, kind text, version int, "deliverySeq" int, seen text, o int, l int)`
}

function updateCases(rows: string, states: string, now: string): string {
  return `update return_case c set version = g.version, delivery_seq = g."deliverySeq",
      state = convert_from(substring(${states}::bytea from g.o for g.l), 'UTF8'), seen = g.seen, updated_at = ${now}
    from json_to_recordset(${rows}) as g ("caseId" uuid, version int, "deliverySeq" int, seen text, o int, l int)
    where c.case_id = g."caseId"`
}

function insertEvents(rows: string, now: string): string {
  return `insert into case_event (case_id, seq, recorded_at, event_key, event_id, type, occurred_at, source, actor, owns, message_id, data, room, effect)
    select "caseId", seq, ${now}, "eventKey", "eventId", type, "occurredAt", source, actor, owns, "messageId", data, room, effect
    from json_to_recordset(${rows}) as g ("caseId" uuid, seq int, "eventKey" text, "eventId" text, type text, "occurredAt" timestamptz, source text, actor text, owns text, "messageId" uuid, data json, room json, effect json)`
}

function writeHeadlines(rows: string, now: string): string {
  return `insert into case_headline (case_id, case_seq, headline, since)
    select "caseId", "caseSeq", headline, ${now} from json_to_recordset(${rows}) as g ("caseId" uuid, "caseSeq" bigint, headline text)
    on conflict (case_id) do update set headline = excluded.headline, since = excluded.since`
}

/** Three parts: the deliveries as given, their commands, and their places in the lanes. */
function insertDeliveryParts(p: {
  rows: string
  now: string
  node: string
  seconds: string
}): string {
  return `delivery as materialized (
      select * from json_to_recordset(${p.rows}) as g ("caseId" uuid, "deliveryNo" int, "connectionId" text, role text, "commandType" text, "commandKey" text,
        "caseNo" text, "caseVersion" int, "occurredAt" timestamptz, traceparent text, "replayOf" int, body json, start text, "isFollowed" boolean)),
    kept_command as (
      insert into outbox_delivery (case_id, delivery_no, created_at, connection_id, role, command_type, command_key, case_no, case_version, occurred_at, traceparent, replay_of, body)
      select "caseId", "deliveryNo", ${p.now}, "connectionId", role, "commandType", "commandKey", "caseNo", "caseVersion", "occurredAt", traceparent, "replayOf", body
      from delivery),
    placed as (
      insert into outbox_ready (connection_id, case_id, delivery_no, created_at, due_at, attempt, lease_node, is_followed)
      select "connectionId", "caseId", "deliveryNo", ${p.now},
        case start when 'leased' then ${p.now} + make_interval(secs => ${p.seconds}) when 'due' then ${p.now} else 'infinity' end,
        case start when 'leased' then 1 else 0 end,
        case start when 'leased' then ${p.node}::uuid end, "isFollowed"
      from delivery)`
}

const batchSql = `with
  message as (${insertMessages('$2', '$3', '$1::timestamptz')}),
  new_case as (${insertCases('$4', '$6', '$1::timestamptz')}),
  changed_case as (${updateCases('$5', '$6', '$1::timestamptz')}),
  event as (${insertEvents('$7', '$1::timestamptz')}),
  headline as (${writeHeadlines('$8', '$1::timestamptz')}),
  ${insertDeliveryParts({ rows: '$9', now: '$1::timestamptz', node: '$10', seconds: '$11::float8' })},
  entry as (${insertAuditEntries('$12', '$13::uuid', '$1::timestamptz')})
  ${moveHead({ chain: '$13::uuid', seq: '$14', head: '$15', seal: '$16', from: '$17' })}`

/**
 * Writes a batch in one statement: its parts touch different tables and nothing of each other's, and a
 * round trip for each would cost a small batch more than its rows do.
 *
 * @returns whether the audit chain was where its writer had left it.
 */
export async function writeBatch(tx: Tx, batch: BatchWrite): Promise<boolean> {
  const bodies = packBodies(batch.messages.map(({ message }) => message.body))
  const states = packBodies(
    [...batch.newCases, ...batch.cases].map(({ state }) => Buffer.from(state)),
  )
  const newStates = states.offsets.slice(0, batch.newCases.length)
  const { audit, lease } = batch
  const { rowCount } = await tx.query({
    name: 'write-batch',
    text: batchSql,
    values: [
      batch.now,
      JSON.stringify(batch.messages.map((ended, index) => endedRow(ended, bodies.offsets[index]))),
      bodies.bodies,
      JSON.stringify(batch.newCases.map((row, index) => caseRow(row, newStates[index]))),
      JSON.stringify(
        batch.cases.map((row, index) =>
          caseRow(row, states.offsets[batch.newCases.length + index]),
        ),
      ),
      states.bodies,
      eventRows(batch.events),
      JSON.stringify(batch.headlines),
      deliveryRows(batch.deliveries),
      lease.nodeId,
      lease.seconds,
      JSON.stringify(audit.rows),
      audit.next.chainId,
      audit.next.seq,
      audit.next.head,
      audit.seal,
      audit.from,
    ],
  })
  return rowCount === 1
}

/** Inserts messages together with how they ended. */
export async function insertEndedMessages(
  tx: Tx,
  ended: readonly EndedMessage[],
  now: Date,
): Promise<void> {
  if (ended.length === 0) return
  const { bodies, offsets } = packBodies(ended.map(({ message }) => message.body))
  await tx.query({
    name: 'insert-ended-messages',
    text: insertMessages('$1', '$2', '$3'),
    values: [
      JSON.stringify(ended.map((each, index) => endedRow(each, offsets[index]))),
      bodies,
      now,
    ],
  })
}

/** Owes deliveries. `leased` rows belong to the process of `lease` from the start. */
export async function insertDeliveries(
  tx: Tx,
  deliveries: readonly DeliveryWrite[],
  { now, lease }: { readonly now: Date; readonly lease: Lease },
): Promise<void> {
  if (deliveries.length === 0) return
  await tx.query({
    name: 'insert-deliveries',
    text: `with ${insertDeliveryParts({ rows: '$1', now: '$2::timestamptz', node: '$3', seconds: '$4::float8' })} select`,
    values: [deliveryRows(deliveries), now, lease.nodeId, lease.seconds],
  })
}

type Place = { readonly o: number; readonly l: number } | undefined

function endedRow({ message, outcome, code, caseId, result }: EndedMessage, place: Place) {
  return { ...messageRow(message), ...place, u: outcome, k: code, i: caseId, r: result }
}

/** A case without its state, which is most of its bytes and which the server need not read as JSON. */
function caseRow({ state: _state, ...row }: CaseWrite, place: Place) {
  return { ...row, ...place }
}

/** Rows as JSON text. What is JSON text already goes in as it is. */
function eventRows(events: readonly EventWrite[]): string {
  return `[${events.map(eventRow).join()}]`
}

function eventRow(event: EventWrite): string {
  const { data: _data, effect: _effect, dataText, roomText, effectText, ...columns } = event
  const head = JSON.stringify(columns).slice(0, -1)
  return `${head},"data":${dataText},"room":${roomText ?? 'null'},"effect":${effectText}}`
}

/** The event that a delivery publishes stands in the history: it is not stored again. */
function deliveryRows(deliveries: readonly DeliveryWrite[]): string {
  return JSON.stringify(deliveries.map(({ event: _event, ...row }) => row))
}
