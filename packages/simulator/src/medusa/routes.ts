import type { DoubleAnswer, DoubleRequest, Route } from '../double/index.ts'
import { changeJson, orderJson, paymentJson, returnJson } from './json.ts'
import { refundPayment } from './refunds.ts'
import {
  type AskedItem,
  beginReceive,
  cancelReturn,
  confirmReceive,
  confirmRequest,
  createReturn,
  dropRequest,
  receiveItems,
  requestItems,
} from './returns.ts'
import { invalid, Refusal, type ShopReturn, type ShopState } from './shop.ts'

type Body = Readonly<Record<string, unknown>>

/** What of the admin interface a hub of returns needs. */
export function routesOf(shop: ShopState): Route[] {
  const act = (handle: (one: ShopReturn, body: Body) => void): Route[2] =>
    answered((request) => {
      const one = shop.aReturn(request.params['id'] ?? '')
      handle(one, bodyOf(request))
      return { order_preview: { id: one.orderId }, return: returnJson(one) }
    })
  return [
    [
      'GET',
      '/admin/stores',
      answered(() => ({ stores: [{ id: 'store_1', name: 'Example Shop' }] })),
    ],
    ['GET', '/admin/orders', answered((request) => listOrders(shop, request))],
    [
      'GET',
      '/admin/orders/:id',
      answered(({ params }) => ({ order: orderJson(shop.order(params['id'] ?? '')) })),
    ],
    ['POST', '/admin/orders/:id', answered((request) => editOrder(shop, request))],
    ['GET', '/admin/orders/:id/changes', answered((request) => listChanges(shop, request))],
    ['GET', '/admin/returns', answered((request) => listReturns(shop, request))],
    ['POST', '/admin/returns', answered((request) => makeReturn(shop, request))],
    [
      'GET',
      '/admin/returns/:id',
      answered(({ params }) => ({ return: returnJson(shop.aReturn(params['id'] ?? '')) })),
    ],
    [
      'POST',
      '/admin/returns/:id/request-items',
      act((one, body) => requestItems(shop, one, itemsOf(body))),
    ],
    ['POST', '/admin/returns/:id/request', act((one) => confirmRequest(shop, one))],
    ['DELETE', '/admin/returns/:id/request', act((one) => dropRequest(shop, one))],
    ['POST', '/admin/returns/:id/cancel', act((one) => cancelReturn(shop, one))],
    [
      'POST',
      '/admin/returns/:id/receive',
      act((one, body) => beginReceive(shop, one, (body['internal_note'] as string) ?? null)),
    ],
    [
      'POST',
      '/admin/returns/:id/receive-items',
      act((one, body) =>
        receiveItems(shop, one, { items: itemsOf(body), action: 'RECEIVE_RETURN_ITEM' }),
      ),
    ],
    [
      'POST',
      '/admin/returns/:id/dismiss-items',
      act((one, body) =>
        receiveItems(shop, one, { items: itemsOf(body), action: 'RECEIVE_DAMAGED_RETURN_ITEM' }),
      ),
    ],
    ['POST', '/admin/returns/:id/receive/confirm', act((one) => confirmReceive(shop, one))],
    ['POST', '/admin/payments/:id/refund', answered((request) => refund(shop, request))],
  ]
}

function itemsOf(body: Body): readonly AskedItem[] {
  return (body['items'] ?? []) as readonly AskedItem[]
}

/** A refusal as Medusa words one. */
function answered(handle: (request: DoubleRequest) => unknown): Route[2] {
  return (request): DoubleAnswer => {
    try {
      return { status: 200, body: handle(request) }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      return { status: error.status, body: { type: error.type, message: error.message } }
    }
  }
}

function bodyOf({ json }: DoubleRequest): Body {
  const sent = json()
  return typeof sent === 'object' && sent !== null ? (sent as Body) : {}
}

function pageOf<Item>(all: readonly Item[], { query }: DoubleRequest) {
  const limit = Number(query.get('limit') ?? 15)
  const offset = Number(query.get('offset') ?? 0)
  return { items: all.slice(offset, offset + limit), count: all.length, limit, offset }
}

/** A filter by the number is overlooked, without a word; the search looks at it. */
function listOrders(shop: ShopState, request: DoubleRequest) {
  const { query } = request
  const since = query.get('updated_at[$gte]')
  const search = query.get('q')
  const found = [...shop.orders.values()]
    .filter(({ updatedAt }) => since === null || updatedAt.toISOString() >= since)
    .filter(
      ({ displayId, email }) => search === null || [String(displayId), email].includes(search),
    )
  const isByChange = query.get('order') === 'updated_at'
  const sorted = isByChange
    ? found.toSorted((a, b) => Number(a.updatedAt) - Number(b.updatedAt))
    : found
  const { items, ...page } = pageOf(sorted, request)
  return { orders: items.map(orderJson), ...page }
}

/** Metadata is merged. */
function editOrder(shop: ShopState, request: DoubleRequest) {
  const order = shop.order(request.params['id'] ?? '')
  const { metadata } = bodyOf(request)
  order.metadata = { ...order.metadata, ...(metadata as object) }
  order.updatedAt = shop.now()
  return { order: orderJson(order) }
}

function listChanges(shop: ShopState, { params, query }: DoubleRequest) {
  const { changes } = shop.order(params['id'] ?? '')
  const wanted = query.get('status')
  const found = changes.filter(({ status }) => wanted === null || status === wanted)
  return { order_changes: found.map(changeJson) }
}

function listReturns(shop: ShopState, request: DoubleRequest) {
  const { query } = request
  const orders = [...query.getAll('order_id'), ...query.getAll('order_id[]')]
  const found = [...shop.returns.values()].filter(
    ({ orderId }) => orders.length === 0 || orders.includes(orderId),
  )
  const { items, ...page } = pageOf(found, request)
  return { returns: items.map(returnJson), ...page }
}

function makeReturn(shop: ShopState, request: DoubleRequest) {
  const body = bodyOf(request)
  const order = shop.order(String(body['order_id']))
  const made = createReturn(shop, order, {
    locationId: (body['location_id'] as string | undefined) ?? null,
    note: (body['internal_note'] as string | undefined) ?? null,
    metadata: (body['metadata'] as ShopReturn['metadata'] | undefined) ?? null,
  })
  return { order: { id: order.id }, return: returnJson(made) }
}

function refund(shop: ShopState, request: DoubleRequest) {
  const { amount, note } = bodyOf(request)
  const order = [...shop.orders.values()].find(
    ({ paymentId }) => paymentId === request.params['id'],
  )
  if (!order) throw new Refusal(404, 'not_found', 'Payment not found')
  // The schema wants a number: a text is refused.
  if (typeof amount !== 'number') throw invalid("Invalid request: Expected type: 'number'")
  const amountMinor = Math.round(amount * 100)
  refundPayment(shop, order, { amountMinor, note: (note as string | undefined) ?? null })
  return { payment: paymentJson(order) }
}
