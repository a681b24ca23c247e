import { standardWebhooks } from '@backhaul/sdk/signing'
import { exerciseConnector, type FakeRule } from '@backhaul/sdk/testing'
import warehouse from './index.ts'

const secretOf = (filler: number) => `whsec_${Buffer.alloc(32, filler).toString('base64')}`
const lines = [{ lineNo: 1, product: { sku: 'PUMP-12V' }, quantity: '2', unit: 'EA' }]

function told(id: string, changes: object = {}): string {
  return JSON.stringify({
    id,
    type: 'receipt.posted',
    occurredAt: '2026-11-23T05:59:00Z',
    caseNo: 'RMA-000001-0',
    receiptId: 'REC-1',
    lines: [{ lineNo: 1, quantity: '2' }],
    ...changes,
  })
}

/** A warehouse that keeps orders by their addresses, and two events. */
function fake(): FakeRule {
  const known = new Map<string, string>()
  const events = ['evt_1', 'evt_2'].map((id) => ({ id, body: told(id) }))
  return ({ method, url, body }, effect) => {
    const { pathname, searchParams } = new URL(url, 'http://fake.invalid')
    if (method === 'GET' && pathname === '/api/events') {
      const from = Number(searchParams.get('after') ?? 0)
      const to = Math.min(events.length, from + Number(searchParams.get('limit')))
      const page = { events: events.slice(from, to), next: String(to), hasMore: to < events.length }
      return { status: 200, body: page }
    }
    const name = `${pathname} ${body}`
    if (!known.has(name)) {
      effect(name)
      known.set(name, `W-${known.size + 1}`)
    }
    return { status: 200, body: { id: known.get(name) } }
  }
}

exerciseConnector(warehouse, {
  config: (baseUrl) => ({
    url: `${baseUrl}/api/`,
    token: 'token-of-the-hub-4711',
    inboundSecrets: [secretOf(1)],
  }),
  webhooks: {
    events: {
      scheme: standardWebhooks,
      stranger: { signingSecret: secretOf(2) },
      message: { id: 'evt_1', body: told('evt_1') },
      otherMessage: { id: 'evt_2', body: told('evt_2') },
      malformed: [
        '[]',
        told('evt_1', { type: 'receipt.dreamed' }),
        told('evt_1', { lines: [] }),
        told('evt_1', { occurredAt: 'yesterday' }),
        told('evt_1', { lines: [{ lineNo: 1, quantity: 2 }] }),
        told('evt_1', {
          lines: [{ lineNo: 1, quantity: '2', photos: [{ kind: 'photo', url: 'javascript:x' }] }],
        }),
      ],
    },
  },
  deliveries: {
    'receipt.expect': { body: { warehouse: 'WH1', lines } },
    'receipt.cancel': { body: { lineNos: [1] } },
    'inspection.request': { body: { lines } },
    'goods.send_back': { body: { fulfillmentId: 'sb-1', lines } },
  },
  polls: { events: { minMessages: 2 } },
  fake,
})
