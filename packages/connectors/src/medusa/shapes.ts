import { z } from 'zod'

/** Only what is used of each. Amounts and quantities also come as exact decimals in `raw_…`. */

const text = z.string().max(2_000).nullish()
const exact = z.object({ value: z.coerce.string().regex(/^-?\d+(\.\d+)?$/) })
const instant = z.iso.datetime()
const freeData = z.record(z.string(), z.unknown()).nullish()

const reason = z.looseObject({ value: z.string(), label: text }).nullish()

const returnItem = z.looseObject({
  item_id: z.string(),
  note: text,
  metadata: freeData,
  reason,
  quantity: z.number(),
  received_quantity: z.number().nullish(),
  damaged_quantity: z.number().nullish(),
})
export type ReturnItem = z.output<typeof returnItem>

export const shopReturn = z.looseObject({
  id: z.string().max(60),
  order_id: z.string().max(60),
  display_id: z.number().nullish(),
  /** `open` is a draft. What was dismissed does not count as received: it stays `partially_received`. */
  status: z.string(),
  exchange_id: z.string().nullish(),
  claim_id: z.string().nullish(),
  metadata: freeData,
  created_at: instant,
  requested_at: instant.nullish(),
  canceled_at: instant.nullish(),
  items: z.array(returnItem).default([]),
})
export type ShopReturn = z.output<typeof shopReturn>

const orderItem = z.looseObject({
  id: z.string(),
  title: text,
  product_title: text,
  variant_id: text,
  variant_sku: text,
  quantity: z.number(),
  detail: z.looseObject({ fulfilled_quantity: z.number().default(0) }).nullish(),
})
export type OrderItem = z.output<typeof orderItem>

const refund = z.looseObject({
  id: z.string().max(60),
  raw_amount: exact,
  note: text,
  created_at: instant,
})
export type Refund = z.output<typeof refund>

const payment = z.looseObject({
  id: z.string().max(60),
  refunds: z.array(refund).default([]),
  captures: z.array(z.looseObject({ raw_amount: exact })).default([]),
})
export type Payment = z.output<typeof payment>

const address = z
  .looseObject({
    first_name: text,
    last_name: text,
    company: text,
    address_1: text,
    city: text,
    postal_code: text,
    province: text,
    country_code: text,
  })
  .nullish()

export const order = z.looseObject({
  id: z.string().max(60),
  display_id: z.number(),
  currency_code: z.string().regex(/^[a-zA-Z]{3}$/),
  email: text,
  customer_id: text,
  metadata: freeData,
  updated_at: instant,
  items: z.array(orderItem).default([]),
  shipping_address: address,
  payment_collections: z
    .array(z.looseObject({ payments: z.array(payment).default([]) }))
    .default([]),
  transactions: z.array(z.looseObject({ reference: text, reference_id: text })).default([]),
})
export type Order = z.output<typeof order>

export const orderFields = [
  'id,display_id,currency_code,email,customer_id,metadata,updated_at',
  '*items,*items.detail,*shipping_address,*transactions',
  '*payment_collections.payments.refunds,*payment_collections.payments.captures',
].join(',')

/** A change of an order: asked for and, once confirmed, made. An order has one at a time that is not. */
export const orderChange = z.looseObject({
  id: z.string().max(60),
  return_id: z.string().nullish(),
  change_type: z.string().nullish(),
  status: z.string(),
  internal_note: text,
  confirmed_at: instant.nullish(),
  actions: z
    .array(
      z.looseObject({
        action: z.string(),
        details: z
          .looseObject({
            reference_id: z.string().optional(),
            quantity: z.coerce.number().optional(),
          })
          .nullish(),
      }),
    )
    .default([]),
})
export type OrderChange = z.output<typeof orderChange>

export function paymentsOf(one: Order): Payment[] {
  return one.payment_collections.flatMap(({ payments }) => payments)
}

/** A text of an order's or a return's metadata; null for anything else. */
export function metadataText(metadata: Order['metadata'], key: string): string | null {
  const value = metadata?.[key]
  return typeof value === 'string' && value !== '' ? value : null
}
