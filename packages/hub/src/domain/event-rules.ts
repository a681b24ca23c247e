import type { Axis, EventType } from '@backhaul/sdk/canonical'

interface EventRule {
  /** The axis that the event is a statement about; null: none, and anyone may say it. */
  readonly axis: Axis | null
  /** Who asks for a return says these things, and owns no axis. */
  readonly isOpenToAll?: true
  /** Owners of these axes may say it too: they are the ones who were told to do it. */
  readonly alsoOwners?: readonly Axis[]
}

/** Which axis an event is about, and so whose word counts. */
// biome-ignore format: a table
export const eventRules: Readonly<Record<EventType, EventRule>> = {
  'return.requested': { axis: null },
  'order.recorded': { axis: null },
  'return.review_started': { axis: 'authorization' },
  'return.info_requested': { axis: 'authorization' },
  'return.info_provided': { axis: 'authorization', isOpenToAll: true },
  'return.approved': { axis: 'authorization' },
  'return.rejected': { axis: 'authorization' },
  'return.appealed': { axis: 'authorization', isOpenToAll: true },
  'return.canceled': { axis: 'authorization' },
  'return.expired': { axis: 'authorization' },
  'return.extended': { axis: 'authorization' },
  'label.issued': { axis: 'transport' },
  'label.voided': { axis: 'transport' },
  'label.failed': { axis: null },
  'parcel.in_transit': { axis: 'transport' },
  'parcel.delayed': { axis: 'transport' },
  'parcel.damaged': { axis: 'transport' },
  'parcel.lost': { axis: 'transport' },
  'parcel.returned_to_sender': { axis: 'transport' },
  'parcel.weighed': { axis: null },
  'parcel.delivered': { axis: 'transport' },
  'goods.expected': { axis: 'receipt' },
  'goods.received': { axis: 'receipt' },
  'goods.receipt_reversed': { axis: 'receipt' },
  'goods.closed_short': { axis: 'receipt' },
  'goods.refused': { axis: 'receipt' },
  'inspection.started': { axis: 'inspection' },
  'inspection.completed': { axis: 'inspection' },
  'inspection.reopened': { axis: 'inspection' },
  'disposition.proposed': { axis: 'disposition' },
  'disposition.approved': { axis: 'disposition' },
  'disposition.executed': { axis: 'disposition' },
  'disposition.reversed': { axis: 'disposition' },
  'credit.proposed': { axis: 'settlement' },
  'credit.approval_requested': { axis: 'settlement' },
  'credit.approved': { axis: 'settlement' },
  'credit.declined': { axis: 'settlement' },
  'credit.drafted': { axis: 'settlement' },
  'credit.posted': { axis: 'settlement' },
  'credit.reversed': { axis: 'settlement' },
  'credit.failed': { axis: 'settlement' },
  'refund.released': { axis: 'settlement' },
  'refund.settled': { axis: 'settlement' },
  'refund.failed': { axis: 'settlement' },
  'replacement.planned': { axis: 'fulfillment' },
  'replacement.ordered': { axis: 'fulfillment' },
  'replacement.out_of_stock': { axis: null },
  'replacement.shipped': { axis: 'fulfillment' },
  'replacement.delivered': { axis: 'fulfillment' },
  'replacement.canceled': { axis: 'fulfillment' },
  'repair.planned': { axis: 'fulfillment' },
  'repair.started': { axis: 'fulfillment' },
  'repair.completed': { axis: 'fulfillment' },
  'send_back.shipped': { axis: 'fulfillment', alsoOwners: ['receipt'] },
  'supplier_claim.identified': { axis: 'supplierRecovery' },
  'supplier_claim.submitted': { axis: 'supplierRecovery' },
  'supplier_claim.authorized': { axis: 'supplierRecovery' },
  'supplier_claim.denied': { axis: 'supplierRecovery' },
  'supplier_claim.shipped': { axis: 'supplierRecovery' },
  'supplier_claim.credited': { axis: 'supplierRecovery' },
  'supplier_claim.disputed': { axis: 'supplierRecovery' },
  'supplier_claim.written_off': { axis: 'supplierRecovery' },
  'status.reported': { axis: null },
  'claim.accepted': { axis: null },
  'claim.rejected': { axis: null },
  'exception.raised': { axis: null },
  'exception.assigned': { axis: null },
  'exception.resolved': { axis: null },
  'exception.reopened': { axis: null },
  'case.noted': { axis: null },
  'case.flagged': { axis: null },
  'case.reopened': { axis: null },
  'delivery.confirmed': { axis: null },
  'delivery.died': { axis: null },
  'delivery.delayed': { axis: null },
  'delivery.recovered': { axis: null },
  'timer.fired': { axis: null },
}

/** The axis that events of a type are a statement about; null for one that is about none, or that says itself about which. */
export function axisOfType(type: EventType): Axis | null {
  return eventRules[type].axis
}
