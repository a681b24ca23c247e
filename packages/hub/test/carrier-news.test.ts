import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { channelsDir } from '@backhaul/connectors'
import type { EventType } from '@backhaul/sdk/canonical'
import {
  type EasyPostDouble,
  type RecordingSink,
  startEasyPost,
  startRecordingSink,
  startShipEngine,
  startUps,
} from '@backhaul/simulator'
import { fold } from '../src/domain/fold.ts'
import type { StampedEvent } from '../src/domain/stamped-event.ts'
import { approvedStory, everything } from '../src/domain/story.test.ts'
import { inboundSamples, mapSample, readChannelFolder } from './support/channels.ts'

/*
 * What carriers' webhooks come to in a case: they are sent late, twice and in any order, and the parcel is where its
 * newest scan was.
 */

const closing: (() => Promise<unknown>)[] = []
after(() => Promise.all(closing.map((close) => close())))

/** The events of messages as a channel's document reads them, stamped as the hub does it. */
function read(channel: string, bodies: readonly unknown[]): StampedEvent[] {
  const [sample] = inboundSamples(readChannelFolder(join(channelsDir, channel)))
  assert.ok(sample)
  const { mapping, words } = sample
  return bodies.flatMap((body) => {
    const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
    return mapSample({ mapping, words, bytes }).flatMap((reading) => {
      if (reading.kind !== 'events') return []
      return reading.events.map(({ id, type, time, data }) => {
        const stamp = { id, type, data, occurredAt: time, source: channel }
        return { ...stamp, actor: channel, owns: everything }
      })
    })
  })
}

/** What the hub makes of them: one for each id, and the case folded over all of them, in the order of their times. */
function caseWith(told: readonly StampedEvent[]) {
  const once = new Map(told.map((event) => [event.id, event]))
  const story = approvedStory()
  const { state, decisions } = fold([...story.events, ...once.values()])
  assert.ok(state)
  const [line] = state.lines
  return { transport: line?.axes.transport, parcels: state.parcels, decisions, once }
}

/** All orders of a few things. */
function orders<T>(things: readonly T[]): T[][] {
  if (things.length < 2) return [[...things]]
  return things.flatMap((one, index) =>
    orders(things.filter((_, other) => other !== index)).map((rest) => [one, ...rest]),
  )
}

function typesOf(told: readonly StampedEvent[]): EventType[] {
  return told.map(({ type }) => type)
}

async function sinkFor(): Promise<RecordingSink> {
  const sink = await startRecordingSink()
  closing.push(() => sink.close())
  return sink
}

describe('scans of EasyPost', () => {
  const day = (date: number) => `2026-11-${String(date).padStart(2, '0')}T10:00:00Z`

  async function scanned(vices: object): Promise<{ bodies: string[]; double: EasyPostDouble }> {
    const double = await startEasyPost({ now: () => new Date(day(20)), seed: 7 })
    closing.push(() => double.close())
    const sink = await sinkFor()
    const headers = { authorization: `Basic ${Buffer.from('EZTK-double:').toString('base64')}` }
    const webhook = { url: `${sink.url}/hook`, webhook_secret: 'a secret of the webhook' }
    const asked = { method: 'POST', headers, body: JSON.stringify({ webhook }) }
    assert.equal((await fetch(`${double.url}/v2/webhooks`, asked)).status, 201)
    double.webhooks.vices = { ...double.webhooks.vices, ...vices }
    double.account.track('9400111', 'USPS')
    double.scan('9400111', { status: 'in_transit', at: day(4), city: 'AUSTIN' })
    double.scan('9400111', { status: 'in_transit', detail: 'weather_delay', at: day(5) })
    double.scan('9400111', { status: 'delivered', at: day(8), city: 'RENO' })
    // The carrier tells of it after the delivery.
    double.scan('9400111', { status: 'out_for_delivery', at: day(7), city: 'RENO' })
    await double.webhooks.settled()
    return { bodies: sink.requests().map(({ body }) => String(body)), double }
  }

  test('leave the parcel at its newest scan, in whatever order they come', async () => {
    const { bodies } = await scanned({})
    assert.equal(bodies.length, 4)
    for (const order of orders(bodies)) {
      const { transport, once } = caseWith(read('easypost', order))
      assert.equal(transport, 'delivered')
      assert.equal(once.size, 4)
    }
  })

  test('of an older time than the delivery do not take the parcel back', async () => {
    const { bodies } = await scanned({})
    const last = read('easypost', bodies.slice(-1))
    assert.ok(typesOf(last).includes('parcel.in_transit'))
    const late = last.filter(({ occurredAt }) => occurredAt === '2026-11-07T10:00:00.000Z')
    const before = read('easypost', bodies.slice(0, 3))
    assert.equal(caseWith([...before, ...late]).transport, 'delivered')
  })

  test('are told twice, disordered and in part not at all, and the case is the same', async () => {
    const { bodies, double } = await scanned({ duplicate: 0.5, disorder: 0.5 })
    const whole = caseWith(read('easypost', bodies))
    assert.ok(bodies.length > 4)
    assert.equal(whole.transport, 'delivered')
    // What a lost webhook would have said stands in the next one, and in what the poll reads.
    const [tracker] = double.account.trackers
    const polled = { object: 'Event', description: 'tracker.updated', result: tracker }
    const { transport, once } = caseWith(read('easypost', [polled]))
    assert.deepEqual([transport, once.size], ['delivered', whole.once.size])
    assert.deepEqual([...once.keys()].toSorted(), [...whole.once.keys()].toSorted())
  })
})

