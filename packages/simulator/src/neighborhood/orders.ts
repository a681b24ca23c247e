/** What every order of the neighborhood is of, as the Odoo double sells it: prices of a unit, in cents, and 15 % tax. */
export const catalogue = [
  { sku: 'RH-BOLT-M8', name: 'Hex Bolt M8x40 (box of 100)', quantity: 20, priceMinor: 1_200 },
  { sku: 'RH-LAMP-20W', name: 'LED Work Lamp', quantity: 4, priceMinor: 3_990 },
] as const

export const currency = 'USD'
const taxShare = 0.15

/** Which shop an order was placed in. */
type ShopName = 'shopify' | 'woocommerce'

/** An order that Odoo has sold, delivered and invoiced, the shop has taken, and Stripe was paid for. */
export interface SharedOrder {
  readonly number: number
  /** What the shop calls it, and Odoo has as the customer's reference. */
  readonly ref: string
  readonly shop: ShopName
  /** The order's id in WooCommerce; null for one of Shopify. */
  readonly woocommerceId: number | null
  readonly paymentId: string
  readonly email: string
}

/** With tax. */
export const orderTotalMinor = catalogue.reduce((sum, one) => sum + lineTotals(one).total, 0)

export function lineTotals({
  quantity,
  priceMinor,
}: {
  readonly quantity: number
  readonly priceMinor: number
}): { readonly net: number; readonly tax: number; readonly total: number } {
  const net = quantity * priceMinor
  const tax = Math.round(net * taxShare)
  return { net, tax, total: net + tax }
}
