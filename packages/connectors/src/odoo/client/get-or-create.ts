import { RetryableError, TerminalError } from '@backhaul/sdk/connector'
import { z } from 'zod'
import { odooCodes } from './failures.ts'
import { type Odoo, parseAs } from './odoo.ts'
import { sentenceWithoutValues } from './sentence.ts'

/** A value of a column. Ids of records go into columns that end in `/.id`; several are given as a list. */
export type Cell = string | number | boolean | null | readonly number[]

/** A record with the external id that makes it one, however often it is sent. */
export interface KeyedRecord {
  /** `prefix.name`, see `externalId`. */
  readonly key: string
  readonly values: Readonly<Record<string, Cell>>
}

export interface KeyedDocument extends KeyedRecord {
  /** Its lines: each has an external id of its own, else a repeat would add them again. */
  readonly lines?: { readonly field: string; readonly records: readonly KeyedRecord[] }
}

/** Stored with the external id when the record is made: without it a repeat writes the values again. */
const mode = { mode: 'update', noupdate: true }
const attempts = 4

const answer = z.object({
  ids: z.union([z.array(z.int()), z.literal(false)]),
  messages: z.array(z.object({ message: z.string().default('') })).default([]),
})

/** How PostgreSQL says that two transactions were in each other's way; `load` passes it on as text only. */
const conflict = /could not serialize access|deadlock detected|could not obtain lock/i
/** The external id, made by somebody else a moment ago; or a record that cannot be there twice. */
const duplicate = /duplicate key value/i

/**
 * Makes a document with its lines, or finds the one with that key: it is the same call, and it rewrites
 * nothing of what is there, whatever became of it. Several at once make one record; who loses asks again.
 *
 * What it makes is a draft. It checks nothing of the business: quantities are the hub's to balance.
 *
 * @returns the document's id.
 * @throws {TerminalError} ODOO_INVALID with Odoo's own sentence.
 * @throws {UnknownOutcomeError} when no answer came: the same call settles it.
 */
export async function getOrCreate(
  odoo: Odoo,
  model: string,
  document: KeyedDocument,
): Promise<number> {
  const { fields, data } = toTable(document)
  for (let attempt = 1; ; attempt += 1) {
    const raw = await odoo.act(model, 'load', { named: { fields, data }, context: mode })
    const { ids, messages } = parseAs(answer, raw, `${model}.load`)
    if (ids !== false && ids[0] !== undefined) return ids[0]
    const texts = messages.map(({ message }) => message)
    const isConflict = texts.some((text) => conflict.test(text))
    const isDuplicate = texts.some((text) => duplicate.test(text))
    if (!isConflict && (!isDuplicate || attempt === attempts)) {
      const reason = isDuplicate
        ? `${model} has such a record already`
        : sentenceWithoutValues(texts[0] ?? '')
      throw new TerminalError({ code: odooCodes.invalid, reason })
    }
    if (attempt === attempts) throw new RetryableError({ code: odooCodes.locked })
  }
}

/** Columns and rows as an import has them: lines after the first leave the document's columns empty. */
function toTable({ key, values, lines }: KeyedDocument): { fields: string[]; data: string[][] } {
  const own = Object.keys(values)
  const ofLines = distinct(lines?.records.flatMap((line) => Object.keys(line.values)) ?? [])
  const records = lines?.records ?? []
  const field = lines?.field ?? ''
  const lineColumns =
    records.length === 0 ? [] : [`${field}/id`, ...ofLines.map((name) => `${field}/${name}`)]
  const head = [key, ...own.map((name) => toText(values[name]))]
  const rowCount = Math.max(1, records.length)
  const data = Array.from({ length: rowCount }, (_, index) => {
    const line = records[index]
    const cells = line ? [line.key, ...ofLines.map((name) => toText(line.values[name]))] : []
    return [...(index === 0 ? head : head.map(() => '')), ...cells]
  })
  return { fields: ['id', ...own, ...lineColumns], data }
}

/** Booleans are words: JSON's own make it fail with HTTP 500. */
function toText(cell: Cell | undefined): string {
  if (cell === null || cell === undefined) return ''
  if (typeof cell === 'boolean') return cell ? 'True' : 'False'
  return typeof cell === 'object' ? cell.join(',') : String(cell)
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names)]
}
