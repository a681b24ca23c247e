import { type Delivery, TerminalError } from '@backhaul/sdk/connector'
import type { Config } from './config.ts'
import { quoted, referenceOf } from './references.ts'
import { type CreditNote, creditNotes, type Invoice, invoices } from './shapes.ts'
import type { Xero } from './xero.ts'

const gone = new Set(['VOIDED', 'DELETED'])

/** The credit note of a credit; null when there is none that stands. */
export async function findCreditNote(
  xero: Xero,
  { caseNo, creditId }: { readonly caseNo: string; readonly creditId: string },
): Promise<CreditNote | null> {
  const where = `Type=="ACCRECCREDIT" AND Reference==${quoted(referenceOf(caseNo, creditId))}`
  const { CreditNotes: found } = await xero.read('/CreditNotes', creditNotes, { query: { where } })
  const standing = found.filter(({ Status }) => !gone.has(Status))
  const [first] = standing
  if (standing.length > 1) {
    const reason = `There are ${standing.length} credit notes of this credit in Xero; void all but one.`
    throw new TerminalError({ code: 'CREDIT_NOTE_AMBIGUOUS', exception: 'FN03', reason })
  }
  if (first === undefined) return null
  // A list leaves some of it out; the document itself says all.
  const { CreditNotes: whole } = await xero.read(`/CreditNotes/${first.CreditNoteID}`, creditNotes)
  return whole[0] ?? null
}

/**
 * The sales invoice of an order.
 *
 * @throws {TerminalError} NOT_INVOICED (FN08), INVOICE_AMBIGUOUS (FN07), CURRENCY_MISMATCH (FN01).
 */
export async function findInvoice(
  xero: Xero,
  { config, command }: Delivery<Config, 'credit.draft' | 'credit.post'>,
  currency: string,
): Promise<Invoice> {
  const refs = command.body.about?.orderRefs ?? []
  const named = refs.map((ref) => `${config.orderField}==${quoted(ref)}`).join(' OR ')
  if (named === '') throw notInvoiced('The return names no order.')
  const where = `Type=="ACCREC" AND (${named})`
  const { Invoices: found } = await xero.read('/Invoices', invoices, { query: { where } })
  const standing = found.filter(({ Status }) => Status === 'AUTHORISED' || Status === 'PAID')
  const [first] = standing
  if (first === undefined) throw notInvoiced('Xero has no approved invoice for the order.')
  if (standing.length > 1) {
    const reason = `Xero has ${standing.length} invoices for the order; credit the return there by hand.`
    throw new TerminalError({ code: 'INVOICE_AMBIGUOUS', exception: 'FN07', reason })
  }
  if (first.CurrencyCode !== undefined && first.CurrencyCode !== currency) {
    const reason = `The invoice is in ${first.CurrencyCode}, and the credit in ${currency}.`
    throw new TerminalError({ code: 'CURRENCY_MISMATCH', exception: 'FN01', reason })
  }
  const { Invoices: whole } = await xero.read(`/Invoices/${first.InvoiceID}`, invoices)
  return whole[0] ?? first
}

function notInvoiced(reason: string): TerminalError {
  return new TerminalError({ code: 'NOT_INVOICED', exception: 'FN08', reason })
}
