import { loadCase } from '../../pipeline/load-case.ts'
import { HubError } from '../../platform/errors.ts'
import { findCaseOwner } from '../../store/case-owners.ts'
import { findCaseCustomer } from '../../store/case-queries.ts'
import type { Pool } from '../../store/database.ts'
import {
  type LaneSummary,
  listDeliveries,
  summarizeDeliveries,
} from '../../store/delivery-queries.ts'
import { listCaseExceptions } from '../../store/exception-queries.ts'
import { listRefs } from '../../store/refs.ts'
import type { Caller } from '../access/caller.ts'
import { seesCustomer } from '../access/personal-data.ts'
import { makeReturnView } from '../schemas/return-view.ts'
import type { ReturnView } from '../schemas/returns.ts'

/** Deliveries that a return's summary counts, the newest ones. */
const summarized = 1_000

/** A return as a caller may see it. @throws {HubError} NOT_FOUND. */
export async function loadReturn(pool: Pool, idOrNo: string, caller: Caller): Promise<ReturnView> {
  const found = await loadCase(pool, idOrNo)
  if (found === null) throw new HubError('NOT_FOUND', 'There is no such return.')
  const { caseId } = found
  const showsCustomer = seesCustomer(caller)
  const [exceptions, refs, lanes, customer, owner] = await Promise.all([
    listCaseExceptions(pool, caseId),
    listRefs(pool, caseId),
    summarizeDeliveries(pool, { caseId, atMost: summarized }),
    showsCustomer ? findCaseCustomer(pool, found) : null,
    findCaseOwner(pool, caseId),
  ])
  const undelivered = await listUndelivered(pool, { caseId, lanes })
  const parts = { found, customer, showsCustomer, exceptions, refs, lanes, owner, undelivered }
  return makeReturnView(parts)
}

/** The version of a return as its entity tag. */
export function etagOf({ version }: { readonly version: number }): string {
  return `"${version}"`
}

/** Deliveries in a state that a return shows, the newest. */
const shownUndelivered = 50

/** Asked for only where the summary says that there are any: most returns have none. */
async function listUndelivered(
  pool: Pool,
  { caseId, lanes }: { readonly caseId: string; readonly lanes: readonly LaneSummary[] },
) {
  const states = (['dead', 'pending'] as const).filter((state) =>
    lanes.some((lane) => lane[state] > 0),
  )
  const found = await Promise.all(
    states.map((state) => listDeliveries(pool, { caseId, state, limit: shownUndelivered })),
  )
  return found.flat()
}
