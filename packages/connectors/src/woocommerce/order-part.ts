import { createHash } from 'node:crypto'
import type { Config } from './config.ts'
import type { Address, LineItem, Order } from './shapes.ts'

/** What of an order goes into a message: who it is for, and what was bought. */
export function orderPart(order: Order, { orderNumbers }: Config) {
  const { billing, shipping } = order
  const named = orderNumbers.is === 'id' ? String(order.id) : order.number
  return {
    id: order.id,
    /** As the other systems know it. */
    ref: `${orderNumbers.prefix}${named}`,
    status: order.status,
    currency: order.currency,
    createdAt: `${order.date_created_gmt}Z`,
    total: order.total,
    payment: order.transaction_id === '' ? `order-${order.id}` : order.transaction_id,
    paymentMethod: order.payment_method === '' ? null : order.payment_method,
    customer: {
      // A guest has the number 0 in every order: the address tells guests apart, and is not passed on by this.
      id: order.customer_id > 0 ? String(order.customer_id) : `guest-${guestOf(order)}`,
      name: nameOf(billing),
      email: billing.email === '' ? null : billing.email,
      shipFrom: addressOf(shipping.city === '' ? billing : shipping),
    },
    lines: order.line_items.map(linePart),
  }
}

function guestOf({ id, billing }: Order): string {
  const email = billing.email.trim().toLowerCase()
  if (email === '') return `order-${id}`
  return createHash('sha256').update(email).digest('hex').slice(0, 16)
}

function linePart(item: LineItem) {
  const { sku } = item
  return {
    item: item.id,
    name: item.name === '' ? null : item.name,
    sku: sku === null || sku === '' ? null : sku,
    // What a shop sells is the variation where there is one.
    shopProduct: String(item.variation_id > 0 ? item.variation_id : item.product_id),
    quantity: String(item.quantity),
    total: item.total,
    tax: item.total_tax,
  }
}

function nameOf({ company, first_name, last_name }: Address): string | null {
  const person = `${first_name} ${last_name}`.trim()
  const name = company === '' ? person : company
  return name === '' ? null : name.slice(0, 300)
}

function addressOf(address: Address) {
  const parts = {
    name: nameOf(address),
    street: [address.address_1, address.address_2].filter(Boolean).join(', '),
    city: address.city,
    postalCode: address.postcode,
    region: address.state,
    country: /^[A-Z]{2}$/.test(address.country) ? address.country : '',
  }
  const known = Object.entries(parts).filter(([, value]) => value !== null && value !== '')
  return known.length === 0 ? null : Object.fromEntries(known)
}
