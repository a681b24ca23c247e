import type { Transition } from './transition.ts'

/** What goes out to the customer instead of money: a replacement, the repaired goods, or goods sent back. Owner: the ERP. */
// biome-ignore format: a table
export const fulfillment: readonly Transition<'fulfillment'>[] = [
  { from: ['none', 'canceled'], on: 'return.approved', to: 'planned', guard: 'agreesGoods' },
  { from: ['planned'], on: 'return.approved', to: 'canceled', guard: 'agreesNoGoods' },
  { from: ['none', 'delivered', 'canceled'], on: 'disposition.approved', to: 'planned', guard: 'sendsBack' },
  { from: ['none', 'canceled'], on: 'replacement.planned', to: 'planned' },
  { from: ['none', 'canceled'], on: 'repair.planned', to: 'planned' },
  { from: ['planned'], on: 'fulfillment.due', to: 'planned', guard: 'isToRepair', owes: ['repair.order'] },
  { from: ['planned'], on: 'fulfillment.due', to: 'planned', owes: ['replacement.order'] },

  { from: ['none', 'planned', 'canceled'], on: 'replacement.ordered', to: 'ordered', isReportable: true },
  { from: ['none', 'planned', 'ordered'], on: 'repair.started', to: 'in_repair', isReportable: true },
  { from: ['none', 'planned', 'ordered', 'in_repair'], on: 'repair.completed', to: 'repaired', isReportable: true },
  { from: ['none', 'planned', 'ordered', 'repaired'], on: 'replacement.shipped', to: 'shipped', isReportable: true },
  { from: ['none', 'planned', 'ordered', 'repaired', 'delivered', 'canceled'], on: 'send_back.shipped', to: 'shipped' },
  { from: ['planned', 'ordered', 'repaired'], on: 'parcel.in_transit', to: 'shipped', guard: 'goesOut' },
  { from: ['ordered', 'repaired', 'shipped'], on: 'replacement.delivered', to: 'delivered', isReportable: true },
  { from: ['planned', 'ordered', 'repaired', 'shipped'], on: 'parcel.delivered', to: 'delivered', guard: 'goesOut' },

  { from: ['planned', 'ordered'], on: 'replacement.canceled', to: 'canceled', isReportable: true },
  { from: ['planned'], on: 'return.canceled', to: 'canceled' },
]
