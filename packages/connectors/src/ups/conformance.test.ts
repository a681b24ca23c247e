import { schemes } from '@backhaul/sdk/signing'
import { exerciseConnector, type FakeAnswer, type FakeRule } from '@backhaul/sdk/testing'
import { goods, onlyCreate, onlyVoid, usualParcel, warehouse } from '../return-label.test.ts'
import ups from './index.ts'

function refused(code: string): FakeAnswer {
  return { status: 400, body: { response: { errors: [{ code, message: 'No.' }] } } }
}

interface Parcel {
  readonly tracking: string
  readonly reference: string
  isVoid: boolean
}

/** Both of the suite's cases have a label already where labels are voided. */
function account(known: readonly string[]): () => FakeRule {
  return () => {
    const all: Parcel[] = known.map((reference, index) => ({
      tracking: `1ZA1B2C39${String(index).padStart(9, '0')}`,
      reference,
      isVoid: false,
    }))
    return ({ method, url, body }, effect): FakeAnswer => {
      if (url.endsWith('/recovery')) {
        const { LabelRecoveryRequest: asked } = JSON.parse(body) as {
          LabelRecoveryRequest: { ReferenceValues: { ReferenceNumber: { Value: string } } }
        }
        const { Value } = asked.ReferenceValues.ReferenceNumber
        const found = all.findLast(({ reference }) => reference === Value)
        if (!found) return refused('9801031')
        const LabelResults = [{ TrackingNumber: found.tracking }]
        return { status: 200, body: { LabelRecoveryResponse: { LabelResults } } }
      }
      if (method === 'DELETE') {
        const one = all.find(({ tracking }) => url.endsWith(tracking))
        if (one?.isVoid !== false) return refused('190117')
        effect(one.tracking)
        one.isVoid = true
        const SummaryResult = { Status: { Code: '1' } }
        return { status: 200, body: { VoidShipmentResponse: { SummaryResult } } }
      }
      if (!url.endsWith('/ship')) return { status: 200, body: { validTrackingNumbers: [] } }
      const [, reference = ''] = /"ReferenceNumber":\[\{"Value":"([^"]+)"/.exec(body) ?? []
      const tracking = `1ZA1B2C39${String(all.length).padStart(9, '0')}`
      all.push({ tracking, reference, isVoid: false })
      effect(tracking)
      const ShipmentResults = { PackageResults: { TrackingNumber: tracking } }
      return { status: 200, body: { ShipmentResponse: { ShipmentResults } } }
    }
  }
}

function told(time: string): string {
  return JSON.stringify({
    trackingNumber: '1ZA1B2C39000000001',
    activityStatus: { type: 'I', code: 'AR', description: 'Arrived' },
    gmtActivityDate: '20261122',
    gmtActivityTime: time,
  })
}

const config = (baseUrl: string) => ({
  url: baseUrl,
  clientId: 'app',
  clientSecret: 'secret-of-the-app-0123456789',
  accountNumber: 'A1B2C3',
  webhookCredentials: ['credential-of-track-alert-1'],
  returnAddresses: { '*': warehouse },
  parcel: usualParcel,
})

exerciseConnector(onlyCreate(ups), {
  config,
  webhooks: {
    'track-alert': {
      scheme: schemes.ups,
      stranger: { signingSecret: 'credential-of-somebody-else' },
      message: { body: told('100000') },
      otherMessage: { body: told('110000') },
      malformed: ['{}', '{"trackingNumber":"1Z","activityStatus":{}}'],
      // The credential shows who speaks, and not what was said.
      tamper: null,
    },
  },
  deliveries: { 'label.create': { body: { parcelId: 'in-1', lines: goods } } },
  fake: account([]),
  isWrite: ({ method, url }) => method !== 'GET' && !url.endsWith('/recovery'),
})

exerciseConnector(onlyVoid(ups), {
  config,
  deliveries: {
    'label.void': {
      body: { parcelId: 'in-1' },
      errorInside: {
        status: 200,
        body: { VoidShipmentResponse: { SummaryResult: { Status: { Code: '0' } } } },
      },
    },
  },
  fake: account(['RMA-000001-0-IN-1', 'RMA-000002-0-IN-1']),
  isWrite: ({ method, url }) => method !== 'GET' && !url.endsWith('/recovery'),
})
