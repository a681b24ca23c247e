import type { Queryable } from './database.ts'
import { type DeliveryRecord, listDeliveries } from './delivery-queries.ts'

/** Deliveries of a case that are looked at for its last ones, the newest. */
const looked = 1_000

/** The last delivery of a case to each connection. */
export async function listLastDeliveries(
  db: Queryable,
  caseId: string,
): Promise<ReadonlyMap<string, DeliveryRecord>> {
  const last = new Map<string, DeliveryRecord>()
  for (const one of await listDeliveries(db, { caseId, limit: looked })) {
    if (!last.has(one.connectionId)) last.set(one.connectionId, one)
  }
  return last
}
