import type { ShopHook } from './hooks.ts'
import { refundSummary } from './refunds.ts'
import {
  decimalOf,
  type Item,
  type Meta,
  type ShopNote,
  type ShopOrder,
  type ShopRefund,
  totalOf,
} from './shop.ts'

/** The site's clock is an hour ahead of GMT, as shops forget that it may be. */
const zoneMs = 3_600_000

export function localTime(at: Date): string {
  return gmtTime(new Date(at.getTime() + zoneMs))
}

export function gmtTime(at: Date): string {
  return at.toISOString().slice(0, 19)
}

function itemJson(item: Item) {
  const meta =
    item.refundedItemId === undefined
      ? []
      : [{ id: item.id * 10, key: '_refunded_item_id', value: String(item.refundedItemId) }]
  return {
    id: item.id,
    name: item.name,
    product_id: item.productId,
    variation_id: 0,
    quantity: item.quantity,
    tax_class: '',
    subtotal: decimalOf(item.totalMinor),
    subtotal_tax: decimalOf(item.taxMinor),
    total: decimalOf(item.totalMinor),
    total_tax: decimalOf(item.taxMinor),
    taxes: [],
    meta_data: meta,
    sku: item.sku,
    price: item.quantity === 0 ? 0 : item.totalMinor / 100 / item.quantity,
  }
}

const metaJson = (meta: readonly Meta[]) => meta.map(({ id, key, value }) => ({ id, key, value }))

export function orderJson(order: ShopOrder) {
  const { createdAt, modifiedAt } = order
  const address = {
    first_name: 'Erika',
    last_name: 'Mustermann',
    company: '',
    address_1: 'Hauptstraße 1',
    address_2: '',
    city: 'Berlin',
    state: 'BE',
    postcode: '10115',
    country: 'DE',
  }
  return {
    id: order.id,
    parent_id: 0,
    number: order.number,
    order_key: `wc_order_${order.id}`,
    created_via: 'checkout',
    version: '10.3.5',
    status: order.status,
    currency: order.currency,
    date_created: localTime(createdAt),
    date_created_gmt: gmtTime(createdAt),
    date_modified: localTime(modifiedAt),
    date_modified_gmt: gmtTime(modifiedAt),
    total: decimalOf(totalOf(order)),
    prices_include_tax: false,
    customer_id: order.customerId,
    customer_note: '',
    billing: { ...address, email: order.email, phone: '' },
    shipping: { ...address, phone: '' },
    payment_method: 'stripe',
    payment_method_title: 'Credit card',
    transaction_id: order.transactionId,
    meta_data: metaJson(order.meta),
    line_items: order.items.map(itemJson),
    tax_lines: [],
    shipping_lines: [],
    fee_lines: [],
    coupon_lines: [],
    refunds: order.refunds.map(refundSummary),
  }
}

export function refundJson(refund: ShopRefund) {
  return {
    id: refund.id,
    date_created: localTime(refund.at),
    date_created_gmt: gmtTime(refund.at),
    amount: decimalOf(refund.amountMinor),
    reason: refund.reason,
    refunded_by: 1,
    refunded_payment: refund.isPaid,
    meta_data: metaJson(refund.meta),
    line_items: refund.items.map(itemJson),
  }
}

export function noteJson({ id, at, note, isForCustomer }: ShopNote) {
  return {
    id,
    author: 'WooCommerce',
    date_created: localTime(at),
    date_created_gmt: gmtTime(at),
    note,
    customer_note: isForCustomer,
  }
}

/** A webhook never shows its secret again. */
export function hookJson(hook: ShopHook) {
  const [resource = '', ...event] = hook.topic.split('.')
  return {
    id: hook.id,
    name: hook.name,
    status: hook.status,
    topic: hook.topic,
    resource,
    event: event.join('.'),
    hooks: [],
    delivery_url: hook.url,
    date_created: '2026-11-01T00:00:00',
    date_created_gmt: '2026-10-31T23:00:00',
  }
}

/** What the caller asked for with `_fields`. */
export function withFields(body: object, fields: string | null): object {
  if (fields === null) return body
  const wanted = new Set(fields.split(','))
  return Object.fromEntries(Object.entries(body).filter(([name]) => wanted.has(name)))
}
