import assert from 'node:assert/strict'
import { createHmac, generateKeyPairSync } from 'node:crypto'
import { describe, test } from 'node:test'
import type { SignatureScheme, UnsignedRequest, WebhookRequest } from './scheme.ts'
import { type SchemeName, schemes } from './schemes.ts'
import { prepareSigner } from './standard-webhooks.ts'

const now = new Date('2026-11-23T06:00:00Z')
const json = '{"id":"R-1", "amount": 100.50, "note":"Grüße"}'

/** How to make a genuine request of each scheme, and what it covers. */
interface Sample {
  readonly secret: string
  /** What the receiver configures, where it is not the same. */
  readonly verifyingSecret?: string
  readonly stranger: { readonly secret: string; readonly verifyingSecret?: string }
  readonly body?: string
  readonly signatureHeader?: string
  readonly timestamp?: { readonly header: string; readonly stale: string; readonly future: string }
  readonly signsBytes?: boolean
  readonly signsPath?: boolean
  readonly signsMethod?: boolean
}

function rsaPair(kid: string) {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return {
    secret: JSON.stringify({ ...privateKey.export({ format: 'jwk' }), kid }),
    verifyingSecret: JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid }] }),
  }
}

const adyenBody = JSON.stringify({
  live: 'false',
  notificationItems: ['A1', 'A2'].map((pspReference) => ({
    NotificationRequestItem: {
      pspReference,
      merchantAccountCode: 'Shop',
      merchantReference: 'RMA:000123',
      amount: { value: 1130, currency: 'EUR' },
      eventCode: 'REFUND',
      success: 'true',
      additionalData: {},
    },
  })),
})

const text = {
  secret: 'a shared secret of the two',
  stranger: { secret: 'the secret of a stranger' },
}
const address = {
  secret: 'GNzXMvxtsS1cA0ZxzqUrvG7K',
  stranger: { secret: 'QQzXMvxtsS1cA0ZxzqUrvG7K' },
}
const standard = {
  secret: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
  stranger: { secret: `whsec_${Buffer.alloc(32, 8).toString('base64')}` },
  signatureHeader: 'webhook-signature',
  timestamp: secondsIn('webhook-timestamp'),
  signsBytes: true,
}

function secondsIn(headerName: string) {
  const seconds = now.getTime() / 1000
  return { header: headerName, stale: String(seconds - 301), future: String(seconds + 301) }
}

function isoIn(headerName: string) {
  return { header: headerName, stale: '2026-11-23T05:54:59Z', future: '2026-11-23T06:05:01Z' }
}

function ofBody(signatureHeader: string): Sample {
  return { ...text, signatureHeader, signsBytes: true }
}

const samples: Record<SchemeName, Sample> = {
  shopify: ofBody('x-shopify-hmac-sha256'),
  woocommerce: ofBody('x-wc-webhook-signature'),
  zammad: ofBody('x-hub-signature'),
  easypost: ofBody('x-hmac-signature'),
  sendcloud: ofBody('sendcloud-signature'),
  shiphero: ofBody('x-shiphero-hmac-sha256'),
  quickbooks: ofBody('intuit-signature'),
  xero: ofBody('x-xero-signature'),
  zendesk: {
    ...ofBody('x-zendesk-webhook-signature'),
    timestamp: isoIn('x-zendesk-webhook-signature-timestamp'),
  },
  hubspot: {
    ...ofBody('x-hubspot-signature-v3'),
    signsPath: true,
    signsMethod: true,
    timestamp: {
      header: 'x-hubspot-request-timestamp',
      stale: String(now.getTime() - 300_001),
      future: String(now.getTime() + 300_001),
    },
  },
  requestTracker: { ...ofBody('x-rt-signature'), timestamp: secondsIn('x-rt-timestamp') },
  stripe: ofBody('stripe-signature'),
  walmart: {
    ...ofBody('wm_sec.signature'),
    signsPath: true,
    signsMethod: true,
    timestamp: secondsIn('wm_sec.timestamp'),
  },
  slack: { ...ofBody('x-slack-signature'), timestamp: secondsIn('x-slack-request-timestamp') },
  twilio: {
    ...text,
    signatureHeader: 'x-twilio-signature',
    signsPath: true,
    body: 'MessageSid=SM1&MessageStatus=delivered',
  },
  standardWebhooks: standard,
  shipbob: standard,
  adyen: {
    secret: 'AB'.repeat(32),
    stranger: { secret: 'CD'.repeat(32) },
    body: adyenBody,
  },
  shipengine: {
    ...rsaPair('key-1'),
    stranger: rsaPair('key-1'),
    signatureHeader: 'x-shipengine-rsa-sha256-signature',
    timestamp: isoIn('x-shipengine-timestamp'),
    signsBytes: true,
  },
  bigcommerce: { ...address, signatureHeader: 'x-backhaul-secret' },
  ups: { ...address, signatureHeader: 'credential' },
  odoo: address,
}

