import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import type { CommandBody } from '@backhaul/sdk/canonical'
import {
  type Delivery,
  DeliveryError,
  type PollPage,
  RetryableError,
  type SetupContext,
  TerminalError,
  UnknownOutcomeError,
} from '@backhaul/sdk/connector'
import { createTestFetch, noDial } from '@backhaul/sdk/testing'
import type { FreshdeskDouble, FreshdeskOptions } from '@backhaul/simulator'
import { startFreshdesk, startRecordingSink } from '@backhaul/simulator'
import { askForReturn, configOf, openAccount } from './account.test.ts'
import { check } from './check.ts'
import { type Config, config as schema } from './config.ts'
import { limits } from './limits.ts'
import { setup } from './setup.ts'
import { tickets } from './tickets-poll.ts'
import { ticketUpdate } from './update-ticket.ts'

type Body = CommandBody<'ticket.update'>

const signal = new AbortController().signal
const fetch = createTestFetch(signal)
const start = new Date('2026-11-23T06:00:00Z')
const received: Body = { headline: 'received', sentence: 'Received 2 of 2.' }

/** A desk whose clock the test moves. */
async function openDesk(t: TestContext, changes: object = {}, options: FreshdeskOptions = {}) {
  let nowMs = start.getTime()
  const now = () => new Date(nowMs)
  const double = await openAccount({ now, ...options })
  t.after(() => double.close())
  const config = schema.parse({ ...configOf(double.url), ...changes })
  let count = 0
  const delivery = (body: Body, more: object = {}): Delivery<Config, 'ticket.update'> => {
    count += 1
    return {
      config,
      command: {
        type: 'ticket.update',
        caseId: '01920000-0000-7000-8000-000000000001',
        caseNo: 'RMA-000001-7',
        caseVersion: count,
        occurredAt: start.toISOString(),
        body,
      },
      idempotencyKey: `bh_${count}`,
      attempt: 1,
      signal,
      fetch,
      dial: noDial,
      now: now(),
      ...more,
    }
  }
  const advance = (seconds: number) => {
    nowMs += seconds * 1000
  }
  return { double, config, delivery, advance, now }
}

const bound = (ticketId: number) => [
  { system: 'freshdesk-main', type: 'ticket', value: String(ticketId) },
]

function ticketOf({ world }: FreshdeskDouble, id: number | string | undefined) {
  const found = world.tickets.get(Number(id))
  assert.ok(found, `there is no ticket ${id}`)
  return found
}

async function failureOf(work: Promise<unknown>): Promise<DeliveryError> {
  const failure = await work.then(
    () => null,
    (error: unknown) => error,
  )
  assert.ok(failure instanceof DeliveryError)
  return failure
}

describe('a ticket in which a return began', () => {
  test('gets number, state, sentence, status and a private note, and is given as the reference', async (t) => {
    const { double, delivery } = await openDesk(t)
    const id = askForReturn(double)
    const body = { ...received, headline: 'refunded', target: bound(id) }
    const told = await ticketUpdate.deliver(delivery(body))
    assert.deepEqual(told.refs, [{ type: 'ticket', value: String(id) }])
    const { custom_fields: fields, status } = ticketOf(double, id)
    assert.equal(fields.get('cf_return_case'), 'RMA-000001-7')
    assert.equal(fields.get('cf_return_status'), 'Refunded')
    assert.equal(fields.get('cf_return_in_a_sentence'), 'Received 2 of 2.')
    assert.equal(status, 4)
    assert.deepEqual(
      double.world.conversations.map((note) => [note.body, note.private]),
      [['Return RMA-000001-7: Received 2 of 2.<br>[bh_1]', true]],
    )
  })

  test('has a status of the account, found by its label whatever its number is', async (t) => {
    const { double, delivery } = await openDesk(t, {
      statuses: { received: 'Goods on the dock', inspected: 'Nowhere to be found' },
    })
    double.world.statuses.set(23, 'Goods on the dock')
    const id = askForReturn(double)
    await ticketUpdate.deliver(delivery({ ...received, target: bound(id) }))
    assert.equal(ticketOf(double, id).status, 23)
    await ticketUpdate.deliver(delivery({ ...received, headline: 'inspected', target: bound(id) }))
    assert.equal(ticketOf(double, id).status, 23)
  })

  test('has one note although nobody heard of it, and nothing is set twice', async (t) => {
    const { double, delivery } = await openDesk(t)
    const id = askForReturn(double)
    const command = delivery({ ...received, target: bound(id) })
    double.faults.set([{ fault: 'cut_after', method: 'POST', times: 1 }])
    assert.ok((await failureOf(ticketUpdate.deliver(command))) instanceof UnknownOutcomeError)
    assert.deepEqual(await ticketUpdate.idempotency.readBack?.(command), {
      state: 'applied',
      externalId: String(id),
    })
    assert.equal(double.world.conversations.length, 1)
    const other = delivery({ ...received, target: bound(id) })
    double.faults.set([{ fault: 'cut_after', method: 'PUT', times: 1 }])
    await ticketUpdate.deliver(other)
    assert.equal(double.world.conversations.length, 2)
  })

  test('is told the rest where a field has to be filled before it is resolved', async (t) => {
    const { double, delivery } = await openDesk(t)
    double.world.addField({
      label: 'Root cause',
      type: 'custom_text',
      required_for_closure: true,
    })
    const id = askForReturn(double)
    await ticketUpdate.deliver(
      delivery({ headline: 'closed', sentence: 'Closed.', target: bound(id) }),
    )
    assert.equal(ticketOf(double, id).status, 2)
    assert.equal(ticketOf(double, id).custom_fields.get('cf_return_status'), 'Closed')
    assert.match(double.world.conversations[0]?.body ?? '', /status of this ticket could not/)
  })

  test('that was deleted is replaced by a new one', async (t) => {
    const { double, delivery } = await openDesk(t)
    const id = askForReturn(double)
    double.people.agentDeletes({ ticketId: id })
    const told = await ticketUpdate.deliver(delivery({ ...received, target: bound(id) }))
    assert.notEqual(told.externalId, String(id))
  })
})

