import { after, describe } from 'node:test'
import { schemes } from '@backhaul/sdk/signing'
import { exerciseConnector, type FakeRequest, type FakeRule } from '@backhaul/sdk/testing'
import type { ZendeskDouble } from '@backhaul/simulator'
import { askForReturn, configOf, openAccount } from './account.test.ts'
import zendesk from './index.ts'

const doubles: ZendeskDouble[] = []
const fiveMinutesBefore = new Date('2026-11-23T05:55:00Z')
const stageNow = new Date('2026-11-23T06:00:00Z')

async function openDouble(): Promise<ZendeskDouble> {
  let now = fiveMinutesBefore
  const { double } = await openAccount({ now: () => now })
  doubles.push(double)
  askForReturn(double)
  askForReturn(double, { 'Return SKU': 'HOSE-1' })
  now = stageNow
  return double
}

/** Hands requests on to a double of its own, and counts the updates of tickets. */
function asDouble(): FakeRule {
  let opened: Promise<ZendeskDouble> | undefined
  return async (request, effect) => {
    opened ??= openDouble()
    const double = await opened
    const before = double.world.audits.length
    const answer = await handOn(double.url, request)
    for (let made = before; made < double.world.audits.length; made += 1) effect('audit')
    return answer
  }
}

async function handOn(url: string, { method, url: path, headers, body }: FakeRequest) {
  const names = ['authorization', 'content-type', 'idempotency-key']
  const sent = names.flatMap((name) => {
    const value = headers[name]
    return typeof value === 'string' ? [[name, value] as const] : []
  })
  const response = await fetch(`${url}${path}`, {
    method,
    headers: Object.fromEntries(sent),
    ...(body === '' ? {} : { body }),
  })
  return { status: response.status, body: await response.json() }
}

const message = {
  id: '1025',
  caseNo: '',
  requester: { email: 'carla@customer.example', name: 'Carla Customer' },
  action: 'return_start',
  order: 'S00042',
  sku: 'PUMP-12V',
  quantity: '2',
  reason: 'return_reason_defective_consumer',
  resolution: '',
}

describe('conformance', () => {
  after(() => Promise.all(doubles.map((double) => double.close())))

  // The ids that a fresh double gives to the fields.
  const fields = { caseNo: 1007, status: 1008, sentence: 1009, action: 1010, order: 1011 }
  exerciseConnector(zendesk, {
    config: (baseUrl) =>
      configOf(baseUrl, { ...fields, sku: 1012, quantity: 1013, reason: 1014, resolution: 1015 }),
    webhooks: {
      ticket: {
        scheme: schemes.zendesk,
        signingSecret: 'signing-secret-of-zendesk',
        stranger: { signingSecret: 'of-another-account' },
        message: { body: JSON.stringify(message) },
        otherMessage: { body: JSON.stringify({ ...message, action: 'return_cancel' }) },
        malformed: ['{}', JSON.stringify({ ...message, id: 'x' })],
      },
    },
    deliveries: {
      'ticket.update': {
        body: { headline: 'received', sentence: 'Received 2 of 2; waiting for inspection.' },
      },
    },
    polls: { tickets: { minMessages: 2 } },
    fake: asDouble,
  })
})