function unsigned(sample: Sample, changes: Partial<UnsignedRequest> = {}): UnsignedRequest {
  return {
    method: 'POST',
    url: 'https://hub.example/webhooks/one/topic',
    body: sample.body ?? json,
    secret: sample.secret,
    now,
    id: 'msg_1',
    ...changes,
  }
}

function received(
  scheme: SignatureScheme,
  sample: Sample,
  changes: Partial<UnsignedRequest> = {},
): WebhookRequest {
  const request = unsigned(sample, changes)
  const { headers, url, body } = scheme.sign(request)
  const secrets = [sample.verifyingSecret ?? sample.secret]
  return { method: request.method, url, headers, rawBody: body, secrets, now }
}

interface Case {
  readonly scheme: SignatureScheme
  readonly sample: Sample
  readonly genuine: WebhookRequest
}

/** A forged request, or null where the scheme has no such thing. */
type Forge = (given: Case) => WebhookRequest | null

/** Replaces the value of the signature header. */
function onSignature(change: (value: string) => string | string[]): Forge {
  return ({ sample: { signatureHeader }, genuine }) => {
    if (signatureHeader === undefined) return null
    const value = genuine.headers[signatureHeader]
    if (typeof value !== 'string') throw new Error('no signature to change')
    const changed = change(value)
    if (changed === value) return null
    return { ...genuine, headers: { ...genuine.headers, [signatureHeader]: changed } }
  }
}

function onTimestamp(change: (timestamp: NonNullable<Sample['timestamp']>) => string): Forge {
  return ({ sample: { timestamp }, genuine }) =>
    timestamp === undefined
      ? null
      : { ...genuine, headers: { ...genuine.headers, [timestamp.header]: change(timestamp) } }
}

function onBody(change: (body: string) => string): Forge {
  return ({ sample, genuine }) =>
    sample.signsBytes === true
      ? { ...genuine, rawBody: Buffer.from(change(Buffer.from(genuine.rawBody).toString())) }
      : null
}

/** Signed by someone who has the key, at another time or with an odd clock. */
function signedAt(offsetMs: number): Forge {
  return ({ scheme, sample, genuine }) => {
    const isTimed = sample.timestamp !== undefined || sample.signatureHeader === 'stripe-signature'
    const then = new Date(now.getTime() + offsetMs)
    return isTimed ? { ...genuine, ...received(scheme, sample, { now: then }), now } : null
  }
}

/** A timestamp that a key holder signed but no clock writes. */
function signedTimestamp(timestampText: string): Forge {
  return ({ sample, genuine }) => {
    if (sample.signatureHeader !== 'webhook-signature') return null
    const key = Buffer.from(sample.secret.slice('whsec_'.length), 'base64')
    const hmac = createHmac('sha256', key).update(`msg_1.${timestampText}.`).update(genuine.rawBody)
    const headers = {
      'webhook-id': 'msg_1',
      'webhook-timestamp': timestampText,
      'webhook-signature': `v1,${hmac.digest('base64')}`,
    }
    return { ...genuine, headers }
  }
}

const otherMessage = '{"id":"R-2"}'

