import type { CaseState, FeeAmount, LineState } from '../../domain/case-state.ts'
import type { LoadedCase } from '../../pipeline/load-case.ts'
import type { CaseOwner } from '../../store/case-owners.ts'
import type { DeliveryRecord, LaneSummary } from '../../store/delivery-queries.ts'
import type { ExceptionRecord } from '../../store/exception-queries.ts'
import type { listRefs } from '../../store/refs.ts'
import { amounts } from './amounts.ts'
import { answersView } from './case-answers.ts'
import { iso } from './common.ts'
import { laneView } from './deliveries.ts'
import { exceptionView } from './exceptions.ts'
import type { ReturnView } from './returns.ts'

/** Everything that a return is shown with. */
export interface ReturnParts {
  readonly found: LoadedCase
  /** As the request named them, in full; what the caller may see of it is up to `showsCustomer`. */
  readonly customer: Readonly<Record<string, unknown>> | null
  readonly showsCustomer: boolean
  readonly exceptions: readonly ExceptionRecord[]
  readonly refs: Awaited<ReturnType<typeof listRefs>>
  readonly lanes: readonly LaneSummary[]
  readonly owner: CaseOwner | null
  /** Deliveries that wait or died, the newest first. */
  readonly undelivered: readonly DeliveryRecord[]
}

export function makeReturnView(parts: ReturnParts): ReturnView {
  const { found } = parts
  const { state } = found
  const { header } = state
  return {
    id: found.caseId,
    caseNo: found.caseNo,
    version: found.version,
    headline: found.headline,
    since: iso(found.since),
    ...answersView(state, { ...parts, since: found.since }),
    company: header.company,
    channel: header.channel,
    kind: header.kind,
    priority: header.priority,
    flags: [...header.flags],
    currency: header.currency,
    sourceSystem: header.sourceSystem,
    sourceRef: header.sourceRef,
    rmaNo: header.rmaNo,
    validUntil: header.validUntil,
    warehouse: header.warehouse,
    orderRefs: [...header.orderRefs],
    customer: customerView(state, parts),
    terms: termsView(state),
    lines: state.lines.map((line) => lineView(line, header.currency)),
    ...goodsViews(state),
    ...moneyViews(state),
    ...otherViews(state),
    exceptions: parts.exceptions.map(exceptionView),
    refs: parts.refs.map(({ boundAt, ...ref }) => ({ ...ref, boundAt: iso(boundAt) })),
    deliveries: parts.lanes.map(laneView),
    closedAt: state.closedAt,
    createdAt: iso(found.createdAt),
    updatedAt: iso(found.updatedAt),
  }
}

function customerView(
  { header }: CaseState,
  { customer, showsCustomer }: ReturnParts,
): ReturnView['customer'] {
  if (header.customer === null) return null
  const known = { ...header.customer, isMasked: !showsCustomer }
  if (!showsCustomer || customer === null) return known
  const { name, email, shipFrom } = customer
  return {
    ...known,
    ...(typeof name === 'string' ? { name } : {}),
    ...(typeof email === 'string' ? { email } : {}),
    ...(typeof shipFrom === 'object' && shipFrom !== null ? { shipFrom: { ...shipFrom } } : {}),
  }
}

function termsView({ header: { terms, currency } }: CaseState): ReturnView['terms'] {
  if (terms === null) return null
  return {
    method: terms.method,
    trigger: terms.trigger,
    fees: terms.fees.map((fee) => feeView(fee, currency)),
  }
}

function feeView({ kind, netMinor, taxMinor }: FeeAmount, currency: string) {
  const { amount } = amounts(currency)
  return { kind, net: amount(netMinor), tax: amount(taxMinor) }
}

