import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EventType } from '@backhaul/sdk/canonical'
import fc from 'fast-check'
import type { CaseState, CreditState, LineState } from './case-state.ts'
import { apply } from './decide.ts'
import { headlineOf } from './headline.ts'
import { compare, less } from './ledger/decimal.ts'
import { arrived, inspected } from './ledger/lines.ts'
import { wireCredit } from './obligations/commands.ts'
import type { StampedEvent } from './stamped-event.ts'
import { asked, askedLine, creditOf, eur, stamped } from './story.test.ts'

interface Step {
  readonly type: EventType
  readonly data: object
  readonly source?: string
  readonly owns?: string
}

type Next = (state: CaseState, gene: number) => Step | null

const lineOf = (state: CaseState, gene: number) =>
  state.lines[gene % state.lines.length] as LineState
const inbound = (state: CaseState) => state.parcels.find(({ direction }) => direction === 'inbound')
const count = (state: CaseState) => state.applied

/** What systems around a return would say next, from where it stands. */
const steps: readonly Next[] = [
  (state) => ({
    type: 'return.approved',
    data: {
      validUntil: '2027-01-01T00:00:00Z',
      lines: state.lines.map(({ lineNo, quantities }) => ({
        lineNo,
        quantity: quantities.requested,
      })),
      settlement: { method: 'card_refund', trigger: 'on_inspection' },
    },
  }),
  (state, gene) => ({
    type: 'return.approved',
    data: {
      lines: [
        {
          lineNo: lineOf(state, gene).lineNo,
          quantity: String(gene % 5),
          resolution: gene % 3 === 0 ? 'replacement' : 'refund',
        },
      ],
      settlement: { method: gene % 2 === 0 ? 'card_refund' : 'credit_note', trigger: 'on_receipt' },
    },
  }),
  (state) => ({
    type: 'label.issued',
    data: { parcel: { parcelId: inbound(state)?.parcelId ?? 'p1', tracking: 't1' } },
  }),
  (state) => ({ type: 'parcel.in_transit', data: { parcelId: inbound(state)?.parcelId ?? 'p1' } }),
  (_state, gene) => ({
    type: gene % 2 === 0 ? 'parcel.lost' : 'parcel.delayed',
    data: { tracking: 't1' },
  }),
  (state) => ({ type: 'parcel.delivered', data: { parcelId: inbound(state)?.parcelId ?? 'p1' } }),
  (state, gene) => {
    const { lineNo, quantities } = lineOf(state, gene)
    const units = String(1 + (gene % 4))
    return {
      type: 'goods.received',
      source: 'wms',
      data: {
        receiptId: `r${count(state)}`,
        complete: gene % 3 === 0,
        lines: [{ lineNo, quantity: gene % 5 === 0 ? quantities.requested : units }],
      },
    }
  },
  (state, gene) => {
    const line = lineOf(state, gene)
    const open = less(arrived(line), inspected(line))
    if (compare(open, '0') <= 0) return null
    const rejected = gene % 4 === 0 ? open : '0'
    return {
      type: 'inspection.completed',
      source: 'wms',
      data: {
        inspectionId: `i${count(state)}`,
        lines: [
          {
            lineNo: line.lineNo,
            accepted: less(open, rejected),
            rejected,
            proposed: gene % 2 === 0 ? 'restock_a' : 'send_back_to_customer',
          },
        ],
      },
    }
  },
  (state) => {
    const found = state.dispositions.find(({ status }) => status === 'proposed')
    return found
      ? { type: 'disposition.approved', data: { dispositionId: found.dispositionId } }
      : null
  },
  (state) => {
    const found = state.dispositions.find(({ status }) => status === 'approved')
    return found
      ? { type: 'disposition.executed', data: { dispositionId: found.dispositionId } }
      : null
  },
  (state) => creditStep(state, 'approved', 'credit.drafted'),
  (state) => creditStep(state, 'drafted', 'credit.posted'),
  (state) => creditStep(state, 'approved', 'credit.posted'),
  (state) => {
    const posted = state.credits.find(({ status }) => status === 'posted')
    return posted ? { type: 'credit.reversed', data: { creditId: posted.creditId } } : null
  },
  (state, gene) => {
    const refund = state.refunds.find(({ status }) => status === 'asked' || status === 'released')
    if (!refund?.creditId) return null
    const { refundId, creditId, paymentId, amountMinor } = refund
    return {
      type: gene % 3 === 0 ? 'refund.released' : 'refund.settled',
      source: 'psp',
      data: {
        refundId,
        creditId,
        paymentId: paymentId ?? undefined,
        method: 'card_refund',
        amount: eur((amountMinor / 100).toFixed(2)),
      },
    }
  },
  (state) => {
    const refund = state.refunds.find(({ status }) => status === 'released')
    return refund
      ? { type: 'refund.failed', source: 'psp', data: { refundId: refund.refundId } }
      : null
  },
  (state, gene) => {
    const item = state.fulfillments.find(
      ({ status }) => status !== 'delivered' && status !== 'canceled',
    )
    if (!item) return null
    const types =
      item.kind === 'send_back'
        ? (['send_back.shipped', 'replacement.delivered'] as const)
        : (['replacement.ordered', 'replacement.shipped', 'replacement.delivered'] as const)
    return {
      type: types[gene % types.length] as EventType,
      data: { fulfillmentId: item.fulfillmentId },
    }
  },
  (state, gene) => ({
    type: 'goods.receipt_reversed',
    source: 'wms',
    data: {
      receiptId: `rv${count(state)}`,
      reversalOf: state.receipts[gene % Math.max(1, state.receipts.length)]?.receiptId ?? 'r1',
    },
  }),
  (state, gene) => {
    const open = Object.entries(state.exceptions).filter(([, { status }]) => status === 'open')
    const [key] = open[gene % Math.max(1, open.length)] ?? []
    return key
      ? {
          type: 'exception.resolved',
          data: {
            exceptionKey: key,
            action: key.startsWith('RX03') ? 'extend_authorization' : 'close_short',
          },
        }
      : null
  },
  (_state, gene) => ({ type: gene % 2 === 0 ? 'return.canceled' : 'return.rejected', data: {} }),
  (state, gene) => ({
    type: 'parcel.delivered',
    source: 'helpdesk',
    owns: '',
    data: { lineNos: [lineOf(state, gene).lineNo] },
  }),
  (state, gene) => ({
    type: 'inspection.reopened',
    source: 'wms',
    data: { lineNos: [lineOf(state, gene).lineNo] },
  }),
  (state, gene) => ({
    type: 'credit.proposed',
    data: {
      credit: creditOf(`p${count(state)}`, 1 + (gene % 2), {
        goodwill: gene % 3 === 0 ? eur('1.00') : undefined,
      }),
    },
  }),
  supplierStep,
  (state) => creditStep(state, 'proposed', 'credit.approval_requested'),
  (state) => creditStep(state, 'pending_approval', 'credit.approved'),
  (state) => creditStep(state, 'approved', 'credit.declined'),
  (state, gene) => ({
    type: 'goods.closed_short',
    source: 'wms',
    data: { lineNos: [lineOf(state, gene).lineNo] },
  }),
]