const forgeries: Record<string, Forge> = {
  'the signature of a stranger': ({ scheme, sample, genuine }) => {
    const forged = received(scheme, { ...sample, ...sample.stranger })
    return { ...forged, secrets: genuine.secrets }
  },
  'a key that was rotated out': ({ sample, genuine }) => ({
    ...genuine,
    secrets: [sample.stranger.verifyingSecret ?? sample.stranger.secret],
  }),
  'no signature': ({ sample, genuine }) =>
    sample.signatureHeader === undefined
      ? null
      : { ...genuine, headers: { ...genuine.headers, [sample.signatureHeader]: undefined } },
  'an empty signature': onSignature(() => ''),
  'a signature of blanks': onSignature(() => '   '),
  'half a signature': onSignature((value) => value.slice(0, value.length / 2)),
  'a signature one character short': onSignature((value) => value.slice(0, -1)),
  'a signature with something behind it': onSignature((value) => `${value}A`),
  'a signature twice as long': onSignature((value) => value + value),
  'a signature of 100,000 characters': onSignature((value) => value.padEnd(100_000, 'A')),
  'a signature header that came twice': onSignature((value) => [value, value]),
  'a forged header before the genuine one': onSignature((value) => ['AAAA', value]),
  'two headers joined by the server': onSignature((value) => `${value}, ${value}`),
  'a signature after a blank': onSignature((value) => ` ${value}`),
  'a changed character in the signature': onSignature((value) => {
    const middle = Math.floor(value.length * 0.75)
    const changed = value[middle] === 'a' ? 'b' : 'a'
    return value.slice(0, middle) + changed + value.slice(middle + 1)
  }),
  'a signature in the other spelling of base64': onSignature((value) =>
    value.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, ''),
  ),
  'the word null': onSignature(() => 'null'),
  'a signature that never was one': onSignature(() => '\u0000\uffff'),
  'a signature under another name': ({ sample: { signatureHeader }, genuine }) => {
    if (signatureHeader === undefined) return null
    const value = genuine.headers[signatureHeader]
    return { ...genuine, headers: { ...genuine.headers, [signatureHeader]: undefined, sig: value } }
  },
  'a serialised body': onBody((body) => JSON.stringify(JSON.parse(body))),
  'a trailing newline': onBody((body) => `${body}\n`),
  'a leading byte order mark': onBody((body) => `\ufeff${body}`),
  'another amount': onBody((body) => body.replace('100.50', '900.50')),
  'a body cut short': onBody((body) => body.slice(0, -1)),
  'an empty body': onBody(() => ''),
  'the body of another message': onBody(() => otherMessage),
  'text in another normal form': onBody((body) => body.normalize('NFD')),
  'no timestamp': onTimestamp(() => ''),
  'a fresh timestamp on an old signature': (given) => {
    const old = signedAt(-3_600_000)(given)
    const { timestamp } = given.sample
    if (old === null || timestamp === undefined) return null
    const fresh = given.genuine.headers[timestamp.header]
    return { ...old, headers: { ...old.headers, [timestamp.header]: fresh } }
  },
  'a stale timestamp that was not signed': onTimestamp(({ stale }) => stale),
  'a future timestamp that was not signed': onTimestamp(({ future }) => future),
  'a negative timestamp': onTimestamp(() => '-1'),
  'a fractional timestamp': onTimestamp(() => '1795413600.5'),
  'a timestamp of 1e20': onTimestamp(() => '1e20'),
  'a timestamp of 20 digits': onTimestamp(() => '99999999999999999999'),
  'a timestamp in words': onTimestamp(() => 'now'),
  'a request that is 5 minutes and a second old': signedAt(-301_000),
  'a request from 5 minutes and a second ahead': signedAt(301_000),
  'a request of a year ago': signedAt(-365 * 24 * 3_600_000),
  'a signed negative timestamp': signedTimestamp('-1795413600'),
  'a signed fractional timestamp': signedTimestamp('1795413600.0'),
  'a signed timestamp of 1e20': signedTimestamp('1e20'),
  'a signed timestamp in hexadecimal': signedTimestamp('0x6b03d1e0'),
  'a signed timestamp after a plus': signedTimestamp('+1795413600'),
  'a signed empty timestamp': signedTimestamp(' '),
  'another path': ({ sample, genuine }) =>
    sample.signsPath === true
      ? { ...genuine, url: genuine.url.replace('/one/', '/another/') }
      : null,
  'an added query': ({ sample, genuine }) =>
    sample.signsPath === true ? { ...genuine, url: `${genuine.url}?debug=1` } : null,
  'a trailing slash': ({ sample, genuine }) =>
    sample.signsPath === true ? { ...genuine, url: `${genuine.url}/` } : null,
  'another method': ({ sample, genuine }) =>
    sample.signsMethod === true ? { ...genuine, method: 'PUT' } : null,
  'no configured secret': ({ genuine }) => ({ ...genuine, secrets: [] }),
  'an empty configured secret': ({ genuine }) => ({ ...genuine, secrets: [''] }),
}

