import { fromMinor, type Headline, type Money } from '@backhaul/sdk/canonical'
import type { CaseState, CreditState, LineState } from './case-state.ts'
import { isOnHold } from './exceptions/raise.ts'
import { headlineOf, isSettled } from './headline.ts'
import { compare, isZero } from './ledger/decimal.ts'
import { arrived } from './ledger/lines.ts'
import { isPayout } from './ledger/payments.ts'

/** Where a return stands for its customer: a hold is our own affair, and what is closed has come to something. */
export type CustomerStage = Exclude<Headline, 'exception_hold'>

/** What has become of one line, for its customer. */
export const customerOutcomes = [
  'deciding',
  'info_needed',
  'rejected',
  'canceled',
  'expired',
  'keep',
  'awaited',
  'on_way',
  'delivered',
  'checking',
  'accepted',
  'partly_accepted',
  'not_accepted',
  'paid',
  'goods_coming',
  'goods_delivered',
] as const
export type CustomerOutcome = (typeof customerOutcomes)[number]

export interface CustomerLine {
  /** As the customer knows it; null where only other systems' numbers are known. */
  readonly name: string | null
  readonly code: string | null
  readonly resolution: LineState['resolution']
  readonly requested: string
  /** What has come in. */
  readonly received: string
  readonly accepted: string
  readonly rejected: string
  readonly outcome: CustomerOutcome
}

/** How money gets to the customer. */
export const payWays = [
  'card',
  'bank',
  'cash',
  'store_credit',
  'gift_card',
  'marketplace',
  'account',
  'invoice',
  'exchange',
  'payment',
] as const
export type PayWay = (typeof payWays)[number]

export interface CustomerMoney {
  readonly amount: Money
  readonly way: PayWay
  /** `planned`: decided on; `sent`: paid out, and under way; `done`: it has arrived, as far as we can tell. */
  readonly status: 'planned' | 'sent' | 'done'
}

interface CustomerParcel {
  readonly parcelId: string
  readonly isInbound: boolean
  readonly carrier: string | null
  readonly tracking: string | null
  /** Whether its label can still be used. */
  readonly awaitsDropOff: boolean
}

/** A return as its customer may see it: no codes, no notes, no systems. */
export interface CustomerStatus {
  readonly stage: CustomerStage
  /** Somebody has to look into it before it goes on. */
  readonly isHeld: boolean
  /** Something that the customer waits for did not get through in time. */
  readonly isLate: boolean
  readonly sendBy: string | null
  /** When the money was last moved; null where none was. */
  readonly paidAt: string | null
  readonly lines: readonly CustomerLine[]
  readonly money: readonly CustomerMoney[]
  readonly parcels: readonly CustomerParcel[]
}

/** @param now - ISO text in UTC. */
export function customerStatusOf(state: CaseState, now: string): CustomerStatus {
  const settledAt = state.lines.flatMap(({ since }) => since.settlement ?? [])
  return {
    stage: stageOf(state),
    isHeld: isOnHold(state),
    isLate: state.delay?.late.some(({ at }) => at <= now) === true,
    sendBy: state.header.validUntil,
    paidAt: settledAt.toSorted().at(-1) ?? null,
    lines: state.lines.map((line) => lineOf(state, line)),
    money: moneyOf(state),
    parcels: parcelsOf(state),
  }
}

const ends: ReadonlySet<Headline> = new Set([
  'canceled',
  'expired',
  'refunded',
  'rejected',
  'repaired',
  'replaced',
  'returned_to_customer',
])

function stageOf(state: CaseState): CustomerStage {
  const free = { ...state, exceptions: {} }
  const headline = headlineOf(free)
  if (headline !== 'closed') return headline === 'exception_hold' ? 'requested' : headline
  const end = headlineOf({ ...free, closedAt: null })
  return ends.has(end) && end !== 'exception_hold' ? end : 'closed'
}

