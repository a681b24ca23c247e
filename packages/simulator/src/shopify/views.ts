import { connection } from './connection.ts'
import {
  type Disposition,
  gid,
  type ReverseDelivery,
  type ReverseLine,
  type ReverseOrder,
  type ShopFulfillmentLine,
  type ShopItem,
  type ShopOrder,
  type ShopRefund,
  type ShopReturn,
  type ShopReturnLine,
  type ShopTransaction,
} from './shop-state.ts'

/*
 * Things of the shop in the words of the schema. A function is a field that leads on, and is asked only where a query
 * does so.
 */

type View = Readonly<Record<string, unknown>>
type Page = Parameters<typeof connection>[1]

export function decimal(minor: number): string {
  const sign = minor < 0 ? '-' : ''
  const digits = String(Math.abs(minor)).padStart(3, '0')
  return `${sign}${digits.slice(0, -2)}.${digits.slice(-2)}`
}

function bag(minor: number, currencyCode: string): View {
  const money = { amount: decimal(minor), currencyCode }
  return { presentmentMoney: money, shopMoney: money }
}

/** Whether the app may read customers is for the schema's owner to say. */
export function orderView(order: ShopOrder, refuseCustomer: () => void): View {
  const { customer } = order
  const personal = <T>(value: T): T => {
    refuseCustomer()
    return value
  }
  return {
    __typename: 'Order',
    id: gid('Order', order.id),
    legacyResourceId: String(order.id),
    name: order.name,
    createdAt: order.createdAt,
    updatedAt: order.updatedAt,
    currencyCode: order.currency,
    presentmentCurrencyCode: order.currency,
    customerLocale: 'en',
    returnStatus: returnStatusOf(order),
    email: () => personal(customer?.email ?? null),
    customer: () =>
      personal(
        customer && { id: gid('Customer', customer.id), displayName: customer.name, locale: 'en' },
      ),
    shippingAddress: () => personal(customer && addressOf(customer)),
    transactions: ({ first = 250 }: Page) =>
      order.transactions.slice(0, first).map((one) => transactionView(one, order)),
    refunds: ({ first = 250 }: Page) =>
      order.refunds.slice(0, first).map((one) => refundView(one, refuseCustomer)),
    returns: (page: Page) =>
      connection(
        order.returns.map((one) => returnView(one, refuseCustomer)),
        page,
      ),
  }
}

/** The latest word of the order's returns. */
export function returnStatusOf({ returns }: ShopOrder): string {
  const has = (status: string) => returns.some((one) => one.status === status)
  if (has('REQUESTED')) return 'RETURN_REQUESTED'
  if (has('OPEN')) return 'IN_PROGRESS'
  return has('CLOSED') ? 'RETURNED' : 'NO_RETURN'
}

function transactionView(one: ShopTransaction, order: ShopOrder): View {
  return {
    __typename: 'OrderTransaction',
    id: gid('OrderTransaction', one.id),
    kind: one.kind,
    status: one.status,
    gateway: one.gateway,
    processedAt: one.at,
    createdAt: one.at,
    errorCode: one.errorCode,
    test: true,
    amountSet: bag(one.minor, order.currency),
    parentTransaction: () => (one.parent === null ? null : transactionView(one.parent, order)),
  }
}

export function refundView(refund: ShopRefund, refuseCustomer: () => void): View {
  const { order, transactions } = refund
  const out = transactions.filter(({ status }) => status === 'SUCCESS')
  const total = out.reduce((sum, { minor }) => sum + minor, 0)
  return {
    __typename: 'Refund',
    id: gid('Refund', refund.id),
    legacyResourceId: String(refund.id),
    createdAt: refund.at,
    processedAt: refund.at,
    updatedAt: refund.at,
    note: refund.note,
    order: () => orderView(order, refuseCustomer),
    return: () => (refund.return === null ? null : returnView(refund.return, refuseCustomer)),
    totalRefundedSet: bag(total, order.currency),
    transactions: (page: Page) =>
      connection(
        transactions.map((one) => transactionView(one, order)),
        page,
      ),
    refundLineItems: (page: Page) =>
      connection(
        refund.lines.map(({ item, quantity, restockType }) => ({
          id: gid('RefundLineItem', item.id),
          quantity,
          restockType,
          restocked: restockType === 'RETURN',
          lineItem: itemView(item),
        })),
        page,
      ),
  }
}

