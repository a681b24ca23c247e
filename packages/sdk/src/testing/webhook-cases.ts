import assert from 'node:assert/strict'
import type { Connector } from '../connector/define-connector.ts'
import type { Webhook } from '../connector/webhook.ts'
import type { HeaderValues } from '../headers.ts'
import type { WebhookRequest } from '../signing/scheme.ts'
import type { ConnectorCase, ExerciseOptions, SampleMessage, WebhookSample } from './options.ts'
import { stageNow } from './stage.ts'

const address = 'https://hub.example/webhooks/connection/topic'
const hourMs = 3_600_000
const deep = '['.repeat(100_000)
const notJson = ['', '{', '{"a":1', 'undefined', '\u0000', deep, '{"__proto__":{"admin":true}}']
const oddJson = [
  'null',
  '[]',
  '{}',
  '0',
  '"x"',
  '[[]]',
  '{"id":null}',
  '{"constructor":{"prototype":{}}}',
]

interface Sender {
  readonly webhook: Webhook
  readonly sample: WebhookSample
  /** What the connection verifies with. */
  readonly secrets: readonly string[]
  readonly sign: (
    message: SampleMessage,
    changes?: { now?: Date; secret?: string },
  ) => WebhookRequest
}

type Act = (sender: Sender) => void

/** What every webhook must do, as cases. */
export function webhookCases(
  connector: Connector,
  topic: string,
  { options, sample }: { options: ExerciseOptions; sample: WebhookSample },
): ConnectorCase[] {
  const acts: Record<string, Act> = {
    ...genuineCases,
    ...forgedCases,
    ...readingCases,
    ...(sample.ping === undefined ? {} : pingCases),
  }
  return Object.entries(acts).map(([name, act]) => ({
    name: `${topic}: ${name}`,
    run: async () => act(createSender(connector, topic, { options, sample })),
  }))
}

function createSender(
  connector: Connector,
  topic: string,
  { options, sample }: { options: ExerciseOptions; sample: WebhookSample },
): Sender {
  const webhook = connector.webhooks[topic]
  assert.ok(webhook, `has a webhook ${topic}`)
  const config: unknown = connector.config.parse(options.config('http://127.0.0.1:9'))
  const { signingSecret } = sample
  const configured = webhook.secrets(config)
  // The secret of an address is the hub's, and in no configuration.
  const isOfHub = webhook.secretAddress && configured.length === 0 && signingSecret !== undefined
  const secrets = isOfHub ? [signingSecret] : configured
  const sign: Sender['sign'] = (message, { now = stageNow, secret } = {}) => {
    const { headers, url, body } = sample.scheme.sign({
      method: 'POST',
      url: address,
      body: message.body,
      now,
      secret: secret ?? sample.signingSecret ?? secrets[0] ?? '',
      ...(message.id === undefined ? {} : { id: message.id }),
    })
    const all: HeaderValues = { ...message.headers, ...headers }
    return { method: 'POST', url, headers: all, rawBody: body, secrets, now: stageNow }
  }
  return { webhook, sample, secrets, sign }
}

const genuineCases: Record<string, Act> = {
  'accepts a genuine message': ({ webhook, sample, sign }) => {
    assert.equal(webhook.verify(sign(sample.message)).ok, true)
  },
  'accepts the old and the new secret while one replaces the other': (sender) => {
    const { webhook, sample, secrets, sign } = sender
    const other = sample.stranger.verifyingSecret ?? sample.stranger.signingSecret
    const request = sign(sample.message)
    assert.equal(webhook.verify({ ...request, secrets: [other, ...secrets] }).ok, true)
    assert.equal(webhook.verify({ ...request, secrets: [...secrets, other] }).ok, true)
  },
}

