import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type CommandBody, type CommandType, commandEnvelope } from '@backhaul/sdk/canonical'
import type { Delivery, GuardedRequest } from '@backhaul/sdk/connector'
import { standardWebhooks } from '@backhaul/sdk/signing'
import { exerciseConnector, type FakeRule, noDial } from '@backhaul/sdk/testing'
import { Webhook } from 'standardwebhooks'
import { type Config, config } from './config.ts'
import webhook from './index.ts'
import { postEvent } from './post-event.ts'

const now = new Date('2026-11-23T06:00:00Z')
const signingSecret = secretOf(1)
const inboundSecret = secretOf(2)

function secretOf(filler: number): string {
  return `whsec_${Buffer.alloc(32, filler).toString('base64')}`
}

function event(id: string) {
  return {
    specversion: '1.0',
    id,
    source: '/shop-eu',
    type: 'backhaul.return.review_started.v1',
    time: '2026-11-23T05:59:00Z',
    data: { refs: [{ system: 'shop-eu', type: 'return', value: 'R-1' }] },
  }
}

const lines = [{ lineNo: 1, product: { sku: 'PUMP-1' }, quantity: '1', unit: 'EA' }]
const amount = { amount: '10.00', currency: 'EUR' }
const told = { headline: 'received', sentence: 'The goods are here.' }

const bodies: { readonly [T in Exclude<CommandType, 'order.look_up'>]: CommandBody<T> } = {
  'return.record': { lines },
  'return.cancel': { lineNos: [1] },
  'label.create': { parcelId: 'P1', lines },
  'label.void': { parcelId: 'P1' },
  'receipt.expect': { lines },
  'receipt.cancel': { lineNos: [1] },
  'receipt.record': { receiptId: 'W1', lines },
  'receipt.reverse': { receiptId: 'W1' },
  'receipt.close_short': { lineNos: [1] },
  'inspection.request': { lines },
  'disposition.execute': { dispositionId: 'D1', lines: [] },
  'credit.draft': {
    credit: { creditId: 'C1', lines: [], fees: [], total: amount, method: 'credit_note' },
  },
  'credit.post': { creditId: 'C1' },
  'refund.issue': { refundId: 'F1', creditId: 'C1', method: 'cash_refund', amount },
  'replacement.order': { fulfillmentId: 'X1', lines },
  'repair.order': { fulfillmentId: 'X1', lines },
  'goods.send_back': { fulfillmentId: 'X1', lines },
  'supplier_claim.submit': { claimId: 'S1', vendor: 'ACME', lines },
  'note.record': { noteId: 'N1', text: 'Two boxes.' },
  'ticket.update': told,
  'channel.update': told,
  'customer.notify': { template: 'received', headline: 'received' },
  'event.publish': { event: event('e-1') },
}

/** A receiver that follows Standard Webhooks: it verifies, drops an id that it knows, and names what it made. */
function receiver(): FakeRule {
  const known = new Map<string, string>()
  const reference = new Webhook(signingSecret)
  return ({ headers, body }, effect) => {
    const id = String(headers['webhook-id'])
    // The reference library has its own clock, so it checks the signature only.
    const at = new Date(Number(headers['webhook-timestamp']) * 1000)
    if (reference.sign(id, at, body) !== headers['webhook-signature']) return { status: 401 }
    if (!known.has(id)) {
      effect(id)
      known.set(id, `made-${known.size + 1}`)
    }
    return { status: 201, body: { externalId: known.get(id) } }
  }
}

