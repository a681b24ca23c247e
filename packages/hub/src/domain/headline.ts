import type { Headline } from '@backhaul/sdk/canonical'
import type { CaseState, CreditState, LineState } from './case-state.ts'
import { isOnHold } from './exceptions/raise.ts'
import { isGoodsResolution } from './guards.ts'
import { isZero } from './ledger/decimal.ts'
import { arrived, isGivenUp } from './ledger/lines.ts'
import { covers, isPayout } from './ledger/payments.ts'

/** Lines that are still to come to something: neither rejected, canceled nor expired. */
export function activeLines({ lines }: CaseState): readonly LineState[] {
  return lines.filter((line) => !isGivenUp(line))
}

interface View {
  readonly state: CaseState
  readonly active: readonly LineState[]
}

type Test = (view: View) => boolean

const all = (test: (line: LineState, state: CaseState) => boolean): Test => {
  return ({ state, active }) => active.length > 0 && active.every((line) => test(line, state))
}
const any = (test: (line: LineState) => boolean): Test => {
  return ({ active }) => active.some(test)
}
const isOver = (authorization: LineState['axes']['authorization']): Test => {
  return ({ state, active }) =>
    active.length === 0 && state.lines.some(({ axes }) => axes.authorization === authorization)
}

/**
 * What people see of a case: the first of these that fits. Ends come before holds, holds before what
 * somebody waits for, and then the furthest that all of the goods have come.
 */
export const headlineTable: readonly {
  readonly headline: Headline
  readonly fits: Test
  readonly means: string
}[] = [
  {
    headline: 'canceled',
    means: 'every line is canceled, or ended otherwise',
    fits: isOver('canceled'),
  },
  {
    headline: 'rejected',
    means: 'every line is rejected, or ended otherwise',
    fits: isOver('rejected'),
  },
  { headline: 'expired', means: 'every line has expired', fits: isOver('expired') },
  {
    headline: 'exception_hold',
    means: 'a blocking exception is open',
    fits: ({ state }) => isOnHold(state),
  },
  {
    headline: 'info_needed',
    means: 'the customer has to answer something',
    fits: any(({ axes }) => axes.authorization === 'info_needed'),
  },
  {
    headline: 'requested',
    means: 'a line waits for a decision',
    fits: any(
      ({ axes }) => axes.authorization === 'requested' || axes.authorization === 'under_review',
    ),
  },
  {
    headline: 'closed',
    means: 'every axis is at its end, and the close guard holds',
    fits: ({ state }) => state.closedAt !== null,
  },
  {
    headline: 'refunded',
    means: 'every line has its money or its goods, at least one has its money',
    fits: (view) =>
      allServed(view) &&
      (view.active.length === 0 || view.active.some((line) => isSettled(line, view.state))),
  },
  {
    headline: 'replaced',
    means: 'every line has its goods, one of them a replacement',
    fits: (view) => allServed(view) && hasDelivered(view, 'replacement'),
  },
  {
    headline: 'repaired',
    means: 'every line has its goods, repaired',
    fits: (view) => allServed(view) && hasDelivered(view, 'repair'),
  },
  {
    headline: 'returned_to_customer',
    means: 'every line went back to the customer',
    fits: allServed,
  },
  {
    headline: 'approved',
    means: 'the money of every line is decided and on its way',
    fits: all((line, state) => isMoneyDecided(line) || isServed(line, state)),
  },
  {
    headline: 'inspected',
    means: 'every line is inspected',
    fits: all((line, state) => isInspected(line) || isServed(line, state)),
  },
  {
    headline: 'in_inspection',
    means: 'a line is being inspected',
    fits: any(({ axes }) => axes.inspection === 'in_progress' || axes.inspection === 'reinspect'),
  },
  {
    headline: 'received',
    means: 'everything has come in',
    fits: all((line, state) => isReceived(line) || isServed(line, state)),
  },
  {
    headline: 'partially_received',
    means: 'something has come in',
    fits: any((line) => !isZero(arrived(line))),
  },
  {
    headline: 'delivered',
    means: 'the carrier has delivered everything',
    fits: all(
      (line, state) =>
        line.axes.transport === 'delivered' || isReceived(line) || isServed(line, state),
    ),
  },
  {
    headline: 'in_transit',
    means: 'goods are on their way',
    fits: any(({ axes }) => isMovingGoods(axes.transport)),
  },
  { headline: 'authorized', means: 'the customer may send the goods', fits: () => true },
]

/** The headline of a case, derived: nobody sets it. */
export function headlineOf(state: CaseState): Headline {
  const view = { state, active: activeLines(state) }
  if (state.lines.length === 0) return withoutLines(state)
  return headlineTable.find(({ fits }) => fits(view))?.headline ?? 'requested'
}

/** A refund without a return: there is nothing to authorize or to receive yet. */
function withoutLines(state: CaseState): Headline {
  if (isOnHold(state)) return 'exception_hold'
  if (state.closedAt !== null) return 'closed'
  return state.refunds.some(({ status }) => status === 'settled') ? 'refunded' : 'requested'
}

function allServed({ state, active }: View): boolean {
  return active.length > 0 && active.every((line) => isServed(line, state))
}

/** The customer has what was agreed for the line: money or goods. */
function isServed(line: LineState, state: CaseState): boolean {
  return isSettled(line, state) || line.axes.fulfillment === 'delivered'
}

/** The money of the line is where it should be; a credit note is so as soon as it is posted. */
export function isSettled(line: LineState, state: CaseState): boolean {
  const { settlement } = line.axes
  if (settlement === 'settled') return true
  if (settlement !== 'posted') return false
  return !postedCredits(state, line).some(({ method }) => isPayout(method))
}

function postedCredits(state: CaseState, line: LineState): CreditState[] {
  return state.credits.filter((credit) => credit.status === 'posted' && covers(credit, line.lineNo))
}

function hasDelivered({ state, active }: View, kind: 'replacement' | 'repair'): boolean {
  return state.fulfillments.some(
    (item) =>
      item.kind === kind &&
      item.lines.some(({ lineNo }) => active.some((line) => line.lineNo === lineNo)),
  )
}

const moneyDecided: ReadonlySet<string> = new Set([
  'approved',
  'drafted',
  'posted',
  'released',
  'partially_settled',
])

function isMoneyDecided({ axes }: LineState): boolean {
  return moneyDecided.has(axes.settlement)
}

function isInspected(line: LineState): boolean {
  const { inspection } = line.axes
  if (inspection === 'passed' || inspection === 'failed' || inspection === 'mixed') return true
  return inspection === 'not_required' && isReceived(line) && !isGoodsResolution(line)
}

function isReceived({ axes }: LineState): boolean {
  return axes.receipt === 'received' || axes.receipt === 'closed_short'
}

function isMovingGoods(transport: LineState['axes']['transport']): boolean {
  return transport === 'in_transit' || transport === 'delayed' || transport === 'damaged'
}
