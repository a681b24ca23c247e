import type { CaseState, CreditState, FulfillmentState, RefundState } from '../case-state.ts'
import { creditedLines, putCredit } from '../credits.ts'
import { type Draft, findLine } from '../draft.ts'
import { isOnHold, raise } from '../exceptions/raise.ts'
import { putFulfillment } from '../fulfillments.ts'
import { compare, isZero, plus, smaller } from '../ledger/decimal.ts'
import { arrived, settleable } from '../ledger/lines.ts'
import {
  isPayout,
  payableTenders,
  splitRefund,
  toleranceMinor,
  unpaid,
  withinRoom,
  withRefund,
} from '../ledger/payments.ts'
import { moveLine } from '../move.ts'
import { derivedId } from '../said.ts'
import type { Due } from '../transitions/transition.ts'
import { planCredits } from './plan-credits.ts'

/**
 * Looks for what is owed now that was not before: because goods arrived, because an exception ended,
 * because a document was drafted. While a blocking exception is open, no money and no replacement
 * leaves.
 */
export function settleDues(draft: Draft): void {
  const { state } = draft
  if (!isOnHold(state)) {
    for (const credit of state.credits) {
      if (credit.status === 'drafted' && !credit.isPostAsked) askToPost(draft, credit)
      else if (isPayoutDue(state, credit)) askToPay(draft, credit)
    }
    planCredits(draft)
    for (const item of state.fulfillments) {
      if (item.status === 'planned' && !item.isAsked) orderGoods(draft, item)
    }
  }
  for (const claim of state.supplierClaims) {
    if (claim.status !== 'candidate' || claim.isAsked || claim.vendor === null) continue
    if (!claim.lineNos.some((lineNo) => isAtHand(state, lineNo))) continue
    const isOwed = take(draft, {
      due: 'recovery.due',
      about: claim.claimId,
      lineNos: claim.lineNos,
    })
    if (!isOwed) continue
    draft.state.supplierClaims = draft.state.supplierClaims.map((entry) =>
      entry.claimId === claim.claimId ? { ...entry, isAsked: true } : entry,
    )
  }
}

/** Takes lines along the rows of a due; true when a row was there. */
function take(
  draft: Draft,
  {
    due,
    about,
    lineNos,
  }: { readonly due: Due; readonly about: string; readonly lineNos: readonly number[] },
): boolean {
  draft.about = about
  let isTaken = false
  for (const lineNo of lineNos) {
    const line = findLine(draft.state, lineNo)
    if (line && moveLine(draft, line, { cause: due, own: axisOfDue[due] }) === 'moved')
      isTaken = true
  }
  draft.about = null
  return isTaken
}

const axisOfDue = {
  'settlement.due': 'settlement',
  'posting.due': 'settlement',
  'payout.due': 'settlement',
  'fulfillment.due': 'fulfillment',
  'recovery.due': 'supplierRecovery',
} as const satisfies Record<Due, string>

function linesOf(state: CaseState, credit: CreditState): number[] {
  return creditedLines(state, credit).map(({ lineNo }) => lineNo)
}

/** Posts what is due by now; a draft for more than that waits, for goods or for people. */
function askToPost(draft: Draft, credit: CreditState): void {
  if (!isDue(draft.state, credit)) return
  const lineNos = linesOf(draft.state, credit)
  const isOwed = take(draft, { due: 'posting.due', about: credit.creditId, lineNos })
  if (isOwed) putCredit(draft, credit, { ...credit, isPostAsked: true })
}

function isDue(state: CaseState, credit: CreditState): boolean {
  return credit.lines.every(({ lineNo, quantity }) => {
    const line = findLine(state, lineNo)
    if (!line) return false
    const others = state.credits.filter(
      ({ creditId, status, isPostAsked }) =>
        creditId !== credit.creditId &&
        (status === 'posted' || (status === 'drafted' && isPostAsked)),
    )
    let total = quantity
    for (const { lines } of others) {
      for (const other of lines) if (other.lineNo === lineNo) total = plus(total, other.quantity)
    }
    return compare(total, settleable(state, line)) <= 0
  })
}

