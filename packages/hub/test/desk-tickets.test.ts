import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { channelsDir, connectors } from '@backhaul/connectors'
import type { CommandBody } from '@backhaul/sdk/canonical'
import type { Connector } from '@backhaul/sdk/connector'
import { createTestFetch, noDial } from '@backhaul/sdk/testing'
import { type ReturnFields, startHubSpot, startRequestTracker } from '@backhaul/simulator'
import { Story } from '../src/domain/story.test.ts'
import { inboundSamples, mapSample, readChannelFolder } from './support/channels.ts'

/*
 * From an agent's click to the return and back: what the connector reads of a ticket, what the channel's document makes
 * of it, what the domain says to that and owes, and how the ticket stands when it was told.
 */

const token = 'token-of-the-desk-0123'
const started: ReturnFields = {
  action: 'start',
  order: 'S00042',
  sku: 'PUMP-12V',
  quantity: '2',
  reason: 'defective',
}

interface Desk {
  readonly url: string
  readonly close: () => Promise<void>
  /** A customer's ticket, on which an agent starts a return. */
  readonly open: () => string
  readonly cancel: (ticket: string) => void
  /** Number of the return, status of the ticket, how often it was commented on. */
  readonly shows: (ticket: string) => readonly [string | undefined, string | undefined, number]
}

const mail = { email: 'jane@example.com', subject: 'My pump does not start' }

async function requestTracker(): Promise<Desk> {
  const rt = await startRequestTracker({ token })
  return {
    url: rt.url,
    close: () => rt.close(),
    open() {
      const ticket = rt.customerWrites(mail)
      rt.agentFillsIn(ticket, started)
      return String(ticket)
    },
    cancel: (ticket) => rt.agentFillsIn(Number(ticket), { action: 'cancel' }),
    shows(ticket) {
      const { fields, status, transactions } = rt.ticket(Number(ticket))
      const comments = transactions.filter(({ type }) => type === 'Comment')
      return [fields.get('Return Case ID'), status, comments.length]
    },
  }
}

async function hubspot(): Promise<Desk> {
  const names = ['case_id', 'state', 'status', 'told', ...Object.keys(started)]
  const properties = names.map((name) => ({
    name: `return_${name}`,
    hasUniqueValue: name === 'case_id',
  }))
  const account = await startHubSpot({ token, properties })
  return {
    url: account.url,
    close: () => account.close(),
    open() {
      const ticket = account.customerWrites(mail)
      account.agentFillsIn(ticket, started)
      return ticket
    },
    cancel: (ticket) => account.agentFillsIn(ticket, { action: 'cancel' }),
    shows(ticket) {
      const { return_case_id: caseNo, hs_pipeline_stage: stage } = account.ticket(ticket).properties
      return [caseNo, stage, account.notes(ticket).length]
    },
  }
}

const desks = {
  'request-tracker': { start: requestTracker, open: 'open', done: 'resolved' },
  hubspot: { start: hubspot, open: '3', done: '4' },
} as const

const caseNo = 'RMA-000001-7'

describe('a return that begins on a ticket', () => {
  for (const [key, { start, open, done }] of Object.entries(desks)) {
    test(`of ${key} is requested, told, called off there, and told again`, async (context) => {
      const desk = await start()
      context.after(() => desk.close())
      const connector = connectors.find((one) => one.key === key)
      assert.ok(connector)
      const config: unknown = connector.config.parse({ url: desk.url, token })
      const ticket = desk.open()
      const one = new Story()
      assert.deepEqual(await hear(one, connector, config), ['applied'])
      const [line] = one.state.lines
      assert.deepEqual(
        [line?.product?.sku, line?.quantities.requested, one.state.header.customer?.partyId],
        ['PUMP-12V', '2', 'jane@example.com'],
      )
      await tell(one, connector, { config, ticket })
      assert.deepEqual(desk.shows(ticket), [caseNo, open, 1])
      assert.deepEqual(await hear(one, connector, config), ['repeated'])
      desk.cancel(ticket)
      assert.deepEqual(await hear(one, connector, config), ['applied'])
      assert.equal(one.state.headline, 'canceled')
      await tell(one, connector, { config, ticket })
      assert.deepEqual(desk.shows(ticket), [caseNo, done, 2])
    })
  }
})

/** What the poll reads, by the channel's document, to the case. */
async function hear(one: Story, connector: Connector, config: unknown): Promise<string[]> {
  const [sample] = inboundSamples(readChannelFolder(join(channelsDir, connector.key)))
  const { signal } = new AbortController()
  const ways = { fetch: createTestFetch(signal), dial: noDial, signal }
  const page = { config, ...ways, cursor: null, limit: 50, now: new Date() }
  const read = await connector.polls['changes']?.pull(page)
  assert.ok(sample && read)
  return read.messages.flatMap(({ body }) => {
    const bytes = Buffer.from(JSON.stringify(body))
    const readings = mapSample({ ...sample, bytes })
    const events = readings.flatMap((found) => (found.kind === 'events' ? found.events : []))
    return events.map(({ type, data }) => one.says(type, data).outcome)
  })
}

/** The latest of what the case owes to the help desk. */
async function tell(
  one: Story,
  connector: Connector,
  { config, ticket }: { readonly config: unknown; readonly ticket: string },
): Promise<void> {
  const owed = one.owed.filter(({ type }) => type === 'ticket.update').at(-1)
  assert.ok(owed)
  const target = [{ system: connector.key, type: 'ticket', value: ticket }]
  const now = new Date()
  const { signal } = new AbortController()
  const delivered = await connector.delivers['ticket.update']?.deliver({
    config,
    command: {
      type: 'ticket.update',
      caseId: '01920000-0000-7000-8000-000000000001',
      caseNo,
      caseVersion: one.events.length,
      occurredAt: now.toISOString(),
      body: { ...(owed.body as CommandBody<'ticket.update'>), target },
    },
    idempotencyKey: `case-1:${one.events.length}:ticket_update`,
    attempt: 1,
    signal,
    fetch: createTestFetch(signal),
    dial: noDial,
    now,
  })
  assert.deepEqual(delivered, { externalId: ticket })
}
