import {
  type EventData,
  type ProductRef,
  type RequestedLine,
  reasonCodes,
} from '@backhaul/sdk/canonical'
import type { CaseHeader, CaseState, LineState, Quantities, TenderState } from './case-state.ts'
import { invoicedOf, tenderOf } from './ledger/amounts.ts'
import { normal, plus, smaller } from './ledger/decimal.ts'
import { largestQuantity } from './ledger/lines.ts'
import { openingKey } from './order.ts'
import type { StampedEvent } from './stamped-event.ts'

/**
 * The state of a case that `event` opens, before the event has any further effect; null when it is
 * none that opens a case.
 */
export function openedBy(event: StampedEvent): CaseState | null {
  const key = openingKey(event)
  if (key === null) return null
  const { id, type, occurredAt: at, source } = event
  const known = startOf(event)
  return {
    schema: 1,
    opened: { id, type, at, source, key },
    last: '',
    applied: 0,
    headline: 'requested',
    closedAt: null,
    parcels: [],
    receipts: [],
    inspections: [],
    dispositions: [],
    credits: [],
    refunds: [],
    fulfillments: [],
    supplierClaims: [],
    claims: [],
    held: [],
    exceptions: {},
    fired: {},
    ...known,
  }
}

type Start = Pick<CaseState, 'header' | 'lines' | 'tenders'>

function startOf(event: StampedEvent): Start {
  if (event.type === 'return.requested') return requested(event as StampedEvent<'return.requested'>)
  if (event.type === 'goods.received') return blind(event as StampedEvent<'goods.received'>)
  return refundedFirst(event)
}

function requested({ data, source }: StampedEvent<'return.requested'>): Start {
  const { currency, customer } = data
  const header: CaseHeader = {
    company: data.company,
    channel: data.channel,
    kind: data.kind,
    currency,
    sourceSystem: data.sourceSystem ?? source,
    sourceRef: data.sourceRef,
    customer: {
      partyId: customer.partyId,
      ...(customer.commercialPartyId ? { commercialPartyId: customer.commercialPartyId } : {}),
      ...(customer.language ? { language: customer.language } : {}),
    },
    orderRefs: data.orderRefs,
    priority: data.priority,
    flags: data.flags,
    warehouse: data.warehouse ?? null,
    ...undecided,
  }
  const tenders = new Map<string, TenderState>()
  for (const tender of data.tenders ?? []) {
    const known = tenderOf(tender, currency)
    if (known && known.refundedBeforeMinor <= known.capturedMinor)
      tenders.set(known.paymentId, known)
  }
  return { header, lines: requestedLines(data.lines, currency), tenders: [...tenders.values()] }
}

const undecided = { rmaNo: null, validUntil: null, approvedAt: null, terms: null } as const

/** One line for each number, ascending; a number that is given twice keeps its first line. */
function requestedLines(lines: readonly RequestedLine[], currency: string): LineState[] {
  const byNo = new Map<number, LineState>()
  for (const line of lines) {
    if (!byNo.has(line.lineNo)) byNo.set(line.lineNo, requestedLine(line, currency))
  }
  return [...byNo.values()].toSorted((a, b) => a.lineNo - b.lineNo)
}

function requestedLine(line: RequestedLine, currency: string): LineState {
  const { fault } = reasonCodes[line.reason.code]
  const { origin } = line
  return {
    ...newLine(line.lineNo, { product: line.product, quantity: line.quantity }),
    unit: line.baseUnit,
    reason: line.reason.code,
    fault,
    resolution: line.requestedResolution,
    returnRequired: line.returnRequired,
    freightPayer: line.freightPayer ?? (fault === 'customer' ? 'customer' : 'seller'),
    expectedSerials: line.serials ?? [],
    expectedLots: line.lots ?? [],
    orderLine: origin?.orderLine ?? null,
    deliveredAt: origin?.deliveredAt ? new Date(origin.deliveredAt).toISOString() : null,
    invoiced: origin?.invoiced ? invoicedOf(origin.invoiced, { currency, isFirm: false }) : null,
    ...(line.sourceLineRef === undefined ? {} : { sourceLineRef: line.sourceLineRef }),
  }
}

