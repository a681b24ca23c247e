import type { Transition } from './transition.ts'

/** What the goods are like. Owner: the warehouse or its quality desk. */
// biome-ignore format: a table
export const inspection: readonly Transition<'inspection'>[] = [
  { from: ['none', 'not_required'], on: 'return.approved', to: 'not_required', guard: 'needsNoInspection' },
  { from: ['none', 'not_required'], on: 'return.approved', to: 'pending', guard: 'hasUninspected', owes: ['inspection.request'] },
  { from: ['not_required'], on: 'return.approved', to: 'none' },
  { from: ['none', 'pending', 'passed', 'failed', 'mixed'], on: 'goods.received', to: 'pending', guard: 'hasUninspected', owes: ['inspection.request'] },
  { from: ['none', 'not_required', 'pending', 'reinspect'], on: 'inspection.started', to: 'in_progress', guard: 'hasArrived', isReportable: true },

  { from: ['none', 'not_required', 'pending', 'in_progress', 'passed', 'failed', 'mixed', 'reinspect'], on: 'inspection.completed', to: 'in_progress', guard: 'hasMoreToInspect' },
  { from: ['none', 'not_required', 'pending', 'in_progress', 'passed', 'failed', 'mixed', 'reinspect'], on: 'inspection.completed', to: 'passed', guard: 'allAccepted', isReportable: true },
  { from: ['none', 'not_required', 'pending', 'in_progress', 'passed', 'failed', 'mixed', 'reinspect'], on: 'inspection.completed', to: 'failed', guard: 'allRejected', isReportable: true },
  { from: ['none', 'not_required', 'pending', 'in_progress', 'passed', 'failed', 'mixed', 'reinspect'], on: 'inspection.completed', to: 'mixed' },
  { from: ['in_progress', 'passed', 'failed', 'mixed'], on: 'inspection.reopened', to: 'reinspect', owes: ['inspection.request'], isReportable: true },

  { from: ['pending', 'in_progress', 'passed', 'failed', 'mixed', 'reinspect'], on: 'goods.receipt_reversed', to: 'none', guard: 'nothingArrived' },
  { from: ['passed', 'failed', 'mixed'], on: 'goods.receipt_reversed', to: 'pending', guard: 'hasUninspected', owes: ['inspection.request'] },
  { from: ['pending', 'in_progress', 'reinspect'], on: 'goods.refused', to: 'none' },
]
