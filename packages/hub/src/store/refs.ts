import type { CaseId, ExternalRef } from '@backhaul/sdk/canonical'
import type { Queryable, Tx } from './database.ts'

/** An identifier with the case that it leads to. */
export interface BoundRef extends ExternalRef {
  readonly caseId: CaseId
}

export interface NewRef extends BoundRef {
  /** Whether it belongs to one case only, so that it may find the case. */
  readonly identifying: boolean
}

/**
 * Binds identifiers to cases, in the order of their keys. One that belongs to another case stays there.
 *
 * @returns what was newly bound.
 */
export async function bindRefs(tx: Tx, refs: readonly NewRef[], now: Date): Promise<BoundRef[]> {
  if (refs.length === 0) return []
  const { rows } = await tx.query<BoundRef>({
    name: 'bind-refs',
    text: `insert into external_ref (value, type, system, case_id, identifying, bound_at)
      select value, type, system, "caseId", identifying, $2
      from json_to_recordset($1) as g (value text, type text, system text, "caseId" uuid, identifying boolean)
      order by value, type, system, "caseId"
      on conflict do nothing
      returning value, type, system, case_id as "caseId"`,
    values: [JSON.stringify(refs), now],
  })
  return rows
}

/** All identifiers of a case. */
export async function listRefs(
  db: Queryable,
  caseId: string,
): Promise<(ExternalRef & { boundAt: Date })[]> {
  const { rows } = await db.query<ExternalRef & { boundAt: Date }>(
    `select system, type, value, bound_at as "boundAt" from external_ref where case_id = $1 order by bound_at, type, value`,
    [caseId],
  )
  return rows
}

/** The identifiers of several cases, in the order in which they were bound. */
export async function listRefsOfCases(
  db: Queryable,
  caseIds: readonly string[],
): Promise<BoundRef[]> {
  if (caseIds.length === 0) return []
  const { rows } = await db.query<BoundRef>({
    name: 'list-refs-of-cases',
    text: `select system, type, value, case_id as "caseId" from external_ref where case_id = any ($1::uuid[]) order by bound_at, type, value`,
    values: [caseIds],
  })
  return rows
}