const nothing: Quantities = {
  requested: '0',
  authorized: '0',
  shipped: '0',
  received: '0',
  surplus: '0',
  accepted: '0',
  rejected: '0',
  credited: '0',
  replaced: '0',
  repaired: '0',
  sentBack: '0',
  short: '0',
  writtenOff: '0',
}

function newLine(
  lineNo: number,
  { product, quantity }: { readonly product: ProductRef | null; readonly quantity: string },
): LineState {
  return {
    lineNo,
    product,
    unit: 'EA',
    reason: null,
    fault: 'none',
    resolution: 'refund',
    returnRequired: true,
    inspectionRequired: true,
    supplierRecovery: false,
    freightPayer: 'customer',
    expectedSerials: [],
    expectedLots: [],
    orderLine: null,
    deliveredAt: null,
    invoiced: null,
    axes: {
      authorization: 'requested',
      transport: 'none',
      receipt: 'none',
      inspection: 'none',
      disposition: 'none',
      settlement: 'none',
      fulfillment: 'none',
      supplierRecovery: 'none',
    },
    since: {},
    quantities: { ...nothing, requested: smaller(normal(quantity), largestQuantity) },
    postedMinor: 0,
    isUnpacked: false,
  }
}

/** Goods that nobody announced: each received line becomes a line of the case. */
function blind({ data, source }: StampedEvent<'goods.received'>): Start {
  const byNo = new Map<number, LineState>()
  for (const [index, { product, quantity }] of data.lines.entries()) {
    const lineNo = numberedLines(data.lines)[index] ?? 0
    const known = byNo.get(lineNo)
    const total = known ? plus(known.quantities.requested, quantity) : quantity
    byNo.set(
      lineNo,
      newLine(lineNo, { product: known?.product ?? product ?? null, quantity: total }),
    )
  }
  const lines = [...byNo.values()].toSorted((a, b) => a.lineNo - b.lineNo)
  const header = unannounced({
    channel: 'carrier_rts',
    kind: 'blind',
    sourceRef: data.receiptId,
    source,
  })
  return { header: { ...header, warehouse: data.warehouse ?? null }, lines, tenders: [] }
}

/** Line numbers for received lines that have none: the free ones, ascending. */
export function numberedLines(lines: EventData<'goods.received'>['lines']): readonly number[] {
  const taken = new Set(lines.flatMap(({ lineNo }) => lineNo ?? []))
  let next = 0
  return lines.map(({ lineNo }) => {
    if (lineNo !== undefined) return lineNo
    do next += 1
    while (taken.has(next))
    return next
  })
}

/** A marketplace gave the customer the money, and nobody told us of a return. */
function refundedFirst(event: StampedEvent): Start {
  const common = { channel: 'marketplace', kind: 'standard', source: event.source } as const
  if (event.type !== 'credit.posted') {
    const { data } = event as StampedEvent<'refund.settled'>
    const header = unannounced({ ...common, sourceRef: data.refundId })
    return { header: { ...header, currency: data.amount.currency }, lines: [], tenders: [] }
  }
  const { credit } = (event as StampedEvent<'credit.posted'>).data
  const byNo = new Map<number, LineState>()
  for (const { lineNo, quantity } of credit.lines) {
    const known = byNo.get(lineNo)?.quantities.requested
    const total = known ? plus(known, quantity) : quantity
    byNo.set(lineNo, newLine(lineNo, { product: null, quantity: total }))
  }
  const header = unannounced({ ...common, sourceRef: credit.creditId })
  const lines = [...byNo.values()].toSorted((a, b) => a.lineNo - b.lineNo)
  return { header: { ...header, currency: credit.total.currency }, lines, tenders: [] }
}

function unannounced({
  source,
  ...given
}: Pick<CaseHeader, 'channel' | 'kind' | 'sourceRef'> & { readonly source: string }): CaseHeader {
  return {
    ...given,
    company: 'main',
    // The first amount that is said about the case settles it.
    currency: '',
    sourceSystem: source,
    customer: null,
    orderRefs: [],
    priority: 'normal',
    flags: [],
    warehouse: null,
    ...undecided,
  }
}
