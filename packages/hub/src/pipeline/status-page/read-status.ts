import { type EventData, type SystemRole } from '@backhaul/sdk/canonical'
import type { ConnectionView } from '../../connect/connection-view.ts'
import { type CustomerStatus, customerStatusOf } from '../../domain/index.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Queryable } from '../../store/database.ts'
import { findLateness, findSaidToCustomer } from '../../store/status-page.ts'
import { type LoadedCase, loadCase } from '../load-case.ts'
import { readCustomer } from './read-customer.ts'

export interface ReadStatusDeps {
  readonly pool: Queryable
  readonly connections: Pick<ConnectionView, 'routeOf'>
  readonly clock: Clock
}

/** Whose news is late, in the words that a customer has for them. */
export type LateSource = 'warehouse' | 'carrier' | 'payments' | 'shop'

/** Where a label, or a code that prints it, can be had. */
interface LabelLinks {
  readonly url: string | null
  readonly qrUrl: string | null
  readonly expiresAt: string | null
}

export interface PageStatus {
  /** The number that the customer knows. */
  readonly number: string
  readonly orders: readonly string[]
  readonly requestedAt: Date
  readonly stageSince: Date
  readonly status: CustomerStatus
  readonly label: LabelLinks | null
  readonly customerText: string | null
  readonly late: { readonly source: LateSource; readonly seconds: number } | null
  readonly language: string | undefined
}

/** A return as its customer may see it; null when it is gone. */
export async function readStatus(
  { pool, connections, clock }: ReadStatusDeps,
  { caseId, lateAfterSeconds }: { readonly caseId: string; readonly lateAfterSeconds: number },
): Promise<PageStatus | null> {
  const found = await loadCase(pool, caseId)
  if (found === null) return null
  const now = clock.now()
  const status = customerStatusOf(found.state, now.toISOString())
  const [said, customer, late] = await Promise.all([
    findSaidToCustomer(pool, found),
    readCustomer(pool, caseId),
    findLate({ pool, connections }, { found, status, now }),
  ])
  const { header } = found.state
  const showsText =
    status.stage === 'info_needed' || status.stage === 'rejected' || status.stage === 'authorized'
  return {
    number: header.rmaNo ?? found.caseNo,
    orders: header.orderRefs,
    requestedAt: found.createdAt,
    stageSince: found.since,
    status,
    label: labelOf(status, said.labels, now),
    customerText: showsText ? said.customerText : null,
    late: late !== null && late.seconds >= lateAfterSeconds ? late : null,
    language: customer.language ?? header.customer?.language,
  }
}

/** Whose news decides what the page says next: where it is late, the page may say too little. */
const awaited: Readonly<
  Partial<
    Record<
      CustomerStatus['stage'],
      { readonly source: LateSource; readonly roles: readonly SystemRole[] }
    >
  >
> = {
  requested: { source: 'shop', roles: ['channel', 'erp'] },
  authorized: { source: 'carrier', roles: ['carrier', 'wms'] },
  in_transit: { source: 'warehouse', roles: ['wms', 'carrier'] },
  delivered: { source: 'warehouse', roles: ['wms'] },
  partially_received: { source: 'warehouse', roles: ['wms'] },
  received: { source: 'warehouse', roles: ['wms'] },
  in_inspection: { source: 'warehouse', roles: ['wms'] },
  inspected: { source: 'payments', roles: ['erp', 'finance', 'payments'] },
  approved: { source: 'payments', roles: ['erp', 'finance', 'payments'] },
}

async function findLate(
  { pool, connections }: Pick<ReadStatusDeps, 'pool' | 'connections'>,
  given: { readonly found: LoadedCase; readonly status: CustomerStatus; readonly now: Date },
): Promise<PageStatus['late']> {
  const waitsFor = awaited[given.status.stage]
  if (waitsFor === undefined) return null
  const { company, warehouse, channel } = given.found.state.header
  const scope = { company, warehouse, channel, at: given.now }
  const ids = waitsFor.roles.flatMap((role) => connections.routeOf(role, scope)?.id ?? [])
  if (ids.length === 0) return null
  return { source: waitsFor.source, seconds: await findLateness(pool, ids) }
}

function labelOf(
  { parcels }: CustomerStatus,
  labels: readonly unknown[],
  now: Date,
): LabelLinks | null {
  const usable = new Set(
    parcels.flatMap(({ parcelId, awaitsDropOff }) => (awaitsDropOff ? parcelId : [])),
  )
  for (const data of labels as readonly EventData<'label.issued'>[]) {
    const { parcel, label } = data
    if (label === undefined || !usable.has(parcel.parcelId)) continue
    const { url = null, qrUrl = null, expiresAt = null } = label
    if (url === null && qrUrl === null) continue
    return expiresAt !== null && new Date(expiresAt) <= now ? null : { url, qrUrl, expiresAt }
  }
  return null
}
