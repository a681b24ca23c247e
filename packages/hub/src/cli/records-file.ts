import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { parse } from 'csv-parse/sync'
import { CliError } from './cli-error.ts'

/** What a file seems to hold, by its name: `products` for `products-2026.csv`. */
export function kindOfFile(path: string): string {
  return /^[a-z]+/.exec(basename(path).toLowerCase())?.[0] ?? ''
}

/**
 * Reads records from a file: JSON with a list, or with one under `items`; or CSV with a header.
 *
 * Columns of a CSV have the names of fields. A cell that is empty is left out; several values stand in one cell
 * with `|` between them: `tags` as they are, `units` and `components` as `CS=24`, `identifiers` as
 * `channel_sku@shop-eu=A-1`, without `@…` where they hold everywhere.
 *
 * @throws {CliError} when it cannot be read.
 */
export async function readRecordsFile(path: string): Promise<unknown[]> {
  const text = await readText(path)
  if (/\.json$/i.test(path)) return readJson(text, path)
  if (/\.(csv|tsv|txt)$/i.test(path)) return readCsv(text, path)
  throw new CliError('usage', `${path} is neither .json nor .csv.`)
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new CliError('usage', `${path} cannot be read: ${(cause as Error).message}.`, { cause })
  }
}

function readJson(text: string, path: string): unknown[] {
  const value = parseJson(text, path)
  const items: unknown =
    typeof value === 'object' && value !== null && 'items' in value ? value.items : value
  if (Array.isArray(items)) return items
  throw new CliError('usage', `${path} holds no list of records.`)
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The parser's message quotes the file.
    throw new CliError('usage', `${path} is no JSON.`)
  }
}

function readCsv(text: string, path: string): unknown[] {
  try {
    const delimiter = delimiterOf(text.split('\n', 1)[0] ?? '')
    const rows = parse(text, { bom: true, columns: true, delimiter, skip_empty_lines: true })
    return (rows as Readonly<Record<string, string>>[]).map(recordOf)
  } catch (cause) {
    const line: unknown = (cause as { lines?: unknown }).lines
    const where = typeof line === 'number' ? ` near line ${line}` : ''
    throw new CliError('usage', `${path} is no CSV with a header${where}.`)
  }
}

/** What stands in the header most often. */
function delimiterOf(header: string): string {
  const count = (delimiter: string) => header.split(delimiter).length
  return [',', ';', '\t'].reduce((best, one) => (count(one) > count(best) ? one : best))
}

function recordOf(row: Readonly<Record<string, string>>): Record<string, unknown> {
  const filled = Object.entries(row).filter(([, cell]) => cell.trim() !== '')
  return Object.fromEntries(filled.map(([name, cell]) => [name, cellValue(name, cell.trim())]))
}

function cellValue(name: string, cell: string): unknown {
  switch (name) {
    case 'isActive':
    case 'acceptsReturns':
      return booleans.get(cell.toLowerCase()) ?? cell
    case 'claimDays':
      return Number(cell)
    case 'tags':
      return partsOf(cell)
    case 'units':
      return partsOf(cell).map((part) => pair(part, ['unit', 'ratio']))
    case 'components':
      return partsOf(cell).map((part) => pair(part, ['productId', 'ratio']))
    case 'identifiers':
      return partsOf(cell).map(identifierOf)
    default:
      return cell
  }
}

const booleans: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['yes', true],
  ['1', true],
  ['false', false],
  ['no', false],
  ['0', false],
])

function partsOf(cell: string): string[] {
  return cell.split('|').map((part) => part.trim())
}

function pair(text: string, [first, second]: readonly [string, string]): Record<string, string> {
  const at = text.lastIndexOf('=')
  return at === -1
    ? { [first]: text }
    : { [first]: text.slice(0, at), [second]: text.slice(at + 1) }
}

function identifierOf(text: string): Record<string, string> {
  const at = text.indexOf('=')
  const [kind = '', scope = ''] = text.slice(0, Math.max(at, 0)).split('@', 2)
  return { kind, scope, value: text.slice(at + 1) }
}
