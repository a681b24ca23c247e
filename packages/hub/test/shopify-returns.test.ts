import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { channelsDir, connectors } from '@backhaul/connectors'
import type { CanonicalEvent } from '@backhaul/sdk/canonical'
import type { Delivered, Delivery, PolledMessage } from '@backhaul/sdk/connector'
import { createTestFetch, noDial } from '@backhaul/sdk/testing'
import { type ShopifyDouble, startShopify } from '@backhaul/simulator'
import { Story, stamped } from '../src/domain/story.test.ts'
import { inboundSamples, mapSample, readChannelFolder } from './support/channels.ts'

/*
 * A return of a shop from the customer's request to the refund: what the connector reads goes through the channel's
 * documents to the domain, and what the case owes the shop goes back by the connector.
 */

const connector = connectors.find(({ key }) => key === 'shopify') ?? assert.fail('it is there')
const samples = inboundSamples(readChannelFolder(join(channelsDir, 'shopify')))
/** The connection's name in the samples. */
const connection = 'example'

let shop: ShopifyDouble
let config: unknown
let cursor: string | null = null
let now = new Date('2026-11-20T09:00:00Z')

before(async () => {
  const bucket = { maximumAvailable: 1_000_000, restoreRate: 100 }
  shop = await startShopify({ now: () => now, bucket })
  config = connector.config.parse({
    url: shop.url,
    clientSecret: 'client-secret',
    accessToken: 'shpat_lasting',
  })
})
after(() => shop.close())

const usual = () => {
  const { signal } = new AbortController()
  return { config, fetch: createTestFetch(signal), dial: noDial, signal, now }
}

/** What the shop tells, as events of the case. */
async function news(): Promise<readonly CanonicalEvent[]> {
  now = new Date(now.getTime() + 60_000)
  const page = await connector.polls['changes']?.pull({ ...usual(), cursor, limit: 100 })
  cursor = page?.cursor ?? null
  return (page?.messages ?? []).flatMap(mapped)
}

function mapped({ topic, body }: PolledMessage): readonly CanonicalEvent[] {
  const sample = samples.find(({ example }) => example.startsWith(`${topic}: `))
  assert.ok(sample)
  const bytes = Buffer.from(JSON.stringify(body))
  return mapSample({ ...sample, bytes }).flatMap((one) => (one.kind === 'events' ? one.events : []))
}

/** How the case takes what the shop says. An id that it has heard before is a repeat. */
function hear(story: Story, events: readonly CanonicalEvent[], owns = ''): string[] {
  return events.map(({ id, type, data }, index) => {
    if (story.events.some((event) => event.id === id)) return `${type} repeated`
    const at = story.events.length + index
    const decision = story.hears(stamped(id, type, { data, at, source: connection, owns }))
    return `${type} ${decision.outcome === 'refused' ? decision.code : decision.outcome}`
  })
}

async function deliver(
  story: Story,
  type: 'channel.update' | 'refund.issue',
  body?: object,
): Promise<Delivered> {
  const owed = body ?? story.commands(type).at(-1)?.body
  const target = [{ system: connection, type: 'return', value: story.state.header.sourceRef }]
  const command = {
    type,
    caseId: '01920000-0000-7000-8000-000000000001',
    caseNo: 'RMA-000123-7',
    caseVersion: 1,
    occurredAt: now.toISOString(),
    body: { ...owed, target },
  }
  const delivery = { ...usual(), command, idempotencyKey: `k:${type}`, attempt: 1 }
  const handler = connector.delivers[type]?.deliver
  assert.ok(handler)
  const delivered = await handler(delivery as unknown as Delivery<unknown>)
  hear(story, delivered.events ?? [])
  return delivered
}

describe('a return of a Shopify shop', () => {
  const story = new Story()

  test('begins with what the customer asks for', async () => {
    const lines = [
      { sku: 'PUMP-12V', quantity: 2 },
      { sku: 'HOSE-2M', quantity: 1 },
    ]
    shop.people.order({ name: '#1001', lines })
    const reason = 'DEFECTIVE'
    shop.people.requestReturn({
      order: '#1001',
      lines: lines.map((line) => ({ ...line, reason, note: 'It leaks.' })),
    })
    assert.deepEqual(hear(story, await news()), ['return.requested applied'])
    assert.deepEqual(
      story.state.lines.map(({ product, quantities }) => [product?.sku, quantities.requested]),
      [
        ['PUMP-12V', '2'],
        ['HOSE-2M', '1'],
      ],
    )
  })

  test('is approved in part, and what the shop then tells is what the case has said', async () => {
    story.says('return.approved', { lines: [{ lineNo: 1, quantity: '2' }] })
    story.says('return.rejected', { lineNos: [2] })
    await deliver(story, 'channel.update')
    assert.deepEqual(shop.writes.slice(-2), ['RETURNS_APPROVE', 'RETURNS_UPDATE'])
    assert.deepEqual(hear(story, await news()), [
      'return.requested repeated',
      'return.approved repeated',
    ])
    assert.deepEqual(story.open, [])
  })

  test('shows in the shop how the goods go, by their parcel and by what became of them', async () => {
    story.says('label.issued', { parcel: { parcelId: 'in-1', tracking: '1Z999' } })
    await deliver(story, 'channel.update')
    story.says('goods.received', { receiptId: 'R-1', lines: [{ lineNo: 1, quantity: '2' }] })
    await deliver(story, 'channel.update')
    story.says('disposition.executed', {
      dispositionId: 'D-1',
      lines: [{ lineNo: 1, quantity: '2', code: 'scrap' }],
    })
    await deliver(story, 'channel.update')
    assert.deepEqual(shop.writes.slice(-3), [
      'REVERSE_DELIVERIES_ATTACH_DELIVERABLE',
      'RETURNS_PROCESS',
      'REVERSE_FULFILLMENT_ORDERS_DISPOSE',
    ])
    const told = hear(story, await news())
    assert.deepEqual(new Set(told.map((one) => one.split(' ')[1])), new Set(['repeated']))
    assert.deepEqual(story.open, [])
  })

  test('is refunded by the shop, once, and told so under one name', async () => {
    const amount = { amount: '20.00', currency: 'USD' }
    const body = { refundId: 'C-1-refund', creditId: 'C-1', method: 'card_refund', amount }
    const { events: [said] = [] } = await deliver(story, 'refund.issue', body)
    assert.equal(said?.type, 'refund.settled')
    const [event] = (await news()).filter(({ type }) => type === 'refund.settled')
    const { refundId, refs } = (event?.data ?? {}) as { refundId?: string; refs?: object[] }
    assert.equal(refundId, 'C-1-refund')
    assert.deepEqual(refs, [{ system: 'backhaul', type: 'case_no', value: 'RMA-000123-7' }])
  })

  test('that staff cancels in the admin is called off, until something of it is under way', async () => {
    const other = new Story()
    shop.people.order({ name: '#1002', lines: [{ sku: 'PUMP-12V', quantity: 1 }] })
    const made = shop.people.openReturn({
      order: '#1002',
      lines: [{ sku: 'PUMP-12V', quantity: 1 }],
    })
    const own = (events: readonly CanonicalEvent[]) =>
      events.filter(({ id }) => id.startsWith(`return:${made.id}:`))
    hear(other, own(await news()))
    other.says('return.approved', { lines: [{ lineNo: 1, quantity: '1' }] })
    shop.people.cancelReturn({ id: made.id })
    hear(other, own(await news()))
    assert.equal(other.line().axes.authorization, 'canceled')
  })
})
