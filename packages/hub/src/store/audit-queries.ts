import type { Queryable } from './database.ts'

/** An entry of the audit log, with its place in its chain. */
export interface AuditRecord {
  readonly chainId: string
  readonly seq: number
  readonly recordedAt: Date
  readonly actor: string
  readonly action: string
  readonly objectType: string
  readonly objectId: string
  readonly detail: unknown
}

/** The place of an entry in a list. */
export type AuditPlace = Pick<AuditRecord, 'chainId' | 'seq' | 'recordedAt'>

/** Which entries are asked for; all where nothing is said. */
export interface AuditFilter {
  readonly objectId?: string | undefined
  readonly objectType?: string | undefined
  readonly actor?: string | undefined
  /** `api_key.created`, or all of `api_key.`. */
  readonly action?: string | undefined
  readonly from?: Date | undefined
  readonly to?: Date | undefined
}

/**
 * What was done, newest first. What was said about a case is not in here: it
 * stands in the history of the case, entry for entry.
 */
export async function listAudit(
  db: Queryable,
  page: AuditFilter & { readonly after?: AuditPlace | undefined; readonly limit: number },
): Promise<AuditRecord[]> {
  const values: unknown[] = []
  // The predicate of the partial indexes.
  const conditions = ['case_seq is null']
  const add = (value: unknown): string => `$${values.push(value)}`
  // That of the index on all of them, which has to serve where none of the others does.
  if (page.objectId === undefined && page.actor === undefined) conditions.push(`object_type <> ''`)
  if (page.objectId !== undefined) conditions.push(`object_id = ${add(page.objectId)}`)
  if (page.actor !== undefined) conditions.push(`actor = ${add(page.actor)}`)
  if (page.objectType !== undefined) conditions.push(`object_type = ${add(page.objectType)}`)
  if (page.action !== undefined) conditions.push(`starts_with(action, ${add(page.action)})`)
  if (page.from !== undefined) conditions.push(`recorded_at >= ${add(page.from)}`)
  if (page.to !== undefined) conditions.push(`recorded_at < ${add(page.to)}`)
  if (page.after) {
    const { recordedAt, chainId, seq } = page.after
    conditions.push(`recorded_at <= ${add(recordedAt)}`)
    conditions.push(
      `(recorded_at, chain_id, seq) < (${add(recordedAt)}, ${add(chainId)}, ${add(seq)})`,
    )
  }
  const { rows } = await db.query<AuditRecord>(
    `select chain_id as "chainId", seq, recorded_at as "recordedAt", actor, action, object_type as "objectType",
       object_id as "objectId", detail
     from audit_entry where ${conditions.join(' and ')}
     order by recorded_at desc, chain_id desc, seq desc limit ${add(page.limit)}`,
    values,
  )
  return rows
}
