import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { channelsDir, connectors } from '@backhaul/connectors'
import type { GuardedFetch, PolledMessage } from '@backhaul/sdk/connector'
import { noDial } from '@backhaul/sdk/testing'
import {
  type MedusaDouble,
  startMedusa,
  startWoocommerce,
  type WoocommerceDouble,
} from '@backhaul/simulator'
import { inboundSamples, mapSample, readChannelFolder } from './support/channels.ts'

/* What people do in a shop, as its connector reads it and the documents of its channel put it. */

const plainFetch: GuardedFetch = async (url, { method, headers, body }) => {
  const response = await fetch(url, {
    method,
    ...(headers ? { headers } : {}),
    ...(body === undefined ? {} : { body }),
  })
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    text: () => response.text(),
    json: () => response.json(),
    bytes: async () => new Uint8Array(await response.arrayBuffer()),
  }
}

/** The events of everything that a shop has to tell, in their order. */
async function newsOf(key: string, given: object) {
  const connector = connectors.find((one) => one.key === key)
  assert.ok(connector)
  const poll = connector.polls['changes']
  assert.ok(poll)
  const page = await poll.pull({
    config: connector.config.parse(given),
    fetch: plainFetch,
    dial: noDial,
    signal: new AbortController().signal,
    cursor: null,
    limit: 100,
    now: new Date(),
  })
  return page.messages.flatMap((message) => eventsOf(key, message))
}

const samples = new Map(
  ['medusa', 'woocommerce'].map((key) => [
    key,
    inboundSamples(readChannelFolder(join(channelsDir, key))),
  ]),
)

function eventsOf(key: string, { topic, body }: PolledMessage) {
  const sample = samples.get(key)?.find(({ example }) => example.startsWith(`${topic}: `))
  assert.ok(sample, `the channel ${key} has a document ${topic}`)
  const readings = mapSample({ ...sample, bytes: Buffer.from(JSON.stringify(body)) })
  return readings.flatMap((reading) => {
    assert.notEqual(reading.kind, 'unreadable', JSON.stringify(reading))
    return reading.kind === 'events' ? reading.events : []
  })
}

describe('a shop of WooCommerce', () => {
  let shop: WoocommerceDouble
  before(async () => {
    shop = await startWoocommerce()
  })
  after(() => shop.close())

  test('tells of a return by its order, and of a refund by its people', async () => {
    const lines = [{ sku: 'PUMP-12V', quantity: 2, totalMinor: 10_000 }]
    const asked = shop.people.placeOrder({ lines })
    const request = { id: 'RR-1', lines: [{ item_id: asked.items[0], quantity: 1 }] }
    shop.people.requestReturn({ order: asked.id, by: 'meta', request })
    shop.people.refund({ order: asked.id, amountMinor: 5_000 })
    const refunded = shop.people.placeOrder({ lines, email: 'else@example.com' })
    shop.people.refund({
      order: refunded.id,
      amountMinor: 5_000,
      lines: [{ sku: 'PUMP-12V', quantity: 1, totalMinor: 5_000 }],
    })
    const told = await newsOf('woocommerce', {
      url: shop.url,
      consumerKey: 'ck_0123456789abcdef',
      consumerSecret: 'cs_0123456789abcdef',
    })
    const facts = told.map(({ type, data }) => [type, refOf(data)])
    assert.deepEqual(facts.slice(0, 2), [
      ['return.requested', `${asked.id}/RR-1`],
      ['refund.settled', `${asked.id}/RR-1`],
    ])
    assert.deepEqual(
      facts.slice(2).map(([type]) => type),
      ['return.requested', 'refund.settled'],
    )
    assert.equal(facts[2]?.[1], facts[3]?.[1])
  })
})

describe('a shop of Medusa', () => {
  let shop: MedusaDouble
  before(async () => {
    shop = await startMedusa()
  })
  after(() => shop.close())

  test('tells of a return, what came of it, and the money', async () => {
    const lines = [{ sku: 'PUMP-12V', quantity: 2, totalMinor: 11_900 }]
    const order = shop.people.placeOrder({ lines })
    const one = [{ sku: 'PUMP-12V', quantity: 1, reason: 'faulty' }]
    const { id } = shop.people.requestReturn({ order: order.id, lines: one })
    shop.people.receive({ return: id, lines: one })
    shop.people.refund({ order: order.id, amountMinor: 5_950 })
    const told = await newsOf('medusa', { url: shop.url, secretKey: 'sk_0123456789abcdef' })
    assert.deepEqual(
      told.map(({ type, data }) => [type, refOf(data)]),
      [
        ['return.requested', id],
        ['goods.received', id],
        ['refund.settled', id],
      ],
    )
  })
})

/** The return that an event is about. */
function refOf(data: object): unknown {
  if ('sourceRef' in data) return data.sourceRef
  const { refs = [] } = data as { refs?: { type: string; value: string }[] }
  return refs.find(({ type }) => type === 'return')?.value
}
