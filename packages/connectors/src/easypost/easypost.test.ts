import assert from 'node:assert/strict'
import { after, beforeEach, describe, test } from 'node:test'
import type { CanonicalEvent } from '@backhaul/sdk/canonical'
import { noDial } from '@backhaul/sdk/testing'
import { type EasyPostDouble, startEasyPost } from '@backhaul/simulator'
import {
  customer,
  deliver,
  failureOf,
  goods,
  issuedBy,
  look,
  loopback,
  usualParcel,
  warehouse,
} from '../return-label.test.ts'
import easypost from './index.ts'

let double: EasyPostDouble
const doubles: EasyPostDouble[] = []
const clock = { at: '2026-11-02T08:00:30Z' }

beforeEach(async () => {
  clock.at = '2026-11-02T08:00:30Z'
  double = await startEasyPost({ apiKey: 'EZTK-test', now: () => new Date(clock.at) })
  doubles.push(double)
})
after(() => Promise.all(doubles.map((one) => one.close())))

function config(changes: object = {}): object {
  return {
    url: `${double.url}/v2`,
    apiKey: 'EZTK-test',
    returnAddresses: { '*': warehouse, west: { ...warehouse, city: 'Fresno' } },
    parcel: usualParcel,
    ...changes,
  }
}

const body = { parcelId: 'in-1', lines: goods }

function create(changes: object = {}, what: object = {}) {
  const given = { config: config(changes), body, contact: customer, ...what }
  return deliver(easypost, 'label.create', given)
}

function purchases(): number {
  return double.calls.byName()['POST /v2/shipments/:id/buy'] ?? 0
}

describe('a return label', () => {
  test('goes from the customer to the warehouse, and is told with its price', async () => {
    const { externalId, refs, events } = await create(
      {},
      {
        body: {
          ...body,
          about: { company: 'main', orderRefs: [], warehouse: 'west', rmaNo: 'R-77' },
        },
      },
    )
    const [bought] = double.account.shipments
    assert.ok(bought)
    assert.equal(externalId, bought.id)
    assert.deepEqual(refs, [
      { type: 'tracking', value: bought.tracking_code },
      { type: 'shipment', value: bought.id },
    ])
    assert.equal(bought.is_return, true)
    assert.equal(bought.to_address['city'], 'Austin')
    assert.equal(bought.from_address['city'], 'Fresno')
    assert.equal(bought.options['print_custom_1'], 'R-77')
    assert.deepEqual(bought.parcel, { length: 11.9, width: 7.9, height: 4, weight: 31.8 })
    const [event] = events as [CanonicalEvent<'label.issued'>]
    assert.deepEqual([event.type, event.time], ['label.issued', '2026-11-02T08:00:30.000Z'])
    assert.deepEqual(event.data, {
      parcel: {
        parcelId: 'in-1',
        direction: 'inbound',
        carrier: 'usps',
        service: 'GroundAdvantage',
        tracking: bought.tracking_code,
        lines: [{ lineNo: 1, quantity: '2' }],
      },
      label: {
        url: `${double.url}/label-files/${bought.id}.pdf`,
        format: 'pdf',
        cost: { amount: '7.58', currency: 'USD' },
      },
    })
  })

  test('is that of the preferred service, and of no other where there are preferences', async () => {
    const { events } = await create({ services: ['FedEx', 'UPSDAP', 'USPS'] })
    assert.equal(issuedBy({ events }).parcel.carrier, 'upsdap')
    const none = await failureOf(create({ services: ['FedEx'] }, { caseNo: 'RMA-000124-5' }))
    assert.deepEqual([none.kind, none.code, none.exception], ['terminal', 'NO_RATE', 'LG01'])
  })

  test('comes with a code for the counter where one is wanted', async () => {
    const wanted = { qrCode: true, services: ['USPS'] }
    const { events } = await create(wanted)
    const { label } = issuedBy({ events })
    assert.match(label?.qrUrl ?? '', /form_[0-9a-f]{32}\.png$/)
    const again = await create(wanted)
    assert.deepEqual(again.events, events)
  })

  test('is bought once, wherever an answer is lost', async () => {
    const steps = ['/v2/shipments$', '/buy$']
    for (const [index, path] of steps.entries()) {
      for (const fault of ['cut_after', 'half_answer', 'cut_before'] as const) {
        const caseNo = `RMA-00020${index}-${fault.length % 10}`
        const before = double.account.spentMinor
        double.faults.set([{ fault, path, method: 'POST', times: 1 }])
        assert.equal((await failureOf(create({}, { caseNo }))).kind, 'unknown')
        double.faults.set([])
        const { events } = await create({}, { caseNo })
        assert.equal(events?.length, 1, 'the label that was found is told of')
        assert.equal(double.account.spentMinor - before, 758)
      }
    }
  })

  test('that was bought while the answer was under way is found when a second is refused', async () => {
    await create()
    const [first] = double.account.shipments
    assert.ok(first)
    const hidden = first.postage_label
    // What was read before the purchase came through shows none yet.
    first.postage_label = null
    const account = double.account
    const buy = account.buy.bind(account)
    account.buy = (key, rate) => {
      first.postage_label = hidden
      return buy(key, rate)
    }
    assert.equal((await create()).externalId, first.id)
    assert.equal(purchases(), 2)
    assert.equal(account.spentMinor, 758)
  })

  test('fails for good without an address, before anything is asked', async () => {
    const { street: _street, ...address } = customer.address
    const failed = await failureOf(create({}, { contact: { ...customer, address } }))
    assert.deepEqual(failed, {
      kind: 'terminal',
      code: 'ADDRESS_INCOMPLETE',
      reason: "the customer's address has no street",
      exception: 'LG01',
    })
    assert.equal(double.account.shipments.length, 0)
  })
})