for (const [name, scheme] of Object.entries(schemes) as [SchemeName, SignatureScheme][]) {
  describe(`${name} refuses`, () => {
    const sample = samples[name]
    const genuine = received(scheme, sample)
    const forged = Object.entries(forgeries)
      .map(([title, forge]) => ({ title, request: forge({ scheme, sample, genuine }) }))
      .filter((entry) => entry.request !== null)

    for (const { title, request } of forged) {
      test(title, () => {
        assert.ok(request)
        assert.equal(scheme.verify(request).ok, false)
      })
    }
  })

  describe(`${name} accepts`, () => {
    const sample = samples[name]
    const verifyingSecret = sample.verifyingSecret ?? sample.secret
    const other = sample.stranger.verifyingSecret ?? sample.stranger.secret

    test('a genuine request', () => {
      assert.equal(scheme.verify(received(scheme, sample)).ok, true)
    })

    test('the old and the new key while one replaces the other', () => {
      const request = received(scheme, sample)
      for (const secrets of [
        [verifyingSecret, other],
        [other, verifyingSecret],
      ]) {
        assert.equal(scheme.verify({ ...request, secrets }).ok, true)
      }
    })

    test('a request exactly as old as the window', () => {
      const then = new Date(now.getTime() - 300_000)
      assert.equal(scheme.verify({ ...received(scheme, sample, { now: then }), now }).ok, true)
    })

    test('a header that the server gives as a list of one', () => {
      const request = received(scheme, sample)
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([key, value]) => [key, [String(value)]]),
      )
      assert.equal(scheme.verify({ ...request, headers }).ok, true)
    })
  })
}

test('every scheme that signs a request refuses at least 20 forgeries', () => {
  const counts = Object.entries(schemes).map(([name, scheme]) => {
    const sample = samples[name as SchemeName]
    const genuine = received(scheme, sample)
    const made = Object.values(forgeries).filter((forge) => forge({ scheme, sample, genuine }))
    return { name, count: made.length, isSigned: sample.signatureHeader !== undefined }
  })
  const few = counts.filter(({ isSigned, count }) => isSigned && count < 20)
  assert.deepEqual(few, [])
})

