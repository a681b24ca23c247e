import type { EventData } from '@backhaul/sdk/canonical'
import type { CaseState, CreditState, LineState, RefundState } from '../case-state.ts'
import { adoptCurrency, creditedLines, findCredit, hold, release } from '../credits.ts'
import { type Draft, refuse, repeat, replaced, type Verdict } from '../draft.ts'
import { raise } from '../exceptions/raise.ts'
import { minorOf, sum } from '../ledger/minor.ts'
import {
  isMoving,
  refundedFor,
  splitRefund,
  toleranceMinor,
  withinRoom,
  withRefund,
} from '../ledger/payments.ts'
import { moveLines } from '../move.ts'
import type { Room, StampedEvent } from '../stamped-event.ts'

type Fact = StampedEvent<'refund.released' | 'refund.settled'>

/** `refund.released`, `refund.settled`: money is on its way to the customer, or there. Counted once for each refund. */
export function recordRefund(draft: Draft, event: Fact): Verdict {
  const { data, type } = event
  adoptCurrency(draft, data.amount.currency)
  const object = `refund:${data.refundId}`
  const amountMinor = minorOf(data.amount, draft.state.header.currency)
  if (amountMinor === null || amountMinor === 0) {
    hold(draft, { object, code: 'FN01', detail: 'no amount in the currency of the case' })
    return null
  }
  const known = draft.state.refunds.find(({ refundId }) => refundId === data.refundId)
  const status = type === 'refund.settled' ? 'settled' : 'released'
  const verdict = known ? progressVerdict(known, { status, amountMinor }) : null
  if (verdict) return verdict
  // Its own money is free while it is looked at anew; a held fact leaves the draft as it was.
  const freed =
    known && isMoving(known) ? withRefund(draft.state.tenders, known.allocation, -1) : null
  const next = refundOf(event, known, { status, amountMinor })
  const allocation = allocate(
    { ...draft.state, tenders: freed ?? draft.state.tenders },
    next,
    event.room,
  )
  const problem = allocation.problem ?? creditBreach(draft.state, next)
  if (problem) {
    hold(draft, { object, ...problem })
    return null
  }
  release(draft, object)
  settleTenders(draft, { freed, parts: allocation.parts })
  dropAsked(draft, next)
  draft.state.refunds = replaced(draft.state.refunds, known, {
    ...next,
    allocation: allocation.parts,
  })
  return moveRefunded(draft, next)
}

function progressVerdict(
  known: RefundState,
  { status, amountMinor }: Pick<RefundState, 'status' | 'amountMinor'>,
): Verdict {
  if (known.status === 'settled') {
    return known.amountMinor === amountMinor || status === 'released'
      ? repeat('the refund is settled already')
      : refuse('conflicting_repeat', 'the refund was settled with another amount')
  }
  if (known.status !== 'released' || status !== 'released') return null
  return known.amountMinor === amountMinor
    ? repeat('the refund is released already')
    : refuse('conflicting_repeat', 'the refund was released with another amount')
}

function refundOf(
  { data, source }: Fact,
  known: RefundState | undefined,
  { status, amountMinor }: Pick<RefundState, 'status' | 'amountMinor'>,
): RefundState {
  return {
    refundId: data.refundId,
    creditId: data.creditId ?? known?.creditId ?? null,
    paymentId: data.paymentId ?? known?.paymentId ?? null,
    method: data.method ?? known?.method ?? null,
    amountMinor,
    status,
    allocation: [],
    source,
  }
}

type Problem = { readonly code: 'FN03' | 'FN04'; readonly detail: string }
type Parts = RefundState['allocation']

/**
 * The tenders that a refund takes its money from: the one that it names, else those that can still
 * give back, the last payment first. Without any tender known there is no cap to keep.
 */
