import { CsvError, parse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'
import { HubError } from '../platform/errors.ts'
import type { Queryable } from '../store/database.ts'
import {
  type EntryFilter,
  type EntryPlace,
  listEntries,
  type VocabularyEntry,
} from '../store/vocabularies.ts'
import { maxEntries, type NewEntry } from './vocabularies.ts'

/** Columns of a table of words, in their order. `source` and `canonical` must be there. */
const csvColumns = [
  'connection',
  'company',
  'source',
  'canonical',
  'valid_from',
  'valid_to',
] as const
type Column = (typeof csvColumns)[number]

/** An entry of a table, and the line that it begins in, from 1. */
export interface CsvEntry {
  readonly line: number
  readonly entry: NewEntry
}

/**
 * Reads a table of words: comma-separated, with a line of column names.
 *
 * @param defaults.connectionId - of the rows that name no connection.
 * @throws {HubError} MALFORMED_BODY for what is no such table, with the line; VALIDATION_FAILED when it has
 *   too many rows.
 */
export function readCsv(
  text: string,
  defaults: { readonly connectionId?: string | null | undefined } = {},
): CsvEntry[] {
  const rows = parseRows(text)
  if (rows.length > maxEntries) {
    throw new HubError('VALIDATION_FAILED', `A table has at most ${maxEntries} rows.`)
  }
  return rows.map(({ record, info: { lines } }) => ({
    // The parser tells the last line of a row; only a cell with line breaks in it makes a row longer.
    line: lines - lineBreaksIn(record),
    entry: entryOf(record, defaults.connectionId ?? null),
  }))
}

interface Row {
  readonly record: Partial<Record<Column, string>>
  readonly info: { readonly lines: number }
}

function parseRows(text: string): Row[] {
  // The parser counts a line twice that ends with both characters inside of a cell.
  const lines = text.replaceAll(/\r\n?/g, '\n')
  if (lines.trim() === '') checkColumns([])
  try {
    return parse(lines, { bom: true, columns: checkColumns, info: true, skip_empty_lines: true })
  } catch (error) {
    if (error instanceof HubError) throw error
    const line = error instanceof CsvError ? Number(error['lines']) : 1
    throw new HubError('MALFORMED_BODY', `The table cannot be read from line ${line} on.`)
  }
}

function checkColumns(names: readonly string[]): string[] {
  const known: readonly string[] = csvColumns
  const given = names.map((name) => name.trim().toLowerCase())
  const unknown = given.filter((name) => !known.includes(name))
  const missing = ['source', 'canonical'].filter((name) => !given.includes(name))
  const isDoubled = new Set(given).size < given.length
  if (unknown.length === 0 && missing.length === 0 && !isDoubled) return given
  throw new HubError(
    'MALFORMED_BODY',
    `The first line must name the columns source and canonical, and may name ${csvColumns.join(', ')}, each once.`,
  )
}

function lineBreaksIn(record: Row['record']): number {
  return Object.values(record).reduce((sum, cell) => sum + (cell.match(/\n/g)?.length ?? 0), 0)
}

function entryOf(record: Row['record'], connectionId: string | null): NewEntry {
  const cell = (name: Column): string => unguarded(record[name] ?? '').trim()
  return {
    connectionId: cell('connection') || connectionId,
    company: cell('company') || null,
    sourceValue: cell('source'),
    canonicalValue: cell('canonical'),
    validFrom: timeOf(cell('valid_from')),
    validTo: timeOf(cell('valid_to')),
  }
}

/** A day alone means its first moment in UTC. */
function timeOf(text: string): string | null {
  if (text === '') return null
  return /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text
}

/** What a spreadsheet would take for a formula, also behind apostrophes, so that guarding can be undone. */
const formula = /^'*[=+\-@\t\r＝＋－＠]/

/** A cell that no spreadsheet calculates: an apostrophe stands before what begins like a formula. */
function guarded(cell: string): string {
  return formula.test(cell) ? `'${cell}` : cell
}

function unguarded(cell: string): string {
  return cell.startsWith("'") && formula.test(cell) ? cell.slice(1) : cell
}

const rowsPerPage = 2_000

/** Writes entries as a table that `readCsv` reads back the same, page by page, by their words. */
export async function* writeCsv(db: Queryable, filter: EntryFilter): AsyncGenerator<string> {
  yield stringify([csvColumns])
  let after: EntryPlace | undefined
  do {
    const page = await listEntries(db, { ...filter, after, limit: rowsPerPage })
    if (page.length > 0) yield stringify(page.map(rowOf))
    after = page.length < rowsPerPage ? undefined : page.at(-1)
  } while (after !== undefined)
}

/** Writes words of one file's connection as a table that `readCsv` reads. */
export function writeTable(
  rows: readonly { readonly sourceValue: string; readonly canonicalValue: string }[],
): string {
  const cells = rows.map(({ sourceValue, canonicalValue }) => [sourceValue, canonicalValue])
  return stringify([['source', 'canonical'], ...cells.map((row) => row.map(guarded))])
}

function rowOf(entry: VocabularyEntry): string[] {
  const { connectionId, company, sourceValue, canonicalValue, validFrom, validTo } = entry
  return [
    connectionId ?? '',
    company ?? '',
    sourceValue,
    canonicalValue,
    validFrom?.toISOString() ?? '',
    validTo?.toISOString() ?? '',
  ].map(guarded)
}
