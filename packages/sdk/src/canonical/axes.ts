/**
 * The eight axes on which a return line moves, each on its own. Refund before receipt is a normal
 * state of the world, so there is no single status: the headline that people see is derived.
 */

/** States of each axis, in the order in which a plain return passes them. */
export const axisStates = {
  authorization: [
    'requested',
    'under_review',
    'info_needed',
    'approved',
    'partially_approved',
    'rejected',
    'expired',
    'canceled',
  ],
  transport: [
    'none',
    'not_required',
    'awaiting_label',
    'label_issued',
    'in_transit',
    'delayed',
    'damaged',
    'lost',
    'returned_to_sender',
    'delivered',
    'voided',
  ],
  receipt: [
    'none',
    'not_required',
    'expected',
    'partially_received',
    'received',
    'closed_short',
    'unexpected',
    'refused',
    'reversed',
  ],
  inspection: [
    'none',
    'not_required',
    'pending',
    'in_progress',
    'passed',
    'failed',
    'mixed',
    'reinspect',
  ],
  disposition: ['none', 'proposed', 'approved', 'executed', 'reversed'],
  settlement: [
    'none',
    'proposed',
    'pending_approval',
    'approved',
    'drafted',
    'posted',
    'released',
    'partially_settled',
    'settled',
    'failed',
    'declined',
    'reversed',
  ],
  fulfillment: [
    'none',
    'planned',
    'ordered',
    'in_repair',
    'repaired',
    'shipped',
    'delivered',
    'canceled',
  ],
  supplierRecovery: [
    'none',
    'candidate',
    'claimed',
    'authorized',
    'denied',
    'shipped',
    'credited',
    'disputed',
    'written_off',
  ],
} as const

export type Axis = keyof typeof axisStates
export type AxisState<A extends Axis = Axis> = (typeof axisStates)[A][number]

export const axes = Object.keys(axisStates) as readonly Axis[]

/** One letter for each axis, for compact records such as the axes that a source owns. */
export const axisLetters = {
  authorization: 'A',
  transport: 'T',
  receipt: 'R',
  inspection: 'I',
  disposition: 'D',
  settlement: 'S',
  fulfillment: 'F',
  supplierRecovery: 'V',
} as const satisfies Record<Axis, string>

/** What people see of a case, the first that fits (see the hub's `headline`). */
export const headlines = [
  'canceled',
  'rejected',
  'expired',
  'exception_hold',
  'info_needed',
  'requested',
  'closed',
  'refunded',
  'replaced',
  'repaired',
  'returned_to_customer',
  'approved',
  'inspected',
  'in_inspection',
  'received',
  'partially_received',
  'delivered',
  'in_transit',
  'authorized',
] as const
export type Headline = (typeof headlines)[number]
