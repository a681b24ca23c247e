import type { DoubleAnswer, DoubleRequest, Route } from '../double/index.ts'
import { wpError } from './access.ts'
import type { Hooks, ShopHook } from './hooks.ts'
import {
  gmtTime,
  hookJson,
  localTime,
  noteJson,
  orderJson,
  refundJson,
  withFields,
} from './json.ts'
import { type AskedRefund, createRefund } from './refunds.ts'
import type { ShopOrder, ShopState } from './shop.ts'

type WithOrder = (order: ShopOrder, request: DoubleRequest) => DoubleAnswer

const api = '/wp-json/wc/v3'
const noRoute = wpError(404, 'rest_no_route', 'No route was found matching the URL.')

/** What of `wc/v3` a hub of returns needs. */
export function routesOf(shop: ShopState, hooks: Hooks, siteName: string): Route[] {
  const withOrder = (handle: WithOrder) => (request: DoubleRequest) => {
    const order = shop.orders.get(Number(request.params['id']))
    if (order) return handle(order, request)
    return wpError(404, 'woocommerce_rest_shop_order_invalid_id', 'Invalid ID.')
  }
  return [
    ['GET', '/wp-json/', () => ({ status: 200, body: siteOf(siteName) })],
    ['GET', `${api}/orders`, (request) => listOrders(shop, request)],
    [
      'GET',
      `${api}/orders/:id`,
      withOrder((order, { query }) => ({
        status: 200,
        body: withFields(orderJson(order), query.get('_fields')),
      })),
    ],
    ['PUT', `${api}/orders/:id`, withOrder((order, request) => editOrder(shop, order, request))],
    [
      'GET',
      `${api}/orders/:id/notes`,
      // Newest first, and all of them: notes have no pages.
      withOrder((order) => ({ status: 200, body: order.notes.toReversed().map(noteJson) })),
    ],
    ['POST', `${api}/orders/:id/notes`, withOrder((order, sent) => addNote(shop, order, sent))],
    [
      'GET',
      `${api}/orders/:id/refunds`,
      withOrder((order, request) => pageOf(order.refunds.toReversed().map(refundJson), request)),
    ],
    ['POST', `${api}/orders/:id/refunds`, withOrder((order, sent) => refund(shop, order, sent))],
    // Versions before 9 have no list of all refunds.
    ['GET', `${api}/refunds`, () => noRoute],
    ['GET', `${api}/webhooks`, (request) => pageOf([...hooks.all.values()].map(hookJson), request)],
    ['POST', `${api}/webhooks`, (request) => makeHook(shop, hooks, request)],
    ['PUT', `${api}/webhooks/:id`, (request) => editHook(hooks, request)],
    ['DELETE', `${api}/webhooks/:id`, (request) => dropHook(hooks, request)],
  ]
}

export const notFound = noRoute

function siteOf(name: string) {
  return { name, description: '', namespaces: ['oembed/1.0', 'wc/v1', 'wc/v2', 'wc/v3', 'wp/v2'] }
}

function listOrders(shop: ShopState, request: DoubleRequest): DoubleAnswer {
  const { query } = request
  const isGmt = query.get('dates_are_gmt') === 'true'
  const after = query.get('modified_after')
  const search = query.get('search')
  const time = isGmt ? gmtTime : localTime
  const found = [...shop.orders.values()]
    .filter(({ modifiedAt }) => after === null || time(modifiedAt) > after.replace(/Z$/, ''))
    .filter(({ number, email }) => search === null || number.includes(search) || email === search)
    .toSorted((a, b) => Number(a.modifiedAt) - Number(b.modifiedAt) || a.id - b.id)
  const sorted = query.get('order') === 'asc' ? found : found.toReversed()
  return pageOf(sorted.map(orderJson), request)
}

function pageOf(all: readonly object[], { query }: DoubleRequest): DoubleAnswer {
  const size = Number(query.get('per_page') ?? 10)
  const page = Number(query.get('page') ?? 1)
  if (!(size >= 1 && size <= 100 && page >= 1)) {
    return wpError(400, 'rest_invalid_param', 'Invalid parameter(s): per_page')
  }
  const items = all.slice((page - 1) * size, page * size)
  return {
    status: 200,
    headers: {
      'x-wp-total': String(all.length),
      'x-wp-totalpages': String(Math.ceil(all.length / size)),
    },
    body: items.map((item) => withFields(item, query.get('_fields'))),
  }
}