function lineOf(state: CaseState, line: LineState): CustomerLine {
  const { product, quantities, resolution } = line
  const code = product?.customerPartNo ?? product?.sku ?? product?.channelSku ?? product?.gtin
  return {
    name: product?.name ?? code ?? null,
    code: code ?? null,
    resolution,
    requested: quantities.requested,
    received: arrived(line),
    accepted: quantities.accepted,
    rejected: quantities.rejected,
    outcome: outcomeOf(state, line),
  }
}

function outcomeOf(state: CaseState, line: LineState): CustomerOutcome {
  const { authorization, fulfillment } = line.axes
  if (authorization === 'requested' || authorization === 'under_review') return 'deciding'
  if (authorization === 'info_needed') return authorization
  if (authorization === 'rejected' || authorization === 'canceled' || authorization === 'expired') {
    return authorization
  }
  if (isSettled(line, state)) return 'paid'
  if (fulfillment === 'delivered') return 'goods_delivered'
  if (fulfillment === 'shipped') return 'goods_coming'
  return goodsOutcome(line)
}

function goodsOutcome(line: LineState): CustomerOutcome {
  const { axes, quantities, returnRequired } = line
  const { accepted, rejected } = quantities
  if (!isZero(rejected)) return isZero(accepted) ? 'not_accepted' : 'partly_accepted'
  if (!isZero(accepted) && compare(accepted, arrived(line)) >= 0) return 'accepted'
  if (!isZero(arrived(line))) return axes.inspection === 'not_required' ? 'accepted' : 'checking'
  if (!returnRequired) return 'keep'
  if (axes.transport === 'delivered') return 'delivered'
  const isMoving = axes.transport === 'in_transit' || axes.transport === 'delayed'
  return isMoving ? 'on_way' : 'awaited'
}

const gone: ReadonlySet<CreditState['status']> = new Set([
  'declined',
  'failed',
  'pending_approval',
  'proposed',
  'reversed',
])

/** What is decided, and what was paid. What somebody still has to approve is nobody's promise yet. */
function moneyOf(state: CaseState): CustomerMoney[] {
  const money = (minor: number): Money => fromMinor(minor, state.header.currency)
  const refunds = state.refunds.map((refund): CustomerMoney => {
    const status = {
      settled: 'done',
      released: 'sent',
      asked: 'planned',
      failed: 'planned',
    } as const
    return {
      amount: money(refund.amountMinor),
      way: wayOfRefund(state, refund),
      status: status[refund.status],
    }
  })
  const paid = new Set(state.refunds.map(({ creditId }) => creditId))
  const credits = state.credits
    .filter(
      ({ creditId, status, method, totalMinor }) =>
        !gone.has(status) && !paid.has(creditId) && method !== 'debit_customer' && totalMinor > 0,
    )
    .map(
      ({ totalMinor, method, status }): CustomerMoney => ({
        amount: money(totalMinor),
        way: wayOf(method),
        status: status === 'posted' && !isPayout(method) ? 'done' : 'planned',
      }),
    )
  return [...refunds, ...credits]
}

function wayOfRefund(state: CaseState, refund: CaseState['refunds'][number]): PayWay {
  const { paymentId, method } = refund
  const tender = state.tenders.find((one) => one.paymentId === paymentId)
  if (tender !== undefined) return tender.method === 'on_account' ? 'account' : tender.method
  return method === null ? 'payment' : wayOf(method)
}

const ways = {
  apply_to_invoice: 'invoice',
  card_refund: 'card',
  cash_refund: 'payment',
  credit_note: 'account',
  debit_customer: 'account',
  exchange_offset: 'exchange',
  marketplace_refund: 'marketplace',
  store_credit: 'store_credit',
} as const satisfies Record<CreditState['method'], PayWay>

function wayOf(method: CreditState['method']): PayWay {
  return ways[method]
}

function parcelsOf({ parcels }: CaseState): CustomerParcel[] {
  return parcels
    .filter(({ direction, status }) => direction !== 'to_vendor' && status !== 'voided')
    .map(({ parcelId, direction, carrier, tracking, status }) => ({
      parcelId,
      isInbound: direction === 'inbound',
      carrier,
      tracking,
      awaitsDropOff: direction === 'inbound' && status === 'label_issued',
    }))
}
