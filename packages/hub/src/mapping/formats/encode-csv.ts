import { stringify } from 'csv-stringify/sync'
import { FormatError } from './format-problem.ts'
import { maxColumns } from './limits.ts'
import { isList, isObject, type Plain, type PlainObject, textOf } from './plain-data.ts'
import type { TargetFormatOf } from './target-format.ts'

/**
 * Writes a list of objects, or `{ rows: [object] }`, as CSV. A value that a spreadsheet would run as a
 * formula gets an apostrophe in front, which spreadsheets do not show; numbers are left as they are.
 *
 * @throws {FormatError} for rows that are no objects, and values that are no text.
 */
export function encodeCsv(value: Plain, options: TargetFormatOf<'csv'>): string {
  const rows = rowsOf(value)
  const columns = options.columns ?? columnsOf(rows)
  if (columns.length > maxColumns) throw new FormatError(`more than ${maxColumns} columns`)
  const lines = rows.map((row) => columns.map((name) => guarded(textOf(fieldOf(row, name)))))
  return stringify(options.header ? [columns.map(guarded), ...lines] : lines, {
    delimiter: options.delimiter,
    record_delimiter: options.lineEnd === 'lf' ? '\n' : '\r\n',
    // By itself it quotes the line ends that it writes, and no others.
    quoted_match: /[\r\n]/,
    // A line with nothing in it would be no row.
    quoted_empty: columns.length === 1,
  })
}

function rowsOf(value: Plain): readonly PlainObject[] {
  const rows = isObject(value) ? value['rows'] : value
  if (!isList(rows) || !rows.every(isObject))
    throw new FormatError('CSV is written from a list of objects, or from `rows` with one')
  return rows
}

function columnsOf(rows: readonly PlainObject[]): string[] {
  const names = new Set<string>()
  for (const row of rows) for (const name of Object.keys(row)) names.add(name)
  return [...names]
}

function fieldOf(row: PlainObject, name: string): Plain | undefined {
  return Object.hasOwn(row, name) ? row[name] : undefined
}

const formula = /^[=+\-@\t\r]/
const plainNumber = /^[+-]?\d{1,30}(?:[.,]\d{1,30})?$/

function guarded(text: string): string {
  return formula.test(text) && !plainNumber.test(text) ? `'${text}` : text
}