describe('a return without a ticket', () => {
  test('gets one, and only one, also while the search does not know of it', async (t) => {
    const { double, delivery, advance } = await openDesk(t)
    const contact = { name: 'Carla Customer', email: 'carla@customer.example' }
    const first = await ticketUpdate.deliver(delivery(received, { contact }))
    const made = ticketOf(double, first.externalId)
    assert.equal(double.world.contacts.get(made.requester_id)?.email, contact.email)
    assert.match(made.description, /^Return RMA-000001-7: Received 2 of 2\.<br>/)
    advance(5)
    const soon = await ticketUpdate.deliver(delivery(received, { attempt: 2 }))
    advance(3_600)
    const later = await ticketUpdate.deliver(delivery(received))
    assert.deepEqual([soon.externalId, later.externalId], [first.externalId, first.externalId])
    assert.equal(double.world.tickets.size, 1)
  })

  test('has one although nobody heard of its making', async (t) => {
    const { double, delivery } = await openDesk(t)
    const command = delivery(received)
    double.faults.set([{ fault: 'cut_after', method: 'POST', times: 1 }])
    assert.ok((await failureOf(ticketUpdate.deliver(command))) instanceof UnknownOutcomeError)
    assert.equal((await ticketUpdate.idempotency.readBack?.(command))?.state, 'applied')
    assert.equal(double.world.tickets.size, 1)
  })

  test('waits for a person where nobody is known whose ticket it could be', async (t) => {
    const { delivery } = await openDesk(t, { newTickets: {} })
    const failure = await failureOf(ticketUpdate.deliver(delivery(received)))
    assert.ok(failure instanceof TerminalError)
    assert.equal(failure.code, 'CUSTOMER_UNKNOWN')
  })

  test('stays without one where none shall be made', async (t) => {
    const { double, delivery } = await openDesk(t, { createTickets: 'never' })
    assert.deepEqual(await ticketUpdate.deliver(delivery(received)), {})
    assert.equal(double.world.tickets.size, 0)
  })
})

test('the customer sees nothing but what is set to be public; markup is shown and not obeyed', async (t) => {
  const { double, delivery } = await openDesk(t, { publicAt: ['refunded'], quietAt: ['inspected'] })
  const target = bound(askForReturn(double))
  for (const headline of ['received', 'inspected', 'refunded'] as const) {
    const sentence = `It is <b>${headline}</b>.`
    await ticketUpdate.deliver(delivery({ headline, sentence, target }))
  }
  assert.deepEqual(
    double.world.conversations.map((note) => [note.private, note.body]),
    [
      [true, 'Return RMA-000001-7: It is &lt;b&gt;received&lt;/b&gt;.<br>[bh_1]'],
      [false, 'It is &lt;b&gt;refunded&lt;/b&gt;.<br>[bh_3]'],
    ],
  )
})

