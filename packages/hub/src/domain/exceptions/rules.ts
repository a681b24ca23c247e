import type { ExceptionCode } from '@backhaul/sdk/canonical'
import type {
  CaseState,
  CreditState,
  DispositionState,
  FulfillmentState,
  InspectionState,
  LineState,
  ParcelState,
  ReceiptState,
  RefundState,
  SupplierClaimState,
} from '../case-state.ts'
import { totalOf } from '../ledger/credits.ts'
import { compare, isZero } from '../ledger/decimal.ts'
import { arrived, declared, isAuthorized, settleable } from '../ledger/lines.ts'
import { isMoving, isPayout, refundedFor, toleranceMinor, unpaid } from '../ledger/payments.ts'

/** What the objects of an exception can be. The object's name is `line:2`, `receipt:R-7`, or `case`. */
export interface RuleObjects {
  readonly case: CaseState
  readonly line: LineState
  readonly parcel: ParcelState
  readonly receipt: ReceiptState
  readonly inspection: InspectionState
  readonly disposition: DispositionState
  readonly credit: CreditState
  readonly refund: RefundState
  readonly fulfillment: FulfillmentState
  readonly supplier_claim: SupplierClaimState
}
export type RuleObject = keyof RuleObjects

/**
 * When an exception of a code stands. A rule of kind `state` opens and ends it as `holds` becomes true
 * and false. One of kind `event` or `timer` only ends it: it was opened by what happened, or by time.
 */
export interface ExceptionRule<O extends RuleObject = RuleObject> {
  readonly code: ExceptionCode
  readonly raisedBy: 'state' | 'event' | 'timer'
  readonly over: O
  readonly holds: (object: RuleObjects[O], state: CaseState) => boolean
}

function rule<O extends RuleObject>(
  code: ExceptionCode,
  [raisedBy, over]: readonly [ExceptionRule['raisedBy'], O],
  holds: ExceptionRule<O>['holds'],
): ExceptionRule<O> {
  return { code, raisedBy, over, holds }
}

export const exceptionRules = [
  rule('RX01', ['state', 'line'], isUnauthorizedReceipt),
  rule('RX03', ['state', 'line'], isOverReceipt),
  rule('RX04', ['state', 'line'], isShortReceipt),
  rule('FN02', ['state', 'line'], isSettledTooEarly),
  rule('RX10', ['event', 'line'], isCreditedWithoutGoods),
  rule(
    'LG04',
    ['state', 'parcel'],
    ({ status }) => status === 'lost' || status === 'returned_to_sender',
  ),
  rule('FN01', ['state', 'credit'], isOffAmount),
  rule('RK01', ['state', 'case'], ({ header }) => header.flags.includes('fraud_review')),
  rule('FN07', ['state', 'credit'], ({ status }) => status === 'failed'),

  rule('RX02', ['event', 'receipt'], isStanding),
  rule('RX05', ['event', 'receipt'], isStanding),
  rule('RX06', ['event', 'receipt'], isStanding),
  rule('RX07', ['event', 'receipt'], isStanding),
  rule('RX08', ['event', 'receipt'], isStanding),
  rule('RX09', ['event', 'receipt'], isStanding),
  rule('RX11', ['event', 'receipt'], isStanding),
  rule('RX08', ['event', 'inspection'], ({ lines }) => lines.length > 0),
  rule('QA02', ['event', 'inspection'], ({ lines }) => lines.length > 0),
  rule('QA03', ['event', 'disposition'], ({ status }) => status !== 'reversed'),
  rule(
    'LG01',
    ['event', 'parcel'],
    (parcel, { lines }) =>
      awaitsLabel(parcel.status) &&
      (parcel.direction !== 'inbound' ||
        lines.some((line) => isIn(parcel, line) && !hasCome(line))),
  ),
  rule('LG01', ['event', 'case'], ({ lines }) =>
    lines.some((line) => awaitsLabel(line.axes.transport) && !hasCome(line)),
  ),
  rule('FN05', ['event', 'refund'], isStillFailed),
  rule('FN05', ['event', 'credit'], isUnpaid),
  rule('FN07', ['event', 'case'], ({ lines }) =>
    lines.some(({ axes }) => axes.settlement === 'failed'),
  ),
  rule('FN09', ['event', 'case'], ({ lines }) => !lines.some((line) => !isZero(arrived(line)))),
  rule(
    'CU03',
    ['event', 'line'],
    ({ axes }) =>
      axes.authorization === 'requested' ||
      axes.authorization === 'under_review' ||
      axes.authorization === 'info_needed',
  ),
  rule('CU05', ['event', 'fulfillment'], ({ status }) => status === 'out_of_stock'),
  rule('PU01', ['event', 'supplier_claim'], isDeniedOrShort),

  rule('QA01', ['timer', 'case'], ({ lines }) => lines.some(isAwaitingInspection)),
  rule('LG02', ['timer', 'case'], ({ lines }) => lines.some(isNotSent)),
  rule('LG03', ['timer', 'case'], ({ lines }) => lines.some(isUnderway)),
  rule('LG05', ['timer', 'case'], ({ lines }) => lines.some(isDeliveredOnly)),
  rule('FN06', ['timer', 'credit'], isUnpaid),
  rule('CU04', ['timer', 'fulfillment'], isCollateralOut),
  rule('PU02', ['timer', 'supplier_claim'], ({ status }) => status === 'candidate'),
  rule('PU03', ['timer', 'supplier_claim'], ({ status }) => status === 'shipped'),
] as const satisfies readonly { readonly code: ExceptionCode }[]

