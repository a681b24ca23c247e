import { headerSecretScheme } from '@backhaul/sdk/signing'
import { exerciseConnector, type FakeRule } from '@backhaul/sdk/testing'
import medusa from './index.ts'

const secretKey = 'sk_0123456789abcdef0123456789abcdef'
const webhookSecret = 'the-subscriber-and-the-hub-share-this'

function orderOf(no: number, changes: object = {}) {
  return {
    id: `order_${no}`,
    display_id: no,
    currency_code: 'eur',
    email: 'erika@example.com',
    customer_id: 'cus_1',
    updated_at: `2026-11-22T1${no}:00:00.000Z`,
    metadata: null,
    items: [{ id: `ordli_${no}`, variant_id: 'variant_1', variant_sku: 'PUMP-12V', quantity: 2 }],
    payment_collections: [
      { payments: [{ id: 'pay_1', captures: [{ raw_amount: { value: '119' } }], refunds: [] }] },
    ],
    transactions: [],
    ...changes,
  }
}

function returnOf(no: number, changes: object = {}) {
  const item = { item_id: `ordli_${no}`, quantity: 1, reason: { value: 'faulty' } }
  const id = `return_${no}`
  const at = { created_at: '2026-11-22T09:00:00.000Z', requested_at: '2026-11-22T09:00:01.000Z' }
  return { id, order_id: `order_${no}`, status: 'requested', ...at, items: [item], ...changes }
}

const refund = {
  id: 'ref_9',
  raw_amount: { value: '10' },
  note: 'Called us',
  created_at: '2026-11-22T10:00:00.000Z',
}

/** Orders 1 to 5: three with a return, one that somebody received, one with a refund. */
function shop(): FakeRule {
  const metadata: Record<string, unknown> = {}
  const refunds: { id: string; note: string }[] = []
  const paid = { id: 'pay_2', captures: [{ raw_amount: { value: '119' } }], refunds: [refund] }
  const all = [
    orderOf(1),
    orderOf(2),
    orderOf(3),
    orderOf(4),
    orderOf(5, { payment_collections: [{ payments: [paid] }] }),
  ]
  const received = { ...returnOf(3).items[0], received_quantity: 1 }
  const returns = [returnOf(1), returnOf(2), returnOf(3, { items: [received] })]
  const change = {
    id: 'ordch_1',
    return_id: 'return_3',
    change_type: 'return_receive',
    status: 'confirmed',
    confirmed_at: '2026-11-22T12:00:00.000Z',
    actions: [{ action: 'RECEIVE_RETURN_ITEM', details: { reference_id: 'ordli_3', quantity: 1 } }],
  }
  return (request, effect) => {
    const { pathname: path, searchParams: query } = new URL(request.url, 'http://shop.invalid')
    if (request.method === 'POST') {
      const sent = JSON.parse(request.body) as { metadata?: object; note?: string; amount?: number }
      if (path.endsWith('/refund')) {
        effect('refund')
        const id = `ref_${refunds.length + 1}`
        refunds.push({ ...refund, id, note: sent.note ?? '' })
        return { status: 200, body: { payment: { id: 'pay_1' } } }
      }
      const before = Object.keys(metadata).length
      Object.assign(metadata, sent.metadata)
      if (Object.keys(metadata).length > before) effect('told')
      return { status: 200, body: { order: { id: 'order_1' } } }
    }
    if (path === '/admin/orders') {
      const from = query.get('updated_at[$gte]') ?? ''
      const offset = Number(query.get('offset'))
      const found = all.filter(({ updated_at: at }) => at >= from)
      return {
        status: 200,
        body: { orders: found.slice(offset, offset + Number(query.get('limit'))) },
      }
    }
    if (path === '/admin/returns') return { status: 200, body: { returns, count: returns.length } }
    if (path === '/admin/returns/return_1') return { status: 200, body: { return: returns[0] } }
    if (path.endsWith('/changes')) return { status: 200, body: { order_changes: [change] } }
    const [first] = orderOf(1).payment_collections
    const payments = [{ ...first?.payments[0], refunds }]
    const transactions = refunds.map(({ id }) => ({ reference: 'refund', reference_id: id }))
    const changed = { metadata, transactions, payment_collections: [{ payments }] }
    return { status: 200, body: { order: orderOf(1, changed) } }
  }
}

const target = [{ system: 'shop', type: 'return', value: 'return_1' }]

exerciseConnector(medusa, {
  config: (baseUrl) => ({ url: baseUrl, secretKey, webhookSecret }),
  webhooks: {
    event: {
      scheme: headerSecretScheme('x-backhaul-secret'),
      stranger: { signingSecret: 'somebody-else-sends-this-in-its-header' },
      message: { body: '{"name":"order.return_requested","id":"return_1"}' },
      otherMessage: { body: '{"name":"payment.refunded","id":"pay_1"}' },
      malformed: ['[]', '{}', '{"name":"x"}', '{"name":"a b","id":"1"}'],
      // The header proves who sends, and not what is sent.
      tamper: null,
    },
  },
  deliveries: {
    'channel.update': { body: { target, headline: 'requested', sentence: 'A request.' } },
    'refund.issue': {
      body: {
        target,
        refundId: 'F-1',
        creditId: 'C-1',
        method: 'card_refund',
        amount: { amount: '10.00', currency: 'EUR' },
      },
    },
  },
  polls: { changes: { minMessages: 5 } },
  fake: shop,
})