export function itemView({ id, sku, name, quantity }: ShopItem): View {
  return { __typename: 'LineItem', id: gid('LineItem', id), sku, name, title: name, quantity }
}

function fulfillmentLineView({ id, item, quantity }: ShopFulfillmentLine): View {
  return {
    __typename: 'FulfillmentLineItem',
    id: gid('FulfillmentLineItem', id),
    quantity,
    lineItem: itemView(item),
  }
}

export function returnView(one: ShopReturn, refuseCustomer: () => void): View {
  return {
    __typename: 'Return',
    id: gid('Return', one.id),
    name: one.name,
    status: one.status,
    createdAt: one.createdAt,
    closedAt: one.closedAt,
    requestApprovedAt: one.approvedAt,
    decline: one.decline,
    totalQuantity: one.lines.reduce((sum, { quantity }) => sum + quantity, 0),
    order: () => orderView(one.order, refuseCustomer),
    returnLineItems: (page: Page) => connection(one.lines.map(returnLineView), page),
    reverseFulfillmentOrders: (page: Page) =>
      connection(one.work === null ? [] : [workView(one.work, one)], page),
    refunds: (page: Page) =>
      connection(
        one.order.refunds
          .filter((refund) => refund.return === one)
          .map((refund) => refundView(refund, refuseCustomer)),
        page,
      ),
  }
}

function returnLineView(line: ShopReturnLine): View {
  const open = line.quantity - line.processed
  return {
    __typename: 'ReturnLineItem',
    id: gid('ReturnLineItem', line.id),
    quantity: line.quantity,
    processedQuantity: line.processed,
    processableQuantity: open,
    unprocessedQuantity: open,
    refundedQuantity: line.refunded,
    refundableQuantity: line.quantity - line.refunded,
    returnReason: line.reason,
    returnReasonNote: line.note,
    customerNote: line.customerNote,
    returnReasonDefinition: null,
    fulfillmentLineItem: fulfillmentLineView(line.of),
  }
}

function workView(work: ReverseOrder, { status }: ShopReturn): View {
  return {
    __typename: 'ReverseFulfillmentOrder',
    id: gid('ReverseFulfillmentOrder', work.id),
    status: status === 'OPEN' ? 'OPEN' : 'CLOSED',
    lineItems: (page: Page) => connection(work.lines.map(reverseLineView), page),
    reverseDeliveries: (page: Page) => connection(work.deliveries.map(deliveryView), page),
  }
}

export function reverseLineView(line: ReverseLine): View {
  return {
    __typename: 'ReverseFulfillmentOrderLineItem',
    id: gid('ReverseFulfillmentOrderLineItem', line.id),
    totalQuantity: line.total,
    fulfillmentLineItem: fulfillmentLineView(line.of),
    dispositions: line.dispositions.map(dispositionView),
  }
}

function dispositionView({ id, type, quantity, at }: Disposition): View {
  return {
    id: gid('ReverseFulfillmentOrderDisposition', id),
    type,
    quantity,
    createdAt: at,
    location: null,
  }
}

export function deliveryView({ id, number, url, labelUrl }: ReverseDelivery): View {
  return {
    __typename: 'ReverseDelivery',
    id: gid('ReverseDelivery', id),
    deliverable: {
      __typename: 'ReverseDeliveryShippingDeliverable',
      tracking: number === null ? null : { number, url, carrierName: null },
      label: labelUrl === null ? null : { publicFileUrl: labelUrl },
    },
  }
}

/** Made up, as the people are. */
function addressOf({ name }: { readonly name: string }) {
  return {
    name,
    address1: '5 Elm Street',
    city: 'Springfield',
    zip: '62701',
    provinceCode: 'IL',
    countryCodeV2: 'US',
  }
}
