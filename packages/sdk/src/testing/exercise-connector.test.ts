import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { z } from 'zod'
import {
  type Connector,
  type ConnectorDefinition,
  classifyStatus,
  type Delivered,
  type Delivery,
  defineConnector,
  type FeedDefinition,
  type GuardedResponse,
  RetryableError,
  secret,
  TerminalError,
  UnknownOutcomeError,
  webhook,
} from '../connector.ts'
import { schemes } from '../signing.ts'
import { connectorCases } from './exercise-connector.ts'
import type { FakeRule } from './fake-system.ts'
import type { ExerciseOptions } from './options.ts'

// A small help desk with labels, a sound connector for it, and what happens when the connector is broken.

const token = 'acme-token-5b1c9e7a'
const inbound = 'acme-webhook-secret-0123'

const config = z.object({
  baseUrl: z.string(),
  token: secret(z.string()),
  webhookSecret: secret(z.string()),
})
type Config = z.output<typeof config>

const payload = z.object({ id: z.string().min(1), ticket: z.object({ id: z.string() }) })

/** Notes drop a known key; labels are made as often as they are asked for. */
function acmeDesk(): FakeRule {
  const notes = new Map<string, number>()
  const labels: string[] = []
  return ({ method, url, headers, body }, effect) => {
    if (headers['authorization'] !== `Bearer ${token}`) return { status: 401 }
    const { pathname, searchParams } = new URL(url, 'http://acme')
    if (method === 'GET') {
      const id = labels.indexOf(searchParams.get('reference') ?? '')
      return { status: 200, body: id === -1 ? [] : [{ id: `L${id}` }] }
    }
    if (pathname === '/labels') {
      effect('label')
      const { reference } = JSON.parse(body) as { reference: string }
      return { status: 201, body: { ok: true, id: `L${labels.push(reference) - 1}` } }
    }
    const key = String(headers['idempotency-key'])
    if (!notes.has(key)) effect('note')
    notes.set(key, notes.get(key) ?? notes.size + 1)
    return { status: 200, body: { ok: true, id: `N${notes.get(key)}` } }
  }
}

function headersOf({ config: { token: own }, idempotencyKey }: Delivery<Config>) {
  return { authorization: `Bearer ${own}`, 'idempotency-key': idempotencyKey }
}

function send(delivery: Delivery<Config>, path: string, body: unknown): Promise<GuardedResponse> {
  return delivery.fetch(`${delivery.config.baseUrl}${path}`, {
    method: 'POST',
    headers: headersOf(delivery),
    body: JSON.stringify(body),
  })
}

const answered = z.object({ ok: z.boolean(), id: z.string().optional() })

async function readAnswer(
  delivery: Delivery<Config>,
  response: GuardedResponse,
): Promise<Delivered> {
  const failure = classifyStatus(response.status, response.headers, delivery.now)
  if (failure) throw failure
  const answer = answered.safeParse(await response.json())
  if (!answer.success) throw new UnknownOutcomeError({ code: 'RESPONSE_MALFORMED' })
  if (!answer.data.ok) throw new TerminalError({ code: 'ACME_REFUSED' })
  return { externalId: answer.data.id }
}

async function postNote(delivery: Delivery<Config>): Promise<Delivered> {
  return readAnswer(delivery, await send(delivery, '/notes', { text: 'hello' }))
}

async function createLabel(delivery: Delivery<Config>): Promise<Delivered> {
  const reference = delivery.idempotencyKey
  return readAnswer(delivery, await send(delivery, '/labels', { reference }))
}

async function findLabel(delivery: Delivery<Config>) {
  const { config: own, idempotencyKey, now } = delivery
  const url = new URL('/labels', own.baseUrl)
  url.searchParams.set('reference', idempotencyKey)
  const response = await delivery.fetch(url, { method: 'GET', headers: headersOf(delivery) })
  const failure = classifyStatus(response.status, response.headers, now)
  if (failure) throw failure
  const [found] = z.array(z.object({ id: z.string() })).parse(await response.json())
  return found ? { state: 'applied' as const, externalId: found.id } : { state: 'absent' as const }
}

