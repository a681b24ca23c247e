import type { ExceptionQueue, SystemRole } from '@backhaul/sdk/canonical'
import type { CaseState, CreditState, LineState } from '../case-state.ts'
import {
  isAwaitingInspection,
  isCollateralOut,
  isDeliveredOnly,
  isNotSent,
  isUnderway,
  isUnpaid,
} from '../exceptions/rules.ts'
import { activeLines } from '../headline.ts'
import { isLive } from '../ledger/credits.ts'
import { compare, isZero } from '../ledger/decimal.ts'
import { arrived } from '../ledger/lines.ts'
import { type Timer, timersOf } from '../timers.ts'
import { earlier } from './money.ts'

/** Who owes something: the customer, a system by its role, or the people of a queue. */
type Ower =
  | { readonly kind: 'customer' }
  | { readonly kind: 'role'; readonly role: SystemRole }
  | { readonly kind: 'queue'; readonly queue: ExceptionQueue }

export const owedCodes = [
  'answer_question',
  'decide_return',
  'answer_order',
  'issue_label',
  'send_goods',
  'bring_goods',
  'record_receipt',
  'send_rest',
  'inspect_goods',
  'approve_disposition',
  'execute_disposition',
  'approve_credit',
  'draft_credit',
  'post_credit',
  'repair_posting',
  'pay_out',
  'order_goods',
  'find_alternative',
  'repair_goods',
  'ship_goods',
  'deliver_goods',
  'send_old_goods',
  'submit_supplier_claim',
  'answer_supplier_claim',
  'credit_supplier_claim',
] as const
type OwedCode = (typeof owedCodes)[number]

/** Something that somebody has to do next for the return to go on. */
export interface OwedNext {
  readonly what: OwedCode
  readonly who: Ower
  /** What it is about: `credit-1-0`, a parcel, a disposition. Null: the return, or its lines. */
  readonly about: string | null
  /** Empty: not about single lines. */
  readonly lineNos: readonly number[]
  readonly since: string | null
  /** When the hub raises an exception, or the authorization ends, if it has not happened by then. */
  readonly dueAt: string | null
  /** Keys of the open exceptions that hold it up. */
  readonly blockedBy: readonly string[]
}

type Owed = Omit<OwedNext, 'blockedBy'>

/** What is owed to whom next, in the order of a return's way, from the state alone. Pure and total. */
export function owedNextOf(state: CaseState): readonly OwedNext[] {
  const blocking = Object.entries(state.exceptions)
    .filter(([, { status, severity }]) => status === 'open' && severity === 'blocking')
    .map(([key]) => key)
  const timers = timersOf(state)
  const goods = [...goodsOwed(state, timers), ...fulfillmentOwed(state, timers)]
  const held = [...moneyOwed(state, timers), ...dispositionOwed(state)]
  return [
    ...goods.map((one) => ({ ...one, blockedBy: [] })),
    ...held.map((one) => ({ ...one, blockedBy: blocking })),
    ...supplierOwed(state, timers).map((one) => ({ ...one, blockedBy: [] })),
  ]
}

const customer: Ower = { kind: 'customer' }
const role = (name: SystemRole): Ower => ({ kind: 'role', role: name })
const queue = (name: ExceptionQueue): Ower => ({ kind: 'queue', queue: name })

interface LineDuty {
  readonly what: OwedCode
  readonly who: (state: CaseState) => Ower
  readonly axis: keyof LineState['axes']
  readonly holds: (line: LineState, state: CaseState) => boolean
  readonly timer?: Timer['kind']
}

/** What lines wait for, each with the axis that says since when. */
const lineDuties: readonly LineDuty[] = [
  {
    what: 'answer_question',
    who: () => customer,
    axis: 'authorization',
    holds: ({ axes }) => axes.authorization === 'info_needed',
  },
  {
    what: 'answer_order',
    who: () => role('erp'),
    axis: 'authorization',
    holds: (line, { header }) => isUndecided(line) && header.orderLookUp === 'asked',
  },
  {
    what: 'decide_return',
    who: () => queue('CS'),
    axis: 'authorization',
    holds: (line, { header }) => isUndecided(line) && header.orderLookUp !== 'asked',
  },
  {
    what: 'issue_label',
    who: () => role('carrier'),
    axis: 'transport',
    holds: (line) => isNotSent(line) && line.axes.transport === 'awaiting_label',
  },
  {
    what: 'send_goods',
    who: () => customer,
    axis: 'authorization',
    holds: (line) => isNotSent(line) && line.axes.transport !== 'awaiting_label',
    timer: 'expiry',
  },
  {
    what: 'bring_goods',
    who: () => role('carrier'),
    axis: 'transport',
    holds: (line) => isUnderway(line),
    timer: 'LG03',
  },
  {
    what: 'record_receipt',
    who: () => role('wms'),
    axis: 'transport',
    holds: (line) => isDeliveredOnly(line),
    timer: 'LG05',
  },
  {
    what: 'send_rest',
    who: () => customer,
    axis: 'receipt',
    holds: isRestMissing,
  },
  {
    what: 'inspect_goods',
    who: () => role('wms'),
    axis: 'inspection',
    holds: isAwaitingInspection,
    timer: 'QA01',
  },
]

