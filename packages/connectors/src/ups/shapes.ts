import { z } from 'zod'

/** What is read of the answers of UPS. All else in them is left alone. */

const trackingNumber = z.string().min(7).max(34)
const amount = z.object({
  CurrencyCode: z.string().regex(/^[A-Z]{3}$/),
  MonetaryValue: z.string().regex(/^\d{1,12}(\.\d{1,4})?$/),
})

/** Older versions answer one thing in place of a list of one. */
function listOf<Item extends z.ZodType>(item: Item) {
  return z.preprocess((value) => (Array.isArray(value) ? value : [value]), z.array(item).min(1))
}

export const shipped = z.object({
  ShipmentResponse: z.object({
    ShipmentResults: z.object({
      ShipmentCharges: z.object({ TotalCharges: amount }).optional(),
      NegotiatedRateCharges: z.object({ TotalCharge: amount }).optional(),
      LabelURL: z.url().max(2000).optional(),
      PackageResults: listOf(z.object({ TrackingNumber: trackingNumber })),
    }),
  }),
})

export const recovered = z.object({
  LabelRecoveryResponse: z.object({
    LabelResults: listOf(
      z.object({
        TrackingNumber: trackingNumber,
        LabelImage: z.object({ URL: z.url().max(2000).optional() }).optional(),
      }),
    ),
  }),
})

export const voided = z.object({
  VoidShipmentResponse: z.object({
    SummaryResult: z.object({ Status: z.object({ Code: z.string() }) }),
  }),
})

export const subscribed = z.object({
  validTrackingNumbers: z.array(z.string()).nullish(),
  invalidTrackingNumbers: z.array(z.string()).nullish(),
})

/** An event of Track Alert v2. */
export const trackEvent = z.looseObject({
  trackingNumber: z.string().regex(/^[0-9A-Z]{7,34}$/),
  activityStatus: z.looseObject({
    type: z.string().max(10),
    code: z.string().max(20).nullish(),
    description: z.string().max(500).nullish(),
  }),
  localActivityDate: z.string().max(8).nullish(),
  localActivityTime: z.string().max(6).nullish(),
  gmtActivityDate: z.string().max(8).nullish(),
  gmtActivityTime: z.string().max(6).nullish(),
})