const sound: ConnectorDefinition<typeof config> = {
  key: 'acme-desk',
  title: 'Acme Desk',
  sdkVersion: 1,
  config,
  roles: ['helpdesk', 'carrier'],
  limits: { timeoutMs: 10_000 },
  webhooks: {
    'ticket.updated': webhook({
      payload,
      verify: schemes.zendesk.verify,
      secrets: ({ webhookSecret }: Config) => [webhookSecret],
      messageId: ({ id }) => `event:${id}`,
      ping: {
        isSigned: false,
        answer: ({ rawBody }) =>
          Buffer.from(rawBody).toString() === 'ping=1' ? { status: 200 } : null,
      },
    }),
  },
  delivers: {
    'ticket.update': {
      deliver: postNote,
      idempotency: { kind: 'native_key', header: 'Idempotency-Key' },
    },
    'label.create': {
      deliver: createLabel,
      idempotency: { kind: 'find_before_create', readBack: findLabel },
    },
  },
}

const options: ExerciseOptions = {
  config: (baseUrl) => ({ baseUrl, token, webhookSecret: inbound }),
  webhooks: {
    'ticket.updated': {
      scheme: schemes.zendesk,
      stranger: { signingSecret: 'another-secret-entirely' },
      message: { body: '{"id":"1","ticket":{"id":"T1"}}' },
      otherMessage: { body: '{"id":"2","ticket":{"id":"T1"}}' },
      malformed: ['{"id":1}', '{"id":""}'],
      ping: { body: 'ping=1' },
    },
  },
  deliveries: {
    'ticket.update': {
      body: { headline: 'received', sentence: 'Hello.' },
      errorInside: { status: 200, body: { ok: false, error: 'ticket is closed' } },
    },
    'label.create': { body: { parcelId: 'P1', lines: [] } },
  },
  fake: acmeDesk,
}

/** The names of the cases that a connector fails. */
async function failures(connector: Connector, changes: Partial<ExerciseOptions> = {}) {
  const failed: string[] = []
  for (const { name, run } of connectorCases(connector, { ...options, ...changes })) {
    await run().catch(() => failed.push(name))
  }
  return failed
}

type Handler = (delivery: Delivery<Config>) => Promise<Delivered>

function withNote(deliver: Handler): Connector {
  const idempotency = { kind: 'native_key', header: 'Idempotency-Key' } as const
  const delivers = { ...sound.delivers, 'ticket.update': { deliver, idempotency } }
  return defineConnector({ ...sound, delivers })
}

function withLabel(deliver: Handler, readBack = findLabel): Connector {
  const idempotency = { kind: 'find_before_create', readBack } as const
  const delivers = { ...sound.delivers, 'label.create': { deliver, idempotency } }
  return defineConnector({ ...sound, delivers })
}

type Inbound = Parameters<typeof webhook<typeof payload, Config>>[0]

function withWebhook(changes: Partial<Inbound>): Connector {
  const base = {
    payload,
    verify: schemes.zendesk.verify,
    secrets: ({ webhookSecret }: Config) => [webhookSecret],
    messageId: ({ id }: z.output<typeof payload>) => `event:${id}`,
    ping: sound.webhooks?.['ticket.updated']?.ping,
  }
  const changed = webhook({ ...base, ...changes } as Inbound)
  return defineConnector({ ...sound, webhooks: { 'ticket.updated': changed } })
}

