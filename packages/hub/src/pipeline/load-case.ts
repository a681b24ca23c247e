import type { CaseState } from '../domain/index.ts'
import { HubError } from '../platform/errors.ts'
import { type CaseRecord, findCase } from '../store/case-queries.ts'
import type { Queryable } from '../store/database.ts'
import { currentCases } from './process/case-states.ts'

/** A case, whole, as it stands. */
export type LoadedCase = CaseRecord & { readonly state: CaseState }

const attempts = 5

/**
 * A case by its id or its number; null when there is none.
 *
 * @throws {HubError} OVERLOADED when it changes faster than it can be read.
 */
export async function loadCase(db: Queryable, idOrNo: string): Promise<LoadedCase | null> {
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const row = await findCase(db, idOrNo)
    if (row === null) return null
    // Between the two reads a newer snapshot may have taken the place of the one that fits.
    const current = (await currentCases(db, [{ row, known: undefined }])).get(row.caseId)
    if (current) return { ...row, state: current.state }
  }
  const message = 'The return is changing too fast to be read.'
  throw new HubError('OVERLOADED', message, { retryAfterSeconds: 1 })
}
