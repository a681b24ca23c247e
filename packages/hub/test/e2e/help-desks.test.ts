import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { channelsDir } from '@backhaul/connectors'
import {
  type BookEntry,
  type FreshdeskDouble,
  startFreshdesk,
  startZendesk,
  type ZendeskDouble,
} from '@backhaul/simulator'
import { setupTarget, takeSettings } from '../../src/pipeline/connection-setup.ts'
import { readCsv } from '../../src/pipeline/vocabulary-csv.ts'
import { itemsOf, type Json, startTestHub, type TestHub, textIn } from '../support/hub.ts'
import { until } from '../support/ring.ts'

const by = { actor: 'test' }

/** A connection of a help desk, prepared by its set-up, with its channel's documents and words in force. */
async function connect(
  hub: TestHub,
  desk: 'zendesk' | 'freshdesk',
  settings: Readonly<Record<string, unknown>>,
): Promise<string> {
  const body = { connectionId: desk, connector: desk, title: desk, roles: ['helpdesk'] }
  const made = await hub.request('POST', '/api/v1/connections', {
    body: { ...body, config: settings },
  })
  assert.equal(made.status, 201, made.text)
  const deps = {
    ...hub.httpDeps,
    connections: hub.connections,
    config: { ...hub.httpDeps.config, publicUrl: hub.url },
  }
  const credential = { connectionId: desk, adminKey: null, adminLogin: null }
  const { connector, context } = setupTarget(deps, credential, by)
  const plan = await connector.setup?.apply(context, () => undefined)
  await takeSettings(deps, { connectionId: desk, settings: plan?.settings ?? {} }, by)
  await putInForce(hub, desk)
  await hub.connections.setRoute({ role: 'helpdesk', connectionId: desk }, by)
  return textIn(made.json, 'addressToken')
}

async function putInForce(hub: TestHub, desk: string): Promise<void> {
  const read = (path: string) => readFileSync(join(channelsDir, desk, path), 'utf8')
  for (const name of ['reason', 'resolution']) {
    const rows = readCsv(read(`vocabularies/${name}.csv`), { connectionId: desk })
    const entries = rows.map(({ entry: { sourceValue, canonicalValue } }) => ({
      connectionId: desk,
      sourceValue,
      canonicalValue,
    }))
    const path = `/api/v1/vocabularies/${name}/entries`
    assert.ok((await hub.request('POST', path, { body: { entries } })).status < 300)
  }
  const document = {
    kind: 'mapping',
    name: `${desk}/ticket`,
    content: read('mappings/ticket.yaml'),
  }
  const { json } = await hub.request('POST', '/api/v1/documents', { body: document })
  const at = `/api/v1/documents/${textIn(json, 'id')}`
  await hub.request('POST', `${at}/check`)
  assert.ok((await hub.request('POST', `${at}/activate`)).status < 300)
}

async function caseOf(hub: TestHub, ticketId: number): Promise<Json> {
  let found: Json | undefined
  await until(async () => {
    const answer = await hub.request('GET', `/api/v1/identifiers/${ticketId}`)
    ;[found] = answer.status === 200 ? itemsOf(answer) : []
    return found !== undefined
  })
  assert.ok(found)
  return found
}

function ticketIn(books: readonly BookEntry[], ticketId: number): BookEntry | undefined {
  return books.find(({ kind, ref }) => kind === 'ticket' && ref === String(ticketId))
}

const letter = {
  email: 'carla@customer.example',
  name: 'Carla Customer',
  subject: 'A pump is broken',
  text: 'It does not start.',
}

describe('a return that an agent begins in Zendesk, and cancels', () => {
  let hub: TestHub
  let double: ZendeskDouble
  before(async () => {
    double = await startZendesk()
    hub = await startTestHub({ subscriptions: [] })
    const settings = { url: double.url, email: 'backhaul@acme.example', token: 'zendesk-token' }
    await connect(hub, 'zendesk', settings)
    const [webhook] = double.world.webhooks.values()
    const settled = { webhookSecrets: [webhook?.secret] }
    await takeSettings(hub, { connectionId: 'zendesk', settings: settled }, by)
  })
  after(async () => {
    await hub.close()
    await double.close()
  })

  test('is shown on the ticket in which it began, within seconds, and on no other', async () => {
    const ticketId = double.people.customerWrites(letter)
    double.people.agentSets({
      ticketId,
      fields: {
        'Return action': 'return_start',
        'Return order number': 'S00042',
        'Return SKU': 'PUMP-12V',
        'Return quantity': 2,
        'Return reason': 'return_reason_defective_consumer',
      },
    })
    await caseOf(hub, ticketId)
    await until(() => Promise.resolve(ticketIn(double.books(), ticketId) !== undefined))
    const ticket = double.world.tickets.get(ticketId)
    assert.match(ticket?.external_id ?? '', /^RMA-\d{6,}-\d$/)
    assert.equal(ticketIn(double.books(), ticketId)?.status, 'open')
    double.people.agentSets({ ticketId, fields: { 'Return action': 'return_cancel' } })
    await until(() => Promise.resolve(ticket?.status === 'solved'))
    await hub.settled()
    assert.equal(double.world.tickets.size, 1)
    const ours = double.world.audits.filter(({ custom }) => JSON.stringify(custom).includes('bh_'))
    assert.equal(ours.length, 2)
    assert.ok(ours.every(({ comment }) => comment?.public === false))
  })

  test('is refused where somebody else than Zendesk calls', async () => {
    const [webhook] = double.world.webhooks.values()
    const response = await fetch(webhook?.endpoint ?? '', { method: 'POST', body: '{}' })
    assert.equal(response.status, 401)
  })
})

describe('a return that an agent begins in Freshdesk, and cancels', () => {
  let hub: TestHub
  let double: FreshdeskDouble
  before(async () => {
    double = await startFreshdesk()
    hub = await startTestHub({ subscriptions: [] })
    const secret = await connect(hub, 'freshdesk', { url: double.url, apiKey: 'freshdesk-key' })
    const labels = ['Return action', 'Return SKU', 'Return quantity']
    double.people.adminMakesRule({
      url: `${hub.url}/webhooks/freshdesk/ticket-changed/${secret}`,
      labels,
    })
  })
  after(async () => {
    await hub.close()
    await double.close()
  })

  test('is shown on the ticket in which it began, and on no other', async () => {
    const ticketId = double.people.customerWrites(letter)
    double.people.agentSets({
      ticketId,
      fields: {
        'Return action': 'Start return',
        'Return SKU': 'PUMP-12V',
        'Return quantity': 2,
        'Return reason': 'Defective consumer',
      },
    })
    await caseOf(hub, ticketId)
    await until(() => Promise.resolve(double.world.conversations.length === 1))
    assert.equal(ticketIn(double.books(), ticketId)?.status, 'Open')
    double.people.agentSets({ ticketId, fields: { 'Return action': 'Cancel return' } })
    await until(() => Promise.resolve(double.world.tickets.get(ticketId)?.status === 4))
    await hub.settled()
    assert.equal(double.world.tickets.size, 1)
    assert.equal(double.world.conversations.length, 2)
  })
})
