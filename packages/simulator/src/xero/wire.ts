import { type CreditNote, fromCents, type Invoice, type Payment, remaining } from './ledger.ts'

/** Times in JSON, as Xero writes them. */
function time(at: Date): string {
  return `/Date(${at.getTime()}+0000)/`
}

export function wireInvoice(invoice: Invoice): Record<string, unknown> {
  return {
    Type: 'ACCREC',
    InvoiceID: invoice.id,
    InvoiceNumber: invoice.number,
    Reference: invoice.reference,
    Status: invoice.due === 0 ? 'PAID' : 'AUTHORISED',
    LineAmountTypes: 'Exclusive',
    CurrencyCode: invoice.currency,
    Contact: { ContactID: invoice.contactId, Name: 'Example Customer' },
    LineItems: invoice.lines,
    Total: fromCents(invoice.total),
    AmountDue: fromCents(invoice.due),
  }
}

/** @param isWhole - a list without pages leaves lines, payments and allocations out. */
export function wireNote(note: CreditNote, isWhole: boolean): Record<string, unknown> {
  return {
    CreditNoteID: note.id,
    ...(note.number === null ? {} : { CreditNoteNumber: note.number }),
    Type: 'ACCRECCREDIT',
    Reference: note.reference,
    Status: note.status,
    LineAmountTypes: 'Exclusive',
    CurrencyCode: note.currency,
    Contact: { ContactID: note.contactId, Name: 'Example Customer' },
    SubTotal: fromCents(note.total - note.tax),
    TotalTax: fromCents(note.tax),
    Total: fromCents(note.total),
    RemainingCredit: fromCents(remaining(note)),
    UpdatedDateUTC: time(note.updatedAt),
    ...(isWhole
      ? {
          LineItems: note.lines,
          Allocations: note.allocations.map(({ id, invoiceId, cents }) => ({
            AllocationID: id,
            Amount: fromCents(cents),
            Date: time(note.updatedAt),
            Invoice: { InvoiceID: invoiceId },
            IsDeleted: false,
          })),
          Payments: note.payments.map((one) => wirePayment(one)),
        }
      : {}),
  }
}

export function wirePayment(payment: Payment): Record<string, unknown> {
  return {
    PaymentID: payment.id,
    Amount: fromCents(payment.cents),
    Reference: payment.reference,
    Status: payment.status,
    IsReconciled: payment.isReconciled,
    PaymentType: 'ARCREDITPAYMENT',
  }
}
