import type { Transition } from './transition.ts'

/** What the supplier makes good. Owner: purchasing and finance. Independent of the customer's settlement. */
// biome-ignore format: a table
export const supplierRecovery: readonly Transition<'supplierRecovery'>[] = [
  { from: ['none'], on: 'return.approved', to: 'candidate', guard: 'recoversFromSupplier' },
  { from: ['none'], on: 'inspection.completed', to: 'candidate', guard: 'isSuppliersFault' },
  { from: ['none'], on: 'disposition.approved', to: 'candidate', guard: 'returnsToVendor' },
  { from: ['none', 'candidate'], on: 'supplier_claim.identified', to: 'candidate' },
  { from: ['candidate'], on: 'recovery.due', to: 'candidate', owes: ['supplier_claim.submit'] },
  { from: ['none', 'candidate', 'denied'], on: 'supplier_claim.submitted', to: 'claimed', isReportable: true },
  { from: ['candidate', 'claimed', 'denied', 'disputed'], on: 'supplier_claim.authorized', to: 'authorized', isReportable: true },
  { from: ['candidate', 'claimed', 'authorized', 'shipped', 'disputed'], on: 'supplier_claim.denied', to: 'denied', isReportable: true },
  { from: ['claimed', 'authorized', 'disputed'], on: 'supplier_claim.shipped', to: 'shipped', isReportable: true },
  { from: ['claimed', 'authorized'], on: 'parcel.in_transit', to: 'shipped', guard: 'goesToVendor' },
  { from: ['claimed', 'authorized', 'shipped', 'denied', 'disputed'], on: 'supplier_claim.credited', to: 'credited' },
  { from: ['authorized', 'denied', 'shipped', 'credited'], on: 'supplier_claim.disputed', to: 'disputed', isReportable: true },
  { from: ['candidate', 'claimed', 'authorized', 'denied', 'shipped', 'credited', 'disputed'], on: 'supplier_claim.written_off', to: 'written_off', isReportable: true },
]