/** Each broken connector, and a case that it must fail. */
const broken: readonly { name: string; connector: () => Connector; fails: string }[] = [
  {
    name: 'verifies nothing',
    connector: () => withWebhook({ verify: () => ({ ok: true }) }),
    fails: 'ticket.updated: refuses the signature of a stranger',
  },
  {
    name: 'verifies nothing while no secret is configured',
    connector: () =>
      withWebhook({
        verify: (request) =>
          request.secrets.length === 0 ? { ok: true } : schemes.zendesk.verify(request),
      }),
    fails: 'ticket.updated: refuses everything while no secret is configured',
  },
  {
    name: 'verifies the body as it was parsed',
    connector: () =>
      withWebhook({
        verify: (request) => {
          const rawBody = Buffer.from(Buffer.from(request.rawBody).toString().trim())
          return schemes.zendesk.verify({ ...request, rawBody })
        },
      }),
    fails: 'ticket.updated: refuses a changed body',
  },
  {
    name: 'takes a signature of any age',
    connector: () =>
      withWebhook({
        verify: (request) => {
          const signedAt = String(request.headers['x-zendesk-webhook-signature-timestamp'])
          return schemes.zendesk.verify({ ...request, now: new Date(signedAt) })
        },
      }),
    fails: 'ticket.updated: refuses what is an hour old, and what comes from the future',
  },
  {
    name: 'knows one secret only',
    connector: () =>
      withWebhook({
        verify: (request) =>
          schemes.zendesk.verify({ ...request, secrets: request.secrets.slice(0, 1) }),
      }),
    fails: 'ticket.updated: accepts the old and the new secret while one replaces the other',
  },
  {
    name: 'names every arrival anew',
    connector: () => {
      let count = 0
      return withWebhook({ messageId: () => `n${(count += 1)}` })
    },
    fails: 'ticket.updated: gives a repeated message the same id',
  },
  {
    name: 'names messages by their ticket',
    connector: () => withWebhook({ messageId: ({ ticket }) => ticket.id }),
    fails: 'ticket.updated: gives another message another id',
  },
  {
    name: 'takes every call for a test call',
    connector: () => withWebhook({ ping: { isSigned: false, answer: () => ({ status: 200 }) } }),
    fails: 'ticket.updated: answers a test call, and takes no message for one',
  },
  {
    name: 'sends a lost label again by itself',
    connector: () =>
      withLabel((delivery) => createLabel(delivery).catch(() => createLabel(delivery))),
    fails: 'label.create: has one effect when the connection was lost after it',
  },
  {
    name: 'calls a timeout retryable and cannot tell whether there is a label',
    connector: () =>
      withLabel(
        (delivery) =>
          createLabel(delivery).catch((error: unknown) => {
            throw error instanceof UnknownOutcomeError
              ? new RetryableError({ code: 'TIMEOUT' })
              : error
          }),
        async () => ({ state: 'absent' }),
      ),
    fails: 'label.create: has one effect when the time was up after it',
  },
  {
    name: 'takes a failed search for no label',
    connector: () =>
      withLabel(createLabel, (delivery) =>
        findLabel(delivery).catch(() => ({ state: 'absent' as const })),
      ),
    fails: 'label.create: does not take a failed read for an absent effect',
  },
  {
    name: 'makes up a new key for every attempt',
    connector: () =>
      withNote((delivery) =>
        postNote({ ...delivery, idempotencyKey: `${delivery.idempotencyKey}:${delivery.attempt}` }),
      ),
    fails: 'ticket.update: has one effect when the same command is sent again',
  },
  {
    name: 'sends one key for all commands',
    connector: () => withNote((delivery) => postNote({ ...delivery, idempotencyKey: 'backhaul' })),
    fails: 'ticket.update: has an effect of its own for another command',
  },
  {
    name: 'swallows a 500',
    connector: () =>
      withNote(async (delivery) => {
        const response = await send(delivery, '/notes', {})
        return response.status >= 500 ? {} : readAnswer(delivery, response)
      }),
    fails: 'ticket.update: tries again after a 500, 502, 503 and 504',
  },
  {
    name: 'leaks its token in a message',
    connector: () =>
      withNote(async (delivery) => {
        const response = await send(delivery, '/notes', {})
        const { status } = response
        if (status !== 422) return readAnswer(delivery, response)
        const reason = `refused for ${delivery.config.token}`
        throw new TerminalError({ code: 'ACME_REFUSED', status, reason })
      }),
    fails: 'ticket.update: gives up on a 400, 410 and 422',
  },
  {
    name: 'leaks its token in a cause, as Basic credentials',
    connector: () =>
      withNote(async (delivery) => {
        const response = await send(delivery, '/notes', {})
        if (response.status !== 400) return readAnswer(delivery, response)
        const basic = Buffer.from(`agent:${delivery.config.token}`).toString('base64')
        const cause = { request: { headers: { authorization: `Basic ${basic}` } } }
        throw new TerminalError({ code: 'ACME_REFUSED', status: 400, cause })
      }),
    fails: 'ticket.update: gives up on a 400, 410 and 422',
  },
  {
    name: 'quotes the answer of a system that echoes the request',
    connector: () =>
      withNote(async (delivery) => {
        const response = await send(delivery, '/notes', {})
        if (response.status !== 401) return readAnswer(delivery, response)
        throw new RetryableError({ code: 'AUTH_REJECTED', cause: await response.text() })
      }),
    fails: 'ticket.update: names refused credentials by their code',
  },
  {
    name: 'logs its token',
    connector: () =>
      withNote((delivery) => {
        console.info('posting with', delivery.config)
        return postNote(delivery)
      }),
    fails: 'ticket.update: has one effect and says so',
  },
  {
    name: 'ignores Retry-After',
    connector: () =>
      withNote(async (delivery) => {
        const response = await send(delivery, '/notes', {})
        if (response.status === 429) throw new RetryableError({ code: 'RATE_LIMITED', status: 429 })
        return readAnswer(delivery, response)
      }),
    fails: 'ticket.update: waits as many seconds as a 429 asks for',
  },
  {
    name: 'reads Retry-After as a number only',
    connector: () =>
      withNote(async (delivery) => {
        const response = await send(delivery, '/notes', {})
        if (response.status !== 429) return readAnswer(delivery, response)
        const retryAfterMs = Number(response.headers['retry-after']) * 1000
        throw new RetryableError({ code: 'RATE_LIMITED', status: 429, retryAfterMs })
      }),
    fails: 'ticket.update: waits until the date that a 429 names',
  },
  {
    name: 'takes any 2xx for success',
    connector: () =>
      withNote(async (delivery) => {
        const response = await send(delivery, '/notes', {})
        const failure = classifyStatus(response.status, response.headers, delivery.now)
        if (failure) throw failure
        return {}
      }),
    fails: 'ticket.update: does not take an error inside a 2xx for success',
  },
  {
    name: 'retries what can never succeed',
    connector: () =>
      withNote(async (delivery) => {
        const response = await send(delivery, '/notes', {})
        if (response.status === 422) throw new RetryableError({ code: 'ACME_REFUSED' })
        return readAnswer(delivery, response)
      }),
    fails: 'ticket.update: gives up on a 400, 410 and 422',
  },
  {
    name: 'follows redirects',
    connector: () =>
      withNote(async (delivery) => {
        const response = await send(delivery, '/notes', {})
        const { location } = response.headers
        if (typeof location !== 'string') return readAnswer(delivery, response)
        return readAnswer(delivery, await send(delivery, new URL(location).pathname, {}))
      }),
    fails: 'ticket.update: follows no 307',
  },
  {
    name: 'throws what comes',
    connector: () =>
      withNote(async (delivery) => {
        const response = await send(delivery, '/notes', {})
        const failure = classifyStatus(response.status, response.headers, delivery.now)
        if (failure) throw failure
        const { ok, id } = answered.parse(await response.json())
        if (!ok) throw new TerminalError({ code: 'ACME_REFUSED' })
        return { externalId: id }
      }),
    fails: 'ticket.update: does not stumble over an answer of another shape',
  },
  {
    name: 'goes around delivery.fetch',
    connector: () =>
      withNote(async (delivery) => {
        const response = await fetch(`${delivery.config.baseUrl}/notes`, {
          method: 'POST',
          headers: headersOf(delivery),
        })
        const headers = Object.fromEntries(response.headers)
        const failure = classifyStatus(response.status, headers, delivery.now)
        if (failure) throw failure
        return {}
      }),
    fails: 'ticket.update: has one effect and says so',
  },
  {
    name: 'forgets to deliver',
    connector: () => withNote(async () => ({ externalId: 'N1' })),
    fails: 'ticket.update: has one effect and says so',
  },
]

