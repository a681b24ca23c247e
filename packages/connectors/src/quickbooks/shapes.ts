import { z } from 'zod'

/* What is read of QuickBooks' answers; the rest is let through. */

const amount = z.number()
const ref = z.looseObject({ value: z.string(), name: z.string().nullish() })
const metaData = z.looseObject({ LastUpdatedTime: z.string().optional() }).optional()

const salesLine = z.looseObject({
  Amount: amount.optional(),
  Description: z.string().nullish(),
  SalesItemLineDetail: z
    .looseObject({ ItemRef: ref.optional(), TaxCodeRef: ref.optional() })
    .optional(),
})

export const invoice = z.looseObject({
  Id: z.string(),
  CustomerRef: ref,
  CurrencyRef: ref.optional(),
  Balance: amount.default(0),
  Line: z.array(salesLine).default([]),
})
export type Invoice = z.output<typeof invoice>

export const creditMemo = z.looseObject({
  Id: z.string(),
  SyncToken: z.string(),
  DocNumber: z.string().nullish(),
  PrivateNote: z.string().nullish(),
  TotalAmt: amount,
  /** What is left of it. */
  Balance: amount.optional(),
  CurrencyRef: ref.optional(),
  CustomerRef: ref.optional(),
  MetaData: metaData,
})
export type CreditMemo = z.output<typeof creditMemo>

export const refundReceipt = z.looseObject({
  Id: z.string(),
  SyncToken: z.string(),
  PrivateNote: z.string().nullish(),
  TotalAmt: amount,
  CurrencyRef: ref.optional(),
  MetaData: metaData,
})
export type RefundReceipt = z.output<typeof refundReceipt>

export const payment = z.looseObject({ Id: z.string(), PrivateNote: z.string().nullish() })
export const attachable = z.looseObject({ Id: z.string(), Note: z.string().nullish() })

const deleted = z.looseObject({ Id: z.string(), status: z.literal('Deleted') })

export const changed = z.looseObject({
  CDCResponse: z.array(
    z.looseObject({
      QueryResponse: z.array(
        z.looseObject({
          CreditMemo: z.array(z.union([deleted, creditMemo])).optional(),
          RefundReceipt: z.array(z.union([deleted, refundReceipt])).optional(),
        }),
      ),
    }),
  ),
})

export const company = z.looseObject({
  CompanyInfo: z.looseObject({ CompanyName: z.string() }),
})

export const preferences = z.looseObject({
  Preferences: z.looseObject({
    SalesFormsPrefs: z.looseObject({ CustomTxnNumbers: z.boolean().optional() }).optional(),
  }),
})

export const fault = z.looseObject({
  Fault: z.looseObject({
    type: z.string().optional(),
    Error: z.array(z.looseObject({ code: z.string().optional() })).default([]),
  }),
})
