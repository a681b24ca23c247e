import { stringify } from 'csv-stringify/sync'
import { type AuditFilter, type AuditPlace, listAudit } from '../../store/audit-queries.ts'
import type { Pool } from '../../store/database.ts'

const rowsAtOnce = 500
const names = [
  'recorded_at',
  'actor',
  'action',
  'object_type',
  'object_id',
  'detail',
  'chain',
  'seq',
]

/**
 * The lines of an export, some hundred at a time. The first says when it was made, by whom, and what was asked for:
 * a table on somebody's disk has to say what it leaves out.
 */
export async function* auditRows(of: {
  readonly pool: Pool
  readonly filter: AuditFilter
  readonly at: Date
  readonly by: string
}): AsyncGenerator<string> {
  const { pool, filter, at, by } = of
  const asked = Object.entries(filter).flatMap(([name, value]) =>
    value === undefined ? [] : `${name}=${value instanceof Date ? value.toISOString() : value}`,
  )
  const what = asked.length === 0 ? 'everything' : asked.join(' ')
  yield line([`# audit log, exported ${at.toISOString()} by ${by}: ${what}`])
  yield line(names)
  let after: AuditPlace | undefined
  for (;;) {
    const rows = await listAudit(pool, { ...filter, after, limit: rowsAtOnce })
    for (const { recordedAt, actor, action, objectType, objectId, detail, chainId, seq } of rows) {
      const said = detail === null ? '' : JSON.stringify(detail)
      const when = recordedAt.toISOString()
      yield line([when, actor, action, objectType, objectId, said, chainId, String(seq)])
    }
    if (rows.length < rowsAtOnce) return
    after = rows.at(-1)
  }
}

function line(cells: readonly string[]): string {
  // What begins like a formula would be one in a spreadsheet.
  return stringify([[...cells]], { escape_formulas: true })
}
