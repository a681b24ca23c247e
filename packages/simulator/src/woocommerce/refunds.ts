import {
  decimalOf,
  type Item,
  leftOf,
  minorOf,
  type ShopOrder,
  type ShopRefund,
  type ShopState,
} from './shop.ts'

interface AskedLine {
  readonly id: number
  readonly quantity?: number
  readonly refund_total?: number | string
}

export interface AskedRefund {
  readonly amount?: string | number
  readonly reason?: string
  readonly api_refund?: boolean
  readonly api_restock?: boolean
  readonly line_items?: readonly AskedLine[]
  readonly meta_data?: readonly { readonly key: string; readonly value: unknown }[]
}

/**
 * As `wc_create_refund`: the refund is written, then the gateway is asked, and a refund that it refuses is deleted
 * again. Nothing is looked for first: told twice, it refunds twice. Both switches are on where nobody says otherwise.
 *
 * @returns the refund, or why there is none.
 */
export function createRefund(
  shop: ShopState,
  order: ShopOrder,
  asked: AskedRefund,
): ShopRefund | string {
  const { api_refund: isGatewayAsked = true, api_restock: isRestocked = true } = asked
  const items = (asked.line_items ?? []).flatMap((line) => refundedItem(shop, order, line))
  const amountMinor = minorOf(asked.amount ?? 0)
  if (amountMinor === null || amountMinor < 0 || amountMinor > leftOf(order)) {
    return 'Invalid refund amount.'
  }
  const refund: ShopRefund = {
    id: shop.nextId(),
    at: shop.now(),
    amountMinor,
    reason: asked.reason ?? '',
    isPaid: false,
    items,
    meta: [],
  }
  order.refunds.push(refund)
  if (isGatewayAsked) {
    if (shop.gateway !== 'pays') {
      order.refunds.splice(order.refunds.indexOf(refund), 1)
      return shop.gateway === 'unable'
        ? 'The payment gateway for this order does not support automatic refunds.'
        : 'An error occurred while attempting to create the refund using the payment gateway API.'
    }
    shop.paidOutMinor += amountMinor
    refund.isPaid = true
  }
  if (isRestocked) restock(shop, items)
  if (leftOf(order) === 0) order.status = 'refunded'
  shop.touch(order)
  shop.onChange('action.woocommerce_order_refunded', order.id)
  for (const { key, value } of asked.meta_data ?? []) shop.setMeta(refund.meta, key, value)
  return refund
}

function refundedItem(shop: ShopState, order: ShopOrder, line: AskedLine): Item[] {
  const item = order.items.find(({ id }) => id === line.id)
  if (item === undefined) return []
  const { quantity = 0 } = line
  return [
    {
      ...item,
      id: shop.nextId(),
      quantity: -quantity,
      totalMinor: -(minorOf(line.refund_total ?? 0) ?? 0),
      taxMinor: 0,
      refundedItemId: item.id,
    },
  ]
}

function restock(shop: ShopState, items: readonly Item[]): void {
  for (const { sku, quantity } of items) {
    shop.stock.set(sku, (shop.stock.get(sku) ?? 0) - quantity)
  }
}

/** What a refund books of a return, for the pages of the shop. */
export function refundSummary({ id, reason, amountMinor }: ShopRefund) {
  return { id, reason, total: decimalOf(-amountMinor) }
}