function lineView(line: LineState, currency: string): ReturnView['lines'][number] {
  const { amount } = amounts(currency)
  const { lineNo, product, unit, reason, fault, resolution, returnRequired, deliveredAt } = line
  return {
    lineNo,
    product,
    unit,
    reason,
    fault,
    resolution,
    returnRequired,
    axes: line.axes,
    since: { ...line.since },
    quantities: line.quantities,
    deliveredAt,
    invoiced: line.invoiced && {
      invoiceLine: line.invoiced.invoiceLine,
      quantity: line.invoiced.quantity,
      net: amount(line.invoiced.netMinor),
      tax: amount(line.invoiced.taxMinor),
    },
    posted: amount(line.postedMinor),
  }
}

function goodsViews(
  state: CaseState,
): Pick<ReturnView, 'parcels' | 'receipts' | 'inspections' | 'dispositions'> {
  return {
    parcels: state.parcels.map(({ parcelId, direction, carrier, tracking, status, lines }) => ({
      parcelId,
      direction,
      carrier,
      tracking,
      status,
      lines: lines && [...lines],
    })),
    receipts: state.receipts.map(({ receiptId, at, warehouse, reversalOf, isReversed, lines }) => ({
      receiptId,
      at,
      warehouse,
      reversalOf,
      isReversed,
      lines: lines.map(({ lineNo, quantity, serials }) => ({
        lineNo,
        quantity,
        ...(serials ? { serials: [...serials] } : {}),
      })),
    })),
    inspections: state.inspections.map(({ inspectionId, lines }) => ({
      inspectionId,
      lines: [...lines],
    })),
    dispositions: state.dispositions.map(({ dispositionId, status, lines }) => ({
      dispositionId,
      status,
      lines: [...lines],
    })),
  }
}

function moneyViews(state: CaseState): Pick<ReturnView, 'credits' | 'refunds' | 'tenders'> {
  const { currency } = state.header
  const { amount, amountOrNull } = amounts(currency)
  return {
    credits: state.credits.map((credit) => ({
      creditId: credit.creditId,
      status: credit.status,
      method: credit.method,
      total: amount(credit.totalMinor),
      approved: amountOrNull(credit.approvedMinor),
      lines: credit.lines.map(({ lineNo, quantity, netMinor, taxMinor }) => ({
        lineNo,
        quantity,
        net: amount(netMinor),
        tax: amount(taxMinor),
      })),
      fees: credit.fees.map((fee) => feeView(fee, currency)),
      postedAt: credit.postedAt,
    })),
    refunds: state.refunds.map(
      ({ refundId, creditId, paymentId, method, amountMinor, status }) => ({
        refundId,
        creditId,
        paymentId,
        method,
        amount: amount(amountMinor),
        status,
      }),
    ),
    tenders: state.tenders.map(({ paymentId, method, capturedMinor, ...refunded }) => ({
      paymentId,
      method,
      captured: amount(capturedMinor),
      refunded: amount(refunded.refundedBeforeMinor + refunded.refundedMinor),
    })),
  }
}

function otherViews(
  state: CaseState,
): Pick<ReturnView, 'fulfillments' | 'supplierClaims' | 'claims'> {
  const { amountOrNull } = amounts(state.header.currency)
  return {
    fulfillments: state.fulfillments.map(({ fulfillmentId, kind, status, dueAt, lines }) => ({
      fulfillmentId,
      kind,
      status,
      dueAt,
      lines: [...lines],
    })),
    supplierClaims: state.supplierClaims.map((claim) => ({
      claimId: claim.claimId,
      status: claim.status,
      lineNos: [...claim.lineNos],
      vendor: claim.vendor,
      basis: claim.basis,
      claimed: amountOrNull(claim.claimedMinor),
      agreed: amountOrNull(claim.agreedMinor),
      credited: amountOrNull(claim.creditedMinor),
      submitBy: claim.submitBy,
    })),
    claims: state.claims.map(({ claimId, axis, type, says, lineNos, source, at, status }) => ({
      claimId,
      axis,
      type,
      says: [...says],
      lineNos: lineNos && [...lineNos],
      source,
      at,
      status,
    })),
  }
}
