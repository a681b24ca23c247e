import { connection, type PageArgs } from './connection.ts'
import { findOrders } from './order-search.ts'
import { denied } from './refusal.ts'
import type { Shop } from './shop.ts'
import { findOrder, findReturn, gid, returnable, type ShopSubscription } from './shop-state.ts'
import { itemView, orderView, refundView, returnView } from './views.ts'

type ById = { readonly id: string }

/** What can be asked of a shop. */
export function queryFields(shop: Shop): Readonly<Record<string, unknown>> {
  const { state } = shop
  const refuseCustomer = () => {
    if (!shop.hasCustomerAccess)
      throw denied('This app is not approved to access the Customer object.')
  }
  return {
    shop: {
      id: 'gid://shopify/Shop/1',
      name: 'Simulated shop',
      myshopifyDomain: shop.domain,
      currencyCode: 'USD',
    },
    currentAppInstallation: () => ({
      id: 'gid://shopify/AppInstallation/1',
      accessScopes: shop.scopes.map((handle) => ({ handle, description: handle })),
    }),
    order: ({ id }: ById) => {
      const found = findOrder(state, id)
      return found === undefined ? null : orderView(found, refuseCustomer)
    },
    orders: ({ query, ...page }: PageArgs & { readonly query?: string | null }) =>
      connection(
        findOrders(shop, query ?? '').map((one) => orderView(one, refuseCustomer)),
        page,
      ),
    return: ({ id }: ById) => {
      shop.demand('read_returns')
      const found = findReturn(state, id)
      return found === undefined ? null : returnView(found, refuseCustomer)
    },
    refund: ({ id }: ById) => {
      const found = state.refunds.find((one) => gid('Refund', one.id) === id)
      return found === undefined ? null : refundView(found, refuseCustomer)
    },
    returnableFulfillments: ({ orderId, ...page }: PageArgs & { readonly orderId: string }) =>
      connection(returnableViews(shop, orderId), page),
    webhookSubscriptions: (page: PageArgs) =>
      connection(state.subscriptions.map(subscriptionView), page),
  }
}

export function subscriptionView({ id, topic, uri }: ShopSubscription): object {
  return { id: gid('WebhookSubscription', id), topic, uri, format: 'JSON' }
}

/** The double has one fulfillment for each order. */
function returnableViews({ state }: Shop, orderId: string): object[] {
  const order = findOrder(state, orderId)
  if (order === undefined) return []
  const lines = order.fulfillmentLines
    .map((line) => ({ line, quantity: returnable(order, line) }))
    .filter(({ quantity }) => quantity > 0)
    .map(({ line, quantity }) => ({
      quantity,
      fulfillmentLineItem: {
        id: gid('FulfillmentLineItem', line.id),
        quantity: line.quantity,
        lineItem: itemView(line.item),
      },
    }))
  if (lines.length === 0) return []
  const id = gid('ReturnableFulfillment', order.id)
  return [{ id, returnableFulfillmentLineItems: (page: PageArgs) => connection(lines, page) }]
}
