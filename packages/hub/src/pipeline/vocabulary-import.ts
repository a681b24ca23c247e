import { HubError } from '../platform/errors.ts'
import type { Queryable } from '../store/database.ts'
import {
  type EntriesSet,
  type NewEntry,
  planEntries,
  setEntries,
  type VocabularyDeps,
} from './vocabularies.ts'
import { type CsvEntry, readCsv } from './vocabulary-csv.ts'

/** A table of words for one vocabulary. */
export interface WordTable {
  readonly vocabulary: string
  readonly csv: string
  /** Of the rows that name no connection. */
  readonly connectionId?: string | null | undefined
}

/** A row that would change something. */
export interface PlannedRow {
  readonly line: number
  readonly action: 'added' | 'changed'
  readonly connectionId: string | null
  readonly company: string | null
  readonly sourceValue: string
  readonly canonicalValue: string
  /** What the word means so far; null where it has no meaning. */
  readonly before: string | null
}

/** A row that cannot be taken. */
interface RefusedRow {
  readonly line: number
  /** In a sentence. */
  readonly reason: string
}

/** What importing a table would come to. */
export interface ImportPlan {
  readonly rows: readonly PlannedRow[]
  readonly added: number
  readonly changed: number
  readonly unchanged: number
  readonly refused: readonly RefusedRow[]
}

/** Says what importing a table would change. Nothing is changed. @throws {HubError} NOT_FOUND, MALFORMED_BODY. */
export function planImport(db: Queryable, table: WordTable): Promise<ImportPlan> {
  return planRows(db, table.vocabulary, readCsv(table.csv, table))
}

async function planRows(
  db: Queryable,
  vocabulary: string,
  given: readonly CsvEntry[],
): Promise<ImportPlan> {
  const plan = await planEntries(
    db,
    vocabulary,
    given.map(({ entry }) => entry),
  )
  const lineOf = (index: number): number => given[index]?.line ?? 0
  const rows = (['added', 'changed'] as const).flatMap((action) =>
    plan[action].map((index) => {
      const { connectionId = null, company = null, sourceValue, canonicalValue } = entryAt(index)
      const before = plan.before[index]?.canonicalValue ?? null
      const said = { connectionId, company, sourceValue, canonicalValue, before }
      return { line: lineOf(index), action, ...said }
    }),
  )
  return {
    rows: rows.toSorted((a, b) => a.line - b.line),
    added: plan.added.length,
    changed: plan.changed.length,
    unchanged: plan.unchanged.length,
    refused: plan.refused.map(({ index, problems }) => ({
      line: lineOf(index),
      reason: problems.map(({ pointer, message }) => `${columnOf(pointer)} ${message}`).join('; '),
    })),
  }

  function entryAt(index: number): NewEntry {
    return given[index]?.entry ?? { sourceValue: '', canonicalValue: '' }
  }
}

const columnByPointer: Readonly<Record<string, string>> = {
  '/connectionId': 'connection:',
  '/company': 'company:',
  '/sourceValue': 'source:',
  '/canonicalValue': 'canonical:',
  '/validFrom': 'valid_from:',
  '/validTo': 'valid_to:',
}

function columnOf(pointer: string): string {
  return columnByPointer[pointer] ?? 'the row:'
}

/**
 * Sets the words of a table, all of them or none, and replays what waited for them.
 *
 * @param table.remove - ids of entries that are to go in the same transaction.
 * @throws {HubError} NOT_FOUND, MALFORMED_BODY; VALIDATION_FAILED with the lines that are refused.
 */
export async function importWords(
  deps: VocabularyDeps,
  table: WordTable & {
    readonly replay?: boolean | undefined
    readonly remove?: readonly string[] | undefined
  },
  by: { readonly actor: string },
): Promise<EntriesSet> {
  const given = readCsv(table.csv, table)
  const { refused } = await planRows(deps.pool, table.vocabulary, given)
  if (refused.length > 0) {
    throw new HubError('VALIDATION_FAILED', 'Some lines of the table cannot be taken.', {
      problems: refused.slice(0, 50).map(({ line, reason }) => ({
        pointer: '/csv',
        code: 'line_refused',
        message: `line ${line}: ${reason}`,
      })),
    })
  }
  const { vocabulary, replay, remove } = table
  return setEntries(
    deps,
    { vocabulary, entries: given.map(({ entry }) => entry), replay, remove },
    by,
  )
}
