import type { CaseRow } from './cases.ts'
import type { Queryable, Tx } from './database.ts'

/** A case that shares an order or a serial number with others, not locked. */
export interface RelatedCase
  extends Pick<
    CaseRow,
    'caseId' | 'caseSeq' | 'caseNo' | 'version' | 'snapshotVersion' | 'createdAt'
  > {
  readonly company: string
}

/** Orders and serial numbers by name, with the cases that have them, at most `atMost` and one more of each. */
export async function findRelatedCases(
  db: Queryable,
  given: {
    readonly orderRefs: readonly string[]
    readonly serials: readonly string[]
    readonly atMost: number
  },
): Promise<{ readonly name: string; readonly caseId: string }[]> {
  const { orderRefs, serials, atMost } = given
  if (orderRefs.length + serials.length === 0) return []
  const { rows } = await db.query<{ name: string; caseId: string }>({
    name: 'find-related-cases',
    text: `select 'order ' || g.value as name, r.case_id as "caseId"
      from unnest($1::text[]) g (value) cross join lateral (
        select distinct case_id from external_ref where value = g.value and type = 'order' limit $3) r
      union all
      select 'serial ' || g.value, s.case_id
      from unnest($2::text[]) g (value) cross join lateral (
        select case_id from serial_claim where serial = g.value limit $3) s`,
    values: [orderRefs, serials, atMost + 1],
  })
  return rows
}

export async function listRelatedCases(
  db: Queryable,
  caseIds: readonly string[],
): Promise<RelatedCase[]> {
  if (caseIds.length === 0) return []
  const { rows } = await db.query<RelatedCase>({
    name: 'list-related-cases',
    text: `select case_id as "caseId", case_seq as "caseSeq", case_no as "caseNo", company, version,
        snapshot_version as "snapshotVersion", created_at as "createdAt"
      from return_case where case_id = any ($1::uuid[])`,
    values: [caseIds],
  })
  return rows
}

/** Events of certain types that their cases took, each case's own in the order of their arrival. */
export async function listEventsOfTypes(
  db: Queryable,
  given: {
    readonly cases: readonly Pick<CaseRow, 'caseId' | 'createdAt'>[]
    readonly types: readonly string[]
  },
): Promise<{ caseId: string; eventKey: string; type: string; data: unknown }[]> {
  if (given.cases.length === 0) return []
  const { rows } = await db.query<{
    caseId: string
    eventKey: string
    type: string
    data: unknown
  }>({
    name: 'list-events-of-types',
    text: `select e.case_id as "caseId", e.event_key as "eventKey", e.type, e.data
      from json_to_recordset($1) as g ("caseId" uuid, "createdAt" timestamptz)
      join case_event e on e.case_id = g."caseId" and e.recorded_at >= g."createdAt"
      where e.type = any ($2) and e.effect->>'outcome' = 'applied'
      order by e.case_id, e.seq`,
    values: [
      JSON.stringify(given.cases.map(({ caseId, createdAt }) => ({ caseId, createdAt }))),
      given.types,
    ],
  })
  return rows
}

/** Writes down which cases name which serial numbers. One that is known stays. */
export async function insertSerialClaims(
  tx: Tx,
  claims: readonly { readonly serial: string; readonly caseId: string }[],
): Promise<void> {
  if (claims.length === 0) return
  await tx.query({
    name: 'insert-serial-claims',
    text: `insert into serial_claim (serial, case_id)
      select serial, "caseId" from json_to_recordset($1) as g (serial text, "caseId" uuid)
      order by serial, "caseId" on conflict do nothing`,
    values: [JSON.stringify(claims)],
  })
}