const forgedCases: Record<string, Act> = {
  'refuses the signature of a stranger': ({ webhook, sample, sign }) => {
    assertRefused(webhook, sign(sample.message, { secret: sample.stranger.signingSecret }))
  },
  'refuses everything while no secret is configured': ({ webhook, sample, sign }) => {
    assertRefused(webhook, { ...sign(sample.message), secrets: [] })
    assertRefused(webhook, { ...sign(sample.message), secrets: [''] })
  },
  'refuses a message without, with empty and with repeated signature headers': (sender) => {
    const { webhook, sample, sign } = sender
    const request = sign(sample.message)
    for (const name of schemeHeaders(sample)) {
      const value = String(request.headers[name])
      for (const changed of [undefined, '', [value, value], `${value}, ${value}`]) {
        const headers = { ...request.headers, [name]: changed }
        assertRefused(webhook, { ...request, headers }, name)
      }
    }
  },
  'refuses a message without its secret address': ({ webhook, sample, sign }) => {
    const request = sign(sample.message)
    if (request.url !== address) assertRefused(webhook, { ...request, url: address })
  },
  'refuses a changed body': ({ webhook, sample, sign }) => {
    if (sample.tamper === null) return
    const tamper = sample.tamper ?? ((body: string) => `${body}\n`)
    const request = sign(sample.message)
    const rawBody = Buffer.from(tamper(Buffer.from(request.rawBody).toString()))
    assertRefused(webhook, { ...request, rawBody })
  },
  'refuses what is an hour old, and what comes from the future': ({ webhook, sample, sign }) => {
    if (!isTimed(sample)) return
    for (const offsetMs of [-hourMs, hourMs]) {
      const now = new Date(stageNow.getTime() + offsetMs)
      assertRefused(webhook, sign(sample.message, { now }))
    }
  },
  'refuses junk without stumbling': ({ webhook, sample, sign }) => {
    const request = sign(sample.message)
    for (const junk of ['\uffff', '%', 'x'.repeat(100_000), ' ', '=,=,=']) {
      const names = schemeHeaders(sample)
      const headers = Object.fromEntries(names.map((name) => [name, junk]))
      const url = `${address}/${junk}`
      assertRefused(webhook, { ...request, headers, url, rawBody: Buffer.from([0xff, 0xfe]) })
    }
  },
}

const readingCases: Record<string, Act> = {
  'gives a repeated message the same id': ({ webhook, sample, sign }) => {
    const first = messageId(webhook, sign(sample.message))
    const later = new Date(stageNow.getTime() + 60_000)
    assert.equal(messageId(webhook, sign(sample.message, { now: later })), first)
  },
  'gives another message another id': ({ webhook, sample, sign }) => {
    const first = messageId(webhook, sign(sample.message))
    assert.notEqual(messageId(webhook, sign(sample.otherMessage)), first)
  },
  'takes a malformed payload for one, without stumbling': ({ webhook, sample, sign }) => {
    const { headers } = sign(sample.message)
    if (sample.takesAnyBody === true) return
    for (const body of oddJson) webhook.read({ rawBody: Buffer.from(body), headers })
    const refused = [...(isJson(sample) ? notJson : []), ...(sample.malformed ?? [])]
    for (const body of refused) {
      const reading = webhook.read({ rawBody: Buffer.from(body), headers })
      assert.equal(reading.ok, false, `took ${body.slice(0, 60)} for a payload`)
    }
    const broken = webhook.read({ rawBody: Buffer.from([0x22, 0xc3, 0x28, 0x22]), headers })
    assert.equal(broken.ok, false, 'took broken UTF-8 for a payload')
  },
}

const pingCases: Record<string, Act> = {
  'answers a test call, and takes no message for one': ({ webhook, sample, sign }) => {
    const moments = ['before_verify', 'after_verify'] as const
    const message = sample.ping === undefined ? sample.message : { ...sample.ping }
    const request = { ...sign(sample.message), ...pingOf(message) }
    const answers = moments.map((moment) => webhook.ping(request, moment))
    const [answer] = answers.filter((one) => one !== null)
    assert.ok(answer && answer.status >= 200 && answer.status < 300, 'the test call got no 2xx')
    for (const moment of moments) {
      assert.equal(
        webhook.ping(sign(sample.message), moment),
        null,
        'a message was taken for a ping',
      )
    }
  },
}

function pingOf({ headers = {}, body }: SampleMessage): { headers: HeaderValues; rawBody: Buffer } {
  return { headers, rawBody: Buffer.from(body) }
}

function assertRefused(webhook: Webhook, request: WebhookRequest, about = ''): void {
  assert.equal(webhook.verify(request).ok, false, `a forgery was accepted ${about}`.trim())
}

function messageId(webhook: Webhook, request: WebhookRequest): string {
  const reading = webhook.read(request)
  assert.ok(reading.ok, `a genuine message could not be read: ${JSON.stringify(reading)}`)
  return reading.messageId
}

function signed({ scheme, message, stranger }: WebhookSample, now: Date) {
  return scheme.sign({
    method: 'POST',
    url: address,
    body: message.body,
    secret: stranger.signingSecret,
    now,
    ...(message.id === undefined ? {} : { id: message.id }),
  })
}

function schemeHeaders(sample: WebhookSample): string[] {
  return Object.keys(signed(sample, stageNow).headers)
}

/** A scheme that signs a time signs differently a minute later. */
function isTimed(sample: WebhookSample): boolean {
  const later = new Date(stageNow.getTime() + 60_000)
  const [first, second] = [signed(sample, stageNow), signed(sample, later)]
  return JSON.stringify(first.headers) !== JSON.stringify(second.headers)
}

function isJson({ message }: WebhookSample): boolean {
  try {
    JSON.parse(message.body)
    return true
  } catch {
    return false
  }
}
