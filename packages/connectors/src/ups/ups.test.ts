import assert from 'node:assert/strict'
import { after, beforeEach, describe, test } from 'node:test'
import type { GuardedFetch } from '@backhaul/sdk/connector'
import { noDial } from '@backhaul/sdk/testing'
import { startRecordingSink, startUps, type UpsDouble } from '@backhaul/simulator'
import {
  customer,
  deliver,
  failureOf,
  goods,
  issuedBy,
  loopback,
  usualParcel,
  warehouse,
} from '../return-label.test.ts'
import { specOf } from '../spec-check.test.ts'
import ups from './index.ts'

const check = specOf('ups')
const credential = 'credential-of-track-alert-1'
const reference = 'RMA-000123-7-IN-1'
let double: UpsDouble
/** As the hub sends: with a token of the connection. */
let fetch: GuardedFetch
/** What was sent and answered, by the end of its path. */
let exchanged: { path: string; sent: unknown; got: unknown }[] = []
const closing: (() => Promise<unknown>)[] = []
const clock = { at: '2026-11-02T08:00:30Z' }

beforeEach(async () => {
  clock.at = '2026-11-02T08:00:30Z'
  exchanged = []
  double = await startUps({
    clientId: 'app',
    clientSecret: 's3cret',
    tokenSeconds: 9_000_000,
    now: () => new Date(clock.at),
  })
  closing.push(double.close.bind(double))
  const token = await tokenOf(double)
  fetch = async (url, request) => {
    const headers = { ...request.headers, authorization: `Bearer ${token}` }
    const answer = await loopback(url, { ...request, headers })
    const got = await answer.text()
    const { pathname: path } = new URL(url)
    exchanged.push({ path, sent: jsonOf(String(request.body ?? 'null')), got: jsonOf(got) })
    return { ...answer, text: async () => got, json: async () => jsonOf(got) }
  }
})
after(() => Promise.all(closing.map((close) => close())))

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** A token, as the connector's definition says that one is got. */
async function tokenOf({ url }: UpsDouble): Promise<string> {
  const settings = ups.oauth?.settings(ups.config.parse(config(url)))
  assert.ok(settings)
  assert.deepEqual([settings.grant, settings.origins], ['client_credentials', [url]])
  const basic = Buffer.from(`${settings.clientId}:${settings.clientSecret}`).toString('base64')
  const response = await globalThis.fetch(settings.tokenUrl, {
    method: 'POST',
    headers: { authorization: `Basic ${basic}` },
    body: new URLSearchParams({ grant_type: settings.grant }),
  })
  return ((await response.json()) as { access_token: string }).access_token
}

function config(url: string, changes: object = {}): object {
  return {
    url,
    clientId: 'app',
    clientSecret: 's3cret',
    accountNumber: 'A1B2C3',
    webhookCredentials: [credential],
    returnAddresses: { '*': warehouse },
    parcel: usualParcel,
    ...changes,
  }
}

const body = { parcelId: 'in-1', lines: goods }

function create(what: object = {}, changes: object = {}) {
  const given = { config: config(double.url, changes), body, contact: customer, fetch, ...what }
  return deliver(ups, 'label.create', given)
}

function gone(what: object = {}) {
  const given = { config: config(double.url), body: { parcelId: 'in-1' }, fetch, ...what }
  return deliver(ups, 'label.void', given)
}

function exchange(end: string) {
  const found = exchanged.find(({ path }) => path.includes(end))
  assert.ok(found, `nothing was sent to ${end}`)
  return found
}