function allocate(
  { tenders, refunds }: CaseState,
  refund: RefundState,
  room?: Room,
): { readonly parts: Parts; readonly problem: Problem | null } {
  if (tenders.length === 0) return { parts: [], problem: null }
  const named = tenders.filter(({ paymentId }) => paymentId === refund.paymentId)
  const limited = withinRoom(named.length > 0 ? named : tenders, room)
  const { parts, leftMinor } = splitRefund({ tenders: limited, amountMinor: refund.amountMinor })
  if (leftMinor <= 0) return { parts, problem: null }
  const isSecond = refunds.some((other) => isMoving(other) && other.refundId !== refund.refundId)
  const code = isSecond ? 'FN03' : 'FN04'
  return { parts: [], problem: { code, detail: 'more than what is left of the payment' } }
}

/** A credit is paid out once, however many refunds it takes. */
function creditBreach(state: CaseState, refund: RefundState): Problem | null {
  const credit = refund.creditId === null ? undefined : findCredit(state, refund.creditId)
  if (credit?.status !== 'posted') return null
  const limit = credit.totalMinor + toleranceMinor
  if (refund.amountMinor > limit) return { code: 'FN04', detail: 'more than was credited' }
  const others = refundedFor(state, credit.creditId, refund.refundId)
  if (sum(others, refund.amountMinor) <= limit) return null
  return { code: 'FN03', detail: 'the credit has been paid out before' }
}

function settleTenders(
  draft: Draft,
  { freed, parts }: { readonly freed: CaseState['tenders'] | null; readonly parts: Parts },
): void {
  draft.state.tenders = withRefund(freed ?? draft.state.tenders, parts, 1)
}

/** Payments answered under a name of their own: the refund that was asked for is this one. */
function dropAsked(draft: Draft, fact: RefundState): void {
  draft.state.refunds = draft.state.refunds.filter(
    (refund) =>
      refund.status !== 'asked' ||
      refund.refundId === fact.refundId ||
      refund.creditId !== fact.creditId ||
      (fact.paymentId !== null && refund.paymentId !== fact.paymentId),
  )
}

function moveRefunded(draft: Draft, refund: RefundState): Verdict {
  const lines = refundedLines(draft.state, refund)
  if (lines.length === 0) return null
  // Payments of credits that are further along than this one move nothing, and are booked all the same.
  moveLines(draft, lines, 'settlement')
  return null
}

function refundedLines(state: CaseState, { creditId }: RefundState): readonly LineState[] {
  const credit: CreditState | undefined =
    creditId === null ? undefined : findCredit(state, creditId)
  if (credit) return creditedLines(state, credit)
  const awaiting = state.lines.filter(({ axes }) => axes.settlement !== 'none')
  return awaiting.length > 0 ? awaiting : state.lines
}

/** `refund.failed`: the money did not leave, or came back. */
export function failRefund(draft: Draft, { data }: StampedEvent<'refund.failed'>): Verdict {
  const object = `refund:${data.refundId}`
  const known = draft.state.refunds.find(({ refundId }) => refundId === data.refundId)
  if (!known && draft.state.held.some((fact) => fact.object === object)) {
    release(draft, object)
    return null
  }
  if (known?.status === 'failed') return repeat('the refund has failed already')
  if (known && isMoving(known)) {
    draft.state.tenders = withRefund(draft.state.tenders, known.allocation, -1)
    draft.areCapsChanged = true
  }
  const next: RefundState = {
    ...(known ?? unknownRefund(data, draft.event.source)),
    status: 'failed',
  }
  draft.state.refunds = replaced(draft.state.refunds, known, { ...next, allocation: [] })
  raise(draft, { code: 'FN05', object, detail: data.code })
  if (known) moveLines(draft, refundedLines(draft.state, known), 'settlement')
  return null
}

function unknownRefund(data: EventData<'refund.failed'>, source: string): RefundState {
  return {
    refundId: data.refundId,
    creditId: null,
    paymentId: null,
    method: null,
    amountMinor: 0,
    status: 'failed',
    allocation: [],
    source,
  }
}