function bodyOf<Body>({ json }: DoubleRequest): Partial<Body> {
  const sent = json()
  return typeof sent === 'object' && sent !== null ? sent : {}
}

interface AskedOrder {
  readonly status: string
  readonly meta_data: readonly { readonly key: string; readonly value: unknown }[]
}

function editOrder(shop: ShopState, order: ShopOrder, request: DoubleRequest): DoubleAnswer {
  const { status, meta_data: meta = [] } = bodyOf<AskedOrder>(request)
  for (const { key, value } of meta) shop.setMeta(order.meta, key, value)
  if (status !== undefined) order.status = status
  shop.touch(order)
  return { status: 200, body: orderJson(order) }
}

/** A note does not change the order: no look at what was modified finds it. */
function addNote(shop: ShopState, order: ShopOrder, request: DoubleRequest): DoubleAnswer {
  const { note, customer_note: isForCustomer = false } = bodyOf<{
    note: string
    customer_note: boolean
  }>(request)
  if (typeof note !== 'string' || note === '') {
    return wpError(400, 'rest_missing_callback_param', 'Missing parameter(s): note')
  }
  return { status: 201, body: noteJson(shop.addNote(order, note, isForCustomer)) }
}

function refund(shop: ShopState, order: ShopOrder, request: DoubleRequest): DoubleAnswer {
  const made = createRefund(shop, order, bodyOf<AskedRefund>(request))
  // A refusal is a 500 here, as if the shop were broken.
  if (typeof made === 'string') {
    return wpError(500, 'woocommerce_rest_cannot_create_order_refund', made)
  }
  return { status: 201, body: refundJson(made) }
}

interface AskedHook {
  readonly name: string
  readonly topic: string
  readonly delivery_url: string
  readonly secret: string
  readonly status: ShopHook['status']
}

async function makeHook(
  shop: ShopState,
  hooks: Hooks,
  request: DoubleRequest,
): Promise<DoubleAnswer> {
  const {
    name = 'Webhook',
    topic = '',
    delivery_url: url = '',
    secret = '',
  } = bodyOf<AskedHook>(request)
  if (!/^(order\.(created|updated|deleted|restored)|action\.\w+)$/.test(topic)) {
    return wpError(400, 'woocommerce_rest_shop_webhook_invalid_topic', 'Webhook topic is required.')
  }
  if (!/^https?:\/\//.test(url)) {
    const message = 'Webhook delivery URL must be a valid URL starting with http:// or https://.'
    return wpError(400, 'woocommerce_rest_shop_webhook_invalid_delivery_url', message)
  }
  const id = shop.nextId()
  const hook: ShopHook = { id, name, topic, url, secret, status: 'active', failures: 0 }
  hooks.all.set(id, hook)
  await hooks.ping(hook)
  return { status: 201, body: hookJson(hook) }
}

/** Its count of failures stays: one more, and it is off again. */
function editHook(hooks: Hooks, request: DoubleRequest): DoubleAnswer {
  const hook = hooks.all.get(Number(request.params['id']))
  if (!hook) return wpError(400, 'woocommerce_rest_shop_webhook_invalid_id', 'ID is invalid.')
  const { name, topic, delivery_url: url, secret, status } = bodyOf<AskedHook>(request)
  hook.name = name ?? hook.name
  hook.topic = topic ?? hook.topic
  hook.url = url ?? hook.url
  hook.secret = secret ?? hook.secret
  hook.status = status ?? hook.status
  return { status: 200, body: hookJson(hook) }
}

function dropHook(hooks: Hooks, { params, query }: DoubleRequest): DoubleAnswer {
  const hook = hooks.all.get(Number(params['id']))
  if (query.get('force') !== 'true') {
    const message = 'Webhooks do not support trashing.'
    return wpError(501, 'woocommerce_rest_trash_not_supported', message)
  }
  if (!hook) return wpError(404, 'woocommerce_rest_shop_webhook_invalid_id', 'Invalid ID.')
  hooks.all.delete(hook.id)
  return { status: 200, body: hookJson(hook) }
}
