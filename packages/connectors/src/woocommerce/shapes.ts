import { z } from 'zod'

/** Only what is used of each; the rest may be anything. Amounts are decimal strings. */

const text = z.string().max(2_000)
const decimal = z.string().regex(/^-?\d+(\.\d+)?$/)
/** Without a zone, and in GMT. */
const gmt = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/)

const metaData = z.array(z.looseObject({ key: z.string(), value: z.unknown() })).default([])
export type MetaData = z.output<typeof metaData>

const address = z
  .looseObject({
    first_name: text.default(''),
    last_name: text.default(''),
    company: text.default(''),
    address_1: text.default(''),
    address_2: text.default(''),
    city: text.default(''),
    state: text.default(''),
    postcode: text.default(''),
    country: text.default(''),
    email: text.default(''),
  })
  .prefault({})
export type Address = z.output<typeof address>

const lineItem = z.looseObject({
  id: z.int(),
  name: text.default(''),
  product_id: z.int().default(0),
  variation_id: z.int().default(0),
  quantity: z.number(),
  // A product that is gone has none.
  sku: text.nullable().default(''),
  total: decimal,
  total_tax: decimal,
})
export type LineItem = z.output<typeof lineItem>

export const order = z.looseObject({
  id: z.int().min(1),
  number: text,
  status: text,
  currency: z.string().regex(/^[A-Z]{3}$/),
  date_created_gmt: gmt,
  date_modified_gmt: gmt,
  customer_id: z.int().default(0),
  billing: address,
  shipping: address,
  total: decimal,
  payment_method: text.default(''),
  transaction_id: text.default(''),
  line_items: z.array(lineItem),
  refunds: z.array(z.looseObject({ id: z.int() })).default([]),
  meta_data: metaData,
})
export type Order = z.output<typeof order>

/** What of an order is asked for: an order holds far more, much of it of no concern. */
export const orderFields =
  'id,number,status,currency,date_created_gmt,date_modified_gmt,customer_id,billing,shipping,total,payment_method,transaction_id,line_items,refunds,meta_data'

export const refund = z.looseObject({
  id: z.int().min(1),
  date_created_gmt: gmt,
  amount: decimal,
  reason: text.default(''),
  /** Whether the gateway has paid it. */
  refunded_payment: z.boolean().default(false),
  line_items: z.array(lineItem).default([]),
  meta_data: metaData,
})
export type Refund = z.output<typeof refund>

export const note = z.looseObject({
  id: z.int().min(1),
  date_created_gmt: gmt,
  note: z.string(),
  customer_note: z.boolean().default(false),
})
export type Note = z.output<typeof note>

export const shopWebhook = z.looseObject({
  id: z.int().min(1),
  name: z.string(),
  /** `disabled` after more than five deliveries in a row that failed; nobody is told. */
  status: z.string(),
  topic: z.string(),
  delivery_url: z.string(),
})
export type ShopWebhook = z.output<typeof shopWebhook>

/** The value of a key; undefined where there is none. */
export function metaOf(meta: MetaData, key: string): unknown {
  return meta.find((one) => one.key === key)?.value
}

/** The same where it is a text. */
export function metaText(meta: MetaData, key: string): string | null {
  const value = metaOf(meta, key)
  return typeof value === 'string' && value !== '' ? value : null
}
