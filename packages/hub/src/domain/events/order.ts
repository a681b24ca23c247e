import { axisLetters, type EventData, type ProductRef } from '@backhaul/sdk/canonical'
import type { CaseState, InvoicedAmounts, LineState, TenderState } from '../case-state.ts'
import { adoptCurrency, hold, release } from '../credits.ts'
import {
  type Draft,
  editHeader,
  editLine,
  findLine,
  refuse,
  replaced,
  type Verdict,
} from '../draft.ts'
import { raise } from '../exceptions/raise.ts'
import { invoicedOf, tenderOf } from '../ledger/amounts.ts'
import { invoicedTotal, postedTotals } from '../ledger/credits.ts'
import { compare } from '../ledger/decimal.ts'
import { sum } from '../ledger/minor.ts'
import { isMoving, splitRefund, withRefund } from '../ledger/payments.ts'
import type { StampedEvent } from '../stamped-event.ts'

const orderRefsKept = 50

/**
 * `order.recorded`: what was invoiced and paid. A source that owns settlement may change what is known;
 * any other fills gaps. An invoice or a payment smaller than what has been credited or refunded by now
 * is not taken: it is evidence that too much went out.
 */
export function recordOrder(draft: Draft, { data, owns }: StampedEvent<'order.recorded'>): Verdict {
  const unknown = data.lines.find(({ lineNo }) => !findLine(draft.state, lineNo))
  if (unknown) return refuse('unknown_line', `the return has no line ${unknown.lineNo}`)
  addOrderRef(draft, data.orderRef)
  const isFirm = owns.includes(axisLetters.settlement)
  if (isFirm) editHeader(draft, { orderLookUp: 'answered' })
  if (data.currency) takeCurrency(draft, { said: data.currency, isFirm })
  for (const line of data.lines) {
    const known = findLine(draft.state, line.lineNo)
    if (!known) continue
    if (line.deliveredAt)
      editLine(draft, known).deliveredAt = new Date(line.deliveredAt).toISOString()
    if (line.orderLine) takeOrderLine(draft, known, { said: line.orderLine, isFirm })
    if (line.product && isFirm) takeProduct(draft, known, line.product)
    if (line.invoiced) takeInvoice(draft, known, { said: line.invoiced, isFirm })
  }
  for (const tender of data.tenders) takeTender(draft, tender, isFirm)
  draft.areCapsChanged = true
  return null
}

function addOrderRef(draft: Draft, orderRef: string): void {
  const { orderRefs } = draft.state.header
  if (orderRefs.includes(orderRef) || orderRefs.length >= orderRefsKept) return
  editHeader(draft, { orderRefs: [...orderRefs, orderRef] })
}

/** The currency of the order is that of its return, as long as no amount was said in the one that was asked with. */
function takeCurrency(
  draft: Draft,
  { said, isFirm }: { readonly said: string; readonly isFirm: boolean },
): void {
  if (isFirm && !hasAmounts(draft.state)) editHeader(draft, { currency: said })
  else adoptCurrency(draft, said)
}

function hasAmounts({ header, lines, tenders, credits, refunds, supplierClaims, held }: CaseState) {
  const isAgreed = (header.terms?.fees.length ?? 0) > 0
  const objects = [...tenders, ...credits, ...refunds, ...supplierClaims, ...held]
  return isAgreed || objects.length > 0 || lines.some(({ invoiced }) => invoiced !== null)
}

/** The order line that a request named stays, unless the system that keeps the order names another. */
function takeOrderLine(
  draft: Draft,
  line: LineState,
  { said, isFirm }: { readonly said: string; readonly isFirm: boolean },
): void {
  const known = line.orderLine ?? null
  if (known === said || (known !== null && !isFirm)) return
  editLine(draft, line).orderLine = said
}

const productIds = ['erpId', 'sku', 'gtin'] as const

/** Adds what the system of record calls the product, unless it speaks of another one. */
function takeProduct(draft: Draft, line: LineState, said: ProductRef): void {
  const { product } = line
  const isOther = productIds.some((id) => product?.[id] && said[id] && product[id] !== said[id])
  const added = productIds.flatMap((id) => (said[id] && !product?.[id] ? [[id, said[id]]] : []))
  if (isOther || added.length === 0) return
  editLine(draft, line).product = { ...product, ...Object.fromEntries(added) }
}

type SaidInvoice = NonNullable<EventData<'order.recorded'>['lines'][number]['invoiced']>

function takeInvoice(
  draft: Draft,
  line: LineState,
  { said, isFirm }: { readonly said: SaidInvoice; readonly isFirm: boolean },
): void {
  if (line.invoiced && !isFirm) return
  const object = `line:${line.lineNo}`
  adoptCurrency(draft, said.net.currency)
  const next = invoicedOf(said, { currency: draft.state.header.currency, isFirm })
  if (next === null) {
    raise(draft, { code: 'FN10', object, detail: 'the invoice is not in the currency of the case' })
    return
  }
  if (!coversCredits(draft.state, line, next)) {
    hold(draft, {
      object,
      code: 'FN04',
      detail: 'the invoice is smaller than what has been credited',
    })
    return
  }
  release(draft, object)
  editLine(draft, line).invoiced = next
}

/** Whether the ledgers would still balance with this invoice line. */
function coversCredits(state: CaseState, line: LineState, next: InvoicedAmounts): boolean {
  if (compare(line.quantities.credited, next.quantity) > 0) return false
  if (line.postedMinor > next.netMinor + next.taxMinor) return false
  const lines = state.lines.map((entry) =>
    entry.lineNo === line.lineNo ? { ...entry, invoiced: next } : entry,
  )
  const invoiced = invoicedTotal({ lines })
  if (invoiced === null) return true
  const { totalMinor, goodwillMinor } = postedTotals(state)
  return totalMinor <= sum(invoiced, goodwillMinor)
}

type SaidTender = EventData<'order.recorded'>['tenders'][number]

function takeTender(draft: Draft, said: SaidTender, isFirm: boolean): void {
  const object = `payment:${said.paymentId}`
  const known = draft.state.tenders.find(({ paymentId }) => paymentId === said.paymentId)
  if (known && !isFirm) return
  adoptCurrency(draft, said.captured.currency)
  const next = tenderOf(said, draft.state.header.currency)
  if (next === null) {
    raise(draft, { code: 'FN10', object, detail: 'the payment is not in the currency of the case' })
    return
  }
  const refundedMinor = known?.refundedMinor ?? 0
  if (next.capturedMinor - next.refundedBeforeMinor < refundedMinor) {
    hold(draft, {
      object,
      code: 'FN04',
      detail: 'the payment is smaller than what has been refunded',
    })
    return
  }
  release(draft, object)
  putTender(draft, known, { ...next, refundedMinor })
}

/** A payment that becomes known takes up what was refunded while none was. */
function putTender(draft: Draft, known: TenderState | undefined, next: TenderState): void {
  draft.state.tenders = replaced(draft.state.tenders, known, next)
  if (known) return
  draft.state.refunds = draft.state.refunds.map((refund) => {
    const missing = refund.amountMinor - allocated(refund.allocation)
    if (!isMoving(refund) || missing <= 0) return refund
    const tenders = draft.state.tenders.filter(({ paymentId }) => paymentId === next.paymentId)
    const { parts } = splitRefund({ tenders, amountMinor: missing })
    draft.state.tenders = withRefund(draft.state.tenders, parts, 1)
    return { ...refund, allocation: [...refund.allocation, ...parts] }
  })
}

function allocated(parts: readonly { readonly minor: number }[]): number {
  return parts.reduce((total, { minor }) => total + minor, 0)
}
