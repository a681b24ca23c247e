import type { Action, Change, ReturnItem, ShopOrder, ShopRefund, ShopReturn } from './shop.ts'

function raw(minor: number) {
  return { value: (minor / 100).toString(), precision: 20 }
}

const time = (at: Date | null) => at?.toISOString() ?? null

function refundJson({ id, at, amountMinor, note }: ShopRefund, paymentId: string) {
  return {
    id,
    payment_id: paymentId,
    refund_reason_id: null,
    refund_reason: null,
    note,
    metadata: null,
    raw_amount: raw(amountMinor),
    created_at: time(at),
    updated_at: time(at),
    amount: amountMinor / 100,
  }
}

export function paymentJson(order: ShopOrder) {
  return {
    id: order.paymentId,
    currency_code: order.currency,
    amount: order.capturedMinor / 100,
    refunds: order.refunds.map((refund) => refundJson(refund, order.paymentId)),
    captures: [{ id: `capt_${order.displayId}`, raw_amount: raw(order.capturedMinor) }],
  }
}

export function orderJson(order: ShopOrder) {
  return {
    id: order.id,
    display_id: order.displayId,
    custom_display_id: null,
    currency_code: order.currency,
    email: order.email,
    customer_id: `cus_${order.displayId}`,
    metadata: order.metadata,
    status: 'pending',
    version: order.version,
    created_at: time(order.updatedAt),
    updated_at: time(order.updatedAt),
    items: order.items.map((item) => ({
      id: item.id,
      title: item.sku,
      product_title: item.sku,
      variant_id: item.variant,
      variant_sku: item.sku,
      quantity: item.quantity,
      detail: { quantity: item.quantity, fulfilled_quantity: item.fulfilled },
    })),
    shipping_address: {
      first_name: 'Erika',
      last_name: 'Mustermann',
      company: null,
      address_1: 'Hauptstraße 1',
      city: 'Berlin',
      postal_code: '10115',
      province: null,
      country_code: 'de',
    },
    payment_collections: [{ id: `pay_col_${order.displayId}`, payments: [paymentJson(order)] }],
    transactions: order.refunds
      .filter(({ isBooked }) => isBooked)
      .map(({ id }) => ({ reference: 'refund', reference_id: id })),
  }
}

function returnItemJson(item: ReturnItem) {
  return {
    id: item.id,
    note: item.note,
    metadata: item.metadata,
    reason_id: item.reason === null ? null : `rr_${item.reason}`,
    item_id: item.item,
    reason: item.reason === null ? null : { value: item.reason, label: item.reason },
    quantity: item.quantity,
    received_quantity: item.received,
    damaged_quantity: item.damaged,
  }
}

export function returnJson(one: ShopReturn) {
  return {
    id: one.id,
    order_id: one.orderId,
    exchange_id: null,
    claim_id: null,
    display_id: one.displayId,
    location_id: one.locationId,
    status: one.status,
    metadata: one.metadata,
    no_notification: null,
    refund_amount: null,
    created_at: time(one.createdAt),
    updated_at: time(one.updatedAt),
    canceled_at: time(one.canceledAt),
    requested_at: time(one.requestedAt),
    received_at: null,
    items: one.items.map(returnItemJson),
  }
}

function actionJson({ action, item, quantity, reason }: Action) {
  return {
    action,
    details: { reference_id: item, quantity, ...(reason ? { reason_id: reason } : {}) },
  }
}

export function changeJson(change: Change) {
  return {
    id: change.id,
    return_id: change.returnId,
    change_type: change.type,
    status: change.status,
    internal_note: change.note,
    confirmed_at: time(change.confirmedAt),
    actions: change.actions.map(actionJson),
  }
}