test('scans of ShipEngine leave the parcel at its newest scan, in whatever order they come', async () => {
  const double = await startShipEngine({ now: () => new Date('2026-11-20T10:00:00Z') })
  const sink = await sinkFor()
  closing.push(() => double.close())
  const address = {
    name: 'Ada Example',
    phone: '5125550100',
    address_line1: '2 Elm St',
    city_locality: 'Austin',
    state_province: 'TX',
    postal_code: '78701',
    country_code: 'US',
  }
  const headers = { 'api-key': 'TEST_double' }
  const post = (path: string, body: object) =>
    fetch(`${double.url}/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  const shipment = { carrier_id: 'se-28529731', ship_from: address, ship_to: address }
  await post('/environment/webhooks', { url: sink.url, event: 'track' })
  const made = (await (await post('/labels', { shipment })).json()) as { tracking_number: string }
  const number = made.tracking_number
  double.scan(number, { status: 'AC', at: '2026-11-04T10:00:00Z' })
  double.scan(number, { status: 'DE', at: '2026-11-08T10:00:00Z' })
  double.scan(number, { status: 'EX', detail: 'CARRIER_DELAYS', at: '2026-11-06T10:00:00Z' })
  await double.webhooks.settled()
  const bodies = sink.requests().map(({ body }) => String(body))
  assert.equal(bodies.length, 3)
  for (const order of orders(bodies)) {
    const { transport, once } = caseWith(read('shipengine', order))
    assert.deepEqual([transport, once.size], ['delivered', 3])
  }
})

test('scans of UPS, which come one by one, leave the parcel at the newest, in whatever order', async () => {
  const double = await startUps({ now: () => new Date('2026-11-10T10:00:00Z') })
  const sink = await sinkFor()
  closing.push(() => double.close())
  double.register(sink.url, 'a credential of the webhook')
  double.webhooks.vices = { ...double.webhooks.vices, duplicate: 1 }
  const number = '1ZA1B2C39000000001'
  double.account.subscribe([number])
  const at = (day: number) => `2026-11-0${day}T10:00:00Z`
  double.scan(number, { type: 'I', description: 'Origin Scan', at: at(3) })
  double.scan(number, { type: 'X', description: 'The package was damaged.', at: at(4) })
  double.scan(number, { type: 'D', description: 'Delivered', at: at(6) })
  double.scan(number, { type: 'D', description: 'Out For Delivery Today', at: at(5) })
  await double.webhooks.settled()
  const bodies = [...new Set(sink.requests().map(({ body }) => String(body)))]
  assert.deepEqual([sink.requests().length, bodies.length], [8, 4])
  for (const order of orders(bodies)) {
    const { transport, once } = caseWith(read('ups', [...order, ...order]))
    assert.deepEqual([transport, once.size], ['delivered', 4])
  }
})
