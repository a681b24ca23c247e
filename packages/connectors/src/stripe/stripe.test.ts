import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import type { CommandBody } from '@backhaul/sdk/canonical'
import {
  type Delivered,
  DeliveryError,
  type GuardedFetch,
  networkFailure,
  type PolledMessage,
} from '@backhaul/sdk/connector'
import { schemes } from '@backhaul/sdk/signing'
import { exerciseConnector, type FakeRule, noDial } from '@backhaul/sdk/testing'
import { type StripeDouble, startStripe } from '@backhaul/simulator'
import { toDecimal, toMinor } from './amounts.ts'
import { config } from './config.ts'
import stripe from './index.ts'

let system: StripeDouble
let now = new Date('2026-11-23T06:00:00Z')

beforeEach(async () => {
  now = new Date('2026-11-23T06:00:00Z')
  system = await startStripe({ now: () => now, apiKey: 'rk_test_1' })
})
afterEach(() => system.close())

const guarded: GuardedFetch = async (url, { method, headers, body }) => {
  const sent = {
    method,
    headers: { ...headers },
    ...(body === undefined ? {} : { body: body as string }),
  }
  const response = await fetch(url, sent).catch((cause: unknown) => {
    throw networkFailure({ code: 'CONNECTION_LOST', isSent: true, isRead: method === 'GET', cause })
  })
  const bytes = Buffer.from(await response.arrayBuffer())
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    text: async () => bytes.toString(),
    json: async () => JSON.parse(bytes.toString()) as unknown,
    bytes: async () => bytes,
  }
}

const settings = (more: object = {}) =>
  config.parse({ apiKey: 'rk_test_1', url: system.http.url, ...more })

const usd = (amount: string) => ({ amount, currency: 'USD' })

function refundOf(paymentId: string, amount = usd('25.00')): CommandBody<'refund.issue'> {
  return {
    refundId: 'refund-1',
    creditId: 'credit-1-0',
    paymentId,
    method: 'card_refund',
    amount,
  }
}

async function issue(
  body: CommandBody<'refund.issue'>,
  { attempt = 1, more = {} }: { attempt?: number; more?: object } = {},
): Promise<Delivered> {
  const definition = stripe.delivers['refund.issue']
  assert.ok(definition)
  return definition.deliver({
    config: settings(more),
    command: {
      type: 'refund.issue',
      caseId: '01920000-0000-7000-8000-000000000001',
      caseNo: 'RMA-000123-7',
      caseVersion: 3,
      occurredAt: now.toISOString(),
      body,
    },
    idempotencyKey: `bh_${body.refundId}`,
    attempt,
    signal: new AbortController().signal,
    fetch: guarded,
    dial: noDial,
    now,
  })
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof DeliveryError, 'it was not refused')
  return `${error.kind} ${error.code} ${error.exception ?? ''}`.trim()
}

describe('a refund', () => {
  test('gives money of the payment back, and names the return', async () => {
    const payment = system.pay({ amount: 10_000 })
    const made = await issue(refundOf(payment))
    const [one] = system.refunds()
    assert.deepEqual([one?.amount, one?.payment_intent], [2_500, payment])
    assert.deepEqual(one?.metadata, {
      case_no: 'RMA-000123-7',
      refund_id: 'refund-1',
      credit_id: 'credit-1-0',
    })
    assert.equal(made.externalId, one?.id)
    const [event] = made.events ?? []
    assert.equal(event?.type, 'refund.settled')
  })

  test('is made once, also when its answer was lost, and a day later', async () => {
    const payment = system.pay({ amount: 10_000 })
    system.http.faults.set([{ fault: 'cut_after', path: '/v1/refunds', method: 'POST', times: 1 }])
    assert.equal(await codeOf(issue(refundOf(payment))), 'unknown CONNECTION_LOST')
    const found = await issue(refundOf(payment), { attempt: 2 })
    assert.equal(system.refunds().length, 1)
    assert.equal(found.externalId, system.refunds()[0]?.id)
  })

  test('is never above what is left of the payment', async () => {
    const payment = system.pay({ amount: 3_000 })
    const more = issue({ ...refundOf(payment, usd('30.01')), refundId: 'refund-0' })
    assert.equal(await codeOf(more), 'terminal REFUND_ABOVE_OPEN FN04')
    await issue(refundOf(payment, usd('30.00')))
    const again = issue({ ...refundOf(payment), refundId: 'refund-2' })
    assert.equal(await codeOf(again), 'terminal REFUNDED_BEFORE FN03')
  })

  test('of a payment that is not known is for a person, or is found by its order', async () => {
    const unknown = issue(refundOf('pi_0'))
    assert.equal(await codeOf(unknown), 'terminal PAYMENT_UNKNOWN FN05')
    const about = { company: 'main', orderRefs: ['S00042'] }
    const byOrder = { ...refundOf('odoo-payment-7'), about }
    assert.equal(await codeOf(issue(byOrder)), 'terminal PAYMENT_UNKNOWN FN05')
    system.pay({ amount: 9_000, metadata: { order: 'S00042' } })
    await issue(byOrder, { more: { orderMetadata: 'order' } })
    assert.equal(system.refunds().length, 1)
    system.pay({ amount: 9_000, metadata: { order: 'S00042' } })
    const twice = issue({ ...byOrder, refundId: 'refund-2' }, { more: { orderMetadata: 'order' } })
    assert.equal(await codeOf(twice), 'terminal PAYMENT_UNKNOWN FN05')
  })

  test('counts in the units of its currency', () => {
    assert.equal(toMinor(usd('10.05')), '1005')
    assert.equal(toMinor({ amount: '1005', currency: 'JPY' }), '1005')
    assert.equal(toMinor({ amount: '1.005', currency: 'KWD' }), '1005')
    assert.equal(toMinor({ amount: '10', currency: 'ISK' }), '1000')
    assert.equal(toDecimal(1_005, 'KWD'), '1.005')
  })
})