function isPayoutDue(state: CaseState, credit: CreditState): boolean {
  return (
    credit.status === 'posted' &&
    !credit.isPayoutAsked &&
    isPayout(credit.method) &&
    unpaid(state, credit) > toleranceMinor
  )
}

/** Asks payments for what is not paid yet, split over the tenders that can give it back. */
function askToPay(draft: Draft, credit: CreditState): void {
  const refunds = plannedRefunds(draft, credit)
  const lineNos = linesOf(draft.state, credit)
  const isOwed = refunds
    .map(({ refundId }) => take(draft, { due: 'payout.due', about: refundId, lineNos }))
    .some(Boolean)
  const isHopeless = refunds.length === 0
  if (!isOwed && !isHopeless) return
  putCredit(draft, credit, { ...credit, isPayoutAsked: true })
  draft.state.refunds = [...draft.state.refunds, ...refunds]
  if (isHopeless || isShort(draft.state, credit, refunds)) {
    raise(draft, {
      code: 'FN05',
      object: `credit:${credit.creditId}`,
      detail: 'no payment can take it',
    })
  }
}

function isShort(state: CaseState, credit: CreditState, refunds: readonly RefundState[]): boolean {
  const asked = refunds.reduce((total, { amountMinor }) => total + amountMinor, 0)
  return asked < unpaid(state, credit) - toleranceMinor
}

function plannedRefunds({ state, event }: Draft, credit: CreditState): RefundState[] {
  const amountMinor = unpaid(state, credit)
  const refund = (paymentId: string | null, minor: number): RefundState => ({
    refundId: derivedId(credit.creditId, paymentId ?? 'refund'),
    creditId: credit.creditId,
    paymentId,
    method: credit.method,
    amountMinor: minor,
    status: 'asked',
    allocation: paymentId === null ? [] : [{ paymentId, minor }],
    source: 'hub',
  })
  if (state.tenders.length === 0) return [refund(null, amountMinor)]
  const reserved = state.refunds.flatMap(({ status, allocation }) =>
    status === 'asked' ? allocation : [],
  )
  let tenders = withinRoom(payableTenders(state.tenders), event.room)
  for (const part of reserved) tenders = withRefund(tenders, [part], 1)
  return splitRefund({ tenders, amountMinor }).parts.map(({ paymentId, minor }) =>
    refund(paymentId, minor),
  )
}

/** Orders what was agreed, as far as the goods have come: all of it, or what there is when no more will come. */
function orderGoods(draft: Draft, item: FulfillmentState): void {
  const ready = item.lines.map(({ lineNo, quantity }) => ({
    lineNo,
    quantity: readyQuantity(draft.state, { item, lineNo, quantity }),
  }))
  const lines = ready.filter(({ quantity }) => !isZero(quantity))
  if (lines.length < item.lines.length || lines.length === 0) return
  const lineNos = lines.map(({ lineNo }) => lineNo)
  const isOwed = take(draft, { due: 'fulfillment.due', about: item.fulfillmentId, lineNos })
  if (isOwed) putFulfillment(draft, item, { ...item, lines, isAsked: true })
}

function readyQuantity(
  state: CaseState,
  { item, lineNo, quantity }: { item: FulfillmentState; lineNo: number; quantity: string },
): string {
  const line = findLine(state, lineNo)
  if (!line) return '0'
  if (state.header.kind === 'advance_exchange') return smaller(quantity, line.quantities.authorized)
  const units = item.kind === 'repair' ? line.quantities.received : settleable(state, line)
  if (compare(units, quantity) >= 0) return quantity
  return isComplete(line.axes.receipt, line.axes.inspection) ? units : '0'
}

/** No more units of the line will become ready. */
function isComplete(receipt: string, inspection: string): boolean {
  const isIn = receipt === 'received' || receipt === 'closed_short'
  return (
    isIn && inspection !== 'pending' && inspection !== 'in_progress' && inspection !== 'reinspect'
  )
}

function isAtHand(state: CaseState, lineNo: number): boolean {
  const line = findLine(state, lineNo)
  return line !== undefined && (!line.returnRequired || !isZero(arrived(line)))
}