describe('the suite for connectors', () => {
  test('passes a sound connector', async () => {
    assert.deepEqual(await failures(defineConnector(sound)), [])
  })

  for (const { name, connector, fails } of broken) {
    test(`fails a connector that ${name}`, async () => {
      const failing = connectorCases(connector(), options).find((one) => one.name === fails)
      assert.ok(failing, `has a case ${fails}`)
      await assert.rejects(failing.run(), { name: 'AssertionError' })
    })
  }

  test('fails when a command or a webhook has no sample', async () => {
    const { deliveries, webhooks } = options
    assert.ok(deliveries && webhooks)
    const { 'ticket.update': _, ...rest } = deliveries
    const connector = defineConnector(sound)
    assert.deepEqual(await failures(connector, { deliveries: rest }), [
      'has a sample of everything',
    ])
    assert.deepEqual(await failures(connector, { webhooks: {} }), ['has a sample of everything'])
  })
})

/** A catalog of three products behind the same token, read by its own revision. */
function catalog(): FakeRule {
  return ({ url, headers }) => {
    if (headers['authorization'] !== `Bearer ${token}`) return { status: 401 }
    const from = Number(new URL(url, 'http://acme').searchParams.get('from'))
    const all = ['1', '2', '3'].map((id) => ({ id, sku: `SKU-${id}` }))
    const items = all.slice(from, from + 2)
    return {
      status: 200,
      body: { items, next: from + items.length, hasMore: from + 2 < all.length },
    }
  }
}

