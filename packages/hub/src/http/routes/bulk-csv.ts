import { stringify } from 'csv-stringify/sync'
import { listBulkItems } from '../../store/bulk-operations.ts'
import type { Pool } from '../../store/database.ts'

const rowsAtOnce = 500
const names = ['item', 'target', 'label', 'state', 'code', 'detail', 'ended_at']

/** The lines of an operation's report, some hundred at a time. */
export async function* bulkRows(pool: Pool, operationId: string): AsyncGenerator<string> {
  yield lines([names])
  let after = 0
  for (;;) {
    const rows = await listBulkItems(pool, { operationId, after, limit: rowsAtOnce })
    yield lines(
      rows.map(({ itemNo, target, label, state, code, detail, endedAt }) => [
        String(itemNo),
        target,
        label,
        state,
        code ?? '',
        detail ?? '',
        endedAt?.toISOString() ?? '',
      ]),
    )
    if (rows.length < rowsAtOnce) return
    after = rows.at(-1)?.itemNo ?? after
  }
}

function lines(rows: readonly (readonly string[])[]): string {
  // What begins like a formula would be one in a spreadsheet.
  return stringify(
    rows.map((row) => [...row]),
    { escape_formulas: true },
  )
}