describe('a return label', () => {
  test('is billed to the account, found by its reference, and told with the negotiated price', async () => {
    const { externalId, refs, events } = await create()
    const [made] = double.account.shipments
    assert.ok(made)
    assert.deepEqual(made.references, [reference, 'RMA-000123-7'])
    assert.equal(externalId, made.tracking)
    assert.deepEqual(refs, [{ type: 'tracking', value: made.tracking }])
    const data = issuedBy({ events })
    assert.deepEqual(data.label?.cost, { amount: '11.23', currency: 'USD' })
    assert.match(data.label?.url ?? '', /^https:\/\/www\.ups\.com\/uel\/llp\//)
    assert.deepEqual([data.parcel.carrier, data.parcel.tracking], ['ups', made.tracking])
    const from = made.asked['ShipFrom'] as { Address: { City: string } }
    const to = made.asked['ShipTo'] as { Address: { City: string } }
    assert.deepEqual([from.Address.City, to.Address.City], ['Austin', 'Reno'])
  })

  test('is asked for as the description of the API has it, and so is it answered', async () => {
    await create()
    await create({ attempt: 2 })
    await gone()
    await failureOf(gone())
    check('ship', exchange('/ship').sent)
    check('shipped', exchange('/ship').got)
    check('subscribe', exchange('/subscription/').sent)
    check('subscribed', exchange('/subscription/').got)
    check('recover', exchange('/recovery').sent)
    check('recovered', exchange('/recovery').got)
    check('voided', exchange('/void/').got)
    check('error', exchanged.at(-1)?.got)
  })

  test('is made once, wherever the answer is lost', async () => {
    for (const fault of ['cut_after', 'half_answer', 'cut_before'] as const) {
      const caseNo = `RMA-000200-${fault.length % 10}`
      const before = double.account.spentMinor
      double.faults.set([{ fault, path: '/ship$', times: 1 }])
      assert.equal((await failureOf(create({ caseNo }))).kind, 'unknown')
      double.faults.set([])
      const { events } = await create({ caseNo, attempt: 2 })
      assert.equal(events?.length, 1, 'the label that was found is told of')
      assert.equal(double.account.spentMinor - before, 1123)
    }
  })

  test('is not made a second time while nobody can say whether there is one', async () => {
    await create()
    double.faults.set([{ fault: 'unavailable', path: '/recovery$', times: 1 }])
    assert.equal((await failureOf(create({ attempt: 2 }))).kind, 'retryable')
    double.account.recover = () => {
      throw new TypeError('something else is wrong')
    }
    assert.equal((await failureOf(create({ attempt: 2 }))).kind, 'retryable')
    assert.equal(double.account.shipments.length, 1)
  })

  test('fails for good without a part of the address, or with one that UPS has no room for', async () => {
    const { postalCode: _code, ...address } = customer.address
    const failed = await failureOf(create({ contact: { ...customer, address } }))
    assert.deepEqual(
      [failed.reason, failed.exception],
      ["the customer's address has no postalCode", 'LG01'],
    )
    const street = 'Example '.repeat(20)
    const long = { ...customer, address: { ...customer.address, street } }
    assert.equal((await failureOf(create({ contact: long }))).code, 'ADDRESS_TOO_LONG')
    const refused = await failureOf(create({}, { accountNumber: 'ZZZZZZ' }))
    assert.deepEqual([refused.code, refused.reason], ['REQUEST_REJECTED', '120100'])
    assert.equal(double.account.shipments.length, 0)
  })

  test('outside the United States is measured in kilograms, and its reference is that of the shipment', async () => {
    const { region: _region, ...address } = { ...customer.address, country: 'DE' }
    await create({ contact: { ...customer, address } })
    const [made] = double.account.shipments
    const [parcel] = (made?.asked['Package'] ?? []) as { readonly PackageWeight: object }[]
    assert.deepEqual(parcel?.PackageWeight, {
      UnitOfMeasurement: { Code: 'KGS' },
      Weight: '0.9',
    })
    const again = await create({ contact: { ...customer, address }, attempt: 2 })
    assert.deepEqual([again.externalId, double.account.shipments.length], [made?.tracking, 1])
  })
})

describe('a label that is voided', () => {
  test('is voided once, also where the answer was lost', async () => {
    await create()
    double.faults.set([{ fault: 'cut_after', method: 'DELETE', times: 1 }])
    assert.equal((await failureOf(gone())).kind, 'unknown')
    double.faults.set([])
    assert.deepEqual((await gone({ attempt: 2 })).events?.[0]?.data, { parcelId: 'in-1' })
    assert.equal(double.account.spentMinor, 0)
  })

  test('stays when a driver has it, or nobody knows it', async () => {
    assert.equal((await failureOf(gone())).code, 'LABEL_NOT_FOUND')
    const { externalId = '' } = await create()
    double.scan(externalId, { type: 'I', description: 'Origin Scan' })
    assert.equal((await failureOf(gone())).reason, '190109')
  })
})

describe('scans', () => {
  test('come for 14 days, and longer where they are renewed', async () => {
    const sink = await startRecordingSink()
    closing.push(sink.close.bind(sink))
    double.register(sink.url, credential)
    const { externalId = '' } = await create()
    const scanned = async (at: string) => {
      clock.at = at
      const before = sink.requests().length
      double.scan(externalId, { type: 'I', description: 'Arrived at Facility' })
      await double.webhooks.settled()
      return sink.requests().length - before
    }
    assert.equal(await scanned('2026-11-03T08:00:00Z'), 1)
    assert.equal(await scanned('2026-11-16T09:00:00Z'), 0)
    const parsed: unknown = ups.config.parse(config(double.url))
    const signal = AbortSignal.timeout(5_000)
    const values = [externalId, 'a number of another carrier']
    const question = { config: parsed, fetch, signal, values, now: new Date(clock.at) }
    assert.deepEqual(await ups.presence?.missing({ ...question, type: 'tracking' }), [])
    assert.equal(await scanned('2026-11-29T09:00:00Z'), 1)
    const [got] = sink.requests()
    assert.ok(got)
    const webhook = ups.webhooks['track-alert']
    const rawBody = Buffer.from(got.body)
    const asked = { method: 'POST', url: sink.url, headers: got.headers, rawBody, now: new Date() }
    assert.equal(webhook?.verify({ ...asked, secrets: [credential] }).ok, true)
    assert.equal(webhook.read({ rawBody, headers: got.headers }).ok, true)
    check('event', JSON.parse(String(got.body)))
  })

  test('that cannot be subscribed to take nothing back of the label', async () => {
    double.faults.set([{ fault: 'unavailable', path: '/subscription/' }])
    assert.equal((await create()).events?.length, 1)
  })
})

test('the test of the connection proves the token', async () => {
  const asked = { dial: noDial, signal: AbortSignal.timeout(5_000), now: new Date() }
  const parsed: unknown = ups.config.parse(config(double.url))
  const report = await ups.check?.({ ...asked, config: parsed, fetch })
  assert.equal(report?.account, 'UPS account A1B2C3')
  const failed = ups.check?.({ ...asked, config: parsed, fetch: loopback })
  assert.ok(failed)
  assert.equal((await failureOf(failed)).code, 'AUTH_REJECTED')
})
