import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { channelsDir } from '@backhaul/connectors'
import type { EventType } from '@backhaul/sdk/canonical'
import { approvedStory, askedLine, type Story } from '../src/domain/story.test.ts'
import { inboundSamples, mapSample, readChannelFolder } from './support/channels.ts'

/*
 * What the documents of the channels of finance and payments make of what is told there, put to the domain: a credit
 * is one credit, whoever tells of it, and money that comes back opens its refund again.
 */

type Told = readonly { readonly type: EventType; readonly data: unknown }[]

/** The events of an example of a channel, with some of its fields changed. */
function news(channel: string, example: string, changes: object = {}): Told {
  const samples = inboundSamples(readChannelFolder(join(channelsDir, channel)))
  const sample = samples.find((one) => one.example === example)
  assert.ok(sample, `there is no example ${example}`)
  const body = JSON.parse(Buffer.from(sample.bytes).toString('utf8')) as object
  const bytes = Buffer.from(JSON.stringify({ ...body, ...changes }))
  return mapSample({ ...sample, bytes }).flatMap((one) => (one.kind === 'events' ? one.events : []))
}

/** How the case takes each event. */
function hear(one: Story, told: Told): string[] {
  assert.ok(told.length > 0)
  return told.map(({ type, data }) => {
    const decision = one.says(type, data)
    return decision.outcome === 'refused' ? decision.code : decision.outcome
  })
}

const usd = (amount: string) => ({ amount, currency: 'USD' })
const credit = {
  creditId: 'credit-1-0',
  lines: [{ lineNo: 1, quantity: '1', net: usd('90.00'), tax: usd('9.92') }],
  total: usd('99.92'),
}

/** Four pieces for 400 dollars, of which one is here and drafted to be credited. */
function drafted(): Story {
  const invoiced = { invoiceLine: '1', quantity: '4', net: usd('360.00'), tax: usd('39.68') }
  const request = { currency: 'USD', tenders: [], lines: [askedLine(1, { origin: { invoiced } })] }
  const terms = { trigger: 'on_receipt', method: 'credit_note' }
  const one = approvedStory({ request, terms })
  one.says('goods.received', { receiptId: 'R-1', lines: [{ lineNo: 1, quantity: '1' }] })
  one.says('credit.drafted', { credit })
  return one
}

const books = {
  xero: {
    posted: 'credit-note: a credit note that was approved, and pays an open invoice',
    gone: 'credit-note: a credit note that was voided',
  },
  quickbooks: {
    posted: 'credit-memo: a credit memo that was booked',
    gone: 'credit-memo: a credit memo that was voided',
  },
}

for (const [channel, { posted, gone }] of Object.entries(books)) {
  describe(`a credit in ${channel}`, () => {
    const alone = channel === 'xero' ? { applied: [] } : {}

    test('that the hub has posted itself is no second credit', () => {
      const one = drafted()
      one.says('credit.posted', { credit, document: 'CN-0001' })
      assert.deepEqual(hear(one, news(channel, posted, alone)), ['repeated'])
      assert.equal(one.line().quantities.credited, '1')
    })

    test('that a person posts has the parts that were approved', () => {
      const one = drafted()
      assert.deepEqual(hear(one, news(channel, posted, alone)), ['applied'])
      const [known] = one.state.credits
      assert.deepEqual([known?.status, known?.goodwillMinor], ['posted', 0])
      assert.equal(one.line().quantities.credited, '1')
      assert.deepEqual(one.open, [])
    })

    test('that a person voids frees its units', () => {
      const one = drafted()
      one.says('credit.posted', { credit })
      assert.deepEqual(hear(one, news(channel, gone)), ['applied'])
      assert.deepEqual(hear(one, news(channel, gone)), ['repeated'])
      assert.equal(one.line().quantities.credited, '0')
    })
  })
}

describe('a refund in Stripe', () => {
  const through = 'refund: a refund that went through'
  const failed = 'refund: a refund that failed after all'
  const same = { amount: '99.92' }

  test('is counted once, by whoever tells first', () => {
    const one = drafted()
    one.says('credit.posted', { credit })
    assert.deepEqual(hear(one, news('stripe', 'refund: a refund that waits for the bank', same)), [
      'applied',
    ])
    assert.deepEqual(hear(one, news('stripe', through, same)), ['applied'])
    assert.deepEqual(hear(one, news('stripe', through, same)), ['repeated'])
    assert.equal(one.line().axes.settlement, 'settled')
  })

  test('that fails after it went through is open again, and somebody is told', () => {
    const one = drafted()
    one.says('credit.posted', { credit })
    hear(one, news('stripe', through, same))
    assert.deepEqual(hear(one, news('stripe', failed, same)), ['applied'])
    assert.notEqual(one.line().axes.settlement, 'settled')
    assert.deepEqual(one.open, ['FN05:refund:refund-1'])
    assert.equal(one.state.refunds[0]?.status, 'failed')
  })
})