describe('Standard Webhooks refuses', () => {
  const { standardWebhooks: scheme } = schemes
  const genuine = received(scheme, standard)
  const pair = generateKeyPairSync('ed25519')
  const seed = pair.privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-32)
  const publicBytes = pair.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)
  const privateSecret = `whsk_${seed.toString('base64')}`
  const publicSecret = `whpk_${publicBytes.toString('base64')}`
  const asymmetric = received(scheme, {
    ...standard,
    secret: privateSecret,
    verifyingSecret: publicSecret,
  })

  function withHeaders(request: WebhookRequest, changes: Record<string, string>): WebhookRequest {
    return { ...request, headers: { ...request.headers, ...changes } }
  }

  function signatureOf(request: WebhookRequest): string {
    return String(request.headers['webhook-signature'])
  }

  test('a v1 signature that calls itself v1a, and the reverse', () => {
    const v1AsV1a = signatureOf(genuine).replace('v1,', 'v1a,')
    const v1aAsV1 = signatureOf(asymmetric).replace('v1a,', 'v1,')
    const both = [...genuine.secrets, ...asymmetric.secrets]
    for (const [request, value] of [
      [genuine, v1AsV1a],
      [asymmetric, v1aAsV1],
    ] as const) {
      const forged = withHeaders(request, { 'webhook-signature': value })
      assert.equal(scheme.verify({ ...forged, secrets: both }).ok, false)
    }
  })

  test('an HMAC whose key is the public key that everyone knows', () => {
    const content = `msg_1.${now.getTime() / 1000}.`
    for (const key of [publicBytes, Buffer.from(publicSecret)]) {
      const hmac = createHmac('sha256', key).update(content).update(genuine.rawBody)
      const forged = withHeaders(asymmetric, {
        'webhook-signature': `v1,${hmac.digest('base64')}`,
      })
      assert.deepEqual(scheme.verify(forged), { ok: false, reason: 'bad_signature' })
    }
  })

  test('a private key in place of the public one', () => {
    const verdict = scheme.verify({ ...asymmetric, secrets: [privateSecret] })
    assert.deepEqual(verdict, { ok: false, reason: 'no_secret' })
  })

  test('secrets under 24 and over 64 bytes', () => {
    for (const [length, ok] of [
      [16, false],
      [23, false],
      [24, true],
      [64, true],
      [65, false],
    ] as const) {
      const secret = `whsec_${Buffer.alloc(length, 7).toString('base64')}`
      if (ok) assert.equal(scheme.verify(received(scheme, { ...standard, secret })).ok, true)
      else assert.throws(() => prepareSigner(secret), TypeError)
      const withSecret = scheme.verify({ ...genuine, secrets: [secret] })
      const reason = ok ? 'bad_signature' : 'no_secret'
      assert.deepEqual(withSecret, { ok: false, reason })
    }
  })

  test('the id of another message', () => {
    const forged = withHeaders(genuine, { 'webhook-id': 'msg_2' })
    assert.deepEqual(scheme.verify(forged), { ok: false, reason: 'bad_signature' })
  })

  test('a full stop that moves from the body into the id', () => {
    // Both read "a.1795413600.1795413600.{}" once they are joined.
    const seconds = String(now.getTime() / 1000)
    const signed = received(scheme, standard, { id: 'a', body: `${seconds}.{}` })
    const forged = withHeaders(signed, { 'webhook-id': `a.${seconds}` })
    const verdict = scheme.verify({ ...forged, rawBody: Buffer.from('{}') })
    assert.deepEqual(verdict, { ok: false, reason: 'malformed' })
    assert.throws(() => scheme.sign(unsigned(standard, { id: 'a.b' })), TypeError)
  })

  test('an empty, a missing, a repeated and an endless id', () => {
    for (const id of ['', 'a, b', 'x'.repeat(257), 'a b', 'ä']) {
      assert.equal(scheme.verify(withHeaders(genuine, { 'webhook-id': id })).ok, false)
    }
    const { 'webhook-id': _, ...headers } = genuine.headers
    const verdict = scheme.verify({ ...genuine, headers })
    assert.deepEqual(verdict, { ok: false, reason: 'missing_header' })
  })

  test('a list of signatures of which none is genuine, or too many', () => {
    const wrong = `v1,${Buffer.alloc(32).toString('base64')}`
    const none = withHeaders(genuine, { 'webhook-signature': `${wrong} v2,AAAA ${wrong}` })
    assert.deepEqual(scheme.verify(none), { ok: false, reason: 'bad_signature' })
    const many = Array.from({ length: 21 }, () => signatureOf(genuine)).join(' ')
    const flooded = withHeaders(genuine, { 'webhook-signature': many })
    assert.deepEqual(scheme.verify(flooded), { ok: false, reason: 'malformed' })
  })

  test('nothing of a list that holds one genuine signature', () => {
    const wrong = `v1,${Buffer.alloc(32).toString('base64')}`
    const list = `${wrong} v2,AAAA ${signatureOf(genuine)} ${signatureOf(asymmetric)}`
    assert.equal(scheme.verify(withHeaders(genuine, { 'webhook-signature': list })).ok, true)
    assert.equal(scheme.verify(withHeaders(asymmetric, { 'webhook-signature': list })).ok, true)
  })
})

