import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import type { CommandBody } from '@backhaul/sdk/canonical'
import {
  type Delivery,
  type GuardedFetch,
  type SetupStep,
  UnknownOutcomeError,
} from '@backhaul/sdk/connector'
import { createTestFetch, noDial } from '@backhaul/sdk/testing'
import { type HubSpotDouble, startHubSpot, startRecordingSink } from '@backhaul/simulator'
import { changes } from './changes.ts'
import { check } from './check.ts'
import { type Config, config as schema } from './config.ts'
import hubspot from './index.ts'
import { properties } from './properties.ts'
import { setup } from './setup.ts'
import { updateTicket } from './update-ticket.ts'

const directFetch = createTestFetch(new AbortController().signal)

const token = 'pat-na1-0123456789'
const started = {
  action: 'start',
  order: 'S00042',
  sku: 'PUMP-12V',
  quantity: '2',
  reason: 'defective',
} as const

let account: HubSpotDouble
let now: Date
beforeEach(async () => {
  now = new Date('2026-11-23T06:00:00Z')
  account = await startHubSpot({ token, properties, searchLagMs: 20_000, now: () => now })
})
afterEach(() => account.close())

function configOf(changed: Record<string, unknown> = {}): Config {
  return schema.parse({ url: account.url, token, ...changed })
}

function at(minutes: number): Date {
  return new Date(Date.parse('2026-11-23T06:00:00Z') + minutes * 60_000)
}

/** A case with a helper that makes its news. */
function newCase(config = configOf(), caseNo = 'RMA-000001-7') {
  let version = 0
  return (
    body: CommandBody<'ticket.update'>,
    fetch: GuardedFetch = directFetch,
  ): Delivery<Config, 'ticket.update'> => {
    version += 1
    return {
      config,
      command: {
        type: 'ticket.update',
        caseId: '01920000-0000-7000-8000-000000000001',
        caseNo,
        caseVersion: version,
        occurredAt: now.toISOString(),
        body,
      },
      idempotencyKey: `${caseNo}:${version}:ticket_update`,
      attempt: 1,
      signal: new AbortController().signal,
      fetch,
      dial: noDial,
      now,
    }
  }
}

const asked = { headline: 'requested', sentence: 'Somebody has to decide.' }
const received = { headline: 'received', sentence: 'The goods are here.' }

async function readBack(delivery: Delivery<Config, 'ticket.update'>): Promise<string> {
  const result = await updateTicket.idempotency.readBack?.({ ...delivery, fetch: directFetch })
  return result?.state ?? 'none'
}

function look(cursor: string | null, limit = 50) {
  const { signal } = new AbortController()
  return changes.pull({
    config: configOf(),
    fetch: directFetch,
    dial: noDial,
    signal,
    cursor,
    limit,
    now,
  })
}

/** The first call to a path has its effect, and its answer is lost. */
function losing(path: RegExp): GuardedFetch {
  let isLost = false
  return async (url, request) => {
    const answer = await directFetch(url, request)
    if (isLost || request.method === 'GET' || !path.test(String(url))) return answer
    isLost = true
    throw new UnknownOutcomeError({ code: 'CONNECTION_LOST' })
  }
}

