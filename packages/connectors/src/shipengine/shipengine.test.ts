import assert from 'node:assert/strict'
import { after, beforeEach, describe, test } from 'node:test'
import { noDial } from '@backhaul/sdk/testing'
import {
  type RecordingSink,
  type ShipEngineDouble,
  startRecordingSink,
  startShipEngine,
} from '@backhaul/simulator'
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
import { specOf } from '../spec-check.test.ts'
import shipengine from './index.ts'

const check = specOf('shipengine')
let double: ShipEngineDouble
const closing: (() => Promise<unknown>)[] = []
const clock = { at: '2026-11-02T08:00:30.000Z' }

beforeEach(async () => {
  clock.at = '2026-11-02T08:00:30.000Z'
  double = await startShipEngine({ apiKey: 'TEST_1', now: () => new Date(clock.at) })
  closing.push(double.close.bind(double))
})
after(() => Promise.all(closing.map((close) => close())))

function config(changes: object = {}): object {
  return {
    url: `${double.url}/v2`,
    apiKey: 'TEST_1',
    webhookKeys: [double.jwks],
    carrierId: 'se-28529731',
    serviceCode: 'ups_ground',
    returnAddresses: { '*': warehouse },
    parcel: usualParcel,
    ...changes,
  }
}

const body = { parcelId: 'in-1', lines: goods }

function create(changes: object = {}, what: object = {}) {
  const given = { config: config(changes), body, contact: customer, ...what }
  return deliver(shipengine, 'label.create', given)
}

const gone = () =>
  deliver(shipengine, 'label.void', { config: config(), body: { parcelId: 'in-1' } })

/** What the double answers, read around the connector. */
async function answered(path: string, init: RequestInit = {}): Promise<unknown> {
  const response = await fetch(`${double.url}/v1${path}`, {
    ...init,
    headers: { 'api-key': 'TEST_1' },
  })
  return response.json()
}

describe('a return label', () => {
  test('goes from the customer to the warehouse, with the number of the return on it', async () => {
    const { externalId, refs, events } = await create()
    const [made] = double.account.labels
    assert.ok(made)
    assert.equal(externalId, 'se-1001')
    assert.deepEqual(refs, [
      { type: 'tracking', value: made.tracking_number },
      { type: 'label', value: 'se-1001' },
    ])
    assert.equal(made.externalShipmentId, 'RMA-000123-7:in-1')
    assert.equal(made.rma_number, 'RMA-000123-7')
    assert.equal(made.is_return_label, true)
    assert.equal((made.shipment['ship_from'] as { city_locality: string }).city_locality, 'Austin')
    assert.equal((made.shipment['ship_to'] as { city_locality: string }).city_locality, 'Reno')
    assert.deepEqual(issuedBy({ events }), {
      parcel: {
        parcelId: 'in-1',
        direction: 'inbound',
        carrier: 'ups',
        service: 'ups_ground',
        tracking: made.tracking_number,
        lines: [{ lineNo: 1, quantity: '2' }],
      },
      label: {
        url: `${double.url}/label-files/se-1001.pdf`,
        format: 'pdf',
        cost: { amount: '8.12', currency: 'USD' },
      },
    })
  })

  test('is asked for as the description of the API has it, and so is it answered', async () => {
    const sent: unknown[] = []
    const account = double.account
    const make = account.create.bind(account)
    account.create = (asked) => {
      sent.push(asked)
      return make(asked)
    }
    const { refs } = await create({ qrCode: true })
    check('createLabel', sent[0])
    double.scan(refs?.[0]?.value ?? '', { status: 'IT', city: 'AUSTIN' })
    check('label', await answered('/labels/se-1001'))
    check('labels', await answered('/labels'))
    check('error', await answered('/labels/se-9'))
    check('voided', await answered('/labels/se-1001/void', { method: 'PUT' }))
  })

  test('comes as a code where one is wanted', async () => {
    const { events } = await create({ qrCode: true })
    const { label } = issuedBy({ events })
    assert.equal(label?.qrUrl, `${double.url}/label-files/se-1001.png`)
  })

  test('is made once, wherever the answer is lost', async () => {
    for (const fault of ['cut_after', 'half_answer', 'cut_before'] as const) {
      const caseNo = `RMA-000200-${fault.length % 10}`
      const before = double.account.spentMinor
      double.faults.set([{ fault, method: 'POST', times: 1 }])
      assert.equal((await failureOf(create({}, { caseNo }))).kind, 'unknown')
      double.faults.set([])
      const { events } = await create({}, { caseNo })
      assert.equal(events?.length, 1, 'the label that was found is told of')
      assert.equal(double.account.spentMinor - before, 812)
    }
  })

  test('that was made while the answer was under way is found when a second is refused', async () => {
    await create()
    double.faults.set([])
    const { account } = double
    const find = account.find.bind(account)
    let looks = 0
    // The first look comes too early to see it.
    account.find = (id) => find((looks += 1) === 1 ? 'se-none' : id)
    assert.equal((await create()).externalId, 'se-1001')
    assert.equal(account.labels.length, 1)
  })

  test('fails for good without an address, and where the carrier refuses it', async () => {
    const { city: _city, ...address } = customer.address
    const failed = await failureOf(create({}, { contact: { ...customer, address } }))
    assert.equal(failed.reason, "the customer's address has no city")
    assert.equal(failed.exception, 'LG01')
    const refused = await failureOf(create({ carrierId: 'se-1' }))
    assert.deepEqual(refused, {
      kind: 'terminal',
      code: 'REQUEST_REJECTED',
      reason: 'shipengine: invalid_identifier',
      exception: 'LG01',
    })
  })

  test('needs a telephone number of the warehouse', () => {
    const { phone: _phone, ...silent } = warehouse
    const parsed = shipengine.config.safeParse(config({ returnAddresses: { '*': silent } }))
    assert.equal(parsed.success, false)
  })
})

