import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { z } from 'zod'
import { schemes } from '../signing/schemes.ts'
import { canonicalEvents } from './canonical-events.ts'
import { type AnyWebhookDefinition, createWebhook, type Webhook, webhook } from './webhook.ts'

const now = new Date('2026-11-23T06:00:00Z')
const payload = z.object({ id: z.int(), at: z.string().optional() })

function createFrom(changes: Partial<AnyWebhookDefinition<unknown>> = {}): Webhook {
  const base = webhook({
    payload,
    verify: schemes.shopify.verify,
    secrets: (config: unknown) => [String(config)],
    messageId: ({ id }) => `order:${id}`,
  })
  return createWebhook({ ...base, ...changes })
}

function read(given: Webhook, body: string | Uint8Array) {
  return given.read({ rawBody: Buffer.from(body), headers: {} })
}

function reasonOf(given: Webhook, body: string | Uint8Array): string {
  const reading = read(given, body)
  return reading.ok ? 'ok' : reading.reason
}

function request(body: string) {
  const url = 'https://hub.example/webhooks/one/orders'
  return { method: 'POST', url, headers: {}, rawBody: Buffer.from(body), secrets: ['s'], now }
}

describe('a message', () => {
  test('is parsed, checked and named', () => {
    const reading = read(createFrom(), '{"id":7,"at":"now","more":1}')
    assert.deepEqual(reading, { ok: true, messageId: 'order:7', payload: { id: 7, at: 'now' } })
  })

  test('that starts with a byte order mark is read', () => {
    assert.equal(reasonOf(createFrom(), '\ufeff{"id":7}'), 'ok')
  })

  test('that is no JSON, or no JSON that is safe to hold, is not parseable', () => {
    for (const body of [
      '',
      '{',
      'id=7',
      '{"id":7}{"id":8}',
      Buffer.from('{"id":7}', 'utf16le'),
      Buffer.from([0x7b, 0xff, 0x7d]),
      '{"id":7,"__proto__":{"admin":true}}',
      '{"id":7,"a":{"\\u005f_proto__":1}}',
      `{"id":7,"a":${'['.repeat(65)}${']'.repeat(65)}}`,
      '['.repeat(1_000_000),
      '{"a":'.repeat(100_000),
    ]) {
      assert.equal(reasonOf(createFrom(), body), 'not_parseable', String(body).slice(0, 40))
    }
  })

  test('whose texts are full of brackets and escapes is as deep as it is', () => {
    const brackets = JSON.stringify({ id: 7, at: `${'['.repeat(500)}"\\${'{'.repeat(500)}` })
    assert.equal(reasonOf(createFrom(), brackets), 'ok')
    assert.equal(reasonOf(createFrom(), '{"id":7,"at":"\\\\"}'), 'ok')
  })

  test('that mentions __proto__ in a text is read', () => {
    assert.equal(reasonOf(createFrom(), '{"id":7,"at":"__proto__ \\u00e4"}'), 'ok')
  })

  test('of another shape says where, and quotes nothing', () => {
    const reading = read(createFrom(), '{"id":"secret-of-a-customer"}')
    assert.ok(!reading.ok)
    assert.equal(reading.reason, 'schema')
    assert.deepEqual(
      reading.issues.map(({ path }) => path),
      ['id'],
    )
    assert.doesNotMatch(JSON.stringify(reading), /secret-of/)
  })

  test('with an id that a double cannot hold is refused, not rounded', () => {
    assert.equal(reasonOf(createFrom(), '{"id":9007199254740993}'), 'schema')
  })

  test('with a thousand faults names twenty', () => {
    const many = createFrom({ payload: z.array(z.string()) })
    const reading = read(many, JSON.stringify(Array.from({ length: 1000 }, () => 0)))
    assert.ok(!reading.ok)
    assert.equal(reading.issues.length, 20)
  })

  test('whose name is empty, too long, not text or not printable has none', () => {
    const bad: readonly (() => string)[] = [
      () => '',
      () => 'x'.repeat(201),
      () => 'a\nb',
      () => 'ä',
      () => 7 as unknown as string,
      () => {
        throw new TypeError('no such field')
      },
    ]
    for (const messageId of bad) {
      assert.equal(reasonOf(createFrom({ messageId }), '{"id":7}'), 'no_message_id')
    }
    assert.equal(reasonOf(createFrom({ messageId: () => 'x'.repeat(200) }), '{"id":7}'), 'ok')
  })

  test('on which the schema itself fails is a schema failure', () => {
    const failing = createFrom({
      payload: z.unknown().transform(() => {
        throw new RangeError('defect')
      }),
    })
    assert.equal(reasonOf(failing, '{}'), 'schema')
  })

  test('in a form is read by field name', () => {
    const form = createFrom({ payload: z.record(z.string(), z.string()), format: 'form' })
    const reading = read(form, 'id=1&note=x+y%26')
    assert.deepEqual(reading.ok && reading.payload, { id: '1', note: 'x y&' })
  })

  test('in text stays text', () => {
    const reading = read(createFrom({ payload: z.string(), format: 'text' }), 'sku;qty\nA;1')
    assert.equal(reading.ok && reading.payload, 'sku;qty\nA;1')
  })
})

