import type { CaseId } from '@backhaul/sdk/canonical'
import type pg from 'pg'
import { currentCases } from '../../../src/pipeline/process/case-states.ts'

/** A row of a case's history, as the database has it. */
export interface StoredEvent {
  readonly caseId: string
  readonly seq: number
  readonly eventKey: string
  readonly eventId: string
  readonly type: string
  readonly occurredAt: string
  readonly source: string
  readonly actor: string
  readonly owns: string
  readonly data: unknown
  readonly room: unknown
  readonly effect: { readonly outcome: string }
}

/** A command that a case has owed. */
interface StoredDelivery {
  readonly caseId: string
  readonly deliveryNo: number
  readonly connectionId: string
  readonly commandType: string
  readonly caseVersion: number
}

/** A case with all that is stored about it. */
export interface StoredCase {
  readonly caseId: string
  readonly version: number
  readonly state: unknown
  readonly headline: string | null
  /** What the source calls it. */
  readonly refs: readonly string[]
  /** Received units by line, as the ledger has them. */
  readonly received: Readonly<Record<string, string>>
  readonly postedMinor: number | null
  readonly refundedMinor: number | null
  readonly events: StoredEvent[]
  readonly deliveries: StoredDelivery[]
}

type Row = Omit<StoredCase, 'caseId' | 'state' | 'events' | 'deliveries'> & {
  readonly caseId: CaseId
  readonly snapshotVersion: number
  readonly createdAt: Date
}

const casesAtOnce = 200

/** Every case of the database, with little of it in memory at a time. */
export async function* readCases(db: pg.Client, source: string): AsyncGenerator<StoredCase> {
  let after = '00000000-0000-0000-0000-000000000000'
  for (;;) {
    const page = await readPage(db, { after, source })
    const last = page.at(-1)
    if (last === undefined) return
    yield* page
    after = last.caseId
  }
}

async function readPage(
  db: pg.Client,
  { after, source }: { after: string; source: string },
): Promise<StoredCase[]> {
  const { rows } = await db.query<Row>(
    `select c.case_id as "caseId", c.version, c.created_at as "createdAt", c.snapshot_version as "snapshotVersion", h.headline,
       (select coalesce(array_agg(r.value), '{}') from external_ref r
        where r.case_id = c.case_id and r.system = $2 and r.type = 'return') as refs,
       (select coalesce(json_object_agg(q.line_no, trim_scale(q.received + q.surplus)::text), '{}')
        from quantity_ledger q where q.case_id = c.case_id) as received,
       m.posted_minor::float8 as "postedMinor", m.refunded_minor::float8 as "refundedMinor"
     from return_case c
     left join case_headline h on h.case_id = c.case_id
     left join money_ledger m on m.case_id = c.case_id
     where c.case_id > $1 order by c.case_id limit ${casesAtOnce}`,
    [after, source],
  )
  const current = await currentCases(
    db,
    rows.map((row) => ({ row, known: undefined })),
  )
  const cases = rows.map(({ snapshotVersion: _version, createdAt: _createdAt, ...row }) => {
    // As JSON: what the history's own fold is compared with.
    const state: unknown = JSON.parse(JSON.stringify(current.get(row.caseId)?.state ?? null))
    return { ...row, state, events: [], deliveries: [] }
  })
  await addRows(db, cases)
  return cases
}

async function addRows(db: pg.Client, cases: readonly StoredCase[]): Promise<void> {
  const byId = new Map(cases.map((one) => [one.caseId, one]))
  const ids = [...byId.keys()]
  const events = await db.query<StoredEvent>(
    `select case_id as "caseId", seq, event_key as "eventKey", event_id as "eventId", type,
       to_char(occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "occurredAt",
       source, actor, owns, data, room, effect
     from case_event where case_id = any ($1::uuid[]) order by case_id, seq`,
    [ids],
  )
  for (const event of events.rows) byId.get(event.caseId)?.events.push(event)
  const deliveries = await db.query<StoredDelivery>(
    `select case_id as "caseId", delivery_no as "deliveryNo", connection_id as "connectionId",
       command_type as "commandType", case_version as "caseVersion"
     from outbox_delivery where case_id = any ($1::uuid[]) order by case_id, delivery_no`,
    [ids],
  )
  for (const delivery of deliveries.rows) byId.get(delivery.caseId)?.deliveries.push(delivery)
}