/** Codes that no event of a case lets the core conclude: they come as `exception.raised`, or are not about a case. */
export const raisedOutside = {
  QA04: 'the ERP connector sees stock that was sellable before inspection',
  FN08: 'a monitor of open quantities to invoice',
  CU02: 'the correlation of customer and order',
  MD01: 'mapping parks the message',
  MD02: 'mapping parks the message',
  MD03: 'master data names two things alike; it is about no case',
  IT02: 'delivery reads the outcome back',
  IT03: 'the validator parks the message',
  IT05: 'the shell sees the time of arrival; it leaves no trace in a case',
  IT06: 'reconciliation; and a receipt that is told again with another quantity',
  IT07: 'reconciliation',
  IT08: 'the check of a connection; it is about no case',
} as const satisfies Partial<Record<ExceptionCode, string>>

/** Codes raised and ended by handlers and held facts rather than by a rule. */
export const raisedByHandlers = {
  FN03: 'a held credit or refund fact',
  FN04: 'a held credit, refund, invoice or payment fact',
  FN10: 'an amount in another currency than the case',
  LG06: 'parcel.weighed',
  CU01: 'a second return.requested; or a rule set that refers the same units, until the lines are decided',
  IT01: 'delivery.died, unless it says by another code what is wrong with the return',
  IT04: 'a claim that contradicts the state',
} as const satisfies Partial<Record<ExceptionCode, string>>

function isUnauthorizedReceipt(line: LineState): boolean {
  return !isAuthorized(line) && !isZero(arrived(line))
}

function isOverReceipt(line: LineState): boolean {
  return isAuthorized(line) && !isZero(line.quantities.surplus)
}

function isShortReceipt(line: LineState): boolean {
  return (
    line.isUnpacked &&
    isAuthorized(line) &&
    line.returnRequired &&
    line.axes.receipt !== 'closed_short' &&
    compare(arrived(line), declared(line)) < 0
  )
}

const moneyOut: ReadonlySet<string> = new Set([
  'posted',
  'released',
  'partially_settled',
  'settled',
])