describe('tickets of HubSpot', () => {
  test('are made under the number of the return, in its pipeline, with a note of how it stands', async () => {
    const news = newCase()
    const lines = [
      {
        lineNo: 1,
        product: { sku: 'PUMP-12V', name: 'Pump <12 V>' },
        unit: 'EA',
        requested: '2',
        authorized: '2',
        received: '1',
        accepted: '0',
        rejected: '0',
        credited: '0',
        axes: {
          authorization: 'approved',
          transport: 'delivered',
          receipt: 'partially_received',
          inspection: 'pending',
          disposition: 'none',
          settlement: 'none',
          fulfillment: 'none',
          supplierRecovery: 'none',
        },
      } as const,
    ]
    const { externalId: id = '' } = await updateTicket.deliver(news({ ...asked, lines }))
    const { properties: own } = account.ticket(id)
    assert.equal(own['return_case_id'], 'RMA-000001-7')
    assert.equal(own['return_status'], 'Somebody has to decide.')
    assert.deepEqual([own['hs_pipeline'], own['hs_pipeline_stage']], ['0', '3'])
    const [note = '', ...rest] = account.notes(id)
    assert.deepEqual(rest, [])
    assert.match(
      note,
      /^<p>Return RMA-000001-7: Somebody has to decide\.<br>- PUMP-12V Pump &lt;12 V&gt;: 2 EA requested, 2 authorized, 1 received<\/p><p>RMA-000001-7\/[0-9a-f]{12}<\/p>$/,
    )
    await updateTicket.deliver(news(received))
    await updateTicket.deliver(news({ headline: 'closed', sentence: 'Done.' }))
    assert.equal(account.ticket(id).properties['hs_pipeline_stage'], '4')
    assert.equal(account.notes(id).length, 3)
    assert.equal(account.tickets().length, 1)
  })

  test('that an agent starts a return on are read when the search knows, once, and told', async () => {
    const id = account.customerWrites({ email: 'jane@example.com', subject: 'My pump' })
    account.agentFillsIn(id, started)
    const early = await look(null)
    assert.deepEqual(early.messages, [])
    now = at(1)
    const first = await look(early.cursor)
    assert.deepEqual(
      first.messages.map(({ topic, body }) => ({ topic, body })),
      [
        {
          topic: 'ticket',
          body: {
            ticket: id,
            question: null,
            caseNo: null,
            email: 'jane@example.com',
            currency: 'USD',
            ...started,
          },
        },
      ],
    )
    const target = [{ system: 'hubspot', type: 'ticket', value: id }]
    const news = newCase()
    assert.deepEqual(await updateTicket.deliver(news({ ...asked, target })), { externalId: id })
    assert.equal(account.ticket(id).properties['return_case_id'], 'RMA-000001-7')
    now = at(2)
    assert.deepEqual((await look(first.cursor)).messages, first.messages)
    now = at(3)
    account.agentFillsIn(id, { action: 'cancel' })
    now = at(4)
    const [canceled] = (await look(first.cursor)).messages
    assert.ok(canceled)
    assert.equal((canceled.body as { action: string }).action, 'cancel')
    now = at(20)
    const over = await look((await look(first.cursor)).cursor)
    assert.deepEqual(over.messages, [])
  })

  test('are read page by page by their ids, and none that changes meanwhile is left out', async () => {
    const ids = [1, 2, 3].map((number) => {
      const id = account.customerWrites({ email: `c${number}@example.com`, subject: 'A pump' })
      account.agentFillsIn(id, started)
      return id
    })
    now = at(1)
    const first = await look(null, 2)
    const numbers = (page: typeof first) =>
      page.messages.map(({ body }) => (body as { ticket: string }).ticket)
    assert.deepEqual([numbers(first), first.hasMore], [ids.slice(0, 2), true])
    account.agentFillsIn(ids[0] ?? '', { quantity: '3' })
    now = at(8)
    const rest = await look(first.cursor, 2)
    assert.deepEqual([numbers(rest), rest.hasMore], [ids.slice(2), false])
    assert.ok(numbers(await look(rest.cursor)).includes(ids[0] ?? ''))
  })

  test('keep a stage that an agent has chosen while the return stays where it is', async () => {
    const news = newCase()
    const { externalId: id = '' } = await updateTicket.deliver(news(asked))
    account.agentMovesTo(id, '2')
    await updateTicket.deliver(news({ ...asked, sentence: 'One more line.' }))
    assert.equal(account.ticket(id).properties['hs_pipeline_stage'], '2')
  })

  test('go to the stage that the configuration names, by label or id', async () => {
    const news = newCase(
      configOf({ pipeline: 'support pipeline', stages: { received: 'NEW', requested: '2' } }),
    )
    const { externalId: id = '' } = await updateTicket.deliver(news(asked))
    assert.equal(account.ticket(id).properties['hs_pipeline_stage'], '2')
    await updateTicket.deliver(news(received))
    assert.equal(account.ticket(id).properties['hs_pipeline_stage'], '1')
    const lost = newCase(configOf({ stages: { requested: 'Elsewhere' } }), 'RMA-000002-5')
    await assert.rejects(updateTicket.deliver(lost(asked)), { code: 'STAGE_UNKNOWN' })
    const away = newCase(configOf({ pipeline: 'Elsewhere' }), 'RMA-000002-5')
    await assert.rejects(updateTicket.deliver(away(asked)), { code: 'PIPELINE_UNKNOWN' })
  })

  test('that name another return stay with it', async () => {
    const { externalId: id = '' } = await updateTicket.deliver(newCase()(asked))
    const target = [{ system: 'hubspot', type: 'ticket', value: id }]
    const other = newCase(configOf(), 'RMA-000002-5')
    const { externalId: own } = await updateTicket.deliver(other({ ...asked, target }))
    assert.notEqual(own, id)
    assert.equal(account.ticket(id).properties['return_case_id'], 'RMA-000001-7')
  })

  test('are not made where the configuration says so', async () => {
    const news = newCase(configOf({ createTickets: false }))
    assert.deepEqual(await updateTicket.deliver(news(asked)), {})
    assert.deepEqual(account.tickets(), [])
  })

  test('and notes are there once, whatever answer is lost', async () => {
    const news = newCase()
    for (const path of [/upsert$/, /tickets\/\d+$/, /notes$/]) {
      const turn = { ...asked, sentence: `Lost at ${path.source}.` }
      const delivery = news(turn, losing(path))
      await assert.rejects(updateTicket.deliver(delivery), UnknownOutcomeError)
      if ((await readBack(delivery)) === 'absent') await updateTicket.deliver(delivery)
      assert.equal(await readBack(delivery), 'applied')
    }
    const [ticket, ...others] = account.tickets()
    assert.deepEqual(others, [])
    assert.equal(account.notes(ticket?.id ?? '').length, 3)
  })

  test('are told nothing by news that come late', async () => {
    const news = newCase()
    const early = news(asked)
    const { externalId: id = '' } = await updateTicket.deliver(news(received))
    assert.equal(await readBack(early), 'applied')
    await updateTicket.deliver(early)
    assert.equal(account.ticket(id).properties['return_state'], 'received')
    assert.equal(account.notes(id).length, 1)
  })

  test('forget an answer when the customer is asked again', async () => {
    const news = newCase()
    const question = { headline: 'info_needed', sentence: 'Which serial number?' }
    const { externalId: id = '' } = await updateTicket.deliver(news(question))
    account.agentFillsIn(id, { action: 'answered' })
    now = at(1)
    const answered = (page: Awaited<ReturnType<typeof look>>) =>
      (page.messages[0]?.body as { question: string | null } | undefined)?.question
    const first = answered(await look(null))
    assert.match(first ?? '', /^[0-9a-f]{12}$/)
    await updateTicket.deliver(news({ ...question, sentence: 'A photo, please.' }))
    now = at(2)
    assert.deepEqual((await look(null)).messages, [])
    account.agentFillsIn(id, { action: 'answered' })
    now = at(3)
    assert.notEqual(answered(await look(null)), first)
  })
})

