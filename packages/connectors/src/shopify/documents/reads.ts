/*
 * What is asked of Shopify. A call that asks for much has to wait for a bucket that holds as much, although it gives back
 * what it did not need: a connection counts as often as its `first`, and no query here comes to more than `mostPoints`.
 * Parts that can be long are read by calls of their own.
 */

/** A return without what was done with its goods. */
export const returnQuery = `query BackhaulReturn($id: ID!, $after: String, $withCustomer: Boolean!) {
  return(id: $id) {
    id name status createdAt closedAt requestApprovedAt
    decline { reason note }
    order {
      id name createdAt presentmentCurrencyCode customerLocale
      email @include(if: $withCustomer)
      customer @include(if: $withCustomer) { id displayName }
      shippingAddress @include(if: $withCustomer) {
        name address1 city zip provinceCode countryCodeV2
      }
    }
    returnLineItems(first: 50, after: $after) {
      pageInfo { hasNextPage endCursor }
      nodes {
        id quantity processableQuantity processedQuantity refundedQuantity
        returnReason returnReasonNote customerNote
        returnReasonDefinition { handle }
        ... on ReturnLineItem { fulfillmentLineItem { id lineItem { id sku name } } }
      }
    }
  }
}`

/** What was done with the goods of a return: one reverse fulfillment order in each call. */
export const handlingQuery = `query BackhaulHandling($id: ID!, $after: String) {
  return(id: $id) {
    reverseFulfillmentOrders(first: 1, after: $after) {
      pageInfo { hasNextPage endCursor }
      nodes {
        id status
        lineItems(first: 100) {
          pageInfo { hasNextPage }
          nodes {
            id totalQuantity
            fulfillmentLineItem { id }
            dispositions { id type quantity createdAt }
          }
        }
        reverseDeliveries(first: 10) {
          nodes {
            id
            deliverable {
              ... on ReverseDeliveryShippingDeliverable {
                tracking { number url carrierName }
                label { publicFileUrl }
              }
            }
          }
        }
      }
    }
  }
}`

/** Orders that have changed, with the ids of their returns and refunds. */
export const changedOrdersQuery = `query BackhaulChangedOrders($search: String!, $first: Int!, $after: String) {
  orders(first: $first, after: $after, query: $search, sortKey: UPDATED_AT) {
    pageInfo { hasNextPage endCursor }
    nodes {
      id updatedAt
      returns(first: 10) { pageInfo { hasNextPage endCursor } nodes { id } }
      refunds(first: 30) { id }
    }
  }
}`

/** The returns of an order, page after page. */
export const returnsOfOrderQuery = `query BackhaulReturnsOfOrder($id: ID!, $after: String) {
  order(id: $id) {
    returns(first: 20, after: $after) {
      pageInfo { hasNextPage endCursor }
      nodes { id status returnLineItems(first: 1) { nodes { returnReasonNote } } }
    }
  }
}`

/** The order by its name, as people know it. */
export const ordersByNameQuery = `query BackhaulOrdersByName($search: String!) {
  orders(first: 5, query: $search) { nodes { id name } }
}`

/** What of an order can be returned still. */
export const returnableQuery = `query BackhaulReturnable($orderId: ID!, $after: String) {
  returnableFulfillments(orderId: $orderId, first: 2, after: $after) {
    pageInfo { hasNextPage endCursor }
    nodes {
      returnableFulfillmentLineItems(first: 50) {
        pageInfo { hasNextPage }
        nodes { quantity fulfillmentLineItem { id lineItem { id sku } } }
      }
    }
  }
}`

/** A refund with its money and its goods. */
export const refundQuery = `query BackhaulRefund($id: ID!, $withCustomer: Boolean!) {
  refund(id: $id) {
    id createdAt note
    return { id }
    order { id name presentmentCurrencyCode customer @include(if: $withCustomer) { id } }
    totalRefundedSet { presentmentMoney { amount currencyCode } }
    transactions(first: 20) {
      nodes {
        id kind status gateway processedAt errorCode
        amountSet { presentmentMoney { amount currencyCode } }
      }
    }
    refundLineItems(first: 100) { nodes { quantity restockType lineItem { id sku name } } }
  }
}`

/** What was paid for an order, and what was given back: all there is to know before money moves. */
export const paymentsQuery = `query BackhaulPayments($id: ID!) {
  order(id: $id) {
    id name presentmentCurrencyCode
    transactions(first: 50) {
      id kind status gateway processedAt
      amountSet { presentmentMoney { amount currencyCode } }
      parentTransaction { id }
    }
    refunds(first: 30) {
      id note
      transactions(first: 3) {
        nodes { id kind status amountSet { presentmentMoney { amount currencyCode } } }
      }
    }
  }
}`

/** Who we are, what we may do, and what we are told of. */
export const installationQuery = `query BackhaulInstallation($after: String) {
  shop { name myshopifyDomain currencyCode }
  currentAppInstallation { accessScopes { handle } }
  webhookSubscriptions(first: 100, after: $after) {
    pageInfo { hasNextPage endCursor }
    nodes { id topic uri }
  }
}`