/** The next step of a return in which everything goes well. */
function plainStep(state: CaseState): Step | null {
  const where = (fits: (line: LineState) => boolean) => state.lines.findIndex(fits)
  const parcel = inbound(state)
  if (where(({ axes }) => axes.authorization === 'requested') >= 0) return step(0, state, 0)
  if (parcel?.status === 'awaiting_label') return step(2, state, 0)
  if (parcel?.status === 'label_issued') return step(3, state, 0)
  if (parcel?.status === 'in_transit') return step(5, state, 0)
  const expected = where(({ axes }) => axes.receipt === 'expected')
  if (expected >= 0) return step(6, state, expected === 0 ? 10 : 5)
  const pending = where(({ axes }) => axes.inspection === 'pending')
  if (pending >= 0) return step(7, state, pending === 0 ? 2 : 1)
  for (const [index, gene] of [
    [8, 0],
    [9, 0],
    [10, 0],
    [11, 0],
    [14, 1],
    [16, state.applied],
  ] as const) {
    const found = step(index, state, gene)
    if (found) return found
  }
  return null
}

function step(index: number, state: CaseState, gene: number): Step | null {
  return steps[index]?.(state, gene) ?? null
}

function supplierStep(state: CaseState, gene: number): Step {
  const status = state.supplierClaims[0]?.status
  const onward = {
    candidate: 'submitted',
    claimed: 'authorized',
    authorized: 'denied',
    denied: 'disputed',
    disputed: 'written_off',
    shipped: 'written_off',
    credited: 'disputed',
    written_off: 'written_off',
  } as const
  const verb = status === undefined ? 'identified' : onward[status]
  const type: EventType = `supplier_claim.${gene % 4 === 0 ? 'written_off' : verb}`
  return { type, data: { claimId: 'v1', vendor: 'acme', basis: 'warranty', lineNos: [1] } }
}

function creditStep(state: CaseState, status: CreditState['status'], type: EventType): Step | null {
  const credit = state.credits.find((entry) => entry.status === status)
  if (!credit) return null
  const isBare = type === 'credit.approval_requested' || type === 'credit.declined'
  return {
    type,
    data: isBare ? { creditId: credit.creditId } : { credit: wireCredit(state, credit) },
  }
}

/** A request of two lines, and what might well be said after it: each step is made from where the case stands. */
export function plausibleHistory(maxLength: number): fc.Arbitrary<StampedEvent[]> {
  return fc.array(fc.nat(0xffff), { minLength: 2, maxLength, size: 'max' }).map((genes) => {
    const request = asked({
      lines: [askedLine(1), askedLine(2)],
      tenders: [
        { paymentId: 'gift-1', method: 'gift_card', captured: eur('60.00') },
        { paymentId: 'card-1', method: 'card', captured: eur('178.00') },
      ],
    })
    const events: StampedEvent[] = [
      stamped('h0', 'return.requested', { data: request, source: 'shop' }),
    ]
    let { state } = apply(null, events[0] as StampedEvent)
    for (const [index, gene] of genes.entries()) {
      if (!state) continue
      // Most of the time the plain next step, so that many histories get far.
      const isPlain = gene % 8 < 5
      const next = isPlain
        ? (plainStep(state) ?? supplierStep(state, gene))
        : step((gene >> 3) % steps.length, state, gene >> 7)
      if (!next) continue
      const { type, data, source = 'erp', owns } = next
      const event = stamped(`h${index + 1}`, type, {
        data,
        source,
        at: index + 1 - (gene % 5 === 0 ? 1 : 0),
        ...(owns === undefined ? {} : { owns }),
      })
      events.push(event)
      state = apply(state, event).state
    }
    return events
  })
}

test('plausible histories get as far as money and goods', () => {
  const headlines = new Set<string>()
  for (const events of fc.sample(plausibleHistory(40), { numRuns: 400, seed: 11 })) {
    let state: CaseState | null = null
    for (const event of events) {
      ;({ state } = apply(state, event))
      if (state) headlines.add(headlineOf(state))
    }
  }
  for (const headline of [
    'authorized',
    'in_transit',
    'received',
    'approved',
    'refunded',
    'exception_hold',
  ]) {
    assert.ok(headlines.has(headline), headline)
  }
})