async function look(cursor: string | null) {
  const poll = stripe.polls['changes']
  assert.ok(poll)
  const signal = new AbortController().signal
  const page = { config: settings(), fetch: guarded, dial: noDial, signal, cursor, limit: 100, now }
  return poll.pull(page)
}

const statesOf = (messages: readonly PolledMessage[]) =>
  messages.map(({ body }) => (body as { status: string }).status)

describe('what becomes of a refund', () => {
  test('is told in its order, and only once', async () => {
    const payment = system.pay({ amount: 10_000 })
    await issue(refundOf(payment))
    const first = await look(null)
    assert.deepEqual(statesOf(first.messages), ['succeeded'])
    const id = system.refunds()[0]?.id ?? ''
    system.fail(id)
    const second = await look(first.cursor)
    assert.deepEqual(statesOf(second.messages), ['failed', 'failed'])
    assert.deepEqual((await look(second.cursor)).messages, [])
    const [message] = second.messages
    assert.ok(message)
    const { failure, amount } = message.body as { failure: string; amount: string }
    assert.deepEqual([failure, amount], ['lost_or_stolen_card', '25'])
  })

  test('of somebody else’s refund is not told', async () => {
    const payment = system.pay({ amount: 10_000 })
    await fetch(`${system.http.url}/v1/refunds`, {
      method: 'POST',
      headers: { authorization: 'Bearer rk_test_1' },
      body: new URLSearchParams({ payment_intent: payment, amount: '100' }),
    })
    assert.deepEqual((await look(null)).messages, [])
  })

  test('goes on where the last event is no longer kept', async () => {
    const payment = system.pay({ amount: 10_000 })
    await issue(refundOf(payment))
    assert.equal((await look('evt_gone')).messages.length, 1)
  })
})

/** Stripe, as the suite needs it: a key is remembered with its answer, and refunds can be listed. */
function fake(): FakeRule {
  const keys = new Map<string, unknown>()
  return ({ method, url, headers, body }, effect) => {
    if (url.startsWith('/v1/events'))
      return { status: 200, body: { data: [polled], has_more: false } }
    if (method === 'GET') return { status: 200, body: { data: [], has_more: false } }
    const key = String(headers['idempotency-key'])
    if (!keys.has(key)) {
      effect(key)
      const form = new URLSearchParams(body)
      keys.set(key, {
        id: `re_${keys.size}`,
        amount: Number(form.get('amount')),
        currency: 'usd',
        status: 'succeeded',
      })
    }
    return { status: 200, body: keys.get(key) }
  }
}

const event = {
  id: 'evt_1',
  type: 'refund.updated',
  created: 1_795_413_600,
  data: { object: { object: 'refund', id: 're_1' } },
}
const polled = {
  ...event,
  data: {
    object: {
      id: 're_1',
      amount: 2_500,
      currency: 'usd',
      status: 'succeeded',
      metadata: { case_no: 'RMA-000123-7', refund_id: 'refund-1' },
    },
  },
}

exerciseConnector(stripe, {
  config: (baseUrl) => ({
    apiKey: 'rk_live_7391',
    webhookSecrets: ['whsec_5102'],
    url: baseUrl,
  }),
  webhooks: {
    events: {
      scheme: schemes.stripe,
      stranger: { signingSecret: 'whsec_other' },
      message: { body: JSON.stringify(event) },
      otherMessage: { body: JSON.stringify({ ...event, id: 'evt_2' }) },
      malformed: ['[]', '{}', '{"id":7}'],
    },
  },
  deliveries: {
    'refund.issue': {
      body: refundOf('pi_1'),
      errorInside: {
        status: 200,
        body: {
          id: 're_9',
          amount: 1,
          currency: 'usd',
          status: 'failed',
          failure_reason: 'unknown',
        },
      },
    },
  },
  polls: { changes: {} },
  fake,
})