/** Credited for more units than the settlement terms let go by now, or paid without any of them. */
function isSettledTooEarly(line: LineState, state: CaseState): boolean {
  const { credited } = line.quantities
  const isOut = moneyOut.has(line.axes.settlement)
  if (!isOut && isZero(credited)) return false
  if (state.exceptions[`RX10:line:${line.lineNo}`]?.isCausePresent) return false
  const due = settleable(state, line)
  return isZero(credited) ? isOut && isZero(due) : compare(credited, due) > 0
}

function isCreditedWithoutGoods(line: LineState): boolean {
  return line.returnRequired && compare(line.quantities.credited, arrived(line)) > 0
}

/** Posted or paid other than approved, beyond rounding; or paid although it was reversed. */
function isOffAmount(credit: CreditState, state: CaseState): boolean {
  const { status, approvedMinor, totalMinor, creditId } = credit
  const paid = refundedFor(state, creditId)
  if (status === 'reversed') return paid > toleranceMinor
  if (status !== 'posted') return false
  if (approvedMinor !== null && Math.abs(totalMinor - approvedMinor) > toleranceMinor) return true
  return (
    Math.abs(totalMinor - totalOf(credit)) > toleranceMinor || paid > totalMinor + toleranceMinor
  )
}

function awaitsLabel(status: ParcelState['status']): boolean {
  return status === 'none' || status === 'awaiting_label'
}

/** A customer whom no label reaches may send the goods without one. */
function hasCome(line: LineState): boolean {
  return compare(arrived(line), declared(line)) >= 0
}

function isIn({ lines }: ParcelState, { lineNo }: LineState): boolean {
  return lines === null || lines.some((one) => one.lineNo === lineNo)
}

function isStanding({ isReversed }: ReceiptState): boolean {
  return !isReversed
}

function isStillFailed(refund: RefundState, state: CaseState): boolean {
  if (refund.status !== 'failed') return false
  const isMadeGood = state.refunds.some(
    (other) => isMoving(other) && other.creditId === refund.creditId,
  )
  return !isMadeGood
}

function isDeniedOrShort({
  status,
  agreedMinor,
  claimedMinor,
  creditedMinor,
}: SupplierClaimState): boolean {
  if (status === 'denied') return true
  const expected = agreedMinor ?? claimedMinor
  return (
    status === 'credited' &&
    expected !== null &&
    creditedMinor !== null &&
    creditedMinor < expected - toleranceMinor
  )
}

export function isAwaitingInspection({ axes }: LineState): boolean {
  return (
    axes.inspection === 'pending' ||
    axes.inspection === 'in_progress' ||
    axes.inspection === 'reinspect'
  )
}

/** Approved, has to come back, and no carrier has seen it. */
export function isNotSent(line: LineState): boolean {
  const { axes } = line
  return (
    (axes.authorization === 'approved' || axes.authorization === 'partially_approved') &&
    line.returnRequired &&
    (axes.transport === 'none' ||
      axes.transport === 'awaiting_label' ||
      axes.transport === 'label_issued' ||
      axes.transport === 'voided') &&
    isZero(arrived(line))
  )
}

export function isUnderway({ axes }: LineState): boolean {
  return axes.transport === 'in_transit' || axes.transport === 'delayed'
}

export function isDeliveredOnly(line: LineState): boolean {
  return line.axes.transport === 'delivered' && line.axes.receipt === 'expected'
}

export function isUnpaid(credit: CreditState, state: CaseState): boolean {
  return (
    credit.status === 'posted' && isPayout(credit.method) && unpaid(state, credit) > toleranceMinor
  )
}

/** A replacement went out in advance, and the old goods are not back. */
export function isCollateralOut(
  { dueAt, status, lines }: FulfillmentState,
  state: CaseState,
): boolean {
  if (dueAt === null || status === 'canceled') return false
  return lines.some(({ lineNo }) => {
    const line = state.lines.find((entry) => entry.lineNo === lineNo)
    return line !== undefined && line.returnRequired && isZero(arrived(line))
  })
}