describe('Adyen refuses', () => {
  const { adyen: scheme } = schemes
  const genuine = received(scheme, samples.adyen)

  function withItem(change: (item: Record<string, unknown>) => Record<string, unknown>) {
    const body = JSON.parse(Buffer.from(genuine.rawBody).toString()) as {
      notificationItems: { NotificationRequestItem: Record<string, unknown> }[]
    }
    const [first, second] = body.notificationItems
    assert.ok(first && second)
    const changed = { NotificationRequestItem: change(second.NotificationRequestItem) }
    const rawBody = Buffer.from(JSON.stringify({ ...body, notificationItems: [first, changed] }))
    return scheme.verify({ ...genuine, rawBody })
  }

  test('a batch with one forged item', () => {
    const changes: Record<string, unknown>[] = [
      { pspReference: 'A3' },
      { amount: { value: 999_999, currency: 'EUR' } },
      { amount: { value: 1130, currency: 'USD' } },
      { eventCode: 'CHARGEBACK' },
      { success: 'false' },
      { merchantReference: 'RMA:000124' },
      { merchantAccountCode: 'Other' },
      { originalReference: 'A0' },
      { additionalData: {} },
      { additionalData: { hmacSignature: '' } },
      { additionalData: { hmacSignature: ['x'] } },
      { additionalData: null },
      { pspReference: { toString: 'A2' } },
    ]
    for (const change of changes) {
      assert.equal(withItem((item) => ({ ...item, ...change })).ok, false, JSON.stringify(change))
    }
  })

  test('a colon that moves from one field to the next', () => {
    const moved = withItem((item) => ({
      ...item,
      merchantAccountCode: 'Shop:RMA',
      merchantReference: '000123',
    }))
    assert.deepEqual(moved, { ok: false, reason: 'malformed' })
  })

  test('an empty key', () => {
    const verdict = scheme.verify({ ...genuine, secrets: [''] })
    assert.deepEqual(verdict, { ok: false, reason: 'no_secret' })
  })

  test('what is no notification', () => {
    for (const body of [
      '',
      '[]',
      'null',
      '{}',
      '{"notificationItems":[]}',
      '{"notificationItems":[1]}',
    ]) {
      const verdict = scheme.verify({ ...genuine, rawBody: Buffer.from(body) })
      assert.deepEqual(verdict, { ok: false, reason: 'malformed' })
    }
  })

  test('nothing when only the spelling of the JSON is another', () => {
    assert.equal(withItem((item) => ({ ...item })).ok, true)
  })
})

describe('ShipEngine refuses', () => {
  const { shipengine: scheme } = schemes
  const attacker = rsaPair('key-1')

  test('a key that the request brings along', () => {
    const forged = received(scheme, { ...samples.shipengine, ...attacker })
    const headers = { ...forged.headers, 'x-jwks': attacker.verifyingSecret, jku: 'https://evil' }
    const secrets = [samples.shipengine.verifyingSecret ?? '']
    const verdict = scheme.verify({ ...forged, headers, secrets })
    assert.deepEqual(verdict, { ok: false, reason: 'bad_signature' })
  })

  test('a genuine signature under the name of another key', () => {
    const genuine = received(scheme, samples.shipengine)
    const headers = { ...genuine.headers, 'x-shipengine-rsa-sha256-key-id': 'key-2' }
    const verdict = scheme.verify({ ...genuine, headers })
    assert.deepEqual(verdict, { ok: false, reason: 'bad_signature' })
  })

  test('keys under 2048 bits, symmetric keys and nonsense', () => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
    const genuine = received(scheme, samples.shipengine)
    for (const secret of [
      publicKey.export({ format: 'pem', type: 'spki' }).toString(),
      '{"kty":"oct","k":"AAAA"}',
      '{"keys":[null,1,{"kty":"RSA"}]}',
      'null',
    ]) {
      const verdict = scheme.verify({ ...genuine, secrets: [secret] })
      assert.deepEqual(verdict, { ok: false, reason: 'no_secret' })
    }
  })

  test('nothing when the key is configured as PEM', () => {
    const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const request = received(scheme, {
      ...samples.shipengine,
      secret: pair.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
      verifyingSecret: pair.publicKey.export({ format: 'pem', type: 'spki' }).toString(),
    })
    assert.equal(scheme.verify(request).ok, true)
  })
})

