import type { CaseId } from '@backhaul/sdk/canonical'
import type { Queryable, Tx } from './database.ts'

/** A case as the processor holds it: locked, with its folded state as JSON text. */
export interface CaseRow {
  readonly caseId: CaseId
  readonly caseSeq: number
  readonly caseNo: string
  readonly version: number
  readonly deliverySeq: number
  /** JSON; null where the caller knows this version. */
  readonly state: string | null
  /** Null where the caller knows this version. */
  readonly seen: string | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** The version that no case has: whoever knows nothing of a case knows this one. */
export const noVersion = -1

/**
 * Locks cases in the order of their ids, which every writer keeps to, and returns those that exist. What
 * the caller holds already, in the version that the locked row has, is not sent again.
 */
export async function lockCases(
  tx: Tx,
  wanted: readonly { readonly caseId: string; readonly knownVersion: number }[],
): Promise<CaseRow[]> {
  if (wanted.length === 0) return []
  const { rows } = await tx.query<CaseRow>({
    name: 'lock-cases',
    text: `select c.case_id as "caseId", c.case_seq as "caseSeq", c.case_no as "caseNo", c.version,
        c.delivery_seq as "deliverySeq", c.created_at as "createdAt", c.updated_at as "updatedAt",
        case when c.version <> g.v then c.state end as state, case when c.version <> g.v then c.seen end as seen
      from json_to_recordset($1) as g (i uuid, v int) join return_case c on c.case_id = g.i
      order by c.case_id for update of c`,
    values: [
      JSON.stringify(wanted.map(({ caseId, knownVersion }) => ({ i: caseId, v: knownVersion }))),
    ],
  })
  return rows
}

/** The next `count` case numbers' sequence values. Gaps are normal: a rolled back batch leaves one. */
export async function takeCaseSequences(tx: Tx, count: number): Promise<number[]> {
  if (count === 0) return []
  const { rows } = await tx.query<{ value: number }>(
    `select nextval('case_no_seq') as value from generate_series(1, $1)`,
    [count],
  )
  return rows.map(({ value }) => value)
}

/** An event of a case's history, as text where it is hashed as text. */
export interface StoredCaseEvent {
  readonly seq: number
  readonly recordedAt: Date
  readonly eventKey: string
  readonly eventId: string
  readonly type: string
  readonly occurredAt: Date
  readonly source: string
  readonly actor: string
  readonly owns: string
  readonly messageId: string
  readonly data: unknown
  readonly room: unknown
  readonly effect: unknown
}

const eventColumns = `seq, recorded_at as "recordedAt", event_key as "eventKey", event_id as "eventId", type,
  occurred_at as "occurredAt", source, actor, owns, message_id as "messageId", data, room, effect`

/** Everything that a case was told, in the order in which it arrived. */
export async function listCaseEvents(
  db: Queryable,
  { caseId, createdAt }: { readonly caseId: string; readonly createdAt: Date },
): Promise<StoredCaseEvent[]> {
  const { rows } = await db.query<StoredCaseEvent>(
    // The case's own age keeps the older partitions out.
    `select ${eventColumns} from case_event
     where case_id = $1 and recorded_at >= $2::timestamptz order by seq`,
    [caseId, createdAt],
  )
  return rows
}

/** A command that a case has owed before. */
export interface IssuedCommand {
  readonly key: string
  readonly type: string
  readonly body: unknown
}

/** All commands that a case has ever owed to a role, so that a new fold does not owe them again. */
export async function listCommands(
  db: Queryable,
  { caseId, createdAt }: { readonly caseId: string; readonly createdAt: Date },
): Promise<IssuedCommand[]> {
  const { rows } = await db.query<IssuedCommand>(
    `select command_key as key, command_type as type, body from outbox_delivery
     where case_id = $1 and created_at >= $2::timestamptz and command_type <> 'event.publish' and replay_of is null
     order by delivery_no`,
    [caseId, createdAt],
  )
  return rows
}
