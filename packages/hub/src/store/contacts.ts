import type { Queryable } from './database.ts'

/** The customer as the last request of a case names it, unparsed; null where no request is in its history. */
export async function findCustomer(db: Queryable, caseId: string): Promise<unknown> {
  const { rows } = await db.query<{ customer: unknown }>({
    name: 'find-customer',
    text: `select data -> 'customer' as customer from case_event
      where case_id = $1 and type = 'return.requested' order by seq desc limit 1`,
    values: [caseId],
  })
  return rows[0]?.customer ?? null
}
