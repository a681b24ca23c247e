import { createHash } from 'node:crypto'
import type { PolledMessage } from '@backhaul/sdk/connector'
import { Big } from 'big.js'
import type { Config } from './config.ts'
import { isOurNote, keys, ownerOf } from './marks.ts'
import { lineNoOf } from './match-lines.ts'
import {
  metadataText,
  type Order,
  type OrderChange,
  paymentsOf,
  type ReturnItem,
  type ShopReturn,
} from './shapes.ts'

/** What of an order goes into each message. */
function orderPart(order: Order, { orderNumbers }: Config) {
  const named = orderNumbers.is === 'id' ? order.id : String(order.display_id)
  return {
    id: order.id,
    /** As the other systems know it. */
    ref: `${orderNumbers.prefix}${named}`,
    currency: order.currency_code.toUpperCase(),
    customer: {
      id: order.customer_id ?? `order-${order.id}`,
      email: order.email ?? null,
      name: nameOf(order),
      shipFrom: shipFrom(order),
    },
  }
}

function nameOf({ shipping_address: address }: Order): string | null {
  const person = `${address?.first_name ?? ''} ${address?.last_name ?? ''}`.trim()
  const name = address?.company || person
  return name === '' ? null : name.slice(0, 300)
}

function shipFrom(order: Order) {
  const { shipping_address: address } = order
  const country = address?.country_code?.toUpperCase() ?? ''
  const parts = {
    name: nameOf(order),
    street: address?.address_1,
    city: address?.city,
    postalCode: address?.postal_code,
    region: address?.province,
    country: /^[A-Z]{2}$/.test(country) ? country : '',
  }
  const known = Object.entries(parts).filter(([, value]) => Boolean(value))
  return known.length === 0 ? null : Object.fromEntries(known)
}

function linePart(order: Order, item: ReturnItem, index: number) {
  const bought = order.items.find(({ id }) => id === item.item_id)
  return {
    lineNo: lineNoOf(item) ?? index + 1,
    item: item.item_id,
    sku: bought?.variant_sku ?? null,
    variant: bought?.variant_id ?? null,
    quantity: String(item.quantity),
    reason: item.reason?.value ?? null,
    note: item.note ?? null,
  }
}

/** A return that is valid, or was; a draft is not told of. One message for each state. */
export function returnMessages(order: Order, one: ShopReturn, config: Config): PolledMessage[] {
  if (one.status === 'open') return []
  const body = {
    order: orderPart(order, config),
    return: {
      id: one.id,
      caseNo: metadataText(one.metadata, keys.caseNo),
      isCanceled: one.status === 'canceled',
      isExchange: Boolean(one.exchange_id),
      isClaim: Boolean(one.claim_id),
      // Customers' own requests have no time of a request (tried on 2.18.0).
      requestedAt: one.requested_at ?? one.created_at,
      canceledAt: one.canceled_at ?? null,
      lines: one.items.map((item, index) => linePart(order, item, index)),
    },
  }
  const digest = createHash('sha256').update(JSON.stringify(body)).digest('hex').slice(0, 24)
  return [{ topic: 'return', messageId: `${one.id}:${digest}`, body }]
}

/** What people booked in by themselves: each confirmed change of theirs. Ours come from the warehouse. */
export function receiptMessages(
  order: Order,
  { one, changes, config }: { one: ShopReturn; changes: readonly OrderChange[]; config: Config },
): PolledMessage[] {
  const theirs = changes.filter(
    (change) =>
      change.return_id === one.id &&
      change.change_type === 'return_receive' &&
      change.status === 'confirmed' &&
      !isOurNote(change.internal_note),
  )
  return theirs.flatMap((change) => {
    const lines = receivedLines(order, one, change)
    if (lines.length === 0) return []
    const body = {
      order: orderPart(order, config),
      return: { id: one.id, caseNo: metadataText(one.metadata, keys.caseNo) },
      receipt: { id: change.id, at: change.confirmed_at ?? null, lines },
    }
    return [{ topic: 'receipt', messageId: `receipt:${change.id}`, body }]
  })
}

const conditions: Readonly<Record<string, 'ok' | 'item_damaged'>> = {
  RECEIVE_RETURN_ITEM: 'ok',
  RECEIVE_DAMAGED_RETURN_ITEM: 'item_damaged',
}

function receivedLines(order: Order, one: ShopReturn, { actions }: OrderChange) {
  return actions.flatMap(({ action, details }) => {
    const condition = conditions[action]
    const index = one.items.findIndex(({ item_id: id }) => id === details?.reference_id)
    const item = one.items[index]
    if (condition === undefined || item === undefined || !details?.quantity) return []
    const { lineNo, sku, variant } = linePart(order, item, index)
    return [{ lineNo, sku, variant, condition, quantity: String(details.quantity) }]
  })
}

/** Each refund of an order, for the return that it may belong to. */
export function refundMessages(
  order: Order,
  { returns, config }: { readonly returns: readonly ShopReturn[]; readonly config: Config },
): PolledMessage[] {
  const valid = returns.filter(({ status }) => status !== 'open' && status !== 'canceled')
  // Of several nobody says which one: the latest.
  const latest = valid.toSorted((a, b) => (a.created_at < b.created_at ? 1 : -1))[0]
  const caseNo =
    metadataText(latest?.metadata, keys.caseNo) ?? metadataText(order.metadata, keys.caseNo)
  const refunds = paymentsOf(order).flatMap((payment) =>
    payment.refunds.map((refund) => ({ ...refund, payment: payment.id })),
  )
  return refunds
    .toSorted((a, b) => (a.created_at < b.created_at ? -1 : 1))
    .map((refund) => {
      const isPaid = order.transactions.some(
        (one) => one.reference === 'refund' && one.reference_id === refund.id,
      )
      const body = {
        order: orderPart(order, config),
        return: { id: latest?.id ?? null, caseNo },
        refund: {
          id: refund.id,
          payment: refund.payment,
          at: refund.created_at,
          amount: new Big(refund.raw_amount.value).toFixed(),
          note: refund.note ?? null,
          isPaid,
          ours: ownerOf(refund.note),
        },
      }
      return { topic: 'refund', messageId: `${refund.id}:${isPaid ? 'paid' : 'begun'}`, body }
    })
}