describe('an empty secret', () => {
  const hmac = createHmac('sha256', '').update(json).digest('base64')
  const request = {
    ...received(schemes.shopify, samples.shopify),
    headers: { 'x-shopify-hmac-sha256': hmac },
  }

  test('is no key, although anyone could sign with it', () => {
    const verdict = schemes.shopify.verify({ ...request, secrets: [''] })
    assert.deepEqual(verdict, { ok: false, reason: 'no_secret' })
  })

  test('beside a real one opens nothing', () => {
    const verdict = schemes.shopify.verify({ ...request, secrets: ['', text.secret] })
    assert.deepEqual(verdict, { ok: false, reason: 'bad_signature' })
  })

  test('does not sign', () => {
    for (const scheme of [schemes.shopify, schemes.adyen, schemes.standardWebhooks]) {
      assert.throws(() => scheme.sign(unsigned(standard, { secret: '' })), TypeError)
    }
  })
})

describe('a secret address refuses', () => {
  const { odoo: scheme } = schemes
  const genuine = received(scheme, samples.odoo)

  test('every other last segment', () => {
    for (const url of [
      'https://hub.example/webhooks/one/topic',
      'https://hub.example/webhooks/one/topic/',
      `${genuine.url}x`,
      `${genuine.url}/`,
      genuine.url.toLowerCase(),
      `https://hub.example/webhooks/one/topic?${address.secret}`,
      `https://hub.example/webhooks/one/topic#/${address.secret}`,
      '',
    ]) {
      assert.equal(scheme.verify({ ...genuine, url }).ok, false, url)
    }
  })

  test('a secret that is short enough to guess', () => {
    const url = 'https://hub.example/webhooks/one/topic/1234'
    const verdict = scheme.verify({ ...genuine, url, secrets: ['1234'] })
    assert.deepEqual(verdict, { ok: false, reason: 'no_secret' })
  })

  test('nothing when a query follows the secret', () => {
    assert.equal(scheme.verify({ ...genuine, url: `${genuine.url}?a=/b` }).ok, true)
  })
})

describe('a verdict', () => {
  test('names what is wrong', () => {
    const { stripe } = schemes
    const genuine = received(stripe, samples.stripe)
    const given = String(genuine.headers['stripe-signature'])
    const reasonOf = (value: string | undefined) => {
      const verdict = stripe.verify({ ...genuine, headers: { 'stripe-signature': value } })
      return verdict.ok ? 'ok' : verdict.reason
    }
    assert.equal(reasonOf(undefined), 'missing_header')
    assert.equal(reasonOf(`${given}, ${given}`), 'duplicate_header')
    assert.equal(reasonOf('t=1,t=2,v1=ab'), 'malformed')
    assert.equal(reasonOf('v1=ab'), 'malformed')
    assert.equal(reasonOf('t=1795413600'), 'malformed')
    assert.equal(reasonOf(`t=1795413600,v1=${'a'.repeat(64)}`), 'bad_signature')
    assert.equal(reasonOf(given.replace('v1=', 'v0=')), 'malformed')
  })

  test('reports how far the clocks are apart', () => {
    const { standardWebhooks: scheme } = schemes
    const then = new Date(now.getTime() - 120_000)
    const verdict = scheme.verify({ ...received(scheme, standard, { now: then }), now })
    assert.deepEqual(verdict, { ok: true, skewSeconds: 120 })
  })

  test('takes any of several v1 signatures of Stripe', () => {
    const { stripe } = schemes
    const genuine = received(stripe, samples.stripe)
    const given = String(genuine.headers['stripe-signature'])
    const headers = { 'stripe-signature': given.replace('v1=', `v1=${'0'.repeat(64)},v1=`) }
    assert.equal(stripe.verify({ ...genuine, headers }).ok, true)
  })
})
