import { z } from 'zod'

/*
 * Schemas around the schema of a row, made once for each: making one costs more than parsing a row does, since a
 * schema of objects is compiled at its first use.
 */

const lists = new WeakMap<z.ZodType, z.ZodType>()
const pages = new WeakMap<z.ZodType, z.ZodType>()

/** A list of rows. */
export function listOf<Row extends z.ZodType>(row: Row): z.ZodArray<Row> {
  return kept(lists, row, () => z.array(row)) as z.ZodArray<Row>
}

/** What `web_search_read` answers. */
export function pageOf<Row extends z.ZodType>(row: Row) {
  const make = () => z.object({ records: z.array(row) })
  return kept(pages, row, make) as ReturnType<typeof make>
}

function kept(
  known: WeakMap<z.ZodType, z.ZodType>,
  row: z.ZodType,
  make: () => z.ZodType,
): z.ZodType {
  const found = known.get(row)
  if (found) return found
  const made = make()
  known.set(row, made)
  return made
}