describe('a label that is given back', () => {
  const gone = () =>
    deliver(easypost, 'label.void', { config: config(), body: { parcelId: 'in-1' } })

  test('is refunded once', async () => {
    await create()
    const first = await gone()
    const again = await gone()
    assert.deepEqual(first.events?.[0]?.data, { parcelId: 'in-1' })
    assert.deepEqual(again.events, first.events)
    assert.equal(double.calls.byName()['POST /v2/shipments/:id/refund'], 1)
    assert.equal(double.books()[0]?.status, 'submitted')
  })

  test('stays when the carrier has scanned it, or nobody knows it', async () => {
    assert.equal((await failureOf(gone())).code, 'LABEL_NOT_FOUND')
    const { refs } = await create()
    double.scan(refs?.[0]?.value ?? '', { status: 'in_transit' })
    assert.equal((await failureOf(gone())).code, 'VOID_REJECTED')
  })
})

describe('the poll of trackers', () => {
  test('tells of what changed, under the id that its webhook has', async () => {
    const { refs } = await create()
    await create({}, { caseNo: 'RMA-000124-5' })
    const tracking = refs?.[0]?.value ?? ''
    const told: unknown[] = []
    const tell = double.account.onTracker
    double.account.onTracker = (tracker, before) => {
      const result = structuredClone(tracker)
      told.push({ id: 'evt_1', object: 'Event', description: 'tracker.updated', result })
      tell(tracker, before)
    }
    clock.at = '2026-11-03T10:00:00Z'
    double.scan(tracking, { status: 'in_transit' })
    const first = await look(easypost, 'trackers', { config: config(), now: new Date(clock.at) })
    assert.equal(first.messages.length, 1)
    const rawBody = Buffer.from(JSON.stringify(told[0]))
    const read = easypost.webhooks['tracker']?.read({ rawBody, headers: {} })
    assert.ok(read?.ok)
    assert.equal(first.messages[0]?.messageId, read.messageId)
    clock.at = '2026-11-03T11:00:00Z'
    const later = { config: config(), cursor: first.cursor, now: new Date(clock.at) }
    const second = await look(easypost, 'trackers', later)
    const repeated = second.messages.map(({ messageId }) => messageId)
    assert.deepEqual(repeated, [read.messageId], 'the overlap tells it again, under its id')
    const quiet = { ...later, cursor: second.cursor }
    assert.deepEqual((await look(easypost, 'trackers', quiet)).messages, [])
    double.scan(tracking, { status: 'in_transit' })
    const { messages } = await look(easypost, 'trackers', quiet)
    assert.equal(messages.length, 1)
    assert.notEqual(messages[0]?.messageId, first.messages[0]?.messageId)
  })
})

test('the test of the connection says whose key it is, and what it cannot do', async () => {
  const signal = AbortSignal.timeout(5_000)
  const parsed: unknown = easypost.config.parse(config())
  const ways = { fetch: loopback, dial: noDial }
  const report = await easypost.check?.({ ...ways, config: parsed, signal, now: new Date() })
  assert.equal(report?.account, 'Returns desk (user_1)')
  assert.equal(report?.notes?.length, 2)
})
