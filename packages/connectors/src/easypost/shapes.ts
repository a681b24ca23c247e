import { z } from 'zod'

/** What is read of EasyPost's objects. All else in them is left alone. */

const id = z.string().regex(/^[a-z]+_[\w-]{1,90}$/)

const rate = z.object({
  id,
  carrier: z.string().min(1).max(64),
  service: z.string().min(1).max(100),
  rate: z.string().regex(/^\d{1,9}(\.\d{1,5})?$/),
  currency: z.string().regex(/^[A-Z]{3}$/),
})
export type Rate = z.output<typeof rate>

const form = z.object({ form_type: z.string(), form_url: z.url().nullish() })

export const shipment = z.object({
  id,
  reference: z.string().nullish(),
  tracking_code: z.string().min(1).max(100).nullish(),
  rates: z.array(rate).default([]),
  messages: z
    .array(z.object({ carrier: z.string().max(64).catch(''), type: z.string().max(64).catch('') }))
    .nullish(),
  selected_rate: rate.nullish(),
  postage_label: z
    .object({ label_url: z.url().max(2000), created_at: z.string().nullish() })
    .nullish(),
  forms: z.array(form).nullish(),
  refund_status: z.string().nullish(),
})
export type Shipment = z.output<typeof shipment>

export const tracker = z.looseObject({
  id,
  tracking_code: z.string().min(1).max(100),
  status: z.string(),
  updated_at: z.iso.datetime({ offset: true }),
  tracking_details: z.array(
    z.looseObject({
      status: z.string(),
      datetime: z.string(),
      status_detail: z.string().nullish(),
    }),
  ),
})
export type Tracker = z.output<typeof tracker>

export const trackerPage = z.object({ trackers: z.array(tracker), has_more: z.boolean() })

export const user = z.object({ name: z.string().nullish(), id: z.string() })
