import { customerContact } from '@backhaul/sdk/canonical'
import { findContact } from '../../store/contacts.ts'
import type { Queryable } from '../../store/database.ts'

/** What the status page has to know of a customer. It shows none of it. */
export interface PageCustomer {
  readonly language: string | undefined
  /** Where the goods were delivered, and where the customer says they are. */
  readonly postcodes: readonly string[]
}

export async function readCustomer(db: Queryable, caseId: string): Promise<PageCustomer> {
  const { customer, deliveredTo } = await findContact(db, caseId)
  const said = customerContact.safeParse(customer).data
  const known = customerContact.shape.shipFrom.safeParse(deliveredTo ?? undefined).data
  const postcodes = [said?.shipFrom?.postalCode, known?.postalCode]
  return { language: said?.language, postcodes: postcodes.filter((one) => one !== undefined) }
}
