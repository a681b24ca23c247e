import { type CaseId, type ExternalRef, type Headline, isCaseNo } from '@backhaul/sdk/canonical'
import { parseId } from '../platform/ids.ts'
import type { Queryable } from './database.ts'

/** A case without its state, which is made of its last snapshot and of what came after. */
export interface CaseRecord {
  readonly caseId: CaseId
  readonly caseSeq: number
  readonly caseNo: string
  readonly company: string
  readonly channel: string
  readonly kind: string
  readonly version: number
  /** Number of the last delivery that was owed for it. */
  readonly deliverySeq: number
  readonly snapshotVersion: number
  readonly headline: Headline
  readonly since: Date
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** Case numbers are read out and typed in either case; other systems' identifiers are taken as they are. */
export function normalizeIdentifier(text: string): string {
  const upper = text.toUpperCase()
  return isCaseNo(upper) ? upper : text
}

/** The id of the case that `idOrNo` names, a UUID or a case number; null when there is none. */
async function findCaseId(db: Queryable, idOrNo: string): Promise<CaseId | null> {
  const caseId = parseId<CaseId>(idOrNo)
  const { rows } = await (caseId === null
    ? db.query<{ caseId: CaseId }>(
        `select case_id as "caseId" from external_ref
         where value = $1 and type = 'case_no' and system = 'backhaul'`,
        [normalizeIdentifier(idOrNo)],
      )
    : db.query<{ caseId: CaseId }>(
        'select case_id as "caseId" from return_case where case_id = $1',
        [caseId],
      ))
  return rows[0]?.caseId ?? null
}

/** A case by its id or its number. */
export async function findCase(db: Queryable, idOrNo: string): Promise<CaseRecord | null> {
  const caseId = await findCaseId(db, idOrNo)
  if (caseId === null) return null
  const { rows } = await db.query<CaseRecord>({
    name: 'find-case',
    text: `select c.case_id as "caseId", c.case_seq as "caseSeq", c.case_no as "caseNo", c.company, c.channel, c.kind,
        c.version, c.snapshot_version as "snapshotVersion", c.delivery_seq as "deliverySeq", h.headline, h.since,
        c.created_at as "createdAt", c.updated_at as "updatedAt"
      from return_case c join case_headline h on h.case_id = c.case_id where c.case_id = $1`,
    values: [caseId],
  })
  const [row] = rows
  return row ?? null
}

/** The customer as the request named them: personal data, which the case's state does not hold. */
export async function findCaseCustomer(
  db: Queryable,
  { caseId, createdAt }: { readonly caseId: string; readonly createdAt: Date },
): Promise<Readonly<Record<string, unknown>> | null> {
  const { rows } = await db.query<{ customer: Readonly<Record<string, unknown>> | null }>(
    `select data -> 'customer' as customer from case_event
     where case_id = $1 and recorded_at >= $2::timestamptz and type = 'return.requested'
     order by seq limit 1`,
    [caseId, createdAt],
  )
  return rows[0]?.customer ?? null
}

/** Whether any case is known under an identifier. */
export async function hasIdentifier(db: Queryable, value: string): Promise<boolean> {
  const { rowCount } = await db.query('select from external_ref where value = $1 limit 1', [
    normalizeIdentifier(value),
  ])
  return rowCount === 1
}

/** What an identifier leads to. */
export interface IdentifiedCase extends ExternalRef {
  /** Whether it belongs to this case only. */
  readonly identifying: boolean
  readonly caseId: CaseId
  readonly caseNo: string
  readonly headline: Headline
  readonly caseSeq: number
}

/** The cases that an identifier stands for, newest first: several, for instance, for an order number. */
export async function findCasesByIdentifier(
  db: Queryable,
  { value, limit }: { readonly value: string; readonly limit: number },
): Promise<IdentifiedCase[]> {
  const { rows } = await db.query<IdentifiedCase>(
    `select r.system, r.type, r.value, r.identifying, r.case_id as "caseId", c.case_no as "caseNo",
       c.case_seq as "caseSeq", h.headline
     from external_ref r join return_case c on c.case_id = r.case_id join case_headline h on h.case_id = r.case_id
     where r.value = $1
     order by c.case_seq desc, r.type, r.system limit $2`,
    [normalizeIdentifier(value), limit],
  )
  return rows
}