describe('a label that is voided', () => {
  test('is voided once', async () => {
    await create()
    const first = await gone()
    assert.deepEqual(first.events?.[0]?.data, { parcelId: 'in-1' })
    assert.deepEqual((await gone()).events, first.events)
    assert.equal(double.calls.byName()['PUT /:version/labels/:id/void'], 1)
    assert.equal(double.account.spentMinor, 0)
  })

  test('stays when the carrier says no, or nobody knows it', async () => {
    assert.equal((await failureOf(gone())).code, 'LABEL_NOT_FOUND')
    const { refs } = await create()
    double.scan(refs?.[0]?.value ?? '', { status: 'AC' })
    assert.equal((await failureOf(gone())).code, 'VOID_REJECTED')
  })
})

describe('scans', () => {
  let sink: RecordingSink

  beforeEach(async () => {
    sink = await startRecordingSink()
    closing.push(sink.close.bind(sink))
    const hook = { url: sink.url, event: 'track' }
    await answered('/environment/webhooks', { method: 'POST', body: JSON.stringify(hook) })
  })

  test('come by a webhook whose signature holds, and by the poll under the same id', async () => {
    const { refs } = await create()
    await create({}, { caseNo: 'RMA-000124-5' })
    clock.at = '2026-11-03T10:00:00.000Z'
    double.scan(refs?.[0]?.value ?? '', { status: 'AC', city: 'AUSTIN' })
    await double.webhooks.settled()
    const [got] = sink.requests()
    assert.ok(got)
    const webhook = shipengine.webhooks['track']
    const rawBody = Buffer.from(got.body)
    const now = new Date(clock.at)
    const asked = { method: 'POST', url: sink.url, headers: got.headers, rawBody, now }
    assert.deepEqual(webhook?.verify({ ...asked, secrets: [double.jwks] }), {
      ok: true,
      skewSeconds: 0,
    })
    const read = webhook.read({ rawBody, headers: got.headers })
    assert.ok(read.ok)
    const first = await look(shipengine, 'labels', { config: config(), now })
    const ids = first.messages.map(({ messageId }) => messageId)
    assert.deepEqual(ids, [read.messageId])
    const { cursor } = first
    const later = new Date('2026-11-08T10:00:00Z')
    const second = await look(shipengine, 'labels', { config: config(), cursor, now: later })
    const third = await look(shipengine, 'labels', {
      config: config(),
      cursor: second.cursor,
      now: later,
    })
    assert.deepEqual(third.messages, [])
  })
})

test('the test of the connection looks for the carrier', async () => {
  const asked = {
    fetch: loopback,
    dial: noDial,
    signal: AbortSignal.timeout(5_000),
    now: new Date(),
  }
  const run = (changes: object) =>
    shipengine.check?.({ ...asked, config: shipengine.config.parse(config(changes)) })
  assert.equal((await run({}))?.account, 'UPS (se-28529731)')
  const failed = run({ carrierId: 'se-1' })
  assert.ok(failed)
  assert.equal((await failureOf(failed)).code, 'CARRIER_MISSING')
})
