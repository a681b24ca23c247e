import { type Delivery, TerminalError } from '@backhaul/sdk/connector'
import type { Config } from './config.ts'
import type { QuickBooks } from './quickbooks.ts'
import { noteOf, numberOf, quoted } from './references.ts'
import { type CreditMemo, creditMemo, type Invoice, invoice } from './shapes.ts'

/** The credit memo of a credit; null when there is none. One with its number that names another return is not it. */
export async function findCreditMemo(
  quickbooks: QuickBooks,
  { caseNo, creditId }: { readonly caseNo: string; readonly creditId: string },
): Promise<CreditMemo | null> {
  const where = `DocNumber = ${quoted(numberOf(caseNo, creditId))}`
  const found = await quickbooks.query('CreditMemo', where, creditMemo)
  const ours = found.filter(({ PrivateNote }) => PrivateNote?.includes(noteOf(caseNo, creditId)))
  return ours[0] ?? null
}

/**
 * The invoice of an order, by its number.
 *
 * @throws {TerminalError} NOT_INVOICED (FN08), INVOICE_AMBIGUOUS (FN07), CURRENCY_MISMATCH (FN01).
 */
export async function findInvoice(
  quickbooks: QuickBooks,
  { command }: Delivery<Config, 'credit.draft' | 'credit.post' | 'refund.issue'>,
  currency: string,
): Promise<Invoice> {
  const refs = command.body.about?.orderRefs ?? []
  if (refs.length === 0) throw notInvoiced('The return names no order.')
  const where = `DocNumber in (${refs.map((one) => quoted(one)).join(', ')})`
  const found = await quickbooks.query('Invoice', where, invoice)
  const [first] = found
  if (first === undefined)
    throw notInvoiced('QuickBooks has no invoice with the number of the order.')
  if (found.length > 1) {
    const reason = `QuickBooks has ${found.length} invoices for the order; credit the return there by hand.`
    throw new TerminalError({ code: 'INVOICE_AMBIGUOUS', exception: 'FN07', reason })
  }
  const { CurrencyRef } = first
  if (CurrencyRef !== undefined && CurrencyRef.value !== currency) {
    const reason = `The invoice is in ${CurrencyRef.value}, and the credit in ${currency}.`
    throw new TerminalError({ code: 'CURRENCY_MISMATCH', exception: 'FN01', reason })
  }
  return first
}

function notInvoiced(reason: string): TerminalError {
  return new TerminalError({ code: 'NOT_INVOICED', exception: 'FN08', reason })
}
