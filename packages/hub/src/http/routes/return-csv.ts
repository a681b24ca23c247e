import { stringify } from 'csv-stringify/sync'
import type { CaseFilter } from '../../store/case-filter.ts'
import { type CasePlace, type CaseSort, listCases, placeOfCase } from '../../store/case-list.ts'
import type { Pool } from '../../store/database.ts'
import { type ReturnSummary, returnSummaryView, type SummaryViewer } from '../schemas/returns.ts'

type Cell = string | number | boolean | null

/** Columns of an export, in their order. */
const columns: readonly (readonly [name: string, of: (one: ReturnSummary) => Cell])[] = [
  ['return', ({ caseNo }) => caseNo],
  ['id', ({ id }) => id],
  ['company', ({ company }) => company],
  ['channel', ({ channel }) => channel],
  ['kind', ({ kind }) => kind],
  ['priority', ({ priority }) => priority],
  ['stage', ({ stage }) => stage],
  ['headline', ({ headline }) => headline],
  ['since', ({ since }) => since],
  ['waiting_on', ({ waitingOn }) => waitingOn],
  ['needs_review', ({ needsReview }) => needsReview],
  ['is_aging', ({ isAging }) => isAging],
  ['sla_due_at', ({ slaDueAt }) => slaDueAt],
  ['owner', ({ owner }) => owner],
  ['orders', ({ orderRefs }) => orderRefs.join(' ')],
  ['customer', ({ customerId }) => customerId],
  ['customer_name', ({ customerName }) => customerName],
  ['lines', ({ lineCount }) => lineCount],
  ['requested', ({ units }) => units.requested],
  ['arrived', ({ units }) => units.arrived],
  ['value', ({ value }) => value?.amount ?? null],
  ['currency', ({ value }) => value?.currency ?? null],
  ['last_event', ({ lastEvent }) => lastEvent],
  ['created_at', ({ createdAt }) => createdAt],
  ['updated_at', ({ updatedAt }) => updatedAt],
]

const rowsAtOnce = 500

/** The lines of an export, some hundred at a time: nothing is read that has not been taken off yet. */
export async function* returnRows(of: {
  readonly pool: Pool
  readonly filter: CaseFilter
  readonly sort: CaseSort
  readonly viewer: SummaryViewer
}): AsyncGenerator<string> {
  const { pool, filter, sort, viewer } = of
  yield lines([columns.map(([name]) => name)])
  let after: CasePlace | undefined
  for (;;) {
    const rows = await listCases(pool, { ...filter, sort, after, limit: rowsAtOnce })
    const last = rows.at(-1)
    if (last === undefined) return
    const shown = rows.map((row) => returnSummaryView(row, viewer))
    yield lines(shown.map((one) => columns.map(([, cellOf]) => cellOf(one))))
    if (rows.length < rowsAtOnce) return
    after = placeOfCase(last, sort)
  }
}

function lines(rows: readonly (readonly Cell[])[]): string {
  // What begins like a formula would be one in a spreadsheet, with whatever a customer wrote into it.
  return stringify(
    rows.map((row) => [...row]),
    { escape_formulas: true, cast: { boolean: String } },
  )
}
