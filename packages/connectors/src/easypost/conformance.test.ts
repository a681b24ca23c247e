import { schemes } from '@backhaul/sdk/signing'
import { exerciseConnector, type FakeAnswer, type FakeRule } from '@backhaul/sdk/testing'
import { goods, onlyCreate, onlyVoid, usualParcel, warehouse } from '../return-label.test.ts'
import easypost from './index.ts'

const apiKey = 'EZTKconformance0123456789'
const webhookSecret = 'sécret-of-the-webhook-1' // é: the key is its decomposed form
const at = '2026-11-22T10:00:00Z'

interface Made {
  readonly id: string
  readonly reference: string
  isBought: boolean
  refund: string | null
}

function shown({ id, reference, isBought, refund }: Made): object {
  const offered = { id: `rate_${id.slice(4)}`, carrier: 'USPS', service: 'Priority', rate: '7.50' }
  const rate = { ...offered, currency: 'USD' }
  return {
    id,
    reference,
    rates: [rate],
    messages: [],
    selected_rate: isBought ? rate : null,
    tracking_code: isBought ? `9400${id.slice(4)}` : null,
    postage_label: isBought ? { label_url: `https://labels.example/${id}.pdf` } : null,
    refund_status: refund,
  }
}

/** Both of the suite's cases have a label already where labels are given back. */
function account(known: readonly string[]): () => FakeRule {
  return () => {
    const all: Made[] = known.map((reference, index) => ({
      id: `shp_known${index}`,
      reference,
      isBought: true,
      refund: null,
    }))
    return ({ method, url, body }, effect) => {
      const [, key = '', verb] = /^\/shipments\/([^/]+)(?:\/(\w+))?$/.exec(url) ?? []
      if (url.startsWith('/trackers')) return { status: 200, body: trackersAfter(url) }
      if (method === 'POST' && url === '/shipments') {
        const { reference } = (JSON.parse(body) as { shipment: { reference: string } }).shipment
        const made = { id: `shp_${all.length + 1}`, reference, isBought: false, refund: null }
        all.push(made)
        return { status: 201, body: shown(made) }
      }
      const wanted = decodeURIComponent(key)
      const one = all.findLast(({ id, reference }) => id === wanted || reference === wanted)
      return one ? act(one, verb, effect) : { status: 404, body: '{}' }
    }
  }
}

function act(one: Made, verb: string | undefined, effect: (name: string) => void): FakeAnswer {
  if (verb === 'buy') {
    if (one.isBought) return { status: 422, body: { error: { code: 'SHIPMENT.POSTAGE.EXISTS' } } }
    effect(one.id)
    one.isBought = true
  }
  if (verb === 'refund' && one.refund === null) {
    effect(one.id)
    one.refund = 'submitted'
  }
  return { status: 200, body: shown(one) }
}

function trackerOf(number: number): object {
  return {
    id: `trk_${number}`,
    object: 'Tracker',
    tracking_code: `94000000${number}`,
    status: 'in_transit',
    carrier: 'USPS',
    updated_at: at,
    tracking_details: [{ status: 'in_transit', datetime: at, status_detail: null }],
  }
}

function trackersAfter(url: string): object {
  const query = new URL(url, 'http://fake.example').searchParams
  const all = [1, 2, 3].map(trackerOf) as { id: string }[]
  const from = all.findIndex(({ id }) => id === query.get('before_id')) + 1
  const size = Number(query.get('page_size'))
  return { trackers: all.slice(from, from + size), has_more: from + size < all.length }
}

function event(id: string, scans: number): string {
  const details = Array.from({ length: scans }, (_, hour) => ({
    status: 'in_transit',
    status_detail: null,
    datetime: `2026-11-22T0${hour}:00:00Z`,
  }))
  const result = { ...trackerOf(7), tracking_details: details }
  return JSON.stringify({ id, object: 'Event', description: 'tracker.updated', result })
}

const config = (baseUrl: string) => ({
  url: baseUrl,
  apiKey,
  webhookSecrets: [webhookSecret],
  returnAddresses: { '*': warehouse },
  parcel: usualParcel,
})

exerciseConnector(onlyCreate(easypost), {
  config,
  webhooks: {
    tracker: {
      scheme: schemes.easypost,
      stranger: { signingSecret: 'secret-of-somebody-else' },
      message: { body: event('evt_1', 1) },
      otherMessage: { body: event('evt_2', 2) },
      malformed: ['{}', '{"id":"evt_1"}', '{"id":1,"object":"Event","description":"","result":{}}'],
    },
  },
  deliveries: { 'label.create': { body: { parcelId: 'in-1', lines: goods } } },
  polls: { trackers: { minMessages: 3 } },
  fake: account([]),
})

exerciseConnector(onlyVoid(easypost), {
  config,
  deliveries: { 'label.void': { body: { parcelId: 'in-1' } } },
  fake: account(['RMA-000001-0:in-1', 'RMA-000002-0:in-1']),
})
