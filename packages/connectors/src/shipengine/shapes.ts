import { z } from 'zod'

/** What is read of ShipEngine's objects. All else in them is left alone. */

const link = z.url().max(2000)

export const label = z.object({
  label_id: z.string().regex(/^se(-[a-z0-9]+)+$/),
  status: z.enum(['processing', 'completed', 'error', 'voided']),
  tracking_number: z.string().max(100).nullish(),
  carrier_code: z.string().min(1).max(64),
  service_code: z.string().min(1).max(100),
  created_at: z.string(),
  shipment_cost: z.object({ amount: z.number(), currency: z.string().regex(/^[a-z]{3}$/i) }),
  label_download: z
    .object({ href: link.nullish(), pdf: link.nullish(), png: link.nullish(), zpl: link.nullish() })
    .nullish(),
  label_format: z.string().max(16).nullish(),
  display_scheme: z.string().max(16).nullish(),
  is_return_label: z.boolean().nullish(),
  voided: z.boolean(),
})
export type Label = z.output<typeof label>

export const labelPage = z.object({
  labels: z.array(label),
  page: z.int(),
  pages: z.int(),
})

export const voided = z.object({ approved: z.boolean() })

export const tracking = z.looseObject({
  tracking_number: z.string().min(1).max(100),
  status_code: z.string().max(10),
  events: z.array(
    z.looseObject({
      occurred_at: z.string(),
      status_code: z.string().max(10).nullish(),
      status_detail_code: z.string().max(100).nullish(),
      event_code: z.string().max(100).nullish(),
    }),
  ),
})
export type Tracking = z.output<typeof tracking>

export const carriers = z.object({
  carriers: z.array(
    z.object({ carrier_id: z.string(), friendly_name: z.string().max(200).nullish() }),
  ),
})
