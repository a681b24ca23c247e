import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type RecordingSink, startRecordingSink } from '../recording-sink.ts'
import { type ShopifyDouble, startShopify } from './shopify-double.ts'

let double: ShopifyDouble
const clock = { now: new Date('2026-11-20T09:00:00Z') }

before(async () => {
  double = await startShopify({ now: () => clock.now, webhookDelaysMs: [1] })
})
after(() => double.close())

interface Answer {
  readonly data?: Record<string, never> | null
  readonly errors?: { readonly message: string; readonly extensions?: { readonly code?: string } }[]
  readonly extensions?: {
    readonly cost: { readonly throttleStatus: { currentlyAvailable: number } }
  }
}

async function ask(query: string, variables: object = {}, token = 'shpat_lasting') {
  const response = await fetch(`${double.url}/admin/api/2026-10/graphql.json`, {
    method: 'POST',
    headers: { 'x-shopify-access-token': token },
    body: JSON.stringify({ query, variables }),
  })
  return { status: response.status, body: (await response.json()) as Answer }
}

/** An order of two pumps at ten dollars, and a request for both. */
function asked(name: string) {
  const lines = [{ sku: 'PUMP-12V', quantity: 2 }]
  const order = double.people.order({ name, lines })
  return { order, one: double.people.requestReturn({ order: name, lines }) }
}

const refund = (order: number, parent: number, amount: string) => ({
  input: {
    orderId: `gid://shopify/Order/${order}`,
    transactions: [
      {
        amount,
        gateway: 'shopify_payments',
        kind: 'REFUND',
        orderId: `gid://shopify/Order/${order}`,
        parentId: `gid://shopify/OrderTransaction/${parent}`,
      },
    ],
  },
})
const keyed = `mutation ($input: RefundInput!, $key: String!) {
  refundCreate(input: $input) @idempotent(key: $key) { refund { id } userErrors { message } }
}`

