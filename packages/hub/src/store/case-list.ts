import type { CaseId, Headline } from '@backhaul/sdk/canonical'
import { addCaseConditions, type CaseFilter, Conditions } from './case-filter.ts'
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
  /** This and what lists are sorted by is null for a moment after an upgrade, until the tick has filled it in. */
  readonly stage: string | null
  readonly needsReview: boolean
  readonly waitingOn: string | null
  readonly priority: string | null
  readonly owner: string | null
  readonly slaDueAt: Date | null
  readonly version: number
  readonly orderRefs: readonly string[]
  readonly customerId: string | null
  /** As master data has it. */
  readonly customerName: string | null
  readonly lineCount: number
  readonly currency: string | null
  /** What was invoiced for what comes back; null where nobody has said. */
  readonly valueMinor: number | null
  /** Decimals, over all lines. */
  readonly requested: string
  readonly arrived: string
  readonly lastEvent: string | null
  readonly createdAt: Date
  readonly updatedAt: Date
  /** Begin of the five minutes that `updatedAt` lies in; null where it is not filled in yet. */
  readonly touchedAt: Date | null
}

/**
 * `newest`: by their numbers. `since`: by how long they have stood where they are, those that have ended left
 * out unless the stage asked for is theirs. `updated`: the last changed first. `sla`: what is due first; what is
 * never due is left out.
 */
export const caseSorts = ['newest', 'since', 'updated', 'sla'] as const
export type CaseSort = (typeof caseSorts)[number]

/** Where a list goes on: the keys of its last row. */
export interface CasePlace {
  readonly caseSeq: number
  /** Of the sort's own time: `since`, `updatedAt` or `slaDueAt`. */
  readonly at?: Date | undefined
  readonly touchedAt?: Date | undefined
}

export interface CaseListPage {
  readonly sort?: CaseSort | undefined
  readonly after?: CasePlace | undefined
  readonly limit: number
}

/** The place of a row in a list of this sort. */
export function placeOfCase(row: CaseSummary, sort: CaseSort): CasePlace {
  const { caseSeq } = row
  if (sort === 'since') return { caseSeq, at: row.since }
  if (sort === 'sla') return { caseSeq, at: row.slaDueAt ?? undefined }
  if (sort === 'updated')
    return { caseSeq, at: row.updatedAt, touchedAt: row.touchedAt ?? undefined }
  return { caseSeq }
}

/**
 * A page of cases. The page is found in the narrow rows of `case_headline`, along an index of its sort or of one
 * of its filters, and only what is shown is looked up beside them.
 */
export async function listCases(
  db: Queryable,
  page: CaseFilter & CaseListPage,
): Promise<CaseSummary[]> {
  const conditions = new Conditions()
  const order = orderOf(page)
  addCaseConditions(conditions, page, order.list)
  addPlace(conditions, page, order)
  const found = `select h.* from ${order.from} where ${conditions.text}
    order by ${order.inner} limit ${conditions.value(page.limit)}`
  const { rows } = await db.query<CaseSummary>(
    `select ${summaryColumns} from (${found}) h ${summaryJoins} order by ${order.outer}`,
    conditions.values,
  )
  return rows
}

interface Order {
  readonly from: string
  /** Whose columns lead the page, of those that both tables have. */
  readonly list: 'h' | 'u'
  readonly inner: string
  readonly outer: string
}

const both = 'case_headline h join return_case u on u.case_id = h.case_id'

function orderOf({ sort = 'newest', stage, headline }: CaseFilter & CaseListPage): Order {
  if (sort === 'since' || sort === 'sla') {
    const by = `${sort === 'since' ? 'h.since' : 'h.sla_due_at'}, h.case_seq`
    return { from: 'case_headline h', list: 'h', inner: by, outer: by }
  }
  if (sort === 'updated') {
    return { from: both, list: 'h', inner: byTouch('u'), outer: byTouch('c') }
  }
  const outer = 'h.case_seq desc'
  // Without either, the indexes of the cases themselves are the ones in this order.
  return stage === undefined && headline === undefined
    ? { from: both, list: 'u', inner: 'u.case_seq desc', outer }
    : { from: 'case_headline h', list: 'h', inner: outer, outer }
}