exerciseConnector(webhook, {
  config: (baseUrl) => ({
    url: `${baseUrl}/returns?tenant=7`,
    signingSecret,
    inboundSecrets: [inboundSecret],
    headers: { authorization: 'Bearer gateway-token-7391' },
  }),
  webhooks: {
    'canonical-events': {
      scheme: standardWebhooks,
      stranger: { signingSecret: secretOf(3) },
      message: { id: 'msg_1', body: JSON.stringify(event('e-1')) },
      otherMessage: { id: 'msg_2', body: JSON.stringify([event('e-2'), event('e-3')]) },
      malformed: [
        '[]',
        'null',
        '{"specversion":"1.0"}',
        JSON.stringify([event('e-1'), { ...event('e-2'), type: 'com.example.other' }]),
        JSON.stringify({ ...event('e-1'), type: 'backhaul.case.reopened.v1' }),
        JSON.stringify({ ...event('e-1'), id: 'a\u0000b' }),
        JSON.stringify(Array.from({ length: 501 }, (_, index) => event(`e-${index}`))),
      ],
    },
  },
  deliveries: Object.fromEntries(Object.entries(bodies).map(([type, body]) => [type, { body }])),
  fake: receiver,
})

function parsedConfig(changes: Record<string, unknown> = {}): Config {
  return config.parse({ url: 'https://receiver.example/in', signingSecret, ...changes })
}

/** Delivers against one canned answer, and gives back what was sent and what came of it. */
async function post(
  answer: { status: number; type?: string; body?: string },
  changes: Partial<Delivery<Config>> = {},
) {
  const sent: { url: string | URL; request: GuardedRequest }[] = []
  const result = await postEvent({
    config: parsedConfig(),
    command: {
      type: 'ticket.update',
      caseId: '01920000-0000-7000-8000-000000000001',
      caseNo: 'RMA-000001-0',
      caseVersion: 3,
      occurredAt: now.toISOString(),
      body: told,
    },
    idempotencyKey: 'case-1:1:ticket_update',
    attempt: 1,
    signal: new AbortController().signal,
    now,
    dial: noDial,
    fetch: async (url, request) => {
      sent.push({ url, request })
      const text = async () => answer.body ?? ''
      return {
        status: answer.status,
        headers: { 'content-type': answer.type ?? 'application/json' },
        text,
        bytes: async () => Buffer.from(await text()),
        json: async () => JSON.parse(await text()) as unknown,
      }
    },
    ...changes,
  })
  const [first] = sent
  assert.ok(first)
  return { result, ...first }
}

describe('a command on its way out', () => {
  test('is the canonical envelope', async () => {
    const { request, url } = await post({ status: 204 })
    assert.equal(String(url), 'https://receiver.example/in')
    assert.equal(request.headers?.['content-type'], 'application/json')
    const parsed = commandEnvelope('ticket.update').parse(JSON.parse(String(request.body)))
    assert.equal(parsed.idempotencyKey, 'case-1:1:ticket_update')
    assert.equal(parsed.caseVersion, 3)
    assert.deepEqual(parsed.body, told)
  })

  test('keeps its id over attempts while the timestamp moves on', async () => {
    const first = await post({ status: 204 })
    const second = await post(
      { status: 204 },
      { now: new Date(now.getTime() + 60_000), attempt: 2 },
    )
    assert.equal(second.request.headers?.['webhook-id'], first.request.headers?.['webhook-id'])
    assert.equal(first.request.headers?.['webhook-timestamp'], '1795413600')
    assert.equal(second.request.headers?.['webhook-timestamp'], '1795413660')
  })

  test('carries a full stop of its key encoded, and two keys never meet', async () => {
    const keys = ['a.b', 'a%2Eb', 'a%b', 'a-b']
    const ids = await Promise.all(
      keys.map(async (idempotencyKey) => {
        const { request } = await post({ status: 204 }, { idempotencyKey })
        return request.headers?.['webhook-id']
      }),
    )
    assert.deepEqual(ids, ['a%2Eb', 'a%252Eb', 'a%25b', 'a-b'])
  })

  test('can be signed with a private key', async () => {
    const own = parsedConfig({ signingSecret: 'whsk_VEVTVFNJR05JTkdLRVlET05PVFVTRVRISVNGT1JBTlk=' })
    const { request } = await post({ status: 204 }, { config: own })
    assert.match(request.headers?.['webhook-signature'] ?? '', /^v1a,[A-Za-z0-9+/]{86}==$/)
  })

  test('gives up early only where the connection says so', async () => {
    const patient = await post({ status: 204 })
    assert.equal(patient.request.signal, undefined)
    const { request } = await post({ status: 204 }, { config: parsedConfig({ timeoutMs: 100 }) })
    assert.ok(request.signal)
  })
})

