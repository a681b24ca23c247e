import { generateKeyPairSync } from 'node:crypto'
import { schemes } from '@backhaul/sdk/signing'
import { exerciseConnector, type FakeAnswer, type FakeRule } from '@backhaul/sdk/testing'
import { goods, onlyCreate, onlyVoid, usualParcel, warehouse } from '../return-label.test.ts'
import shipengine from './index.ts'

const at = '2026-10-25T10:00:00Z'

/** A pair of keys as ShipEngine has them: the private one with its id, the public one in a set. */
function keyPair(kid: string): { readonly own: string; readonly jwks: string } {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return {
    own: JSON.stringify({ ...privateKey.export({ format: 'jwk' }), kid }),
    jwks: JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid }] }),
  }
}
const vendor = keyPair('key-1')
const stranger = keyPair('key-2')

function shown(externalId: string, id: string, isVoid = false): object {
  return {
    label_id: id,
    external: externalId,
    status: isVoid ? 'voided' : 'completed',
    tracking_number: `1Z${id}`,
    carrier_code: 'ups',
    service_code: 'ups_ground',
    created_at: at,
    shipment_cost: { amount: 8.1, currency: 'usd' },
    label_download: { href: `https://labels.example/${id}.pdf` },
    label_format: 'pdf',
    is_return_label: true,
    voided: isVoid,
  }
}

/** Both of the suite's cases have a label already where labels are voided. */
function account(known: readonly string[]): () => FakeRule {
  return () => {
    const all = new Map(known.map((external, index) => [external, `se-known${index}`]))
    const gone = new Set<string>()
    return ({ method, url, body }, effect): FakeAnswer => {
      const [, external] = /^\/labels\/external_shipment_id\/(.+)$/.exec(url) ?? []
      if (external !== undefined) {
        const name = decodeURIComponent(external)
        const id = all.get(name)
        if (id === undefined) return { status: 404, body: '{}' }
        return { status: 200, body: shown(name, id, gone.has(id)) }
      }
      if (method === 'POST') {
        const { shipment } = JSON.parse(body) as { shipment: { external_shipment_id: string } }
        const name = shipment.external_shipment_id
        if (all.has(name)) return { status: 400, body: '{}' }
        all.set(name, `se-${all.size + 1}`)
        effect(name)
        return { status: 200, body: shown(name, all.get(name) ?? '') }
      }
      if (method === 'PUT') {
        const [, id = ''] = /^\/labels\/(.+)\/void$/.exec(url) ?? []
        if (!gone.has(id)) effect(id)
        gone.add(id)
        return { status: 200, body: { approved: true, message: '' } }
      }
      return { status: 200, body: url.endsWith('/track') ? trackingOf(url) : pageOf(url) }
    }
  }
}

function trackingOf(url: string): object {
  const events = [{ occurred_at: at, status_code: 'IT', event_code: 'AR' }]
  return { tracking_number: `1Z${url.split('/')[2]}`, status_code: 'IT', events }
}

function pageOf(url: string): object {
  const query = new URL(url, 'http://fake.example').searchParams
  const [page, size] = [Number(query.get('page')), Number(query.get('page_size'))]
  const all = ['se-1', 'se-2', 'se-3'].map((id) => shown('', id))
  const labels = all.slice((page - 1) * size, page * size)
  return { labels, page, pages: Math.ceil(all.length / size) }
}

function told(scans: number): string {
  const events = Array.from({ length: scans }, (_, hour) => ({
    occurred_at: `2026-11-22T0${hour}:00:00Z`,
    status_code: 'IT',
  }))
  const data = { tracking_number: '1Z1', status_code: 'IT', events }
  return JSON.stringify({ resource_url: 'https://x.example', resource_type: 'API_TRACK', data })
}

const config = (baseUrl: string) => ({
  url: baseUrl,
  apiKey: 'TEST_conformance0123456789',
  webhookKeys: [vendor.jwks],
  carrierId: 'se-28529731',
  serviceCode: 'ups_ground',
  returnAddresses: { '*': warehouse },
  parcel: usualParcel,
})

exerciseConnector(onlyCreate(shipengine), {
  config,
  webhooks: {
    track: {
      scheme: schemes.shipengine,
      signingSecret: vendor.own,
      stranger: { signingSecret: stranger.own, verifyingSecret: stranger.jwks },
      message: { body: told(1) },
      otherMessage: { body: told(2) },
      malformed: ['{}', '{"resource_url":"x","resource_type":"API_RATE","data":{}}'],
    },
  },
  deliveries: { 'label.create': { body: { parcelId: 'in-1', lines: goods } } },
  polls: { labels: { minMessages: 3 } },
  fake: account([]),
})

exerciseConnector(onlyVoid(shipengine), {
  config,
  deliveries: {
    'label.void': {
      body: { parcelId: 'in-1' },
      errorInside: { status: 200, body: { approved: false, message: 'No' } },
    },
  },
  fake: account(['RMA-000001-0:in-1', 'RMA-000002-0:in-1']),
})
