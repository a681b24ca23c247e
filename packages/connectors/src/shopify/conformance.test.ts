import { after, describe } from 'node:test'
import { schemes } from '@backhaul/sdk/signing'
import { type ExerciseOptions, exerciseConnector, type FakeRequest } from '@backhaul/sdk/testing'
import { type ShopifyDouble, startShopify } from '@backhaul/simulator'
import shopify from './index.ts'

/** Before the time of the suite, so that nothing is written while it reads. */
const orderedAt = new Date('2026-11-20T09:00:00Z')

const doubles: Promise<ShopifyDouble>[] = []
after(async () => {
  for (const double of await Promise.all(doubles)) await double.close()
})

/** The same shop every time: its ids are numbers in their order. */
async function openShop(): Promise<ShopifyDouble> {
  // A clock that stands still fills no bucket.
  const bucket = { maximumAvailable: 1_000_000, restoreRate: 100 }
  const double = await startShopify({ now: () => orderedAt, bucket })
  for (const name of ['#1001', '#1002']) {
    double.people.order({ name, lines: [{ sku: 'PUMP-12V', quantity: 3, priceMinor: 2_990 }] })
    double.people.requestReturn({ order: name, lines: [{ sku: 'PUMP-12V', quantity: 2 }] })
  }
  double.people.refundByHand({ order: '#1002', minor: 500 })
  return double
}

/** What the double calls the things that `openShop` makes. */
const returns = ['gid://shopify/Return/1007', 'gid://shopify/Return/1014'] as const
const orders = ['gid://shopify/Order/1002', 'gid://shopify/Order/1009'] as const

function isWrite({ body }: FakeRequest): boolean {
  return body.includes('"mutation ')
}

/** Hands requests on to a double, and counts what they have changed there. */
function doubleAs(): NonNullable<ExerciseOptions['fake']> {
  return () => {
    const opened = openShop()
    doubles.push(opened)
    return async ({ method, url, headers, body }, effect) => {
      const double = await opened
      const before = double.writes.length
      const response = await fetch(`${double.url}${url}`, {
        method,
        headers: {
          'content-type': String(headers['content-type']),
          'x-shopify-access-token': String(headers['x-shopify-access-token']),
        },
        body,
      })
      for (const name of double.writes.slice(before)) effect(name)
      const type = response.headers.get('content-type') ?? 'text/plain'
      const text = await response.text()
      return { status: response.status, headers: { 'content-type': type }, body: text }
    }
  }
}

const news = (index: 0 | 1) => ({
  target: [{ system: 'shop', type: 'return', value: returns[index] }],
  headline: 'authorized',
  sentence: 'The return was approved.',
})
const refund = (index: 0 | 1) => ({
  target: [{ system: 'shop', type: 'order', value: orders[index] }],
  refundId: 'credit-1-0-refund',
  creditId: 'credit-1-0',
  method: 'card_refund' as const,
  amount: { amount: '29.90', currency: 'USD' },
})
const hint = (id: string) => ({
  body: JSON.stringify({ id: 1008, admin_graphql_api_id: returns[0], status: 'requested' }),
  headers: { 'x-shopify-webhook-id': id, 'x-shopify-topic': 'returns/request' },
})
const throttled = {
  errors: [{ message: 'Throttled', extensions: { code: 'THROTTLED' } }],
  extensions: {
    cost: {
      requestedQueryCost: 752,
      actualQueryCost: null,
      throttleStatus: { maximumAvailable: 2_000, currentlyAvailable: 2, restoreRate: 100 },
    },
  },
}
const userError = { code: 'INVALID_STATE', field: null, message: 'Return is not approvable.' }

describe('Shopify', () => {
  exerciseConnector(shopify, {
    config: (url) => ({ url, clientSecret: 'a-client-secret', accessToken: 'shpat_lasting' }),
    webhooks: {
      changed: {
        scheme: schemes.shopify,
        stranger: { signingSecret: 'another-client-secret' },
        message: hint('b54557e4-bdd9-4b37-8a5f-bf7d70bcd043'),
        otherMessage: hint('5d1a8b40-8b3b-4b53-9f3c-7f4ecb1bbd0a'),
        malformed: ['"returns/request"', '7'],
      },
    },
    deliveries: {
      'channel.update': {
        body: news(0),
        otherBody: news(1),
        errorInside: {
          status: 200,
          body: { data: { returnApproveRequest: { return: null, userErrors: [userError] } } },
        },
      },
      'refund.issue': {
        body: refund(0),
        otherBody: refund(1),
        errorInside: { status: 200, body: throttled },
      },
    },
    polls: { changes: { minMessages: 2 }, 'open-returns': { minMessages: 2 } },
    fake: doubleAs(),
    isWrite,
  })
})
