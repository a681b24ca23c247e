import { z } from 'zod'
import { type Domain, type Odoo, parseAs } from './odoo.ts'
import { listOf, pageOf } from './row-schemas.ts'

/*
 * Rows within rows, as Odoo's own web client reads them since version 17 (`web_read` and `web_search_read` of the
 * module `web`, which every server has): an order with its lines, their moves, and the lots of these, in one
 * transaction and one round trip. What is read is what the schema of the row says.
 */

/** A record that a row refers to, with fields of its own; null for none. */
export function nested<Row extends z.ZodType>(row: Row) {
  return z.union([z.literal(false).transform(() => null), row])
}

/** The id of a record that a row refers to; null for none. */
export const reference = z.union([z.literal(false).transform(() => null), z.int()])

type Specification = { readonly [field: string]: { readonly fields?: Specification } }

interface NestedRead<Row extends z.ZodObject> {
  /** Objects and lists of objects in it are read as rows of their own. */
  readonly row: Row
  /** Whether this database lacks a field, by its dotted path from the row; its schema has to be optional. */
  readonly isAbsent?: (path: string) => boolean
}

/** Rows of those that exist. */
export async function readNested<Row extends z.ZodObject>(
  odoo: Odoo,
  model: string,
  { ids, row, isAbsent }: NestedRead<Row> & { readonly ids: readonly number[] },
): Promise<z.output<Row>[]> {
  if (ids.length === 0) return []
  const named = { specification: specificationOf(row, isAbsent) }
  const rows = await odoo.ask(model, 'web_read', { ids, named })
  return parseAs(listOf(row), rows, { call: `${model}.web_read`, isRead: true })
}

export async function searchNested<Row extends z.ZodObject>(
  odoo: Odoo,
  model: string,
  search: NestedRead<Row> & {
    readonly domain: Domain
    readonly order: string
    readonly limit: number
    readonly context?: Readonly<Record<string, unknown>>
  },
): Promise<z.output<Row>[]> {
  const { domain, row, isAbsent, order, limit, context } = search
  const named = { domain, specification: specificationOf(row, isAbsent), order, limit }
  const options = { named, ...(context === undefined ? {} : { context }) }
  const answer = await odoo.ask(model, 'web_search_read', options)
  return parseAs(pageOf(row), answer, { call: `${model}.web_search_read`, isRead: true }).records
}

function specificationOf(
  row: z.ZodObject,
  isAbsent: (path: string) => boolean = () => false,
  prefix = '',
): Specification {
  const fields = Object.entries(row.shape).filter(
    ([name]) => name !== 'id' && !isAbsent(`${prefix}${name}`),
  )
  return Object.fromEntries(
    fields.map(([name, schema]) => {
      const inner = rowWithin(schema)
      if (inner === null) return [name, {}]
      return [name, { fields: specificationOf(inner, isAbsent, `${prefix}${name}.`) }]
    }),
  )
}

/** The row that a field's schema holds, whatever it is wrapped in. */
function rowWithin(schema: unknown): z.ZodObject | null {
  if (schema instanceof z.ZodObject) return schema
  if (schema instanceof z.ZodArray) return rowWithin(schema.element)
  if (schema instanceof z.ZodOptional) return rowWithin(schema.unwrap())
  if (schema instanceof z.ZodPipe) return rowWithin(schema.in)
  if (!(schema instanceof z.ZodUnion)) return null
  return schema.options.map(rowWithin).find((row) => row !== null) ?? null
}
