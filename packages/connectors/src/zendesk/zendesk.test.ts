import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import type { CommandBody } from '@backhaul/sdk/canonical'
import {
  type DeliveredRef,
  type Delivery,
  DeliveryError,
  RetryableError,
  TerminalError,
  UnknownOutcomeError,
} from '@backhaul/sdk/connector'
import { createTestFetch, noDial } from '@backhaul/sdk/testing'
import type { ZendeskDouble, ZendeskOptions } from '@backhaul/simulator'
import { askForReturn, openAccount } from './account.test.ts'
import { check } from './check.ts'
import { type Config, config as schema } from './config.ts'
import { limits } from './limits.ts'
import { ticketUpdate } from './update-ticket.ts'

type Body = CommandBody<'ticket.update'>

const signal = new AbortController().signal
const start = new Date('2026-11-23T06:00:00Z')
const received: Body = { headline: 'received', sentence: 'Received 2 of 2.' }

/** A desk whose clock the test moves. */
async function openDesk(t: TestContext, changes: object = {}, options: ZendeskOptions = {}) {
  let nowMs = start.getTime()
  const { double, config } = await openAccount({ now: () => new Date(nowMs), ...options })
  t.after(() => double.close())
  const parsed = schema.parse({ ...config, ...changes })
  let count = 0
  const delivery = (body: Body, more: object = {}): Delivery<Config, 'ticket.update'> => {
    count += 1
    const caseNo = 'RMA-000001-7'
    return {
      config: parsed,
      command: {
        type: 'ticket.update',
        caseId: '01920000-0000-7000-8000-000000000001',
        caseNo,
        caseVersion: count,
        occurredAt: start.toISOString(),
        body,
      },
      idempotencyKey: `bh_${count}`,
      attempt: 1,
      signal,
      fetch: createTestFetch(signal),
      dial: noDial,
      now: new Date(nowMs),
      ...more,
    }
  }
  const advance = (seconds: number) => {
    nowMs += seconds * 1000
  }
  return { double, config: parsed, delivery, advance }
}

const bound = (ticketId: number) => [
  { system: 'zendesk-main', type: 'ticket', value: String(ticketId) },
]

function notesOf({ world }: ZendeskDouble, ticketId: number) {
  const ours = world.audits.filter((audit) => audit.ticketId === ticketId && audit.comment !== null)
  return ours.flatMap(({ comment }) => (comment?.authorId === world.apiUser.id ? [comment] : []))
}

function ticketOf({ world }: ZendeskDouble, id: number | string | undefined) {
  const found = world.tickets.get(Number(id))
  assert.ok(found, `there is no ticket ${id}`)
  return found
}

