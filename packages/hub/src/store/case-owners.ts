import type { Queryable, Tx } from './database.ts'

/** Who looks after a return. A note of people's: it moves nothing, and is no part of the return's history. */
export interface CaseOwner {
  readonly owner: string
  readonly assignedBy: string
  readonly assignedAt: Date
}

export async function findCaseOwner(db: Queryable, caseId: string): Promise<CaseOwner | null> {
  const { rows } = await db.query<CaseOwner>(
    `select owner, assigned_by as "assignedBy", assigned_at as "assignedAt" from case_owner where case_id = $1`,
    [caseId],
  )
  return rows[0] ?? null
}

/** Gives a return to a person, or back to nobody. @returns whether that changed anything. */
export async function setCaseOwner(
  tx: Tx,
  given: { readonly caseId: string; readonly owner: string | null; readonly by: string },
): Promise<boolean> {
  const { caseId, owner, by } = given
  const { rowCount } = await (owner === null
    ? tx.query('delete from case_owner where case_id = $1', [caseId])
    : tx.query(
        `insert into case_owner (case_id, owner, assigned_by) values ($1, $2, $3)
         on conflict (case_id) do update set owner = excluded.owner, assigned_by = excluded.assigned_by, assigned_at = now()
         where case_owner.owner <> excluded.owner`,
        [caseId, owner, by],
      ))
  return (rowCount ?? 0) > 0
}
