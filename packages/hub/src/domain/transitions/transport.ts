import type { Transition } from './transition.ts'

/**
 * Where the goods are on their way back. Owner: the carrier. Parcels move by the same rows; those that
 * go out to the customer or a vendor move the fulfillment and recovery axes of their lines instead.
 */
// biome-ignore format: a table
export const transport: readonly Transition<'transport'>[] = [
  { from: ['none'], on: 'return.approved', to: 'not_required', guard: 'nothingComesBack' },
  { from: ['none', 'not_required', 'voided'], on: 'return.approved', to: 'awaiting_label', guard: 'sellerShips', owes: ['label.create'] },
  { from: ['none', 'not_required', 'awaiting_label', 'voided'], on: 'label.issued', to: 'label_issued', guard: 'comesInForNothing', owes: ['label.void'] },
  { from: ['none', 'not_required', 'awaiting_label', 'voided'], on: 'label.issued', to: 'label_issued', guard: 'comesIn', isReportable: true },
  { from: ['awaiting_label', 'label_issued'], on: 'label.voided', to: 'voided', isReportable: true },
  { from: ['awaiting_label'], on: 'return.canceled', to: 'not_required' },

  { from: ['none', 'not_required', 'awaiting_label', 'label_issued', 'voided', 'delayed', 'lost', 'returned_to_sender'], on: 'parcel.in_transit', to: 'in_transit', guard: 'comesIn', isReportable: true },
  { from: ['none', 'not_required', 'awaiting_label', 'label_issued', 'voided', 'in_transit', 'lost'], on: 'parcel.delayed', to: 'delayed', guard: 'comesIn', isReportable: true },
  { from: ['none', 'not_required', 'awaiting_label', 'label_issued', 'voided', 'in_transit', 'delayed', 'lost', 'returned_to_sender'], on: 'parcel.damaged', to: 'damaged', guard: 'comesIn', isReportable: true },
  { from: ['none', 'not_required', 'awaiting_label', 'label_issued', 'voided', 'in_transit', 'delayed', 'damaged', 'returned_to_sender'], on: 'parcel.lost', to: 'lost', guard: 'comesIn', isReportable: true },
  { from: ['none', 'not_required', 'awaiting_label', 'label_issued', 'voided', 'in_transit', 'delayed', 'damaged', 'lost'], on: 'parcel.returned_to_sender', to: 'returned_to_sender', guard: 'comesIn', isReportable: true },
  // A parcel that was lost is found: no state but `delivered` is the end.
  { from: ['none', 'not_required', 'awaiting_label', 'label_issued', 'voided', 'in_transit', 'delayed', 'damaged', 'lost', 'returned_to_sender'], on: 'parcel.delivered', to: 'delivered', guard: 'comesIn', isReportable: true },
]