function valueIn(double: ZendeskDouble, ticketId: number, title: string) {
  return ticketOf(double, ticketId).fields.get(double.people.fieldId(title))
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
  test('gets number, state, sentence, status and an internal note, and is given as the reference', async (t) => {
    const { double, delivery } = await openDesk(t)
    const id = askForReturn(double)
    const told = await ticketUpdate.deliver(delivery({ ...received, target: bound(id) }))
    assert.deepEqual(told.refs, [{ type: 'ticket', value: String(id) }] satisfies DeliveredRef[])
    assert.equal(ticketOf(double, id).external_id, 'RMA-000001-7')
    assert.equal(ticketOf(double, id).status, 'open')
    assert.equal(valueIn(double, id, 'Return case'), 'RMA-000001-7')
    assert.equal(valueIn(double, id, 'Return status'), 'return_state_received')
    assert.equal(valueIn(double, id, 'Return in a sentence'), 'Received 2 of 2.')
    assert.deepEqual(
      notesOf(double, id).map(({ body, public: isPublic }) => [body, isPublic]),
      [['Return RMA-000001-7: Received 2 of 2.', false]],
    )
    assert.equal(double.world.tickets.size, 1)
  })

  test('keeps what an agent changes meanwhile: an outdated update is refused and made anew', async (t) => {
    const { double, delivery, advance } = await openDesk(t)
    const id = askForReturn(double)
    const command = delivery({ ...received, target: bound(id) })
    let isFirst = true
    const fetch: typeof command.fetch = (url, request) => {
      if (isFirst && request.method === 'PUT') {
        isFirst = false
        advance(5)
        double.people.agentSets({ ticketId: id, fields: { 'Return quantity': 3 }, status: 'hold' })
      }
      return command.fetch(url, request)
    }
    await ticketUpdate.deliver({ ...command, fetch })
    assert.equal(valueIn(double, id, 'Return quantity'), 3)
    assert.equal(ticketOf(double, id).status, 'open')
    assert.equal(notesOf(double, id).length, 1)
  })

  test('has one note although nobody heard of the first attempt', async (t) => {
    const { double, delivery } = await openDesk(t)
    const id = askForReturn(double)
    const command = delivery({ ...received, target: bound(id) })
    double.faults.set([{ fault: 'cut_after', method: 'PUT', times: 1 }])
    assert.ok((await failureOf(ticketUpdate.deliver(command))) instanceof UnknownOutcomeError)
    assert.deepEqual(await ticketUpdate.idempotency.readBack?.(command), {
      state: 'applied',
      externalId: String(id),
    })
    const next = delivery({ headline: 'refunded', sentence: 'Refunded.', target: bound(id) })
    assert.deepEqual(await ticketUpdate.idempotency.readBack?.(next), { state: 'absent' })
    assert.equal(notesOf(double, id).length, 1)
  })

  test('is told the rest where its form refuses to be solved', async (t) => {
    const { double, delivery } = await openDesk(t)
    double.world.addField({ title: 'Root cause', type: 'text', description: 'required to solve' })
    const id = askForReturn(double)
    await ticketUpdate.deliver(
      delivery({ headline: 'closed', sentence: 'Closed.', target: bound(id) }),
    )
    assert.notEqual(ticketOf(double, id).status, 'solved')
    assert.equal(valueIn(double, id, 'Return status'), 'return_state_closed')
    assert.match(notesOf(double, id)[0]?.body ?? '', /status of this ticket could not be changed/)
  })

  test('goes on in a follow-up when it is closed for good', async (t) => {
    const { double, delivery } = await openDesk(t)
    const id = askForReturn(double)
    double.people.agentSets({ ticketId: id, fields: {}, status: 'solved' })
    double.people.closeSolved()
    const first = await ticketUpdate.deliver(delivery({ ...received, target: bound(id) }))
    const followed = ticketOf(double, first.externalId)
    assert.equal(followed.via_followup_source_id, id)
    const refunded = { headline: 'refunded', sentence: 'Refunded.' }
    const target = [...bound(id), ...bound(followed.id)]
    await ticketUpdate.deliver(delivery({ ...refunded, target }))
    assert.equal(double.world.tickets.size, 2)
    assert.equal(followed.status, 'solved')
  })

  test('keeps the number of something else that stands on it', async (t) => {
    const { double, delivery } = await openDesk(t)
    const id = askForReturn(double)
    double.world.update(ticketOf(double, id), { external_id: 'CRM-9' })
    await ticketUpdate.deliver(delivery({ ...received, target: bound(id) }))
    assert.equal(ticketOf(double, id).external_id, 'CRM-9')
  })
})

describe('a return without a ticket', () => {
  test('gets one in the name of the customer, and only one', async (t) => {
    const { double, delivery } = await openDesk(t)
    const contact = { name: 'Carla Customer', email: 'carla@customer.example' }
    const first = await ticketUpdate.deliver(delivery(received, { contact }))
    const made = ticketOf(double, first.externalId)
    assert.equal(double.world.users.get(made.requester_id)?.email, contact.email)
    assert.deepEqual([...made.tags].includes('return'), true)
    const again = await ticketUpdate.deliver(delivery({ ...received, headline: 'inspected' }))
    assert.equal(again.externalId, first.externalId)
    assert.equal(notesOf(double, made.id).length, 2)
  })

  test('gets one although nobody heard of its making, and the search knows nothing of it yet', async (t) => {
    const { double, delivery } = await openDesk(t)
    const command = delivery(received)
    double.faults.set([{ fault: 'cut_after', method: 'POST', times: 1 }])
    assert.ok((await failureOf(ticketUpdate.deliver(command))) instanceof UnknownOutcomeError)
    assert.equal((await ticketUpdate.idempotency.readBack?.(command))?.state, 'applied')
    assert.equal(double.world.tickets.size, 1)
  })

  test('stays without one where none shall be made', async (t) => {
    const { double, delivery } = await openDesk(t, { createTickets: 'never' })
    assert.deepEqual(await ticketUpdate.deliver(delivery(received)), {})
    assert.equal(double.world.tickets.size, 0)
  })
})

