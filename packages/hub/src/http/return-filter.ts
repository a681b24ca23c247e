import type { CaseFilter } from '../store/case-filter.ts'
import { hasIdentifier } from '../store/case-queries.ts'
import type { Queryable } from '../store/database.ts'
import { caseFilterOf, prefixLength, type ReturnFilter } from './schemas/return-list.ts'

/** The filter with what is searched for: an identifier, or how one begins where none is called so. */
export async function returnFilterOf(
  db: Queryable,
  filter: ReturnFilter,
  now: Date,
): Promise<CaseFilter> {
  const { q } = filter
  const known = caseFilterOf(filter, now)
  if (q === undefined) return known
  if (q.length < prefixLength || (await hasIdentifier(db, q))) return { ...known, identifier: q }
  return { ...known, prefix: q }
}
