import type { Transition } from './transition.ts'

/** What has come in. Owner: the warehouse, or the ERP where there is none. Quantities add up over receipt ids. */
// biome-ignore format: a table
export const receipt: readonly Transition<'receipt'>[] = [
  { from: ['none'], on: 'return.approved', to: 'not_required', guard: 'nothingComesBack' },
  { from: ['none', 'not_required', 'expected'], on: 'return.approved', to: 'expected', guard: 'comesBack', owes: ['receipt.expect'] },
  // Goods that came before their authorization are matched by it.
  { from: ['unexpected', 'partially_received', 'received', 'closed_short'], on: 'return.approved', to: 'received', guard: 'allArrived', owes: ['receipt.record'] },
  { from: ['unexpected', 'partially_received', 'received'], on: 'return.approved', to: 'partially_received', guard: 'isAuthorized', owes: ['receipt.expect', 'receipt.record'] },
  { from: ['none', 'not_required'], on: 'goods.expected', to: 'expected', isReportable: true },
  // Money went out before any goods: they are to be chased.
  { from: ['none'], on: 'credit.posted', to: 'expected', guard: 'opensTheCase' },

  { from: ['none', 'not_required', 'expected', 'partially_received', 'received', 'closed_short', 'unexpected', 'refused', 'reversed'], on: 'goods.received', to: 'unexpected', guard: 'isNotAuthorized' },
  { from: ['none', 'not_required', 'expected', 'partially_received', 'received', 'closed_short', 'unexpected', 'refused', 'reversed'], on: 'goods.received', to: 'received', guard: 'allArrived', owes: ['receipt.record'] },
  { from: ['none', 'not_required', 'expected', 'partially_received', 'received', 'closed_short', 'unexpected', 'refused', 'reversed'], on: 'goods.received', to: 'partially_received', owes: ['receipt.record'] },

  { from: ['partially_received', 'received', 'closed_short', 'unexpected', 'refused'], on: 'goods.receipt_reversed', to: 'reversed', guard: 'nothingArrived', owes: ['receipt.reverse'] },
  { from: ['unexpected'], on: 'goods.receipt_reversed', to: 'unexpected' },
  { from: ['partially_received', 'received', 'closed_short', 'refused'], on: 'goods.receipt_reversed', to: 'received', guard: 'allArrived', owes: ['receipt.reverse'] },
  { from: ['partially_received', 'received', 'closed_short', 'refused'], on: 'goods.receipt_reversed', to: 'partially_received', owes: ['receipt.reverse'] },

  { from: ['expected', 'partially_received', 'reversed'], on: 'goods.closed_short', to: 'closed_short', owes: ['receipt.close_short'], isReportable: true },
  { from: ['expected', 'partially_received', 'reversed'], on: 'exception.resolved', to: 'closed_short', guard: 'resolvedByClosingShort', owes: ['receipt.close_short'] },
  { from: ['none', 'not_required', 'expected', 'unexpected', 'partially_received', 'received'], on: 'goods.refused', to: 'refused', guard: 'nothingInspected', isReportable: true },
  { from: ['expected'], on: 'return.canceled', to: 'not_required', owes: ['receipt.cancel'] },
]
