import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { channelsDir } from '@backhaul/connectors'
import type { EventType } from '@backhaul/sdk/canonical'
import { approvedStory, askedLine, type Story } from '../src/domain/story.test.ts'
import { inboundSamples, mapSample, readChannelFolder } from './support/channels.ts'

/*
 * What the documents of the channel `odoo` make of people's work there, put to the domain: quantities come out right,
 * and what the hub knows already, since it did it itself, changes nothing when it is told again.
 */

const samples = inboundSamples(readChannelFolder(join(channelsDir, 'odoo')))

type Told = readonly { readonly type: EventType; readonly data: unknown }[]

/** The events of an example, with some of its fields changed. */
function news(example: string, changes: object = {}): Told {
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

/** Four pieces, as the ERP calls them, to be paid back when they are here. */
function returned(line: object = {}): Story {
  const product = { erpId: '103', sku: 'PUMP-12V' }
  const invoiced = {
    invoiceLine: '1',
    quantity: '4',
    net: { amount: '400.00', currency: 'USD' },
    tax: { amount: '60.00', currency: 'USD' },
  }
  const request = {
    currency: 'USD',
    tenders: [],
    lines: [askedLine(1, { product, origin: { invoiced }, ...line })],
  }
  return approvedStory({ request, terms: { trigger: 'on_receipt', method: 'credit_note' } })
}

const goods = { erpId: '103', sku: 'PUMP-12V' }
const line = {
  caseLine: 1,
  orderLine: null,
  product: goods,
  demanded: '4',
  missing: '0',
  isIncomplete: false,
  serials: [],
  lots: [],
  to: 'quarantine',
}

describe('a receipt in Odoo', () => {
  test('counts what a person received, once', () => {
    const one = returned()
    const told = news('transfer: a receipt that a person validated')
    assert.deepEqual(hear(one, told), ['applied'])
    assert.deepEqual(hear(one, told), ['repeated'])
    assert.equal(one.line().quantities.received, '3')
    assert.equal(one.line().axes.receipt, 'partially_received')
  })

  test('adds the rest of a backorder to what the hub has recorded', () => {
    const one = returned()
    one.says('goods.received', { receiptId: 'R-1', lines: [{ lineNo: 1, quantity: '1' }] })
    const rest = news('transfer: the rest that came later', { lines: [{ ...line, done: '3' }] })
    assert.deepEqual(hear(one, rest), ['applied'])
    assert.equal(one.line().quantities.received, '4')
    assert.equal(one.line().axes.receipt, 'received')
  })

  test('that the hub had prepared counts as that receipt, and not a second time', () => {
    const one = returned()
    one.says('goods.received', { receiptId: 'R-1', lines: [{ lineNo: 1, quantity: '4' }] })
    const same = { receiptId: 'R-1', step: 'R-1', lines: [{ ...line, done: '4' }] }
    hear(one, news('transfer: a receipt that a person validated', same))
    assert.equal(one.line().quantities.received, '4')
    assert.deepEqual(one.open, [])
    const other = { ...same, lines: [{ ...line, done: '3', missing: '1' }] }
    hear(one, news('transfer: a receipt that a person validated', other))
    assert.equal(one.line().quantities.received, '4')
    assert.deepEqual(one.open, ['IT06:receipt:R-1'])
  })

  test('that is corrected afterwards stays as it was, and somebody is told', () => {
    const one = returned()
    hear(one, news('transfer: a receipt that a person validated'))
    hear(one, news('transfer: the same receipt, corrected afterwards'))
    assert.equal(one.line().quantities.received, '3')
    assert.deepEqual(one.open, ['IT06:receipt:transfer-107'])
  })

  test('that is closed short waits for nothing more', () => {
    const one = returned()
    hear(
      one,
      news('transfer: a receipt that was closed with less than announced', {
        lines: [{ ...line, done: '1', missing: '3' }],
      }),
    )
    assert.equal(one.line().quantities.received, '1')
    assert.equal(one.line().axes.receipt, 'closed_short')
  })

  test('that is canceled before anything came cancels the return, and nothing when goods are here', () => {
    const one = returned()
    const told = news('transfer: a transfer that was canceled before anything came')
    assert.deepEqual(hear(one, told), ['applied'])
    assert.equal(one.line().axes.authorization, 'canceled')
    const other = returned()
    other.says('goods.received', { receiptId: 'R-1', lines: [{ lineNo: 1, quantity: '1' }] })
    assert.deepEqual(hear(other, told), ['guard'])
    assert.equal(other.line().axes.authorization, 'approved')
  })
})

describe('what was done with the goods in Odoo', () => {
  function received(change: object = {}): Story {
    const one = returned(change)
    one.says('goods.received', { receiptId: 'R-1', lines: [{ lineNo: 1, quantity: '4' }] })
    return one
  }

  test('is disposed of by units, however often it is told', () => {
    const one = received()
    const stocked = news('transfer: goods that were moved to stock')
    const scrapped = news('transfer: goods that were scrapped')
    assert.deepEqual(hear(one, stocked), ['applied'])
    assert.deepEqual(hear(one, scrapped), ['applied'])
    assert.deepEqual([...hear(one, stocked), ...hear(one, scrapped)], ['repeated', 'repeated'])
    const codes = one.state.dispositions.flatMap(({ lines }) =>
      lines.map(({ code, quantity }) => [code, quantity]),
    )
    assert.deepEqual(codes, [
      ['restock_a', '2'],
      ['scrap', '1'],
    ])
  })

  test('of a disposition of the hub is the same one', () => {
    const one = received()
    const lines = [{ lineNo: 1, quantity: '2', code: 'restock_a' }]
    one.says('disposition.proposed', { dispositionId: 'D-1', lines })
    one.says('disposition.approved', { dispositionId: 'D-1' })
    const told = news('transfer: goods that were moved to stock', { step: 'D-1' })
    assert.deepEqual(hear(one, told), ['applied'])
    assert.equal(one.state.dispositions.length, 1)
    assert.deepEqual(
      one.open.filter((key) => key.startsWith('QA03')),
      [],
    )
  })

  test('sends back as many units as have left', () => {
    const one = received()
    assert.deepEqual(hear(one, news('transfer: goods that went back to the customer')), ['applied'])
    assert.equal(one.line().quantities.sentBack, '1')
  })

  test('repairs and replaces once', () => {
    const repaired = received({ requestedResolution: 'repair' })
    const { fulfillmentId } = repaired.state.fulfillments[0] ?? { fulfillmentId: '' }
    const begun = news('repair: a repair that has begun', { fulfillmentId })
    const ended = news('repair: a repair that has ended', { fulfillmentId })
    assert.deepEqual([...hear(repaired, begun), ...hear(repaired, ended)], ['applied', 'applied'])
    assert.deepEqual([...hear(repaired, ended), ...hear(repaired, begun)], ['repeated', 'repeated'])
    assert.equal(repaired.line().quantities.repaired, '4')
    const replaced = received({ requestedResolution: 'replacement' })
    const planned = { fulfillmentId: replaced.state.fulfillments[0]?.fulfillmentId }
    assert.deepEqual(hear(replaced, news('replacement: an order', planned)), ['applied'])
    assert.deepEqual(hear(replaced, news('replacement: an order', planned)), ['repeated'])
    assert.deepEqual(hear(replaced, news('replacement: an order that has left', planned)), [
      'applied',
    ])
    assert.equal(replaced.line().quantities.replaced, '4')
  })
})

describe('money in Odoo', () => {
  const money = (amount: string) => ({ amount, currency: 'USD' })
  const credit = {
    creditId: 'C-1',
    lines: [{ lineNo: 1, quantity: '2', net: money('200.00'), tax: money('30.00') }],
    total: money('230.00'),
  }
  const posted = 'credit-note: a credit note that was posted, and set off against the invoice'

  function drafted(): Story {
    const one = returned()
    one.says('goods.received', { receiptId: 'R-1', lines: [{ lineNo: 1, quantity: '2' }] })
    one.says('credit.drafted', { credit })
    return one
  }

  test('is credited by a person who posts the draft of the hub, and paid by the open invoice', () => {
    const one = drafted()
    const told = news(posted)
    assert.deepEqual(hear(one, told), ['applied', 'applied'])
    assert.deepEqual(hear(one, told), ['repeated', 'repeated'])
    assert.equal(one.line().quantities.credited, '2')
    assert.equal(one.line().axes.settlement, 'settled')
    assert.deepEqual(one.open, [])
  })

  test('that the hub has posted itself is no second credit', () => {
    const one = drafted()
    one.says('credit.posted', { credit, document: 'RINV/2026/00013' })
    assert.equal(hear(one, news(posted, { applied: [] }))[0], 'repeated')
    assert.equal(one.line().quantities.credited, '2')
  })

  test('of the approved sum has the approved parts, whatever the document shows of them', () => {
    const one = drafted()
    hear(one, news(posted, { lines: [], goodwill: '230', applied: [] }))
    const [known] = one.state.credits.filter(({ creditId }) => creditId === 'C-1')
    assert.deepEqual([known?.status, known?.goodwillMinor], ['posted', 0])
    assert.equal(one.line().quantities.credited, '2')
    assert.deepEqual(one.open, [])
  })

  test('that is reversed, or canceled, frees its units', () => {
    for (const example of [
      'credit-note: a credit note that was reversed',
      'credit-note: a credit note that was canceled',
    ]) {
      const one = drafted()
      one.says('credit.posted', { credit })
      assert.deepEqual(hear(one, news(example)), ['applied'])
      assert.deepEqual(hear(one, news(example)), ['repeated'])
      assert.equal(one.line().quantities.credited, '0')
    }
  })

  test('is refunded once, by whoever tells first: the payment of the hub and the poll say the same', () => {
    const one = drafted()
    one.says('credit.posted', { credit })
    const paid = { refundId: 'F-1', amount: '230' }
    one.says('refund.settled', { refundId: 'F-1', creditId: 'C-1', amount: money('230.00') })
    assert.deepEqual(hear(one, news('refund: a payment that is paid', paid)), ['repeated'])
    assert.deepEqual(hear(one, news('refund: a payment that is registered', paid)), ['repeated'])
    assert.deepEqual(one.open, [])
    assert.deepEqual(hear(one, news('refund: a payment that was canceled', paid)), ['applied'])
    assert.equal(one.state.refunds.find(({ refundId }) => refundId === 'F-1')?.status, 'failed')
  })
})
