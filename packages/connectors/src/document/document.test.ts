import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { CommandBody, CommandType } from '@backhaul/sdk/canonical'
import type { Delivery, GuardedRequest, MappedRequest } from '@backhaul/sdk/connector'
import { headerSecretScheme, schemes } from '@backhaul/sdk/signing'
import { exerciseConnector, type FakeRule } from '@backhaul/sdk/testing'
import { type Config, config } from './config.ts'
import document from './index.ts'
import { sendRequest } from './send-request.ts'
import { markSecrets, verifyInbound } from './verify-inbound.ts'

const secret = 'a-secret-of-at-least-24-characters'
const told: CommandBody<'channel.update'> = {
  headline: 'received',
  sentence: 'The goods are here.',
}
const request: MappedRequest = {
  method: 'POST',
  path: '/returns/R-1/status',
  query: { lang: 'en' },
  headers: { 'x-shop': '7' },
  body: '{"status":"RECEIVED"}',
  contentType: 'application/json',
  externalIdOf: (answer) => idIn(answer),
}

function idIn(answer: unknown): string | null {
  const { data } = (answer ?? {}) as { data?: { id?: string | number } | null }
  return data?.id === undefined ? null : String(data.id)
}

/** A shop that drops a key that it knows. */
function shop(): FakeRule {
  const known = new Map<string, string>()
  return ({ headers }, effect) => {
    const key = String(headers['idempotency-key'])
    if (headers['authorization'] !== 'Bearer shop-token-5512') return { status: 401 }
    if (!known.has(key)) {
      effect(key)
      known.set(key, `made-${known.size + 1}`)
    }
    return { status: 200, body: { data: { id: known.get(key) } } }
  }
}

const delivered: CommandType[] = ['channel.update']

exerciseConnector(
  {
    ...document,
    delivers: { 'channel.update': document.delivers['channel.update'] },
  } as typeof document,
  {
    config: (baseUrl) => ({
      inbound: { scheme: 'header', secrets: [secret] },
      outbound: { url: `${baseUrl}/api`, headers: { authorization: 'Bearer shop-token-5512' } },
    }),
    webhooks: {
      '*': {
        scheme: headerSecretScheme('x-backhaul-secret'),
        signingSecret: secret,
        stranger: {
          signingSecret: 'another-secret-of-24-characters',
          verifyingSecret: 'header another-secret-of-24-characters',
        },
        message: { body: '{"id":1}' },
        otherMessage: { body: '{"id":2}' },
        tamper: null,
        takesAnyBody: true,
      },
    },
    deliveries: Object.fromEntries(delivered.map((type) => [type, { body: told, request }])),
    fake: shop,
  },
)

async function send(changes: Partial<MappedRequest>, answer: unknown = {}) {
  const sent: { url: string; request: GuardedRequest }[] = []
  const delivery = {
    config: config.parse({ outbound: { url: 'https://shop.example/api/' } }),
    request: { ...request, ...changes },
    idempotencyKey: 'bh_1',
    now: new Date('2026-11-23T06:00:00Z'),
    fetch: async (url: string | URL, one: GuardedRequest) => {
      sent.push({ url: String(url), request: one })
      return { status: 200, headers: {}, json: async () => answer }
    },
  } as unknown as Delivery<Config>
  return { result: await sendRequest(delivery), sent: sent[0] }
}

describe('a request of a mapping document', () => {
  test('goes below the address of the connection, wherever its path points to', async () => {
    for (const [path, url] of [
      ['/returns/1', 'https://shop.example/api/returns/1?lang=en'],
      ['/../../admin', 'https://shop.example/api/admin?lang=en'],
      ['//evil.example/x', 'https://shop.example/api/evil.example/x?lang=en'],
      ['/a?b=c#d', 'https://shop.example/api/a%3Fb%3Dc%23d?lang=en'],
      ['/%2e%2e/x', 'https://shop.example/api/x?lang=en'],
    ] as const) {
      assert.equal((await send({ path })).sent?.url, url)
    }
  })

  test('is known to the other side under the key of the command', async () => {
    const { sent } = await send({})
    assert.equal(sent?.request.headers?.['idempotency-key'], 'bh_1')
    assert.equal(sent?.request.body, '{"status":"RECEIVED"}')
  })

  test('learns the id that the answer holds where the document says', async () => {
    assert.deepEqual((await send({}, { data: { id: 77 } })).result, { externalId: '77' })
    assert.deepEqual((await send({}, { data: null })).result, {})
    assert.deepEqual((await send({ externalIdOf: () => 'x'.repeat(201) }, {})).result, {})
  })
})

describe('what comes in', () => {
  const at = new Date('2026-11-23T06:00:00Z')
  const url = 'https://hub.example/webhooks/shop/orders'

  test('is taken at the address that the hub gave out, where nothing is signed', () => {
    const given = { method: 'POST', headers: {}, rawBody: Buffer.from('x'), now: at }
    const secrets = ['address ', secret]
    assert.equal(verifyInbound({ ...given, url: `${url}/${secret}`, secrets }).ok, true)
    assert.equal(verifyInbound({ ...given, url: `${url}/${secret}y`, secrets }).ok, false)
    assert.equal(verifyInbound({ ...given, url, secrets }).ok, false)
  })

  test('has no secret of its own where the hub is to give one out', () => {
    assert.deepEqual(markSecrets({ scheme: 'address', secrets: [] }), [])
    const given = { method: 'POST', headers: {}, rawBody: Buffer.from('x'), now: at }
    assert.equal(verifyInbound({ ...given, url: `${url}/${secret}`, secrets: [secret] }).ok, true)
    assert.equal(verifyInbound({ ...given, url: `${url}/other`, secrets: [secret] }).ok, false)
    assert.deepEqual(markSecrets({ scheme: 'header', secrets: [] }), ['header '])
    const atAddress = { ...given, url: `${url}/${secret}`, secrets: ['header ', secret] }
    assert.equal(verifyInbound(atAddress).ok, false)
  })

  test('needs its signature where one is configured, even at that address', () => {
    const secrets = ['shopify ', `shopify ${secret}`, 'given-out-address-secret-1234']
    const signed = schemes.shopify.sign({ method: 'POST', url, body: '{}', secret, now: at })
    const given = { method: 'POST', url, rawBody: Buffer.from('{}'), now: at, secrets }
    assert.equal(verifyInbound({ ...given, headers: signed.headers }).ok, true)
    const atAddress = { ...given, url: `${url}/given-out-address-secret-1234`, headers: {} }
    assert.equal(verifyInbound(atAddress).ok, false)
  })

  test('is refused where the configuration names no secret', () => {
    const given = { method: 'POST', url, headers: {}, rawBody: Buffer.from('x'), now: at }
    assert.equal(verifyInbound({ ...given, secrets: ['header '] }).ok, false)
    assert.equal(verifyInbound({ ...given, secrets: [] }).ok, false)
  })
})
