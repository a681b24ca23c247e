import type { SettlementMethod } from '@backhaul/sdk/canonical'
import type { CaseState, CreditState, RefundState, TenderState } from '../case-state.ts'
import type { Room } from '../stamped-event.ts'
import { sum } from './minor.ts'

/** Rounding of a single amount: a difference of one minor unit is nobody's mistake. */
export const toleranceMinor = 1

/** The order in which tenders are used up by a refund. */
export type RefundOrder = 'last_paid_first' | 'first_paid_first' | 'gift_card_first'

type Part = RefundState['allocation'][number]

/** Methods by which the payments side moves money to the customer at our word. */
const payoutMethods: ReadonlySet<SettlementMethod> = new Set(['cash_refund', 'card_refund'])

export function isPayout(method: SettlementMethod): boolean {
  return payoutMethods.has(method)
}

/** What a tender can still give back, before what is only asked for. */
export function refundable(tender: TenderState): number {
  return Math.max(0, tender.capturedMinor - tender.refundedBeforeMinor - tender.refundedMinor)
}

/**
 * Splits `amountMinor` over tenders, each up to what it can still give back, the last payment first
 * unless said otherwise. `leftMinor` is what no tender could take.
 */
export function splitRefund({
  tenders,
  amountMinor,
  order = 'last_paid_first',
}: {
  readonly tenders: readonly TenderState[]
  readonly amountMinor: number
  readonly order?: RefundOrder
}): { readonly parts: readonly Part[]; readonly leftMinor: number } {
  const parts: Part[] = []
  let leftMinor = amountMinor
  for (const tender of inRefundOrder(tenders, order)) {
    const minor = Math.min(leftMinor, refundable(tender))
    if (minor <= 0) continue
    parts.push({ paymentId: tender.paymentId, minor })
    leftMinor -= minor
  }
  return { parts, leftMinor }
}

function inRefundOrder(tenders: readonly TenderState[], order: RefundOrder): TenderState[] {
  if (order === 'first_paid_first') return [...tenders]
  const lastFirst = tenders.toReversed()
  if (order === 'last_paid_first') return lastFirst
  return [
    ...lastFirst.filter(({ method }) => isStoredValue(method)),
    ...lastFirst.filter(({ method }) => !isStoredValue(method)),
  ]
}

function isStoredValue(method: TenderState['method']): boolean {
  return method === 'gift_card' || method === 'store_credit'
}

/** Tenders that the payments side can refund to: a marketplace and an account settle in their own way. */
export function payableTenders(tenders: readonly TenderState[]): readonly TenderState[] {
  return tenders.filter(({ method }) => method !== 'marketplace' && method !== 'on_account')
}

/** The tenders, each held to what other cases have left of it. */
export function withinRoom(tenders: readonly TenderState[], room: Room | undefined) {
  if (!room?.payments) return tenders
  return tenders.map((tender) => {
    const left = room.payments?.[tender.paymentId]
    if (left === undefined) return tender
    const over = Math.max(0, tender.refundedMinor + refundable(tender) - left)
    return { ...tender, capturedMinor: tender.capturedMinor - over }
  })
}

/** The tenders after a refund took `parts` from them, or gave them back with `sign` -1. */
export function withRefund(
  tenders: readonly TenderState[],
  parts: readonly Part[],
  sign: 1 | -1,
): readonly TenderState[] {
  if (parts.length === 0) return tenders
  return tenders.map((tender) => {
    const part = parts.find(({ paymentId }) => paymentId === tender.paymentId)
    if (!part) return tender
    return { ...tender, refundedMinor: tender.refundedMinor + sign * part.minor }
  })
}

/** Money is on its way to the customer, or there. */
export function isMoving({ status }: RefundState): boolean {
  return status === 'released' || status === 'settled'
}

/** Σ of the refunds that moved for a credit. */
export function refundedFor(state: CaseState, creditId: string, except?: string): number {
  let total = 0
  for (const refund of state.refunds) {
    if (refund.creditId === creditId && isMoving(refund) && refund.refundId !== except) {
      total = sum(total, refund.amountMinor)
    }
  }
  return total
}

/**
 * What of a posted credit still has to be paid out. Refunds that name no credit count against the
 * credits in the order in which these were posted, so that nothing is paid a second time.
 */
export function unpaid(state: CaseState, credit: CreditState): number {
  let loose = 0
  for (const refund of state.refunds) {
    if (refund.creditId === null && isMoving(refund)) loose = sum(loose, refund.amountMinor)
  }
  for (const other of state.credits) {
    if (other.status !== 'posted') continue
    const open = Math.max(0, other.totalMinor - refundedFor(state, other.creditId))
    const covered = Math.min(open, loose)
    if (other.creditId === credit.creditId) return open - covered
    loose -= covered
  }
  return 0
}

/** Whether the customer already has, or is being sent, all of what is posted for the line. */
export function isPaidUp(state: CaseState, lineNo: number): boolean {
  const credits = postedFor(state, lineNo)
  return credits.every((credit) => unpaid(state, credit) <= toleranceMinor)
}

/** Whether the customer confirmed all of what is posted for the line; true when nothing is posted. */
export function isPaidInFull(state: CaseState, lineNo: number): boolean {
  const credits = postedFor(state, lineNo)
  if (credits.length === 0) return true
  const ids = new Set(credits.map(({ creditId }) => creditId))
  let owedMinor = 0
  for (const { totalMinor } of credits) owedMinor = sum(owedMinor, totalMinor)
  let settledMinor = 0
  for (const refund of state.refunds) {
    const isOurs = refund.creditId === null || ids.has(refund.creditId)
    if (isOurs && refund.status === 'settled') settledMinor = sum(settledMinor, refund.amountMinor)
  }
  return settledMinor >= owedMinor - toleranceMinor
}

function postedFor(state: CaseState, lineNo: number): CreditState[] {
  return state.credits.filter((credit) => credit.status === 'posted' && covers(credit, lineNo))
}

/** A credit without lines stands for the whole case. */
export function covers({ lines }: CreditState, lineNo: number): boolean {
  return lines.length === 0 || lines.some((entry) => entry.lineNo === lineNo)
}
