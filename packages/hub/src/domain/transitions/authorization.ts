import type { Transition } from './transition.ts'

/** May the customer send the goods back. Owner: the policy engine and the ERP that holds its result. */
// biome-ignore format: a table
export const authorization: readonly Transition<'authorization'>[] = [
  { from: ['requested'], on: 'return.review_started', to: 'under_review', isReportable: true },
  { from: ['requested', 'under_review'], on: 'return.info_requested', to: 'info_needed', isReportable: true },
  { from: ['info_needed'], on: 'return.info_provided', to: 'under_review', isReportable: true },

  { from: ['requested', 'under_review', 'info_needed'], on: 'return.approved', to: 'rejected', guard: 'authorizesNothing' },
  { from: ['requested', 'under_review', 'info_needed', 'approved', 'partially_approved'], on: 'return.approved', to: 'partially_approved', guard: 'authorizesPart', owes: ['return.record'] },
  { from: ['requested', 'under_review', 'info_needed', 'approved', 'partially_approved'], on: 'return.approved', to: 'approved', owes: ['return.record'], isReportable: true },
  { from: ['requested', 'under_review', 'info_needed'], on: 'return.rejected', to: 'rejected', isReportable: true },
  { from: ['rejected'], on: 'return.approved', to: 'partially_approved', guard: 'overridesInPart', owes: ['return.record'] },
  { from: ['rejected'], on: 'return.approved', to: 'approved', guard: 'overrides', owes: ['return.record'] },
  { from: ['rejected'], on: 'return.appealed', to: 'requested', isReportable: true },

  { from: ['requested', 'under_review', 'info_needed'], on: 'return.canceled', to: 'canceled', guard: 'nothingUnderway', isReportable: true },
  { from: ['approved', 'partially_approved'], on: 'return.canceled', to: 'canceled', guard: 'nothingUnderway', owes: ['return.cancel', 'label.void'], isReportable: true },

  { from: ['approved', 'partially_approved'], on: 'return.expired', to: 'expired', guard: 'notShipped', owes: ['label.void'], isReportable: true },
  { from: ['approved', 'partially_approved'], on: 'timer.fired', to: 'expired', guard: 'expiryReached', owes: ['label.void'] },
  { from: ['approved', 'partially_approved'], on: 'exception.resolved', to: 'expired', guard: 'resolvedByExpiring', owes: ['label.void'] },
  { from: ['expired'], on: 'return.extended', to: 'partially_approved', guard: 'authorizesPart', owes: ['return.record'] },
  { from: ['expired'], on: 'return.extended', to: 'approved', owes: ['return.record'] },

  // A marketplace that has paid the customer has authorized the return by that.
  { from: ['requested'], on: 'credit.posted', to: 'approved', guard: 'opensTheCase' },
]
