import type { Session } from './session.ts'
import { type Column, table } from './table.ts'

/** A page of a list: its rows, and the cursor of the next page. */
export interface Page<Row> {
  readonly items: readonly Row[]
  readonly next: string | null
}

/** Shows a page: as a document, or as a table, with a word where there is nothing or more. */
export function showPage<Row>(
  session: Session,
  page: Page<Row>,
  shown: { readonly columns: readonly Column<Row>[]; readonly none: string },
): void {
  const { items, next } = page
  if (items.length === 0) session.say(shown.none)
  session.show({ items, next }, () =>
    items.length === 0 ? '' : table(items, shown.columns, { hasColor: session.hasColor }),
  )
  if (next !== null) session.say(`There are more: add --before ${next}`)
}

/** Cuts a page out of rows of which one more than `limit` was read. */
export function pageOf<Row>(
  rows: readonly Row[],
  limit: number,
  cursorOf: (last: Row) => string,
): Page<Row> {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return { items, next: rows.length > limit && last !== undefined ? cursorOf(last) : null }
}
