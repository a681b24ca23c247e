import type { HeadlineWrite } from './batch.ts'
import type { CaseRow } from './cases.ts'
import type { Queryable } from './database.ts'

/** Cases whose row for lists was written before it had all of its columns. */
export async function listUnfilled(db: Queryable, limit: number): Promise<CaseRow[]> {
  const { rows } = await db.query<CaseRow>(
    `select c.case_id as "caseId", c.case_seq as "caseSeq", c.case_no as "caseNo", c.version,
       c.snapshot_version as "snapshotVersion", c.delivery_seq as "deliverySeq", c.created_at as "createdAt", c.updated_at as "updatedAt"
     from (select case_id from case_headline where stage is null order by case_seq desc limit $1) h
     join return_case c on c.case_id = h.case_id`,
    [limit],
  )
  return rows
}

/** Fills in what is missing. A row that its case has written meanwhile is right already. */
export async function fillListings(db: Queryable, rows: readonly HeadlineWrite[]): Promise<void> {
  await db.query(
    `update case_headline h set kind = g.kind, stage = g.stage, needs_review = g."needsReview", waiting_on = g."waitingOn",
       priority = g.priority, owner = g.owner, sla_due_at = coalesce(g."slaDueAt", 'infinity'), touched_at = g."touchedAt"
     from json_to_recordset($1) as g ("caseId" uuid, kind text, stage text, "needsReview" boolean, "waitingOn" text, priority text, owner text, "slaDueAt" timestamptz, "touchedAt" timestamptz)
     where h.case_id = g."caseId" and h.stage is null`,
    [JSON.stringify(rows)],
  )
}