describe('HubSpot', () => {
  test('is waited for as long as its window is, where it says that there were too many calls', async () => {
    const calls = async () => {
      for (let count = 0; count < 200; count += 1) await look(null)
    }
    await assert.rejects(calls(), { code: 'RATE_LIMITED', status: 429 })
    now = at(5)
    const busy = await startHubSpot({
      token,
      properties,
      limits: { perTenSeconds: 2 },
      now: () => now,
    })
    const config = schema.parse({ url: busy.url, token })
    const delivery = newCase(config)(asked)
    await assert.rejects(updateTicket.deliver(delivery), {
      code: 'RATE_LIMITED',
      retryAfterMs: 10_000,
    })
    await busy.close()
  })

  test('gets the properties that it lacks, and loses them again while no ticket uses them', async () => {
    const bare = await startHubSpot({ token })
    const config = schema.parse({ url: bare.url, token })
    const context = {
      connectionId: 'hubspot-main',
      config,
      adminKey: null,
      adminLogin: null,
      webhooks: null,
      fetch: directFetch,
      dial: noDial,
      signal: new AbortController().signal,
      now,
    }
    const states = (steps: readonly SetupStep[]) => steps.map(({ key, state }) => `${key} ${state}`)
    const before = await setup.plan(context)
    const byHand = ['pipeline present', 'webhooks by_hand']
    assert.deepEqual(states(before.steps), ['properties missing', ...byHand])
    assert.match((await check(context)).notes?.join() ?? '', /lack the property return_case_id/)
    const after = await setup.apply(context, () => {})
    assert.deepEqual(states(after.steps), ['properties present', ...byHand])
    const report = await check({
      ...context,
      config: { ...config, clientSecrets: ['x'.repeat(24)] },
    })
    assert.deepEqual(report, {
      account: 'HubSpot account 62515, pipeline Support Pipeline',
      notes: [],
    })
    await updateTicket.deliver(newCase(config)(asked))
    const kept = await setup.remove(context, () => {})
    assert.deepEqual(states(kept.steps), ['properties differs'])
    await bare.close()
    const stranger = schema.parse({ url: account.url, token: 'pat-na1-stranger' })
    await assert.rejects(check({ ...context, config: stranger }), { code: 'AUTH_REJECTED' })
  })

  test('tells of several changes in one call, which the hub knows to be its own', async () => {
    const sink = await startRecordingSink()
    const secret = 'hubspot-client-secret-0123456789'
    const url = `${sink.url}/webhooks/hubspot/ticket.changed`
    account.subscribe({ url, secret })
    const id = account.customerWrites({ email: 'jane@example.com', subject: 'My pump' })
    account.agentFillsIn(id, started)
    await account.webhooks.settled()
    const [request] = sink.requests()
    assert.ok(request)
    const rawBody = new Uint8Array(request.body)
    const webhook = hubspot.webhooks['ticket.changed']
    const sent = { method: 'POST', url, headers: request.headers, rawBody, secrets: [secret], now }
    assert.equal(webhook?.verify(sent).ok, true)
    assert.equal(webhook?.verify({ ...sent, url: `${url}/` }).ok, false)
    assert.equal(webhook?.read({ rawBody, headers: request.headers }).ok, true)
    assert.equal((JSON.parse(String(request.body)) as unknown[]).length, 5)
    await sink.close()
  })
})