const catalogPage = z.object({
  items: z.array(z.object({ id: z.string(), sku: z.string() })),
  next: z.number(),
  hasMore: z.boolean(),
})

type Pull = FeedDefinition<Config, 'products'>['pull']

const pullCatalog: Pull = async ({ config: own, fetch, cursor, now }) => {
  const url = new URL(`/products?from=${cursor ?? 0}`, own.baseUrl)
  const headers = { authorization: `Bearer ${own.token}` }
  const response = await fetch(url, { method: 'GET', headers })
  const failure = classifyStatus(response.status, response.headers, now)
  if (failure) throw failure
  const { items, next, hasMore } = catalogPage.parse(await response.json())
  return { items, cursor: String(next), hasMore }
}

function withFeed(pull: Pull): Connector {
  return defineConnector({ ...sound, webhooks: {}, delivers: {}, feeds: { products: { pull } } })
}

describe('the suite for feeds', () => {
  const feeding = {
    feeds: { products: { minItems: 3 } },
    webhooks: {},
    deliveries: {},
    fake: catalog,
  }

  test('passes a feed that comes to its end and goes on from there', async () => {
    assert.deepEqual(await failures(withFeed(pullCatalog), feeding), [])
  })

  test('wants a sample of every feed', async () => {
    const failed = await failures(withFeed(pullCatalog), { ...feeding, feeds: {} })
    assert.deepEqual(failed, ['has a sample of everything'])
  })

  const faulty: readonly { name: string; pull: Pull; fails: string }[] = [
    {
      name: 'gives items that are none',
      pull: async (page) => {
        const { items, ...rest } = await pullCatalog(page)
        return { ...rest, items: items.map((item) => ({ ...item, gtin: '123' })) }
      },
      fails: 'feed products: gives items that the hub can read',
    },
    {
      name: 'reads everything again each time',
      pull: async (page) => {
        const { items } = await pullCatalog({ ...page, cursor: null })
        return { items, cursor: '0', hasMore: false }
      },
      fails: 'feed products: moves its cursor to an end, and goes on from there',
    },
    {
      name: 'never moves',
      pull: async (page) => ({
        ...(await pullCatalog({ ...page, cursor: '0' })),
        cursor: page.cursor,
      }),
      fails: 'feed products: moves its cursor to an end, and goes on from there',
    },
    {
      name: 'takes an outage for an empty catalog',
      pull: (page) =>
        pullCatalog(page).catch(() => ({ items: [], cursor: page.cursor, hasMore: false })),
      fails: 'feed products: tells a system that is down by a delivery error',
    },
    {
      name: 'names every reading anew',
      pull: (() => {
        let count = 0
        return async (page) => {
          const { items, ...rest } = await pullCatalog(page)
          count += 1
          return { ...rest, items: items.map((item) => ({ ...item, name: `read ${count}` })) }
        }
      })(),
      fails: 'feed products: gives the same for the same cursor',
    },
  ]
  for (const { name, pull, fails } of faulty) {
    test(`notices a feed that ${name}`, async () => {
      assert.ok((await failures(withFeed(pull), feeding)).includes(fails))
    })
  }
})
