import { array, boolean, type infer as Infer, nullable, number, object, string } from 'zod/mini'
import { addressOf, fetchBody, type Query } from '../../api/client.ts'
import type { CaseSearch } from './case-search.ts'

const summary = object({
  id: string(),
  caseNo: string(),
  company: string(),
  channel: string(),
  kind: string(),
  priority: nullable(string()),
  headline: string(),
  since: string(),
  stage: nullable(string()),
  needsReview: boolean(),
  isAging: boolean(),
  waitingOn: nullable(string()),
  owner: nullable(string()),
  slaDueAt: nullable(string()),
  orderRefs: array(string()),
  customerId: nullable(string()),
  customerName: nullable(string()),
  lineCount: number(),
  units: object({ requested: string(), arrived: string() }),
  value: nullable(object({ amount: string(), currency: string() })),
  lastEvent: nullable(string()),
  createdAt: string(),
  updatedAt: string(),
})

/** A return as the list shows it. */
export type CaseRow = Infer<typeof summary>

const page = object({ data: array(summary), next_cursor: nullable(string()) })
const counts = object({
  stages: array(object({ stage: string(), count: number() })),
  upTo: number(),
})
const sentence = object({ sentence: string() })

const pageSize = 100

function queryOf({ columns: _columns, ...search }: CaseSearch): Query {
  return search
}

export function readCases(search: CaseSearch, cursor: string | undefined, signal: AbortSignal) {
  const query = { ...queryOf(search), limit: pageSize, cursor }
  return fetchBody('/api/v1/returns', page, { query, signal })
}

export function readCounts({ stage: _stage, sort: _sort, ...search }: CaseSearch) {
  return fetchBody('/api/v1/returns/counts', counts, { query: queryOf(search) })
}

/** Where a return stands, in words. */
export function readSentence(id: string) {
  return fetchBody(`/api/v1/returns/${encodeURIComponent(id)}`, sentence)
}

/** Where the whole list lies as a table. */
export function csvAddress(search: CaseSearch): string {
  return addressOf('/api/v1/returns.csv', queryOf(search))
}
