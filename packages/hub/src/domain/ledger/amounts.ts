import type { Credit, Fee, InvoicedLine, Tender } from '@backhaul/sdk/canonical'
import type {
  CreditLine,
  CreditState,
  FeeAmount,
  InvoicedAmounts,
  TenderState,
} from '../case-state.ts'
import { normal, plus } from './decimal.ts'
import { minorOf, sum } from './minor.ts'

/** The wire's invoice line in minor units; null when it is not in the currency of the case, or negative. */
export function invoicedOf(
  line: InvoicedLine,
  { currency, isFirm }: { readonly currency: string; readonly isFirm: boolean },
): InvoicedAmounts | null {
  const netMinor = minorOf(line.net, currency)
  const taxMinor = minorOf(line.tax, currency)
  if (netMinor === null || taxMinor === null) return null
  return {
    invoiceLine: line.invoiceLine,
    quantity: normal(line.quantity),
    netMinor,
    taxMinor,
    isFirm,
  }
}

export function tenderOf(tender: Tender, currency: string): TenderState | null {
  const capturedMinor = minorOf(tender.captured, currency)
  const refundedBeforeMinor = tender.refunded ? minorOf(tender.refunded, currency) : 0
  if (capturedMinor === null || refundedBeforeMinor === null) return null
  const { paymentId, method } = tender
  return { paymentId, method, capturedMinor, refundedBeforeMinor, refundedMinor: 0 }
}

/** Fees in minor units; null when one of them is in another currency, or negative. */
export function feesOf(fees: readonly Fee[], currency: string): readonly FeeAmount[] | null {
  const amounts: FeeAmount[] = []
  for (const { kind, net, tax } of fees) {
    const netMinor = minorOf(net, currency)
    const taxMinor = minorOf(tax, currency)
    if (netMinor === null || taxMinor === null) return null
    amounts.push({ kind, netMinor, taxMinor })
  }
  return amounts
}

export type CreditAmounts = Pick<
  CreditState,
  'creditId' | 'method' | 'lines' | 'fees' | 'goodwillMinor' | 'totalMinor'
>

/** A credit in minor units, with one entry for each line; null when an amount is not in the currency, or negative. */
export function creditAmounts(credit: Credit, currency: string): CreditAmounts | null {
  const lines = creditLines(credit, currency)
  const fees = feesOf(credit.fees, currency)
  const totalMinor = minorOf(credit.total, currency)
  const goodwillMinor = credit.goodwill ? minorOf(credit.goodwill, currency) : 0
  if (lines === null || fees === null || totalMinor === null || goodwillMinor === null) return null
  return {
    creditId: credit.creditId,
    method: credit.method,
    lines,
    fees,
    goodwillMinor,
    totalMinor,
  }
}

function creditLines(credit: Credit, currency: string): CreditLine[] | null {
  const byLine = new Map<number, CreditLine>()
  for (const { lineNo, quantity, net, tax } of credit.lines) {
    const netMinor = minorOf(net, currency)
    const taxMinor = minorOf(tax, currency)
    if (netMinor === null || taxMinor === null) return null
    const known = byLine.get(lineNo)
    byLine.set(lineNo, {
      lineNo,
      quantity: known ? plus(known.quantity, quantity) : normal(quantity),
      netMinor: sum(known?.netMinor ?? 0, netMinor),
      taxMinor: sum(known?.taxMinor ?? 0, taxMinor),
    })
  }
  return [...byLine.values()]
}
