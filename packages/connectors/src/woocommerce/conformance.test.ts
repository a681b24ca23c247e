import { schemes } from '@backhaul/sdk/signing'
import { exerciseConnector, type FakeRequest, type FakeRule } from '@backhaul/sdk/testing'
import woocommerce from './index.ts'

const consumerKey = 'ck_0123456789abcdef0123456789abcdef01234567'
const consumerSecret = 'cs_0123456789abcdef0123456789abcdef01234567'
const webhookSecret = 'the-shop-and-the-hub-share-this'

function orderOf(id: number, changes: object = {}) {
  return {
    id,
    number: String(id),
    status: 'completed',
    currency: 'EUR',
    date_created_gmt: '2026-11-20T10:00:00',
    date_modified_gmt: `2026-11-22T1${id % 10}:00:00`,
    customer_id: 7,
    billing: { first_name: 'Erika', city: 'Berlin', country: 'DE', email: 'erika@example.com' },
    shipping: {},
    total: '119.00',
    transaction_id: 'ch_1',
    line_items: [
      {
        id: id * 10,
        product_id: 9,
        quantity: 2,
        sku: 'PUMP-12V',
        total: '100.00',
        total_tax: '19',
      },
    ],
    refunds: [],
    meta_data: [],
    ...changes,
  }
}

interface Kept {
  readonly notes: { id: number; note: string }[]
  readonly refunds: { id: number; [field: string]: unknown }[]
  readonly meta: Map<string, unknown>
}

/** Orders 101 to 105, one of which is asked to be returned, and one has a refund. Writes are never the same twice. */
function shop(): FakeRule {
  const kept: Kept = { notes: [], refunds: [], meta: new Map() }
  const asked = [{ key: '_return_request', value: '{"lines":[{"item_id":1020,"quantity":1}]}' }]
  const all = [
    orderOf(101),
    orderOf(102, { meta_data: asked }),
    orderOf(103, { status: 'return-requested' }),
    orderOf(104, { refunds: [{ id: 9001 }] }),
    orderOf(105, { status: 'return-requested', date_modified_gmt: '2026-11-22T14:00:00' }),
  ]
  return (request, effect) => {
    const url = new URL(request.url, 'http://shop.invalid')
    const path = url.pathname.replace('/wp-json/wc/v3', '')
    if (request.method === 'GET') return read(path, url.searchParams, { all, kept })
    return write(path, request, { kept, effect })
  }
}

function read(
  path: string,
  query: URLSearchParams,
  { all, kept }: { all: ReturnType<typeof orderOf>[]; kept: Kept },
) {
  if (path === '/orders') {
    const after = query.get('modified_after') ?? ''
    const size = Number(query.get('per_page'))
    const from = (Number(query.get('page')) - 1) * size
    const found = all.filter(({ date_modified_gmt: at }) => at > after)
    return { status: 200, body: found.slice(from, from + size) }
  }
  if (path === '/orders/104/refunds') {
    const refund = { id: 9001, date_created_gmt: '2026-11-22T09:00:00', amount: '59.50' }
    return { status: 200, body: [refund] }
  }
  if (path.endsWith('/refunds')) return { status: 200, body: kept.refunds }
  if (path.endsWith('/notes')) return { status: 200, body: kept.notes }
  const meta_data = [...kept.meta].map(([key, value]) => ({ key, value }))
  return { status: 200, body: orderOf(Number(path.split('/')[2]), { meta_data }) }
}

function write(
  path: string,
  request: FakeRequest,
  { kept, effect }: { kept: Kept; effect: (name: string) => void },
) {
  const sent = JSON.parse(request.body) as {
    note?: string
    meta_data?: { key: string; value: unknown }[]
  }
  const at = { date_created_gmt: '2026-11-23T06:00:00' }
  if (path.endsWith('/notes')) {
    effect('note')
    kept.notes.push({ id: kept.notes.length + 1, note: sent.note ?? '', ...at })
    return { status: 201, body: kept.notes.at(-1) }
  }
  if (path.endsWith('/refunds')) {
    effect('refund')
    kept.refunds.push({ ...sent, id: kept.refunds.length + 1, refunded_payment: true, ...at })
    return { status: 201, body: kept.refunds.at(-1) }
  }
  for (const { key, value } of sent.meta_data ?? []) kept.meta.set(key, value)
  return { status: 200, body: { id: 101 } }
}

const target = [{ system: 'shop', type: 'return', value: '101/RR-1' }]
const about = { company: 'main', orderRefs: ['101'] }

exerciseConnector(woocommerce, {
  config: (baseUrl) => ({ url: baseUrl, consumerKey, consumerSecret, webhookSecret }),
  webhooks: Object.fromEntries(
    ['order.updated', 'action.woocommerce_order_refunded'].map((topic) => [
      topic,
      {
        scheme: schemes.woocommerce,
        stranger: { signingSecret: 'somebody-else-signs-with-this' },
        message: {
          body: JSON.stringify(orderOf(101)),
          headers: { 'x-wc-webhook-delivery-id': 'd1' },
        },
        otherMessage: {
          body: '{"action":"woocommerce_order_refunded","arg":102}',
          headers: { 'x-wc-webhook-delivery-id': 'd2' },
        },
        malformed: ['[]', 'null', '{}', '{"id":"x"}', '{"action":7,"arg":1}'],
        ping: { body: 'webhook_id=12' },
      },
    ]),
  ),
  deliveries: {
    'channel.update': {
      body: { target, headline: 'received', sentence: 'Received 2 of 2; waiting for inspection.' },
    },
    'refund.issue': {
      body: {
        about,
        refundId: 'F-1',
        creditId: 'C-1',
        method: 'card_refund',
        amount: { amount: '119.00', currency: 'EUR' },
      },
    },
  },
  polls: { changes: { minMessages: 4 } },
  fake: shop,
})
