import type { CaseState } from './case-state.ts'
import { invoicedTotal, postedTotals } from './ledger/credits.ts'
import { disposed } from './ledger/lines.ts'
import { sum } from './ledger/minor.ts'

/** One line's quantities, as the database keeps and constrains them. */
export interface QuantityRow {
  readonly lineNo: number
  readonly requested: string
  readonly authorized: string
  readonly received: string
  readonly surplus: string
  readonly accepted: string
  readonly rejected: string
  readonly disposed: string
  readonly credited: string
}

/** The money of a case, in minor units. */
interface MoneyRow {
  readonly currency: string
  /** Every line's invoice is known, so that the invoice bounds the credits. */
  readonly isInvoiced: boolean
  readonly invoicedMinor: number
  readonly goodwillMinor: number
  readonly postedMinor: number
  /** A payment is known, so that the payments bound the refunds. */
  readonly isCaptured: boolean
  readonly capturedMinor: number
  readonly refundedMinor: number
}

/**
 * What this case uses of something that can be used up once over all cases: the quantity and the
 * amount of an invoice line, and a payment.
 */
export interface CapacityUse {
  readonly kind: 'invoice_quantity' | 'invoice_amount' | 'payment'
  /** The invoice line or the payment, as its owner names it. */
  readonly key: string
  readonly lineNo: number | null
  readonly capacity: string
  /** What this case uses of it. */
  readonly amount: string
}

export interface Ledgers {
  readonly quantities: readonly QuantityRow[]
  readonly money: MoneyRow
  readonly capacities: readonly CapacityUse[]
}

/** The rows of a case for the ledgers of the database, which carry the same caps as constraints. */
export function ledgersOf(state: CaseState): Ledgers {
  return { quantities: quantityRows(state), money: moneyRow(state), capacities: capacities(state) }
}

function quantityRows(state: CaseState): QuantityRow[] {
  return state.lines.map(({ lineNo, quantities }) => ({
    lineNo,
    requested: quantities.requested,
    authorized: quantities.authorized,
    received: quantities.received,
    surplus: quantities.surplus,
    accepted: quantities.accepted,
    rejected: quantities.rejected,
    disposed: disposed(state, lineNo),
    credited: quantities.credited,
  }))
}

function moneyRow(state: CaseState): MoneyRow {
  const invoiced = invoicedTotal(state)
  const { totalMinor, goodwillMinor } = postedTotals(state)
  let capturedMinor = 0
  let refundedMinor = 0
  for (const tender of state.tenders) {
    capturedMinor = sum(capturedMinor, tender.capturedMinor - tender.refundedBeforeMinor)
    refundedMinor = sum(refundedMinor, tender.refundedMinor)
  }
  return {
    currency: state.header.currency,
    isInvoiced: invoiced !== null,
    invoicedMinor: invoiced ?? 0,
    goodwillMinor,
    postedMinor: totalMinor,
    isCaptured: state.tenders.length > 0,
    capturedMinor,
    refundedMinor,
  }
}

/** A case takes part from its first credit or refund on; what it gave back it uses with zero. */
function capacities({ lines, tenders, credits, refunds }: CaseState): CapacityUse[] {
  const uses: CapacityUse[] = []
  for (const { lineNo, invoiced, quantities, postedMinor } of credits.length > 0 ? lines : []) {
    if (!invoiced) continue
    const { invoiceLine: key, quantity, netMinor, taxMinor } = invoiced
    const amounts = { capacity: String(netMinor + taxMinor), amount: String(postedMinor) }
    uses.push(
      { kind: 'invoice_quantity', key, lineNo, capacity: quantity, amount: quantities.credited },
      { kind: 'invoice_amount', key, lineNo, ...amounts },
    )
  }
  for (const tender of refunds.length > 0 ? tenders : []) {
    const { paymentId: key, capturedMinor, refundedBeforeMinor, refundedMinor } = tender
    const capacity = String(capturedMinor - refundedBeforeMinor)
    uses.push({ kind: 'payment', key, lineNo: null, capacity, amount: String(refundedMinor) })
  }
  return uses
}
