import { listingOf } from '../domain/index.ts'
import type { Pool } from '../store/database.ts'
import { fillListings, listUnfilled } from '../store/unfilled-listings.ts'
import { currentCases } from './process/case-states.ts'
import { headlineRow, touchOf } from './process/headline-writes.ts'

const casesAtOnce = 200

/**
 * Fills in, some hundred cases at a time, what lists need of cases that were last written before lists needed it.
 * It locks nothing: a case that changes meanwhile writes its row itself, or leaves it as it is read here.
 *
 * @returns how many there were.
 */
export async function fillMissingListings(pool: Pool): Promise<number> {
  const rows = await listUnfilled(pool, casesAtOnce)
  if (rows.length === 0) return 0
  const current = await currentCases(
    pool,
    rows.map((row) => ({ row, known: undefined })),
  )
  const writes = rows.flatMap(({ caseId, caseSeq, updatedAt }) => {
    const state = current.get(caseId)?.state
    if (state === undefined) return []
    const listing = listingOf(state)
    return [headlineRow({ caseId, caseSeq, state, listing, touchedAt: touchOf(updatedAt) })]
  })
  await fillListings(pool, writes)
  return writes.length
}