describe('the shop', () => {
  test('lets nobody in without its token', async () => {
    assert.equal((await ask('{ shop { name } }', {}, 'shpat_guessed')).status, 401)
  })

  test('answers what its schema does not have with a 200, and an error in it', async () => {
    const { status, body } = await ask('{ shop { nonsense } }')
    assert.equal(status, 200)
    assert.match(body.errors?.[0]?.message ?? '', /nonsense/)
  })

  test('refuses with a 200 what the state of a return does not allow', async () => {
    const { one } = asked('#1001')
    const approve = `mutation { returnApproveRequest(input: { id: "gid://shopify/Return/${one.id}" }) {
      return { status } userErrors { code }
    } }`
    assert.deepEqual((await ask(approve)).body.data, {
      returnApproveRequest: { return: { status: 'OPEN' }, userErrors: [] },
    })
    assert.deepEqual((await ask(approve)).body.data, {
      returnApproveRequest: { return: null, userErrors: [{ code: 'INVALID_STATE' }] },
    })
  })

  test('makes no return of units that are in another one', async () => {
    const { order } = asked('#1002')
    const line = order.fulfillmentLines[0]
    const create = `mutation ($input: ReturnInput!) {
      returnCreate(returnInput: $input) { return { id } userErrors { code } }
    }`
    const input = {
      orderId: `gid://shopify/Order/${order.id}`,
      returnLineItems: [
        { fulfillmentLineItemId: `gid://shopify/FulfillmentLineItem/${line?.id}`, quantity: 1 },
      ],
    }
    // Both units are asked for already.
    const { body } = await ask(create, { input })
    assert.deepEqual(body.data, {
      returnCreate: { return: null, userErrors: [{ code: 'INVALID' }] },
    })
  })

  test('refunds once under a key for a day, refuses it for anything else, and wants one', async () => {
    const { order } = asked('#1004')
    const sale = order.transactions[0]?.id ?? 0
    const once = { ...refund(order.id, sale, '5.00'), key: 'k-1' }
    await ask(keyed, once)
    await ask(keyed, once)
    const other = await ask(keyed, { ...refund(order.id, sale, '6.00'), key: 'k-1' })
    assert.match(JSON.stringify(other.body.data), /different operation parameters/)
    const bare = keyed.replace(' @idempotent(key: $key)', '').replace(', $key: String!', '')
    const { body } = await ask(bare, refund(order.id, sale, '5.00'))
    assert.match(body.errors?.[0]?.message ?? '', /@idempotent directive is required/)
    assert.equal(order.refunds.length, 1)
    clock.now = new Date(clock.now.getTime() + 25 * 60 * 60 * 1_000)
    await ask(keyed, once)
    assert.equal(order.refunds.length, 2)
    const above = { ...refund(order.id, sale, '15.00'), key: 'k-2' }
    assert.match(JSON.stringify((await ask(keyed, above)).body.data), /greater than the amount/)
  })

  test('throttles by points, which come back with time', async () => {
    double.bucket.drain()
    const { status, body } = await ask('{ shop { name } }')
    assert.equal(status, 200)
    assert.equal(body.errors?.[0]?.extensions?.code, 'THROTTLED')
    assert.equal(body.extensions?.cost.throttleStatus.currentlyAvailable, 0)
    clock.now = new Date(clock.now.getTime() + 1_000)
    assert.equal((await ask('{ shop { name } }')).body.errors, undefined)
    const costly = '{ orders(first: 250) { nodes { returns(first: 250) { nodes { id } } } } }'
    const refused = await ask(costly)
    assert.equal(refused.body.errors?.[0]?.extensions?.code, 'MAX_COST_EXCEEDED')
  })

  test('is played over HTTP, and says what it believes', async () => {
    const act = async (name: string, input: object) =>
      (
        await fetch(`${double.url}/_control/actions/${name}`, {
          method: 'POST',
          body: JSON.stringify(input),
        })
      ).json()
    const lines = [{ sku: 'VALVE', quantity: 1, priceMinor: 1_250 }]
    await act('order', { name: '#2001', lines })
    const made = (await act('request-return', { order: '#2001', lines })) as { id: number }
    await act('decide', { id: made.id, approves: true })
    await act('refund-by-hand', { order: '#2001' })
    const own = double.books().filter(({ sku, minor }) => sku === 'VALVE' || minor === 1_250)
    assert.deepEqual(
      own.map(({ kind }) => kind),
      ['requested', 'authorized', 'refunded'],
    )
  })
})

describe('webhooks of the shop', () => {
  let sink: RecordingSink
  const subscribe = `mutation ($uri: String!) {
    webhookSubscriptionCreate(topic: RETURNS_REQUEST, webhookSubscription: { uri: $uri }) {
      webhookSubscription { id } userErrors { message }
    }
  }`
  before(async () => {
    sink = await startRecordingSink()
  })
  after(() => sink.close())

  test('have an id of their own for each delivery, the same in every repeat', async () => {
    await ask(subscribe, { uri: `${sink.url}/hook` })
    const again = await ask(subscribe, { uri: `${sink.url}/hook` })
    assert.match(JSON.stringify(again.body.data), /already been taken/)
    sink.replyNext({ kind: 'answer', status: 503 })
    asked('#3001')
    await double.webhooks.settled()
    asked('#3002')
    await double.webhooks.settled()
    const ids = sink.requests().map(({ headers }) => headers['x-shopify-webhook-id'])
    assert.equal(ids.length, 3)
    assert.equal(ids[1], ids[0])
    assert.notEqual(ids[2], ids[0])
  })

  test('are deleted after eight repeats that failed', async () => {
    const from = sink.requests().length
    for (let count = 0; count < 9; count += 1) sink.replyNext({ kind: 'answer', status: 500 })
    asked('#3003')
    await double.webhooks.settled()
    assert.equal(sink.requests().length - from, 9)
    assert.deepEqual(double.subscriptions(), [])
    asked('#3004')
    await double.webhooks.settled()
    assert.equal(sink.requests().length - from, 9)
  })
})