describe('what an agent asks for', () => {
  test('is found by the poll once, whatever else happens to the ticket', async (t) => {
    const { double, config, advance, now } = await openDesk(t)
    const ticketId = askForReturn(double)
    const look = (cursor: string | null): Promise<PollPage> =>
      tickets.pull({ config, fetch, dial: noDial, signal, cursor, limit: 100, now: now() })
    const first = await look(null)
    assert.deepEqual(first.messages[0]?.body, {
      id: String(ticketId),
      caseNo: null,
      requester: { email: 'carla@customer.example', name: 'Carla Customer' },
      action: 'Start return',
      order: 'S00042',
      sku: 'PUMP-12V',
      quantity: '2',
      reason: 'Defective consumer',
      resolution: 'Credit',
    })
    advance(300)
    double.people.agentComments({ ticketId, text: 'Called the customer.' })
    const second = await look(first.cursor)
    assert.deepEqual(
      second.messages.map(({ messageId }) => messageId),
      first.messages.map(({ messageId }) => messageId),
    )
    advance(300)
    double.people.agentSets({ ticketId, fields: { 'Return action': 'Cancel return' } })
    const third = await look(second.cursor)
    assert.notEqual(third.messages[0]?.messageId, first.messages[0]?.messageId)
  })

  test('is not left out when more tickets than a page have changed within a second', async (t) => {
    const { double, config, now } = await openDesk(t)
    for (let count = 0; count < 7; count += 1) askForReturn(double, { 'Return SKU': `P-${count}` })
    const skus: unknown[] = []
    let cursor: string | null = null
    for (let isOver = false; !isOver; ) {
      const page: PollPage = await tickets.pull({
        config,
        fetch,
        dial: noDial,
        signal,
        cursor,
        limit: 3,
        now: now(),
      })
      skus.push(...page.messages.map(({ body }) => (body as { sku: string }).sku))
      cursor = page.cursor
      isOver = !page.hasMore
    }
    assert.equal(new Set(skus).size, 7)
  })

  test('calls the hub by an automation, without a signature', async (t) => {
    const { double } = await openDesk(t)
    const sink = await startRecordingSink()
    t.after(() => sink.close())
    double.people.adminMakesRule({ url: `${sink.url}/secret`, labels: ['Return action'] })
    const ticketId = askForReturn(double)
    await double.webhooks.settled()
    const bodies = sink.requests().map(({ body }) => JSON.parse(String(body)) as unknown)
    assert.deepEqual(bodies, [{ ticket_id: ticketId }])
  })
})

describe('limits', () => {
  test('are read from the headers; a minute begins with the answer', () => {
    const headers = { 'x-ratelimit-total': '200', 'x-ratelimit-remaining': '12' }
    const resetAt = new Date(start.getTime() + 60_000)
    assert.deepEqual(limits.readHeaders?.(headers, start), { remaining: 12, limit: 200, resetAt })
    assert.equal(limits.readHeaders?.({}, start), null)
  })

  test('that the account is over are waited out', async (t) => {
    const { delivery } = await openDesk(t, {}, { limits: { perMinute: 1 } })
    const failure = await failureOf(ticketUpdate.deliver(delivery(received)))
    assert.ok(failure instanceof RetryableError)
    assert.equal(failure.retryAfterMs, 60_000)
  })
})

test('the check names the account, and what it lacks', async (t) => {
  const { double, config } = await openDesk(t)
  const connection = { fetch, dial: noDial, signal, now: start }
  const report = await check({ ...connection, config })
  assert.match(report.account ?? '', /^Backhaul \(backhaul@acme\.example\), 127\.0\.0\.1/)
  assert.deepEqual(report.notes, [])
  double.world.fields.delete('cf_return_sku')
  double.world.statuses.delete(4)
  const { notes = [] } = await check({ ...connection, config })
  assert.match(notes[0] ?? '', /lacks the fields cf_return_sku/)
  assert.match(notes[1] ?? '', /has no status Resolved/)
  const failure = await failureOf(check({ ...connection, config: { ...config, apiKey: 'wrong' } }))
  assert.equal(failure.code, 'AUTH_REJECTED')
})

test('the set-up makes the fields, finds them again, and takes back what it made', async (t) => {
  const double = await startFreshdesk()
  t.after(() => double.close())
  const own = double.world.addField({ label: 'Return SKU', type: 'custom_paragraph' })
  const context: SetupContext<Config> = {
    connectionId: 'freshdesk-main',
    config: schema.parse(configOf(double.url)),
    adminKey: null,
    adminLogin: null,
    webhooks: null,
    fetch,
    dial: noDial,
    signal,
    now: start,
  }
  const states = async () => (await setup.plan(context)).steps.map(({ state }) => state)
  assert.equal((await states()).filter((state) => state === 'missing').length, 8)
  const { settings } = await setup.apply(context, () => undefined)
  assert.equal(schema.parse({ ...context.config, ...settings }).fields.sku, own.name)
  assert.deepEqual(new Set(await states()), new Set(['present', 'by_hand']))
  await setup.apply(context, () => undefined)
  assert.equal(double.world.fields.size, 9)
  await setup.remove(context, () => undefined)
  assert.deepEqual([...double.world.fields.keys()], [own.name])
})