describe('a webhook', () => {
  test('does not stumble over a verifier that throws', () => {
    const failing = createFrom({
      verify: () => {
        throw new TypeError('defect')
      },
    })
    assert.deepEqual(failing.verify(request('{}')), { ok: false, reason: 'malformed' })
  })

  test('takes its secrets from the configuration', () => {
    assert.deepEqual(createFrom().secrets('own secret'), ['own secret'])
  })

  test('that is unsigned compares the secret in the address', () => {
    const address = 'a-secret-of-24-characters'
    const unsigned = createWebhook(
      webhook({
        payload,
        unsigned: 'Acme signs nothing',
        secretAddress: true,
        secrets: () => [address],
        messageId: ({ id }) => String(id),
      }),
    )
    const given = { ...request('{}'), secrets: unsigned.secrets({}) }
    assert.equal(unsigned.secretAddress, true)
    assert.equal(unsigned.verify(given).ok, false)
    assert.equal(unsigned.verify({ ...given, url: `${given.url}/${address}` }).ok, true)
  })

  test('answers an unsigned ping before verifying and a signed one after', () => {
    const answer = { status: 200, body: 'pong' }
    for (const [isSigned, moment, other] of [
      [false, 'before_verify', 'after_verify'],
      [true, 'after_verify', 'before_verify'],
    ] as const) {
      const pinged = createFrom({ ping: { isSigned, answer: () => answer } })
      assert.deepEqual(pinged.ping(request(''), moment), answer)
      assert.equal(pinged.ping(request(''), other), null)
    }
  })

  test('does not stumble over a ping that throws', () => {
    const ping = {
      isSigned: false,
      answer: () => {
        throw new TypeError('defect')
      },
    }
    assert.equal(createFrom({ ping }).ping(request(''), 'before_verify'), null)
  })
})

describe('canonical events', () => {
  const event = {
    specversion: '1.0',
    id: 'e-1',
    source: '/shop-eu',
    type: 'backhaul.return.review_started.v1',
    time: '2026-11-23T05:59:00Z',
    data: {},
  }

  test('come as one or as an array, and always go on as an array', () => {
    for (const input of [event, [event]]) {
      const events = canonicalEvents.parse(input)
      assert.deepEqual(
        events.map(({ id, type }) => [id, type]),
        [['e-1', 'return.review_started']],
      )
    }
  })

  test('say which one of a batch is wrong, and where', () => {
    const batch = [event, { ...event, data: { lineNos: ['x'] } }]
    const { error } = canonicalEvents.safeParse(batch)
    assert.deepEqual(
      error?.issues.map(({ path }) => path.join('.')),
      ['1.data.lineNos.0'],
    )
  })

  test('that only the hub makes are refused from outside', () => {
    const { error } = canonicalEvents.safeParse({ ...event, type: 'backhaul.case.reopened.v1' })
    assert.ok(error)
  })

  test('come at least one and at most 500 at a time', () => {
    assert.equal(canonicalEvents.safeParse([]).success, false)
    assert.equal(canonicalEvents.safeParse(Array.from({ length: 501 }, () => event)).success, false)
    assert.equal(canonicalEvents.safeParse(Array.from({ length: 500 }, () => event)).success, true)
  })
})