describe('what the customer sees', () => {
  test('is nothing, but for the states that are set to be public', async (t) => {
    const { double, delivery } = await openDesk(t, {
      publicAt: ['refunded'],
      quietAt: ['inspected'],
    })
    const id = askForReturn(double)
    const target = bound(id)
    for (const headline of ['received', 'inspected', 'refunded'] as const) {
      await ticketUpdate.deliver(delivery({ headline, sentence: `It is ${headline}.`, target }))
    }
    assert.deepEqual(
      notesOf(double, id).map(({ body, public: isPublic }) => [isPublic, body]),
      [
        [false, 'Return RMA-000001-7: It is received.'],
        [true, 'It is refunded.'],
      ],
    )
    assert.equal(valueIn(double, id, 'Return status'), 'return_state_refunded')
  })

  test('is a status of the account where one is configured', async (t) => {
    const { double, delivery } = await openDesk(t, {
      statuses: { received: { customStatus: 1004 } },
    })
    const id = askForReturn(double)
    await ticketUpdate.deliver(delivery({ ...received, target: bound(id) }))
    assert.equal(ticketOf(double, id).custom_status_id, 1004)
    const [category] = double.world.customStatuses.filter((one) => one.id === 1004)
    assert.equal(ticketOf(double, id).status, category?.status_category)
  })
})

describe('limits', () => {
  test('of updates of one ticket are kept below, and the next one waits as long as it has to', async (t) => {
    const { double, delivery, advance } = await openDesk(t)
    const id = askForReturn(double)
    const target = bound(id)
    for (let count = 0; count < 24; count += 1) {
      await ticketUpdate.deliver(delivery({ ...received, target }))
      advance(1)
    }
    const failure = await failureOf(ticketUpdate.deliver(delivery({ ...received, target })))
    assert.ok(failure instanceof RetryableError)
    assert.equal(failure.code, 'RATE_LIMITED')
    assert.equal(failure.retryAfterMs, (600 - 24) * 1000)
    assert.equal(double.limits.refused, 0)
    advance(600)
    await ticketUpdate.deliver(delivery({ ...received, target }))
  })

  test('are read from the headers of the account and of each endpoint', () => {
    const headers = {
      'x-rate-limit': '700',
      'x-rate-limit-remaining': '12',
      'zendesk-ratelimit-tickets-update': 'total=100; remaining=7; resets=41',
    }
    assert.deepEqual(limits.readHeaders?.(headers, start), [
      { remaining: 12, limit: 700, resetAt: new Date(start.getTime() + 60_000) },
      {
        budget: 'tickets-update',
        remaining: 7,
        limit: 100,
        resetAt: new Date(start.getTime() + 41_000),
      },
    ])
    assert.deepEqual(limits.readHeaders?.({ 'x-rate-limit-remaining': 'many' }, start), [])
  })

  test('that the account is over are waited out', async (t) => {
    const { delivery } = await openDesk(t, {}, { limits: { perMinute: 1 } })
    const failure = await failureOf(ticketUpdate.deliver(delivery(received)))
    assert.ok(failure instanceof RetryableError)
    assert.equal(failure.retryAfterMs, 60_000)
  })
})

describe('the check', () => {
  test('names the account, and what is missing', async (t) => {
    const { config } = await openDesk(t)
    const connection = { fetch: createTestFetch(signal), dial: noDial, signal, now: start }
    const report = await check({ ...connection, config })
    assert.match(report.account ?? '', /^Backhaul \(backhaul@acme\.example\), admin, 127\.0\.0\.1/)
    assert.deepEqual(report.notes, [])
    const bare = await check({
      ...connection,
      config: { ...config, fields: {}, webhookSecrets: [] },
    })
    assert.equal(bare.notes?.length, 2)
    const failure = await failureOf(check({ ...connection, config: { ...config, token: 'wrong' } }))
    assert.equal(failure.code, 'AUTH_REJECTED')
    assert.equal(failure instanceof TerminalError, false)
  })
})
