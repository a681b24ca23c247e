import type { Transition } from './transition.ts'

/**
 * The customer's money. The ERP drafts and posts the credit; payments, finance or the marketplace move
 * the money. Refund before receipt is a normal state of the world: facts are taken from every state.
 */
// biome-ignore format: a table
export const settlement: readonly Transition<'settlement'>[] = [
  { from: ['none', 'proposed', 'declined', 'reversed', 'failed', 'posted', 'released', 'partially_settled', 'settled'], on: 'credit.proposed', to: 'proposed' },
  { from: ['proposed'], on: 'credit.approval_requested', to: 'pending_approval' },
  { from: ['none', 'proposed', 'pending_approval', 'approved', 'declined', 'reversed', 'failed', 'posted', 'released', 'partially_settled', 'settled'], on: 'credit.approved', to: 'approved', owes: ['credit.draft'] },
  { from: ['none', 'posted', 'released', 'partially_settled', 'settled'], on: 'settlement.due', to: 'approved', owes: ['credit.draft'] },
  { from: ['proposed', 'pending_approval', 'approved', 'drafted'], on: 'credit.declined', to: 'declined', isReportable: true },
  { from: ['proposed', 'pending_approval', 'approved'], on: 'return.canceled', to: 'declined' },

  { from: ['none', 'proposed', 'pending_approval', 'approved', 'drafted', 'declined', 'failed', 'reversed', 'posted', 'released', 'partially_settled', 'settled'], on: 'credit.drafted', to: 'drafted', isReportable: true },
  { from: ['drafted'], on: 'posting.due', to: 'drafted', owes: ['credit.post'] },
  // The money may have gone before the document that it is for.
  { from: ['none', 'proposed', 'pending_approval', 'approved', 'drafted', 'declined', 'failed', 'reversed', 'posted', 'released', 'partially_settled', 'settled'], on: 'credit.posted', to: 'settled', guard: 'isPaidInFull' },
  { from: ['none', 'proposed', 'pending_approval', 'approved', 'drafted', 'declined', 'failed', 'reversed', 'posted', 'released', 'partially_settled', 'settled'], on: 'credit.posted', to: 'released', guard: 'isPaidAlready' },
  { from: ['none', 'proposed', 'pending_approval', 'approved', 'drafted', 'declined', 'failed', 'reversed', 'posted', 'released', 'partially_settled', 'settled'], on: 'credit.posted', to: 'posted', isReportable: true },
  { from: ['posted'], on: 'payout.due', to: 'posted', owes: ['refund.issue'] },
  { from: ['partially_settled'], on: 'payout.due', to: 'partially_settled', owes: ['refund.issue'] },
  { from: ['none', 'approved', 'drafted'], on: 'credit.failed', to: 'failed' },

  { from: ['drafted', 'posted', 'released', 'partially_settled', 'settled', 'failed'], on: 'credit.reversed', to: 'posted', guard: 'hasOtherPostedCredit' },
  { from: ['drafted', 'posted', 'released', 'partially_settled', 'settled', 'failed'], on: 'credit.reversed', to: 'reversed', isReportable: true },

  { from: ['partially_settled'], on: 'refund.released', to: 'partially_settled' },
  { from: ['none', 'proposed', 'pending_approval', 'approved', 'drafted', 'posted', 'released', 'settled', 'failed', 'declined', 'reversed'], on: 'refund.released', to: 'released', isReportable: true },
  { from: ['none', 'proposed', 'pending_approval', 'approved', 'drafted', 'posted', 'released', 'partially_settled', 'settled', 'failed', 'declined', 'reversed'], on: 'refund.settled', to: 'settled', guard: 'isPaidInFull', isReportable: true },
  { from: ['none', 'proposed', 'pending_approval', 'approved', 'drafted', 'posted', 'released', 'partially_settled', 'settled', 'failed', 'declined', 'reversed'], on: 'refund.settled', to: 'partially_settled' },
  { from: ['posted', 'released', 'partially_settled', 'settled'], on: 'refund.failed', to: 'failed' },
]
