import { type AuditWrite, auditValues, insertAuditEntries, moveHead } from './audit-write.ts'
import type {
  CaseWrite,
  DeliveryWrite,
  EndedMessage,
  EventWrite,
  HeadlineWrite,
  Lease,
  NewCaseWrite,
  Snapshot,
  TimerWrites,
} from './batch.ts'
import type { Tx } from './database.ts'
import { messageRow, nowhere, type Place, packBodies } from './inbox.ts'
import { quoted, rowsText } from './row-text.ts'

/** Everything that a batch adds to the tables that nearly every batch adds to. */
export interface BatchWrite {
  readonly now: Date
  readonly lease: Lease
  readonly messages: readonly EndedMessage[]
  readonly newCases: readonly NewCaseWrite[]
  readonly cases: readonly CaseWrite[]
  readonly events: readonly EventWrite[]
  readonly headlines: readonly HeadlineWrite[]
  readonly timers: TimerWrites
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

function insertCases(rows: string, now: string): string {
  return `insert into return_case (case_id, case_seq, case_no, company, channel, kind, version, snapshot_version, delivery_seq, order_refs, customer_id, line_count, created_at, updated_at)
    select i, q, cn, co, ch, kd, v, coalesce(sv, 0), d, x, cu, lc, ${now}, ${now}
    from json_to_recordset(${rows}) as g (i uuid, q bigint, cn text, co text, ch text, kd text, v int, sv int, d int, x text[], cu text, lc int)`
}

function updateCases(rows: string, now: string): string {
  return `update return_case c set version = g.v, snapshot_version = coalesce(g.sv, c.snapshot_version), delivery_seq = g.d,
      order_refs = g.x, customer_id = g.cu, line_count = g.lc, updated_at = ${now}
    from json_to_recordset(${rows}) as g (i uuid, v int, sv int, d int, x text[], cu text, lc int)
    where c.case_id = g.i`
}

function writeSnapshots(p: { rows: string; states: string; at: string; join?: string }): string {
  return `insert into case_snapshot (case_id, version, state, seen, taken_at)
    select i, v, convert_from(substring(${p.states}::bytea from o for l), 'UTF8'), s, ${p.at}
    from json_to_recordset(${p.rows}) as g (i uuid, v int, s text, o int, l int) ${p.join ?? ''}
    on conflict (case_id) do update set version = excluded.version, state = excluded.state, seen = excluded.seen, taken_at = excluded.taken_at`
}

function insertEvents(rows: string, now: string): string {
  return `insert into case_event (case_id, seq, recorded_at, event_key, event_id, type, occurred_at, source, actor, owns, message_id, data, room, effect)
    select i, n, ${now}, k, e, t, o, s, a, w, m, d, r, f
    from json_to_recordset(${rows}) as g (i uuid, n int, k text, e text, t text, o timestamptz, s text, a text, w text, m uuid, d json, r json, f json)`
}

function writeHeadlines(rows: string, now: string): string {
  return `insert into case_headline (case_id, case_seq, channel, company, kind, headline, since, stage, needs_review, waiting_on, priority, owner, sla_due_at, touched_at)
    select "caseId", "caseSeq", channel, company, kind, headline, ${now}, stage, "needsReview", "waitingOn", priority, owner, coalesce("slaDueAt", 'infinity'), "touchedAt"
    from json_to_recordset(${rows}) as g ("caseId" uuid, "caseSeq" bigint, channel text, company text, kind text, headline text, stage text, "needsReview" boolean, "waitingOn" text, priority text, owner text, "slaDueAt" timestamptz, "touchedAt" timestamptz)
    on conflict (case_id) do update set headline = excluded.headline, stage = excluded.stage, needs_review = excluded.needs_review,
      kind = excluded.kind, waiting_on = excluded.waiting_on, priority = excluded.priority, owner = excluded.owner,
      sla_due_at = excluded.sla_due_at, touched_at = excluded.touched_at,
      since = case when case_headline.headline = excluded.headline then case_headline.since else excluded.since end`
}

function clearTimers(rows: string): string {
  return `delete from case_timer t using json_to_recordset(${rows}) as g ("caseId" uuid, kind text, key text)
    where t.case_id = g."caseId" and t.kind = g.kind and t.key = g.key`
}

function setTimers(rows: string): string {
  return `insert into case_timer (case_id, kind, key, due_at)
    select "caseId", kind, key, "dueAt"
    from json_to_recordset(${rows}) as g ("caseId" uuid, kind text, key text, "dueAt" timestamptz)
    on conflict (case_id, kind, key) do update set due_at = excluded.due_at`
}

/** Three parts: the deliveries as given, their commands, and their places in the lanes. */
function insertDeliveryParts(p: {
  rows: string
  now: string
  node: string
  seconds: string
}): string {
  return `delivery as materialized (
      select * from json_to_recordset(${p.rows}) as g (i uuid, n int, c text, r text, t text, k text, cn text, v int, o timestamptz, tp text, p int, b json, s text, f boolean)),
    kept_command as (
      insert into outbox_delivery (case_id, delivery_no, created_at, connection_id, role, command_type, command_key, case_no, case_version, occurred_at, traceparent, replay_of, body)
      select i, n, ${p.now}, c, r, t, k, cn, v, o, tp, p, b from delivery),
    placed as (
      insert into outbox_ready (connection_id, case_id, delivery_no, created_at, due_at, attempt, lease_node, is_followed)
      select c, i, n, ${p.now},
        case s when 'leased' then ${p.now} + make_interval(secs => ${p.seconds}) when 'due' then ${p.now} else 'infinity' end,
        case s when 'leased' then 1 else 0 end,
        case s when 'leased' then ${p.node}::uuid end, f
      from delivery)`
}

const batchSql = `with
  message as (${insertMessages('$2', '$3', '$1::timestamptz')}),
  new_case as (${insertCases('$4', '$1::timestamptz')}),
  changed_case as (${updateCases('$5', '$1::timestamptz')}),
  snapshot as (${writeSnapshots({ rows: '$18', states: '$6', at: '$1::timestamptz' })}),
  event as (${insertEvents('$7', '$1::timestamptz')}),
  headline as (${writeHeadlines('$8', '$1::timestamptz')}),
  cleared as (${clearTimers('$19')}),
  timer as (${setTimers('$20')}),
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
  const taken = [...batch.newCases, ...batch.cases].flatMap(snapshotOf)
  const states = packBodies(taken.map(({ snapshot }) => Buffer.from(snapshot.state)))
  const { audit, lease } = batch
  const { rowCount } = await tx.query({
    name: 'write-batch',
    text: batchSql,
    values: [
      batch.now,
      endedRows(batch.messages, bodies.offsets),
      bodies.bodies,
      rowsText(batch.newCases.map(newCaseRow)),
      rowsText(batch.cases.map(caseRow)),
      states.bodies,
      rowsText(batch.events.map(eventRow)),
      JSON.stringify(batch.headlines),
      rowsText(batch.deliveries.map(deliveryRow)),
      lease.nodeId,
      lease.seconds,
      ...auditValues(audit),
      rowsText(taken.map((one, index) => snapshotRow(one, states.offsets[index]))),
      JSON.stringify(batch.timers.clear),
      JSON.stringify(batch.timers.set),
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
    values: [endedRows(ended, offsets), bodies, now],
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
    values: [rowsText(deliveries.map(deliveryRow)), now, lease.nodeId, lease.seconds],
  })
}

// Rows as JSON text, under the short names that the statements read. They are written out by hand: a batch has
// thousands of them in a second, and most of their values are ids, numbers and codes, which need no escaping.

function endedRows(ended: readonly EndedMessage[], places: readonly Place[]): string {
  return rowsText(ended.map((each, index) => endedRow(each, places[index])))
}

function endedRow({ message, outcome, code, caseId, result }: EndedMessage, place?: Place): string {
  return `${messageRow(message, place)},"u":"${outcome}","k":${quoted(code)},"i":${quoted(caseId)},"r":${JSON.stringify(result)}}`
}

function caseRow(row: CaseWrite): string {
  const { caseId, version, deliverySeq, orderRefs, customerId, lineCount, snapshot } = row
  return (
    `{"i":"${caseId}","v":${version},"sv":${snapshot === null ? null : version},"d":${deliverySeq},` +
    `"x":${JSON.stringify(orderRefs)},"cu":${quoted(customerId)},"lc":${lineCount}}`
  )
}

type Taken = Pick<CaseWrite, 'caseId' | 'version'> & { readonly snapshot: Snapshot }

function snapshotOf({ caseId, version, snapshot }: CaseWrite): Taken[] {
  return snapshot === null ? [] : [{ caseId, version, snapshot }]
}

/** A snapshot without its state, which is most of its bytes and which the server need not read as JSON. */
function snapshotRow({ caseId, version, snapshot }: Taken, { o, l }: Place = nowhere): string {
  return `{"i":"${caseId}","v":${version},"s":"${snapshot.seen}","o":${o},"l":${l}}`
}

function newCaseRow(row: NewCaseWrite): string {
  const { caseSeq, caseNo, company, channel, kind } = row
  return `${caseRow(row).slice(0, -1)},"q":${caseSeq},"cn":"${caseNo}","co":${quoted(company)},"ch":"${channel}","kd":"${kind}"}`
}

/** What is JSON text already goes in as it is. */
function eventRow(event: EventWrite): string {
  return (
    `{"i":"${event.caseId}","n":${event.seq},"k":"${event.eventKey}","e":${quoted(event.eventId)},"t":"${event.type}",` +
    `"o":"${event.occurredAt}","s":${quoted(event.source)},"a":${quoted(event.actor)},"w":${quoted(event.owns)},` +
    `"m":"${event.messageId}","d":${event.dataText},"r":${event.roomText ?? 'null'},"f":${event.effectText}}`
  )
}

/** The event that a delivery publishes stands in the history: it is not stored again. */
function deliveryRow(row: DeliveryWrite): string {
  return (
    `{"i":"${row.caseId}","n":${row.deliveryNo},"c":"${row.connectionId}","r":"${row.role}","t":"${row.commandType}",` +
    `"k":${quoted(row.commandKey)},"cn":"${row.caseNo}","v":${row.caseVersion},"o":"${row.occurredAt}",` +
    `"tp":${quoted(row.traceparent)},"p":${row.replayOf},"b":${JSON.stringify(row.body)},"s":"${row.start}","f":${row.isFollowed}}`
  )
}

/** Keeps cases whole as they are now, in the version that is given. Their rows are locked by the caller. */
export async function takeSnapshots(
  tx: Tx,
  cases: readonly (Pick<CaseWrite, 'caseId' | 'version'> & { readonly snapshot: Snapshot })[],
): Promise<void> {
  if (cases.length === 0) return
  const states = packBodies(cases.map(({ snapshot }) => Buffer.from(snapshot.state)))
  const parts = { rows: '$1', states: '$2', at: 'c.updated_at' }
  await tx.query({
    name: 'take-snapshots',
    text: `with snapshot as (
        ${writeSnapshots({ ...parts, join: 'join return_case c on c.case_id = g.i' })}
        returning case_id, version)
      update return_case c set snapshot_version = s.version from snapshot s where c.case_id = s.case_id`,
    values: [
      rowsText(cases.map((one, index) => snapshotRow(one, states.offsets[index]))),
      states.bodies,
    ],
  })
}
