import { schemes } from '@backhaul/sdk/signing'
import { exerciseConnector, type FakeRule } from '@backhaul/sdk/testing'
import shiphero from './index.ts'

const address = {
  name: 'Acme',
  address1: '1 Dock',
  city: 'Reno',
  state: 'NV',
  zip: '89502',
  country: 'US',
}
const lines = [{ lineNo: 1, product: { sku: 'PUMP-12V' }, quantity: '2', unit: 'EA' }]
const about = { company: 'main', orderRefs: ['S00042'] }

function told(changes: object = {}): string {
  const items = [{ sku: 'PUMP-12V', quantity: 2, quantity_received: 2, restock: 0 }]
  return JSON.stringify({
    webhook_type: 'Return Update',
    return_id: 3_394_303,
    return_uuid: 'UmV0dXJuOjMzOTQzMDM=',
    status: 'complete',
    items,
    ...changes,
  })
}

/** ShipHero with one order; a return that is asked for twice is made twice. The returns of two cases are there to cancel. */
function fake(hasReturns: boolean): FakeRule {
  const returns = hasReturns
    ? ['RMA-000001-0', 'RMA-000002-0'].map((partner_id, index) => ({
        id: `R${index}`,
        partner_id,
        status: 'pending',
      }))
    : []
  const list = (nodes: readonly object[]) => ({ data: { edges: nodes.map((node) => ({ node })) } })
  return ({ url, body }, effect) => {
    const ok = (data: object) => ({ status: 200, body: { data } })
    if (url === '/auth/refresh')
      return { status: 200, body: { access_token: 'access-token-99', expires_in: 3_600 } }
    const { query, variables } = JSON.parse(body) as {
      query: string
      variables: { data: Record<string, string> }
    }
    if (query.includes('orders(')) return ok({ orders: list([{ id: 'O1' }]) })
    if (query.includes('returns(')) return ok({ returns: list(returns) })
    const { partner_id = '', return_id = '', status = '' } = variables.data
    if (query.includes('return_create(')) {
      effect(partner_id)
      const made = { id: `R${returns.length}`, partner_id, status: 'pending' }
      returns.push(made)
      return ok({ return_create: { return: { id: made.id } } })
    }
    const one = returns.find(({ id }) => id === return_id)
    if (one && one.status !== status) {
      effect(return_id)
      one.status = status
    }
    return ok({ return_update_status: { return: { id: return_id } } })
  }
}

const common = {
  config: (baseUrl: string) => ({
    url: baseUrl,
    refreshToken: 'refresh-token-4711',
    webhookSecrets: ['webhook-secret-4711'],
    warehouses: { '*': 'V2FyZWhvdXNlOjE=' },
    address,
  }),
  webhooks: {
    'return-update': {
      scheme: schemes.shiphero,
      stranger: { signingSecret: 'somebody-elses-secret' },
      message: { body: told(), headers: { 'x-shiphero-message-id': 'm-1' } },
      otherMessage: { body: told(), headers: { 'x-shiphero-message-id': 'm-2' } },
      malformed: [told({ webhook_type: 'Order Canceled' }), told({ items: [{ sku: 'A' }] }), '[]'],
    },
  },
  isWrite: ({ body }: { body: string }) => body.includes('mutation ('),
}
const errorInside = { status: 200, body: { errors: [{ message: 'no', code: 3 }], data: null } }
const deliveries = {
  'receipt.expect': { body: { about, lines }, errorInside },
  'receipt.cancel': { body: { about, lineNos: [1] }, errorInside },
}

// Each command has a system of its own: to be canceled, a return has to be there.
const [expectOnly, cancelOnly] = (['receipt.expect', 'receipt.cancel'] as const).map((type) => ({
  ...shiphero,
  delivers: { [type]: shiphero.delivers[type] },
}))
if (expectOnly && cancelOnly) {
  const { 'receipt.expect': expected, 'receipt.cancel': canceled } = deliveries
  exerciseConnector(expectOnly, {
    ...common,
    deliveries: { 'receipt.expect': expected },
    fake: () => fake(false),
  })
  exerciseConnector(cancelOnly, {
    ...common,
    deliveries: { 'receipt.cancel': canceled },
    fake: () => fake(true),
  })
}
