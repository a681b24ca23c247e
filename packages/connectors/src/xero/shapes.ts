import { z } from 'zod'

/*
 * What is read of Xero's answers; the rest is let through. Source: Xero Accounting API, OpenAPI 16.1.0.
 */

const amount = z.number()
const reference = z.string().nullish()

const allocation = z.looseObject({
  AllocationID: z.string().optional(),
  Amount: amount,
  Invoice: z.looseObject({ InvoiceID: z.string(), InvoiceNumber: z.string().nullish() }).optional(),
  IsDeleted: z.boolean().optional(),
})

const payment = z.looseObject({
  PaymentID: z.string(),
  Amount: amount,
  Reference: reference,
  Status: z.string().optional(),
  IsReconciled: z.boolean().optional(),
  CurrencyRate: amount.optional(),
})

const creditNote = z.looseObject({
  CreditNoteID: z.string(),
  CreditNoteNumber: z.string().nullish(),
  Reference: reference,
  Status: z.string(),
  Total: amount,
  RemainingCredit: amount.optional(),
  CurrencyCode: z.string().optional(),
  UpdatedDateUTC: z.string().optional(),
  Allocations: z.array(allocation).default([]),
  Payments: z.array(payment).default([]),
  HasErrors: z.boolean().optional(),
  StatusAttributeString: z.string().optional(),
})
export type CreditNote = z.output<typeof creditNote>

export const creditNotes = z.looseObject({ CreditNotes: z.array(creditNote) })
export const payments = z.looseObject({
  Payments: z.array(
    payment.extend({
      HasErrors: z.boolean().optional(),
      StatusAttributeString: z.string().optional(),
    }),
  ),
})

const invoiceLine = z.looseObject({
  ItemCode: z.string().nullish(),
  Description: z.string().nullish(),
  AccountCode: z.string().nullish(),
  TaxType: z.string().nullish(),
})

const invoice = z.looseObject({
  InvoiceID: z.string(),
  Type: z.string(),
  Status: z.string(),
  CurrencyCode: z.string().optional(),
  AmountDue: amount.optional(),
  Contact: z.looseObject({ ContactID: z.string() }),
  LineItems: z.array(invoiceLine).default([]),
})
export type Invoice = z.output<typeof invoice>

export const invoices = z.looseObject({ Invoices: z.array(invoice) })
export const allocations = z.looseObject({ Allocations: z.array(z.looseObject({})) })
export const history = z.looseObject({
  HistoryRecords: z.array(z.looseObject({ Details: z.string().nullish() })),
})
export const organisations = z.looseObject({
  Organisations: z.array(z.looseObject({ Name: z.string(), BaseCurrency: z.string().optional() })),
})

export const refusal = z.looseObject({
  ErrorNumber: z.number().optional(),
  Type: z.string().optional(),
  Message: z.string().optional(),
  Elements: z
    .array(
      z.looseObject({
        ValidationErrors: z.array(z.looseObject({ Message: z.string() })).default([]),
      }),
    )
    .default([]),
})
