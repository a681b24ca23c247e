import { currencyExponent, fromMinor, isCurrency, type Tender } from '@backhaul/sdk/canonical'
import { Big } from 'big.js'
import { z } from 'zod'
import { nested, readNested } from '../client/nested-read.ts'
import type { Odoo } from '../client/odoo.ts'
import { text } from '../client/values.ts'
import { parseReference } from '../references.ts'
import type { Invoice } from './order-rows.ts'

const payment = z.object({
  id: z.int(),
  payment_type: z.string(),
  payment_method_code: text,
  journal_id: nested(z.object({ id: z.int(), type: z.string() })),
})
type Payment = z.output<typeof payment>

/** A sum that was set off against an invoice, or against a credit note. */
interface Settled {
  readonly paymentId: number
  readonly minor: number
}

/**
 * What the customer paid for the invoices of an order, with what went back by others than the hub: payments that
 * accounting has reconciled with them, by the sums set off against these invoices. What was booked from a bank
 * statement without a payment is not among them, since nothing could be refunded to it by its id.
 */
export async function tendersOf(odoo: Odoo, invoices: readonly Invoice[]): Promise<Tender[]> {
  const posted = invoices.filter(({ state }) => state === 'posted')
  const settled = new Map(posted.map((invoice) => [invoice.id, settledOf(invoice)]))
  const paymentIds = [...settled.values()].flat().map(({ paymentId }) => paymentId)
  const known = await readNested(odoo, 'account.payment', {
    ids: [...new Set(paymentIds)],
    row: payment,
  })
  const payments = new Map(known.map((one) => [one.id, one]))
  const sums = new Map<number, Sums>()
  for (const invoice of posted.filter(({ move_type }) => move_type === 'out_invoice')) {
    for (const part of settled.get(invoice.id) ?? []) capture(sums, invoice, part)
  }
  const credits = posted.filter(({ move_type }) => move_type === 'out_refund')
  for (const credit of credits.filter(({ ref }) => parseReference(ref) === null)) {
    for (const part of settled.get(credit.id) ?? []) refund(sums, credit, part)
  }
  return [...sums].flatMap(([id, sum]) => tenderOf(payments.get(id), sum))
}

interface Sums {
  readonly currency: string
  readonly invoiceIds: Set<number>
  capturedMinor: number
  refundedMinor: number
}

/** Differences of exchange rates are no money that anybody paid. */
function settledOf({ invoice_payments_widget, currency_id }: Invoice): Settled[] {
  return invoice_payments_widget.flatMap((entry) => {
    const isOther = entry.is_exchange || entry.currency_id !== currency_id?.id
    if (isOther || entry.account_payment_id === null) return []
    const scale = new Big(10).pow(currencyExponent(currency_id?.name ?? ''))
    const minor = new Big(entry.amount).abs().times(scale).round(0).toNumber()
    return [{ paymentId: entry.account_payment_id, minor }]
  })
}

function capture(sums: Map<number, Sums>, invoice: Invoice, { paymentId, minor }: Settled): void {
  const currency = invoice.currency_id?.name ?? ''
  const known = sums.get(paymentId) ?? {
    currency,
    invoiceIds: new Set<number>(),
    capturedMinor: 0,
    refundedMinor: 0,
  }
  known.capturedMinor += minor
  known.invoiceIds.add(invoice.id)
  sums.set(paymentId, known)
}

/** Odoo does not say which payment a refund gives back: first those of the invoice that was credited. */
function refund(sums: Map<number, Sums>, { reversed_entry_id }: Invoice, { minor }: Settled): void {
  const isNear = ({ invoiceIds }: Sums) =>
    reversed_entry_id !== null && invoiceIds.has(reversed_entry_id)
  const nearFirst = [...sums.values()].toSorted((a, b) => Number(isNear(b)) - Number(isNear(a)))
  let rest = minor
  for (const sum of nearFirst) {
    const share = Math.min(rest, sum.capturedMinor - sum.refundedMinor)
    sum.refundedMinor += share
    rest -= share
  }
}

function tenderOf(known: Payment | undefined, sum: Sums): Tender[] {
  const { currency, capturedMinor, refundedMinor } = sum
  if (known === undefined || known.payment_type !== 'inbound' || !isCurrency(currency)) return []
  return [
    {
      paymentId: String(known.id),
      method: methodOf(known),
      captured: fromMinor(capturedMinor, currency),
      refunded: fromMinor(refundedMinor, currency),
    },
  ]
}

/** Ways of paying that move money between bank accounts; those of payment providers are named after them. */
const bankMethods = new Set(['manual', 'batch_payment', 'sepa_ct', 'sdd', 'check_printing'])

function methodOf({ journal_id, payment_method_code }: Payment): Tender['method'] {
  if (journal_id?.type === 'cash') return 'cash'
  if (journal_id?.type === 'credit') return 'card'
  const isByBank = payment_method_code === null || bankMethods.has(payment_method_code)
  return isByBank ? 'bank' : 'card'
}
