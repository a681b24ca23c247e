import { loadCase } from '../../pipeline/load-case.ts'
import { HubError } from '../../platform/errors.ts'
import { findCaseCustomer } from '../../store/case-queries.ts'
import type { Pool } from '../../store/database.ts'
import { summarizeDeliveries } from '../../store/delivery-queries.ts'
import { listCaseExceptions } from '../../store/exception-queries.ts'
import { listRefs } from '../../store/refs.ts'
import type { Caller } from '../access/caller.ts'
import { mayDo } from '../access/rights.ts'
import { makeReturnView } from '../schemas/return-view.ts'
import type { ReturnView } from '../schemas/returns.ts'

/** Deliveries that a return's summary counts, the newest ones. */
const summarized = 1_000

/** A return as a caller may see it. @throws {HubError} NOT_FOUND. */
export async function loadReturn(
  pool: Pool,
  idOrNo: string,
  { role }: Caller,
): Promise<ReturnView> {
  const found = await loadCase(pool, idOrNo)
  if (found === null) throw new HubError('NOT_FOUND', 'There is no such return.')
  const { caseId } = found
  const showsCustomer = mayDo(role, 'customer.read')
  const [exceptions, refs, lanes, customer] = await Promise.all([
    listCaseExceptions(pool, caseId),
    listRefs(pool, caseId),
    summarizeDeliveries(pool, { caseId, atMost: summarized }),
    showsCustomer ? findCaseCustomer(pool, found) : null,
  ])
  return makeReturnView({ found, customer, showsCustomer, exceptions, refs, lanes })
}

/** The version of a return as its entity tag. */
export function etagOf({ version }: { readonly version: number }): string {
  return `"${version}"`
}
