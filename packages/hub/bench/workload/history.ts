import type { EventType } from '@backhaul/sdk/canonical'
import { between, pick, type Random } from './random.ts'

/** One thing that happens to a return, without its envelope. */
export interface HistoryStep {
  readonly type: EventType
  readonly data: Readonly<Record<string, unknown>>
}

/** A line of a return as the generator means it; what a hub should know at the end follows from it. */
interface PlannedLine {
  readonly lineNo: number
  readonly sku: string
  readonly quantity: number
  /** Net price of one unit, in cents. */
  readonly priceMinor: number
}

/** A return from its request to its refund: what is sent, in the order in which it happened, and what it comes to. */
export interface PlannedReturn {
  readonly ref: string
  readonly lines: readonly PlannedLine[]
  readonly steps: readonly HistoryStep[]
  readonly creditMinor: number
}

const currency = 'EUR'
const taxPercent = 20

/**
 * An ordinary return of one to three lines, all of it approved, received and credited, told in 8 to 15
 * events by the systems around it.
 */
export function planReturn(ref: string, random: Random): PlannedReturn {
  const lines = Array.from({ length: between(random, 1, 3) }, (_, index) => ({
    lineNo: index + 1,
    sku: `SKU-${between(random, 10_000, 99_999)}`,
    quantity: between(random, 1, 4),
    priceMinor: between(random, 500, 50_000),
  }))
  const creditMinor = lines.reduce((total, line) => total + grossMinor(line), 0)
  const given = { ref, lines, random, creditMinor }
  return {
    ref,
    lines,
    creditMinor,
    steps: [...authorization(given), ...journey(given), ...receipt(given), ...settlement(given)],
  }
}

interface Given {
  readonly ref: string
  readonly lines: readonly PlannedLine[]
  readonly random: Random
  readonly creditMinor: number
}

function authorization({ ref, lines, random }: Given): HistoryStep[] {
  const review: HistoryStep = {
    type: 'return.review_started',
    data: { note: 'Checked against the order.' },
  }
  return [
    {
      type: 'return.requested',
      data: {
        channel: 'ecommerce',
        sourceRef: ref,
        customer: customer(random),
        orderRefs: [`S${between(random, 100_000, 999_999)}`],
        currency,
        lines: lines.map((line) => requestedLine(line, { ref, random })),
        tenders: [
          {
            paymentId: `pay-${ref}`,
            method: 'card',
            captured: money(lines.reduce((total, line) => total + grossMinor(line), 0)),
          },
        ],
      },
    },
    ...(random() < 0.3 ? [review] : []),
    {
      type: 'return.approved',
      data: {
        rmaNo: `R-${ref}`,
        carrierInstruction: 'Hand the parcel over at any counter of the carrier.',
        lines: lines.map(({ lineNo, quantity }) => ({
          lineNo,
          quantity: String(quantity),
          inspectionRequired: true,
        })),
      },
    },
  ]
}

function customer(random: Random) {
  const number = between(random, 1_000, 9_999)
  return {
    partyId: `C-${number}`,
    name: 'Hofer Installationen GmbH',
    email: `orders-${number}@customer.example`,
    language: 'de',
    shipFrom: { street: 'Lagerstrasse 12', city: 'Linz', postalCode: '4020', country: 'AT' },
  }
}

function requestedLine(line: PlannedLine, { ref, random }: { ref: string; random: Random }) {
  return {
    lineNo: line.lineNo,
    product: { sku: line.sku, name: 'Circulation pump 25-60, 180 mm' },
    quantity: String(line.quantity),
    reason: { code: pick(random, ['defective_consumer', 'wrong_goods', 'no_longer_needed']) },
    origin: {
      deliveredAt: '2026-10-20T08:00:00Z',
      invoiced: {
        invoiceLine: `INV-${ref}-${line.lineNo}`,
        quantity: String(line.quantity),
        net: money(netMinor(line)),
        tax: money(taxMinor(line)),
      },
    },
  }
}