function byTouch(row: 'u' | 'c'): string {
  return `h.touched_at desc, ${row}.updated_at desc, h.case_seq desc`
}

function addPlace(conditions: Conditions, page: CaseFilter & CaseListPage, { list }: Order): void {
  const { sort = 'newest', after } = page
  if (sort === 'newest') {
    conditions.add(`${list}.case_seq < ?`, after?.caseSeq ?? Number.MAX_SAFE_INTEGER)
    return
  }
  const at = after?.at
  if (sort === 'since') {
    if (page.stage !== 'done') conditions.add(`h.stage <> 'done'`)
    if (after) conditions.add('(h.since, h.case_seq) > (?, ?)', at, after.caseSeq)
    else conditions.add(`h.since > '-infinity'`)
  } else if (sort === 'sla') {
    conditions.add(`h.sla_due_at < 'infinity'`)
    if (after) conditions.add('(h.sla_due_at, h.case_seq) > (?, ?)', at, after.caseSeq)
  } else {
    conditions.add('h.touched_at <= ?', after?.touchedAt ?? 'infinity')
    if (after) {
      const keys = [after.touchedAt, at, after.caseSeq]
      conditions.add('(h.touched_at, u.updated_at, h.case_seq) < (?, ?, ?)', ...keys)
    }
  }
}

const summaryColumns = `c.case_id as "caseId", c.case_seq as "caseSeq", c.case_no as "caseNo", c.company, c.channel, c.kind,
  h.headline, h.since, h.stage, h.needs_review as "needsReview", h.waiting_on as "waitingOn", h.priority, coalesce(o.owner, h.owner) as owner,
  nullif(h.sla_due_at, 'infinity') as "slaDueAt", c.version, c.order_refs as "orderRefs", c.customer_id as "customerId",
  p.name as "customerName", c.line_count as "lineCount", m.currency, case when m.is_invoiced then m.invoiced_minor end as "valueMinor",
  q.requested, q.arrived, e.type as "lastEvent", c.created_at as "createdAt", c.updated_at as "updatedAt", h.touched_at as "touchedAt"`

// The last event was recorded at the moment that the case was last written, which names its partition.
const summaryJoins = `join return_case c on c.case_id = h.case_id
  left join case_owner o on o.case_id = h.case_id
  left join party p on p.party_id = c.customer_id
  left join money_ledger m on m.case_id = h.case_id
  left join lateral (select trim_scale(coalesce(sum(requested), 0))::text as requested,
      trim_scale(coalesce(sum(received + surplus), 0))::text as arrived
    from quantity_ledger where case_id = h.case_id) q on true
  left join case_event e on e.case_id = c.case_id and e.seq = c.version and e.recorded_at = c.updated_at`

/** How many cases stand under each step, counted up to `atMost`. */
export type StageCounts = Readonly<Record<string, number>>

/** Counts the cases that fit, for each of the steps. */
export async function countCases(
  db: Queryable,
  filter: Omit<CaseFilter, 'stage'> & {
    readonly stages: readonly string[]
    readonly atMost: number
  },
): Promise<StageCounts> {
  const conditions = new Conditions()
  const { stages, atMost } = filter
  const limit = conditions.value(atMost)
  const counts = stages.map((stage, index) => {
    conditions.texts.length = 0
    addCaseConditions(conditions, { ...filter, stage }, 'h')
    return `(select count(*)::int from (select from case_headline h where ${conditions.text} limit ${limit}) counted) as s${index}`
  })
  const { rows } = await db.query<Record<string, number>>(
    `select ${counts.join(', ')}`,
    conditions.values,
  )
  return Object.fromEntries(stages.map((stage, index) => [stage, rows[0]?.[`s${index}`] ?? 0]))
}
