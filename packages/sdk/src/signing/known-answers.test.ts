import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { hmacScheme } from './hmac.ts'
import type { SignatureScheme, WebhookRequest } from './scheme.ts'
import { schemes } from './schemes.ts'
import { prepareSigner } from './standard-webhooks.ts'

type Known = Partial<WebhookRequest> & {
  readonly scheme: SignatureScheme
  readonly body: string
  readonly secret: string
}

function verify({ scheme, body, secret, ...request }: Known) {
  return scheme.verify({
    method: 'POST',
    url: 'https://hub.example/webhooks/x/y',
    headers: {},
    rawBody: Buffer.from(body),
    secrets: [secret],
    now: new Date('2026-11-23T06:00:00Z'),
    ...request,
  })
}

function at(seconds: number): Date {
  return new Date(seconds * 1000)
}

describe('examples that the makers of a scheme publish', () => {
  // The reference libraries' own tests, JavaScript and Go.
  const standardWebhook = {
    scheme: schemes.standardWebhooks,
    body: '{"test": 2432232314}',
    now: at(1614265330),
  }
  const standardHeaders = {
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
  }
  const v1 = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
  const v1a =
    'v1a,tQ9V2XOqn7jL/DQenEFpqIugdBVtiMmER5mhSkXBNwM0mkATuDe6KYYUuxqtaiHeYGb7KaaBRdM5WqyeFiL8Ag=='

  test('Standard Webhooks v1, with and without the prefix of the secret', () => {
    for (const secret of [
      'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
      'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    ]) {
      const headers = { ...standardHeaders, 'webhook-signature': v1 }
      const verdict = verify({ ...standardWebhook, headers, secret })
      assert.deepEqual(verdict, { ok: true, skewSeconds: 0 })
    }
  })

  test('Standard Webhooks, signing v1 and v1a', () => {
    const message = {
      id: standardHeaders['webhook-id'],
      timestampSeconds: 1614265330,
      body: standardWebhook.body,
    }
    assert.equal(prepareSigner('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')(message), v1)
    assert.equal(prepareSigner('whsk_VEVTVFNJR05JTkdLRVlET05PVFVTRVRISVNGT1JBTlk=')(message), v1a)
  })

  test('Slack, "Verifying requests from Slack"', () => {
    const verdict = verify({
      scheme: schemes.slack,
      secret: '8f742231b10e8888abcd99yyyzzz85a5',
      body: 'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
      headers: {
        'x-slack-request-timestamp': '1531420618',
        'x-slack-signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
      },
      now: at(1531420618),
    })
    assert.equal(verdict.ok, true)
  })

  test('Twilio, "Webhooks security"', () => {
    const verdict = verify({
      scheme: schemes.twilio,
      secret: '12345',
      url: 'https://mycompany.com/myapp.php?foo=1&bar=2',
      body: 'Digits=1234&To=%2B18005551212&From=%2B14158675309&Caller=%2B14158675309&CallSid=CA1234567890ABCDE',
      headers: { 'x-twilio-signature': 'RSOYDt4T1cUTdK1PDd93/VVr8B8=' },
    })
    assert.equal(verdict.ok, true)
  })

  test('Twilio, a field with repeated values', () => {
    const verdict = verify({
      scheme: schemes.twilio,
      secret: '12345',
      url: 'https://mycompany.com/myapp.php?foo=1&bar=2',
      body: 'Sid=CA123&SidAccount=AC123&Digits=5678&Digits=1234&Digits=1234',
      headers: { 'x-twilio-signature': 'IK+Dwps556ElfBT0I3Rgjkr1wJU=' },
    })
    assert.equal(verdict.ok, true)
  })

  test('Adyen, "Verify HMAC signatures"', () => {
    const item = {
      additionalData: { hmacSignature: 'coqCmt/IZ4E3CzPvMY8zTjQVL5hYJUiBRg8UU+iCWo0=' },
      amount: { value: 1130, currency: 'EUR' },
      pspReference: '7914073381342284',
      eventCode: 'AUTHORISATION',
      eventDate: '2019-05-06T17:15:34.121+02:00',
      merchantAccountCode: 'TestMerchant',
      merchantReference: 'TestPayment-1407325143704',
      paymentMethod: 'visa',
      success: 'true',
    }
    const verdict = verify({
      scheme: schemes.adyen,
      secret: '44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056',
      body: JSON.stringify({
        live: 'false',
        notificationItems: [{ NotificationRequestItem: item }],
      }),
    })
    assert.equal(verdict.ok, true)
  })

  test('EasyPost, whose secret is normalised', () => {
    const verdict = verify({
      scheme: schemes.easypost,
      secret: 'sécret',
      body: '{"result":{"id":"batch_123...","object":"Batch","mode":"test","state":"created","num_shipments":0,"reference":null,"created_at":"2022-07-26T17:22:32Z","updated_at":"2022-07-26T17:22:32Z","scan_form":null,"shipments":[],"status":{"created":0,"queued_for_purchase":0,"creation_failed":0,"postage_purchased":0,"postage_purchase_failed":0},"pickup":null,"label_url":null},"description":"batch.created","mode":"test","previous_attributes":null,"completed_urls":null,"user_id":"user_123...","status":"pending","object":"Event","id":"evt_123..."}',
      headers: {
        'x-hmac-signature':
          'hmac-sha256-hex=e93977c8ccb20363d51a62b3fe1fc402b7829be1152da9e88cf9e8d07115a46b',
      },
    })
    assert.equal(verdict.ok, true)
  })

  test('GitHub, "Validating webhook deliveries", by a row of our own', () => {
    const verdict = verify({
      scheme: hmacScheme({
        algorithm: 'sha256',
        encoding: 'hex',
        signs: ['body'],
        carries: { in: 'header', header: 'x-hub-signature-256', prefix: 'sha256=' },
      }),
      secret: "It's a Secret to Everybody",
      body: 'Hello, World!',
      headers: {
        'x-hub-signature-256':
          'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
      },
    })
    assert.equal(verdict.ok, true)
  })
})

// These vendors publish how, but no example. The signatures were made with `openssl dgst -hmac` over the content
// that their documents describe: they hold the rows to those documents, not to the vendors.
describe('answers computed with openssl from the documented content', () => {
  const secret = 'known-answer-secret-0123456789'
  const body = '{"id":"gid://1","note":"Grüße"}'
  const base64 = 'lg1R/G0ZeO/cmg7TKXv1tt9xrQaG4Bz4P5awMQTzXMk='
  const hex = '960d51fc6d1978efdc9a0ed3297bf5b6df71ad0686e01cf83f96b03104f35cc9'
  const timestamped = 'a345f3299b549b88e325cca4a1413506a148841264cb7e92bdb8855599308569'
  const milliseconds = '1795413600000'
  const seconds = '1795413600'

  const rows: readonly (Omit<Known, 'body' | 'scheme' | 'secret'> & {
    readonly name: keyof typeof schemes
  })[] = [
    { name: 'shopify', headers: { 'x-shopify-hmac-sha256': base64 } },
    { name: 'woocommerce', headers: { 'x-wc-webhook-signature': base64 } },
    { name: 'shiphero', headers: { 'x-shiphero-hmac-sha256': base64 } },
    { name: 'quickbooks', headers: { 'intuit-signature': base64 } },
    { name: 'xero', headers: { 'x-xero-signature': base64 } },
    { name: 'sendcloud', headers: { 'sendcloud-signature': hex } },
    {
      name: 'zammad',
      headers: { 'x-hub-signature': 'sha1=d8c365aa7a5524b0e706b156332c1b7cd5be9392' },
    },
    { name: 'stripe', headers: { 'stripe-signature': `t=${seconds},v1=${timestamped},v0=ab` } },
    {
      name: 'requestTracker',
      headers: { 'x-rt-timestamp': seconds, 'x-rt-signature': timestamped },
    },
    {
      name: 'zendesk',
      headers: {
        'x-zendesk-webhook-signature-timestamp': '2026-11-23T06:00:00Z',
        'x-zendesk-webhook-signature': '4dsaH8vmjXTCp9UgQJqQ2CgoLtDJYS8EGzBYou9ubgs=',
      },
    },
    {
      name: 'hubspot',
      url: 'https://hub.example/webhooks/hs/ticket.changed',
      headers: {
        'x-hubspot-request-timestamp': milliseconds,
        'x-hubspot-signature-v3': 'TCxsRkRKFrCJZS60SFVSbqik0qqhUweg3fi+DTbpBco=',
      },
    },
    {
      name: 'walmart',
      url: 'https://hub.example/webhooks/wm/returns?x=1',
      headers: {
        'wm_sec.timestamp': seconds,
        'wm_sec.signature': 'L2R4f58LiwO2lt67HXYme8ucQEDLUgswbXy1M0lLxb8=',
      },
    },
  ]

  for (const { name, ...request } of rows) {
    test(name, () => {
      assert.equal(verify({ scheme: schemes[name], secret, body, ...request }).ok, true)
    })
  }
})
