import {
  invalid,
  leftOf,
  Refusal,
  type ShopOrder,
  type ShopRefund,
  type ShopState,
} from './shop.ts'

/** The refund is written, then the provider is asked, then the order's transaction is. Told twice, it pays twice. */
export function refundPayment(
  shop: ShopState,
  order: ShopOrder,
  { amountMinor, note }: { readonly amountMinor: number; readonly note: string | null },
): ShopRefund {
  if (amountMinor <= 0) throw invalid('Refund amount must be greater than 0.')
  if (amountMinor > leftOf(order)) {
    throw invalid('You are not allowed to refund more than the captured amount')
  }
  const refund: ShopRefund = {
    id: shop.nextId('ref'),
    at: shop.now(),
    amountMinor,
    note,
    isBooked: false,
  }
  if (shop.provider === 'refuses') {
    throw new Refusal(500, 'unknown_error', 'An unknown error occurred.')
  }
  order.refunds.push(refund)
  shop.paidOutMinor += amountMinor
  refund.isBooked = true
  shop.bump(order)
  shop.onEvent('payment.refunded', order.paymentId)
  return refund
}