describe('an answer', () => {
  test('gives its externalId, without blanks around it', async () => {
    const { result } = await post({ status: 200, body: '{"externalId":" T-9 "}' })
    assert.deepEqual(result, { externalId: 'T-9' })
  })

  test('that holds no usable externalId is a success all the same', async () => {
    for (const body of [
      '',
      '{}',
      '[]',
      '{"externalId":9}',
      `{"externalId":"${'x'.repeat(201)}"}`,
    ]) {
      const { result } = await post({ status: 202, body })
      assert.deepEqual(result, {}, body)
    }
  })

  test('in another format is not read', async () => {
    const { result } = await post({ status: 200, type: 'text/html', body: '{"externalId":"T-9"}' })
    assert.deepEqual(result, {})
  })

  test('of 410 disables the connection', async () => {
    await assert.rejects(post({ status: 410 }), { code: 'ENDPOINT_GONE', disablesConnection: true })
  })
})

describe('a configuration', () => {
  test('seals its secrets', () => {
    assert.deepEqual(webhook.secretPaths, ['signingSecret', 'inboundSecrets.*', 'headers.*'])
  })

  test('is refused for what could not work, or could be abused', () => {
    for (const changes of [
      { url: 'ftp://receiver.example' },
      { url: 'file:///etc/passwd' },
      { url: 'https://user:password@receiver.example' },
      { url: 'receiver.example' },
      { signingSecret: 'short' },
      { signingSecret: `whsec_${Buffer.alloc(23).toString('base64')}` },
      { inboundSecrets: ['whsk_VEVTVFNJR05JTkdLRVlET05PVFVTRVRISVNGT1JBTlk='] },
      { inboundSecrets: [''] },
      { headers: { 'webhook-id': 'mine' } },
      { headers: { 'content-type': 'text/plain' } },
      { headers: { host: 'elsewhere' } },
      { headers: { 'transfer-encoding': 'chunked' } },
      { headers: { 'x-a': 'b\r\nx-c: d' } },
      { headers: { 'x a': 'b' } },
      { timeoutMs: 60_000 },
    ]) {
      assert.throws(() => parsedConfig(changes), { name: 'ZodError' }, JSON.stringify(changes))
    }
  })
})

describe('the reference library of Standard Webhooks', () => {
  test('verifies what we send', async () => {
    const fresh = new Date()
    const { request } = await post({ status: 204 }, { now: fresh })
    const payload = new Webhook(signingSecret).verify(String(request.body), { ...request.headers })
    assert.equal((payload as { type: string }).type, 'ticket.update')
  })

  test('sends what we verify', () => {
    const body = JSON.stringify(event('e-1'))
    const headers = {
      'webhook-id': 'msg_1',
      'webhook-timestamp': String(now.getTime() / 1000),
      'webhook-signature': new Webhook(inboundSecret).sign('msg_1', now, body),
    }
    const received = webhook.webhooks['canonical-events']
    assert.ok(received)
    const rawBody = Buffer.from(body)
    const secrets = received.secrets(parsedConfig({ inboundSecrets: [inboundSecret] }))
    const verdict = received.verify({ method: 'POST', url: '', headers, rawBody, secrets, now })
    assert.equal(verdict.ok, true)
    const reading = received.read({ rawBody, headers })
    assert.ok(reading.ok)
    assert.equal(reading.messageId, 'msg_1')
  })
})