function isUndecided({ axes }: LineState): boolean {
  return axes.authorization === 'requested' || axes.authorization === 'under_review'
}

function isRestMissing(line: LineState): boolean {
  const { axes, quantities } = line
  return (
    axes.receipt === 'partially_received' &&
    !isUnderway(line) &&
    !isZero(arrived(line)) &&
    compare(arrived(line), quantities.authorized) < 0
  )
}

function goodsOwed(state: CaseState, timers: readonly Timer[]): Owed[] {
  const active = activeLines(state)
  return lineDuties.flatMap(({ what, who, axis, holds, timer }): Owed[] => {
    const lines = active.filter((line) => holds(line, state))
    if (lines.length === 0) return []
    const times = lines.flatMap(({ since }) => since[axis] ?? [])
    return [
      {
        what,
        who: who(state),
        about: null,
        lineNos: lines.map(({ lineNo }) => lineNo),
        since: times.length === 0 ? null : times.reduce(earlier),
        dueAt: dueOf(timers, timer, 'case'),
      },
    ]
  })
}

function dueOf(
  timers: readonly Timer[],
  kind: Timer['kind'] | undefined,
  key: string,
): string | null {
  return timers.find((timer) => timer.kind === kind && timer.key === key)?.dueAt ?? null
}

const creditDuties: Readonly<Partial<Record<CreditState['status'], readonly [OwedCode, Ower]>>> = {
  proposed: ['approve_credit', queue('FN')],
  pending_approval: ['approve_credit', queue('FN')],
  approved: ['draft_credit', role('erp')],
  drafted: ['post_credit', role('erp')],
  failed: ['repair_posting', queue('FN')],
}

function moneyOwed(state: CaseState, timers: readonly Timer[]): Owed[] {
  return state.credits.filter(isLive).flatMap((credit): Owed[] => {
    const { creditId, status, postedAt, heldBy } = credit
    const lineNos = credit.lines.map(({ lineNo }) => lineNo)
    const duty = creditDuties[status]
    if (duty !== undefined) {
      const [what, who] = duty
      return [{ what, who, about: creditId, lineNos, since: heldBy?.at ?? null, dueAt: null }]
    }
    if (!isUnpaid(credit, state)) return []
    const dueAt = dueOf(timers, 'FN06', creditId)
    const who = role('payments')
    return [{ what: 'pay_out', who, about: creditId, lineNos, since: postedAt, dueAt }]
  })
}

function dispositionOwed({ dispositions }: CaseState): Owed[] {
  return dispositions.flatMap(({ dispositionId: about, status, lines }): Owed[] => {
    const at = { about, lineNos: lines.map(({ lineNo }) => lineNo), since: null, dueAt: null }
    if (status === 'proposed') return [{ what: 'approve_disposition', who: queue('RX'), ...at }]
    if (status === 'approved') return [{ what: 'execute_disposition', who: role('wms'), ...at }]
    return []
  })
}

const fulfillmentDuties = {
  planned: ['order_goods', role('erp')],
  out_of_stock: ['find_alternative', queue('CS')],
  ordered: ['ship_goods', role('erp')],
  in_repair: ['repair_goods', role('erp')],
  repaired: ['ship_goods', role('erp')],
  shipped: ['deliver_goods', role('carrier')],
} as const satisfies Partial<
  Record<CaseState['fulfillments'][number]['status'], readonly [OwedCode, Ower]>
>

function fulfillmentOwed(state: CaseState, timers: readonly Timer[]): Owed[] {
  return state.fulfillments.flatMap((item): Owed[] => {
    const { fulfillmentId: about, status } = item
    const lineNos = item.lines.map(({ lineNo }) => lineNo)
    const at = { about, lineNos, since: null }
    const duty = (fulfillmentDuties as Partial<Record<string, readonly [OwedCode, Ower]>>)[status]
    const owed: Owed[] = duty ? [{ what: duty[0], who: duty[1], ...at, dueAt: null }] : []
    if (isCollateralOut(item, state)) {
      owed.push({ what: 'send_old_goods', who: customer, ...at, dueAt: item.dueAt })
    }
    return owed.map((one) => ({ ...one, dueAt: one.dueAt ?? dueOf(timers, 'CU04', about) }))
  })
}

function supplierOwed({ supplierClaims }: CaseState, timers: readonly Timer[]): Owed[] {
  return supplierClaims.flatMap((claim): Owed[] => {
    const { claimId: about, lineNos, status, submitBy, shippedAt } = claim
    const at = { about, lineNos }
    if (status === 'candidate') {
      const who = queue('PU')
      return [{ what: 'submit_supplier_claim', who, ...at, since: null, dueAt: submitBy }]
    }
    if (status === 'claimed') {
      const who = role('supplier')
      return [{ what: 'answer_supplier_claim', who, ...at, since: null, dueAt: null }]
    }
    if (status !== 'shipped') return []
    const dueAt = dueOf(timers, 'PU03', about)
    return [
      { what: 'credit_supplier_claim', who: role('supplier'), ...at, since: shippedAt, dueAt },
    ]
  })
}
