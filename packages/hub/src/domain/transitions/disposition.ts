import type { Transition } from './transition.ts'

/**
 * What becomes of the goods. The warehouse proposes, the ERP executes the stock effect. Each
 * disposition has its own strict life; the axis shows what was said last for the line.
 */
// biome-ignore format: a table
export const disposition: readonly Transition<'disposition'>[] = [
  { from: ['none', 'proposed', 'approved', 'executed', 'reversed'], on: 'disposition.proposed', to: 'proposed' },
  { from: ['none', 'executed', 'reversed'], on: 'inspection.completed', to: 'proposed', guard: 'proposesDisposition' },
  { from: ['proposed', 'approved', 'executed', 'reversed'], on: 'disposition.approved', to: 'approved', owes: ['disposition.execute', 'goods.send_back'], isReportable: true },
  { from: ['none', 'proposed', 'approved', 'executed', 'reversed'], on: 'disposition.executed', to: 'executed', isReportable: true },
  { from: ['proposed', 'approved', 'executed'], on: 'disposition.reversed', to: 'reversed', isReportable: true },
  { from: ['proposed', 'approved', 'executed'], on: 'goods.receipt_reversed', to: 'reversed', guard: 'lostItsGoods' },
  { from: ['proposed'], on: 'inspection.reopened', to: 'none', guard: 'hasNoDisposition' },
]
