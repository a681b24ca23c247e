import type { Queryable } from './database.ts'

/** What a case's history says of its customer, unparsed; null where it does not. */
export interface StoredContact {
  /** As the last request names it. */
  readonly customer: unknown
  /** Where the order was delivered, as the last system that recorded the order knows it. */
  readonly deliveredTo: unknown
}

export async function findContact(db: Queryable, caseId: string): Promise<StoredContact> {
  const { rows } = await db.query<StoredContact>({
    name: 'find-contact',
    text: `select
      (select data -> 'customer' from case_event
        where case_id = $1 and type = 'return.requested' order by seq desc limit 1) as customer,
      (select data -> 'orderedBy' -> 'shipFrom' from case_event
        where case_id = $1 and type = 'order.recorded' and data -> 'orderedBy' -> 'shipFrom' is not null
        order by seq desc limit 1) as "deliveredTo"`,
    values: [caseId],
  })
  return rows[0] ?? { customer: null, deliveredTo: null }
}