function journey({ ref, lines, random }: Given): HistoryStep[] {
  const parcelId = `P-${ref}`
  const tracking = `TRK${ref}`
  const scan = (location: string) => ({ parcelId, tracking, carrier: 'demo-post', location })
  const delayed: HistoryStep = { type: 'parcel.delayed', data: scan('Sorting center Wels') }
  return [
    {
      type: 'label.issued',
      data: {
        parcel: {
          parcelId,
          carrier: 'demo-post',
          tracking,
          lines: lines.map(({ lineNo, quantity }) => ({ lineNo, quantity: String(quantity) })),
        },
        label: { url: `https://labels.example/${ref}.pdf`, format: 'pdf' },
      },
    },
    { type: 'parcel.in_transit', data: scan('Counter Linz Hauptplatz') },
    ...(random() < 0.1
      ? [delayed, { type: 'parcel.in_transit' as const, data: scan('Hub Salzburg') }]
      : []),
    { type: 'parcel.delivered', data: scan('Returns dock 3') },
  ]
}

function receipt({ ref, lines, random }: Given): HistoryStep[] {
  const isInTwo = lines.length > 1 && random() < 0.3
  const parts = isInTwo ? [lines.slice(0, 1), lines.slice(1)] : [lines]
  const received = parts.map(
    (part, index): HistoryStep => ({
      type: 'goods.received',
      data: {
        receiptId: `W-${ref}-${index + 1}`,
        warehouse: 'main',
        dock: 'D3',
        lines: part.map(({ lineNo, quantity }) => ({
          lineNo,
          quantity: String(quantity),
          condition: 'ok',
        })),
      },
    }),
  )
  return [
    ...received,
    { type: 'inspection.started', data: { inspector: 'bench-7' } },
    {
      type: 'inspection.completed',
      data: {
        inspectionId: `Q-${ref}`,
        inspector: 'bench-7',
        lines: lines.map(({ lineNo, quantity }) => ({
          lineNo,
          accepted: String(quantity),
          rejected: '0',
          grade: 'A',
          fault: 'none',
        })),
      },
    },
    ...(random() < 0.5 ? restock({ ref, lines }) : []),
  ]
}

function restock({ ref, lines }: Pick<Given, 'ref' | 'lines'>): HistoryStep[] {
  const dispositionId = `D-${ref}`
  const units = lines.map(({ lineNo, quantity }) => ({
    lineNo,
    quantity: String(quantity),
    code: 'restock_a',
  }))
  return [
    { type: 'disposition.proposed', data: { dispositionId, lines: units } },
    { type: 'disposition.approved', data: { dispositionId } },
    { type: 'disposition.executed', data: { dispositionId, document: `WH/IN/${ref}` } },
  ]
}

function settlement({ ref, lines, random, creditMinor }: Given): HistoryStep[] {
  const creditId = `CN-${ref}`
  const noted: HistoryStep = {
    type: 'case.noted',
    data: { note: 'The customer asked when the money will come.' },
  }
  return [
    ...(random() < 0.2 ? [noted] : []),
    {
      type: 'credit.posted',
      data: {
        credit: {
          creditId,
          lines: lines.map((line) => ({
            lineNo: line.lineNo,
            quantity: String(line.quantity),
            net: money(netMinor(line)),
            tax: money(taxMinor(line)),
          })),
          total: money(creditMinor),
          method: 'card_refund',
        },
        document: `RINV/${ref}`,
      },
    },
    {
      type: 'refund.settled',
      data: {
        refundId: `RF-${ref}`,
        creditId,
        paymentId: `pay-${ref}`,
        method: 'card_refund',
        amount: money(creditMinor),
      },
    },
  ]
}

function netMinor({ quantity, priceMinor }: PlannedLine): number {
  return quantity * priceMinor
}

function taxMinor(line: PlannedLine): number {
  return Math.round((netMinor(line) * taxPercent) / 100)
}

function grossMinor(line: PlannedLine): number {
  return netMinor(line) + taxMinor(line)
}

function money(minor: number) {
  return { amount: `${Math.floor(minor / 100)}.${String(minor % 100).padStart(2, '0')}`, currency }
}
