import { type CaseId, type ExternalRef, type Headline, isCaseNo } from '@backhaul/sdk/canonical'
import { parseId } from '../platform/ids.ts'
import type { Queryable } from './database.ts'

/** A case as lists show it. */
export interface CaseSummary {
  readonly caseId: CaseId
  readonly caseSeq: number
  readonly caseNo: string
  readonly company: string
  readonly channel: string
  readonly kind: string
  readonly headline: Headline
  /** When the headline last changed. */
  readonly since: Date
  readonly version: number
  readonly orderRefs: readonly string[]
  readonly customerId: string | null
  readonly lineCount: number
  readonly createdAt: Date
  readonly updatedAt: Date
}

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

/** Which cases a list holds. Everything that is given has to fit. */
export interface CaseFilter {
  readonly headline?: Headline | undefined
  readonly channel?: string | undefined
  readonly company?: string | undefined
  /** Any identifier, whole and exact: a case, order, tracking, ticket, credit note number. */
  readonly identifier?: string | undefined
}

/**
 * Cases, newest first, before the case with the sequence number `before`. Every filter leads an index
 * that ends in that number, so that a page costs what it shows; with several of them the planner takes
 * the rarest and checks the others on its rows.
 */
export async function listCases(
  db: Queryable,
  filter: CaseFilter & { readonly before?: number | undefined; readonly limit: number },
): Promise<CaseSummary[]> {
  const { conditions, values } = caseConditions(filter)
  values.push(filter.limit)
  const { rows } = await db.query<CaseSummary>(
    `select c.case_id as "caseId", c.case_seq as "caseSeq", c.case_no as "caseNo", c.company, c.channel, c.kind,
       h.headline, h.since, c.version, c.order_refs as "orderRefs",
       c.customer_id as "customerId", c.line_count as "lineCount", c.created_at as "createdAt", c.updated_at as "updatedAt"
     from return_case c join case_headline h on h.case_id = c.case_id
     where ${conditions.join(' and ')}
     order by ${filter.headline === undefined ? 'c' : 'h'}.case_seq desc limit $${values.length}`,
    values,
  )
  return rows
}

function caseConditions(filter: Parameters<typeof listCases>[1]): {
  conditions: string[]
  values: unknown[]
} {
  const conditions: string[] = []
  const values: unknown[] = []
  const add = (condition: string, value: unknown): void => {
    values.push(value)
    conditions.push(condition.replace('$', `$${values.length}`))
  }
  const list = filter.headline === undefined ? 'c' : 'h'
  if (filter.headline !== undefined) add('h.headline = $', filter.headline)
  if (filter.channel !== undefined) add(`${list}.channel = $`, filter.channel)
  if (filter.company !== undefined) add(`${list}.company = $`, filter.company)
  if (filter.identifier !== undefined) {
    add(
      'c.case_id in (select case_id from external_ref where value = $)',
      normalizeIdentifier(filter.identifier),
    )
  }
  add(`${list}.case_seq < $`, filter.before ?? Number.MAX_SAFE_INTEGER)
  return { conditions, values }
}

/** Case numbers are read out and typed in either case; other systems' identifiers are taken as they are. */
function normalizeIdentifier(text: string): string {
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
