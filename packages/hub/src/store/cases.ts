import type { CaseId, ExternalRef } from '@backhaul/sdk/canonical'
import type { Queryable, Tx } from './database.ts'
import type { BoundRef } from './refs.ts'
import { rowsText } from './row-text.ts'

/** A case as the processor holds it: locked. What it is made of is read afterwards. */
export interface CaseRow {
  readonly caseId: CaseId
  readonly caseSeq: number
  readonly caseNo: string
  readonly version: number
  readonly snapshotVersion: number
  readonly deliverySeq: number
  readonly createdAt: Date
  readonly updatedAt: Date
}

const caseColumns = `case_id as "caseId", case_seq as "caseSeq", case_no as "caseNo", version,
  snapshot_version as "snapshotVersion", delivery_seq as "deliverySeq", created_at as "createdAt", updated_at as "updatedAt"`

/** Locks cases in the order of their ids, which every writer keeps to, and returns those that exist. */
export async function lockCases(tx: Tx, caseIds: readonly string[]): Promise<CaseRow[]> {
  if (caseIds.length === 0) return []
  const { rows } = await tx.query<CaseRow>({
    name: 'lock-cases',
    text: `select ${caseColumns} from return_case where case_id = any ($1::uuid[]) order by case_id for update`,
    values: [caseIds],
  })
  return rows
}

/** Like `lockCases`, without those that somebody else holds: nobody is waited for. */
export async function lockFreeCases(tx: Tx, caseIds: readonly string[]): Promise<CaseRow[]> {
  if (caseIds.length === 0) return []
  const { rows } = await tx.query<CaseRow>({
    name: 'lock-free-cases',
    text: `select ${caseColumns} from return_case where case_id = any ($1::uuid[]) order by case_id for update skip locked`,
    values: [caseIds],
  })
  return rows
}

/** A locked case with one of the identifiers that led to it; null where its id was given. */
interface FoundRow extends CaseRow {
  readonly value: string | null
  readonly type: string | null
  readonly system: string | null
}

/** Cases that were looked for, locked, and which of the identifiers lead to which. */
export interface FoundCases {
  readonly rows: readonly CaseRow[]
  readonly bound: readonly BoundRef[]
}

/** Finds cases by identifying refs and by their ids, and locks them in the order of their ids. */
export async function findAndLockCases(
  tx: Tx,
  { refs, caseIds }: { readonly refs: readonly ExternalRef[]; readonly caseIds: readonly string[] },
): Promise<FoundCases> {
  if (refs.length === 0 && caseIds.length === 0) return { rows: [], bound: [] }
  const { rows } = await tx.query<FoundRow>({
    name: 'find-and-lock-cases',
    text: `with bound as materialized (
        select r.value, r.type, r.system, r.case_id
        from json_to_recordset($1) as g (value text, type text, system text)
        join external_ref r on r.value = g.value and r.type = g.type and r.system = g.system and r.identifying),
      locked as materialized (
        select ${caseColumns} from return_case
        where case_id = any (array(select case_id from bound union select unnest($2::uuid[])))
        order by case_id for update)
      select locked.*, bound.value, bound.type, bound.system
      from locked left join bound on bound.case_id = locked."caseId"`,
    values: [JSON.stringify(refs), caseIds],
  })
  return {
    rows: [...new Map(rows.map((row) => [row.caseId, row])).values()],
    bound: rows.flatMap(({ value, type, system, caseId }) =>
      value === null || type === null || system === null ? [] : [{ value, type, system, caseId }],
    ),
  }
}

/** The fold of a case's history up to `version`. */
export interface StoredSnapshot {
  readonly version: number
  /** JSON. */
  readonly state: string
  readonly seen: string
  /** Nothing that came later was recorded before. */
  readonly takenAt: Date
}

/** The snapshots of cases, by case. */
export async function readSnapshots(
  db: Queryable,
  caseIds: readonly string[],
): Promise<Map<string, StoredSnapshot>> {
  if (caseIds.length === 0) return new Map()
  const { rows } = await db.query<StoredSnapshot & { readonly caseId: string }>({
    name: 'read-snapshots',
    text: `select case_id as "caseId", version, state, seen, taken_at as "takenAt"
      from case_snapshot where case_id = any ($1::uuid[])`,
    values: [caseIds],
  })
  return new Map(rows.map((row) => [row.caseId, row]))
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

/** The commands that a case has ever owed to a role, of all types or of some, so that they are not owed again. */
export async function listCommands(
  db: Queryable,
  { caseId, createdAt }: { readonly caseId: string; readonly createdAt: Date },
  types: readonly string[] | null = null,
): Promise<IssuedCommand[]> {
  const { rows } = await db.query<IssuedCommand>(
    `select command_key as key, command_type as type, body from outbox_delivery
     where case_id = $1 and created_at >= $2::timestamptz and command_type <> 'event.publish' and replay_of is null
       and ($3::text[] is null or command_type = any ($3))
     order by delivery_no`,
    [caseId, createdAt, types],
  )
  return rows
}

/** What came to a case after a version, up to another one. */
export interface Tail {
  readonly caseId: string
  readonly after: number
  readonly upTo: number
  /** Nothing of it was recorded before. */
  readonly since: Date
}

/** The events of these tails, each case's own in the order in which they arrived. */
export async function listTails(
  db: Queryable,
  tails: readonly Tail[],
): Promise<Map<string, StoredCaseEvent[]>> {
  const byCase = new Map<string, StoredCaseEvent[]>(tails.map(({ caseId }) => [caseId, []]))
  if (tails.length === 0) return byCase
  const { rows } = await db.query<StoredCaseEvent & { readonly caseId: string }>({
    name: 'list-tails',
    text: `select e.case_id as "caseId", ${eventColumns}
      from json_to_recordset($1) as g (i uuid, f int, t int, a timestamptz)
      join case_event e on e.case_id = g.i and e.seq > g.f and e.seq <= g.t and e.recorded_at >= g.a
      order by e.case_id, seq`,
    values: [
      rowsText(
        tails.map(
          ({ caseId, after, upTo, since }) =>
            `{"i":"${caseId}","f":${after},"t":${upTo},"a":"${since.toISOString()}"}`,
        ),
      ),
    ],
  })
  for (const { caseId, ...event } of rows) byCase.get(caseId)?.push(event)
  return byCase
}
