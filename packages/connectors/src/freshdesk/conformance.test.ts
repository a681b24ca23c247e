import { after, describe } from 'node:test'
import { schemes } from '@backhaul/sdk/signing'
import { exerciseConnector, type FakeRequest, type FakeRule } from '@backhaul/sdk/testing'
import type { FreshdeskDouble } from '@backhaul/simulator'
import { askForReturn, configOf, openAccount } from './account.test.ts'
import freshdesk from './index.ts'

const doubles: FreshdeskDouble[] = []
const stageNow = new Date('2026-11-23T06:00:00Z')

async function openDouble(): Promise<FreshdeskDouble> {
  let now = new Date('2026-11-23T05:55:00Z')
  const double = await openAccount({ now: () => now })
  doubles.push(double)
  askForReturn(double)
  askForReturn(double, { 'Return SKU': 'HOSE-1' })
  now = stageNow
  return double
}

/** Hands requests on to a double of its own, and counts the tickets and notes that are made. */
function asDouble(): FakeRule {
  let opened: Promise<FreshdeskDouble> | undefined
  return async (request, effect) => {
    opened ??= openDouble()
    const double = await opened
    const count = () => double.world.tickets.size + double.world.conversations.length
    const before = count()
    const answer = await handOn(double.url, request)
    for (let made = before; made < count(); made += 1) effect('record')
    return answer
  }
}

async function handOn(url: string, { method, url: path, headers, body }: FakeRequest) {
  const names = ['authorization', 'content-type']
  const sent = names.flatMap((name) => {
    const value = headers[name]
    return typeof value === 'string' ? [[name, value] as const] : []
  })
  const response = await fetch(`${url}${path}`, {
    method,
    headers: Object.fromEntries(sent),
    ...(body === '' ? {} : { body }),
  })
  const text = await response.text()
  const type = response.headers.get('content-type') ?? 'application/json'
  return { status: response.status, headers: { 'content-type': type }, body: text }
}

describe('conformance', () => {
  after(() => Promise.all(doubles.map((double) => double.close())))

  exerciseConnector(freshdesk, {
    config: configOf,
    webhooks: {
      'ticket-changed': {
        scheme: schemes.odoo,
        signingSecret: 'a-secret-of-24-characters',
        stranger: { signingSecret: 'another-secret-24-chars-' },
        tamper: null,
        message: { body: JSON.stringify({ ticket_id: 1025 }) },
        otherMessage: { body: JSON.stringify({ ticket_id: 1026 }) },
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
