import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, type TestContext, test } from 'node:test'
import {
  type Delivered,
  type Delivery,
  DeliveryError,
  RetryableError,
  TerminalError,
  UnknownOutcomeError,
} from '@backhaul/sdk/connector'
import { createTestDial } from '@backhaul/sdk/testing'
import { type SmtpDouble, type SmtpOptions, startSmtp } from '@backhaul/simulator'
import { type Config, config } from './config.ts'
import smtp from './index.ts'
import { notifyCustomer } from './notify-customer.ts'

const now = new Date('2026-11-23T09:00:00Z')
const fixture = (name: string) => readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8')
const key = fixture('loopback-key.pem')
const cert = fixture('loopback-cert.pem')

interface Sending {
  readonly body?: Record<string, unknown>
  readonly contact?: Delivery<Config>['contact']
  readonly key?: string
  readonly caseId?: string
  readonly config?: Record<string, unknown>
  readonly signal?: AbortSignal
}

async function start(t: TestContext, options: SmtpOptions = {}) {
  const server = await startSmtp({ now: () => now, ...options })
  t.after(() => server.close())
  const send = async (sending: Sending = {}) => deliver(server, sending)
  const failure = async (sending: Sending = {}) => {
    const ended = await send(sending).catch((error: unknown) => error)
    assert.ok(ended instanceof DeliveryError, String(ended))
    return ended
  }
  return { server, send, failure }
}

function configFor({ host, port }: SmtpDouble, changes: Record<string, unknown> = {}): Config {
  const from = { address: 'returns@example.com', name: 'Example, Returns' }
  return config.parse({ host, port, security: 'none', from, ...changes })
}

async function deliver(server: SmtpDouble, sending: Sending): Promise<Delivered> {
  const signal = sending.signal ?? AbortSignal.timeout(10_000)
  const { dial, end } = createTestDial(signal)
  const contact = sending.contact ?? { name: 'Ada Lovelace', email: 'ada@example.org' }
  try {
    return await notifyCustomer({
      config: configFor(server, sending.config),
      command: {
        type: 'customer.notify',
        caseId: sending.caseId ?? '01920000-0000-7000-8000-000000000001',
        caseNo: 'RMA-000001-7',
        caseVersion: 3,
        occurredAt: now.toISOString(),
        body: { template: 'received', headline: 'received', ...sending.body },
      },
      idempotencyKey: sending.key ?? 'bh_one',
      attempt: 1,
      contact,
      signal,
      fetch: () => Promise.reject(new Error('no HTTP')),
      dial,
      now,
    })
  } finally {
    end()
  }
}

describe('a mail to the customer', () => {
  test('arrives in their language, named, with both forms, and says that a program sent it', async (t) => {
    const { server, send } = await start(t)
    const { externalId, refs } = await send({ body: { language: 'de-AT' } })
    const [mail] = server.inboxOf('ada@example.org')
    assert.ok(mail)
    const header = (name: string) => mail.headers.get(name)
    assert.equal(mail.from, 'returns@example.com')
    assert.equal(header('from'), '"Example, Returns" <returns@example.com>')
    assert.equal(header('to'), 'Ada Lovelace <ada@example.org>')
    assert.equal(header('message-id'), externalId)
    assert.deepEqual(refs, [{ type: 'mail', value: externalId }])
    assert.equal(header('auto-submitted'), 'auto-generated')
    assert.equal(header('content-language'), 'de')
    assert.equal(header('x-backhaul-case'), 'RMA-000001-7')
    assert.match(mail.raw, /text\/plain[\s\S]+Guten Tag Ada Lovelace,[\s\S]+text\/html/)
    assert.deepEqual(server.books(), [
      { caseNo: 'RMA-000001-7', ref: externalId, kind: 'message', status: 'taken for 1' },
    ])
  })

  test('has the same Message-ID in every attempt, and shares a conversation with others of its case', async (t) => {
    const { server, send } = await start(t)
    await send({ key: 'bh_one' })
    await send({ key: 'bh_one' })
    await send({ key: 'bh_two' })
    await send({ key: 'bh_three', caseId: '01920000-0000-7000-8000-000000000002' })
    const [one, again, two, other] = server.mails
    const header = (mail: typeof one, name: string) => mail?.headers.get(name)
    assert.equal(header(again, 'message-id'), header(one, 'message-id'))
    assert.equal(again?.raw, one?.raw)
    assert.ok(again?.isRepeat)
    assert.notEqual(header(two, 'message-id'), header(one, 'message-id'))
    assert.equal(header(two, 'references'), header(one, 'in-reply-to'))
    assert.notEqual(header(other, 'references'), header(one, 'references'))
    assert.equal(server.inboxOf('ada@example.org').length, 3)
  })

  test('comes from whom the company says', async (t) => {
    const { server, send } = await start(t)
    const from = { address: 'retouren@example.de', name: 'Beispiel GmbH' }
    await send({
      body: { about: { company: 'DE', orderRefs: ['S00042'] } },
      config: {
        companies: { DE: { from, language: 'de', replyTo: { address: 'hilfe@example.de' } } },
      },
    })
    const [mail] = server.mails
    assert.equal(mail?.headers.get('from'), 'Beispiel GmbH <retouren@example.de>')
    assert.equal(mail?.headers.get('reply-to'), 'hilfe@example.de')
    assert.match(mail?.raw ?? '', /S00042/)
    assert.equal(mail?.headers.get('content-language'), 'de')
  })

  test('cannot be given headers or further recipients by what others wrote', async (t) => {
    const { server, send } = await start(t)
    const evil = 'Ada\r\nBcc: evil@example.net\r\n\r\nhello'
    await send({
      contact: { name: `${evil} <x@example.net>`, email: 'ada@example.org' },
      body: { customerText: evil, about: { company: 'x', orderRefs: [], rmaNo: evil } },
    })
    const [mail] = server.mails
    assert.deepEqual(mail?.to, ['ada@example.org'])
    assert.equal(mail?.headers.get('bcc'), undefined)
    assert.match(mail?.headers.get('to') ?? '', /<ada@example.org>$/)
    for (const email of [
      'ada@example.org\r\nRCPT TO:<b@example.net>',
      'a@b.example, c@d.example',
    ]) {
      const failure = await send({ contact: { email } }).catch((error: unknown) => error)
      assert.ok(failure instanceof TerminalError)
      assert.equal(failure.code, 'ADDRESS_INVALID')
    }
    assert.equal(server.mails.length, 1)
  })

  test('is not sent without an address, and says what to do', async (t) => {
    const { server, failure } = await start(t)
    const ended = await failure({ contact: { name: 'Ada' } })
    assert.ok(ended instanceof TerminalError)
    assert.equal(ended.code, 'ADDRESS_MISSING')
    assert.match(ended.reason ?? '', /no mail address of the customer\. Add one/)
    assert.equal(server.mails.length, 0)
  })
})

describe('a mail server', () => {
  test('that puts off strangers is tried again, and then takes the mail', async (t) => {
    const { server, send, failure } = await start(t, { vices: { greylist: 1 } })
    const ended = await failure()
    assert.ok(ended instanceof RetryableError)
    assert.equal(ended.reason, 'the server answered 451 4.7.1 to RCPT TO')
    await send()
    assert.equal(server.mails.length, 1)
  })

  test('that does not know the mailbox ends it, without the address in what is said', async (t) => {
    const { failure } = await start(t, { vices: { refusedRecipients: ['ada@example.org'] } })
    const ended = await failure()
    assert.ok(ended instanceof TerminalError)
    assert.equal(ended.code, 'RECIPIENT_REFUSED')
    assert.doesNotMatch(`${ended.message} ${String(ended.cause)}`, /ada/)
  })

  test('is tried again while a mailbox is full, and not after it called the mail spam', async (t) => {
    const { server, failure } = await start(t, { vices: { fullMailboxes: ['ada@example.org'] } })
    assert.ok((await failure()) instanceof RetryableError)
    server.vices.fullMailboxes = []
    server.vices.refusedAsSpam = 1
    const ended = await failure()
    assert.ok(ended instanceof TerminalError)
    assert.equal(ended.code, 'MAIL_REFUSED')
  })

  test('that is cut off after the text leaves it unknown; the repeat is one mail to the mailbox', async (t) => {
    const { server, send, failure } = await start(t, { vices: { cutAfterData: 1 } })
    const ended = await failure()
    assert.ok(ended instanceof UnknownOutcomeError, ended.message)
    assert.equal(ended.code, 'CONNECTION_LOST')
    await send()
    assert.equal(server.mails.length, 2)
    assert.equal(server.inboxOf('ada@example.org').length, 1)
  })

  test('that is slow after the text leaves it unknown when the time is up', async (t) => {
    const { server, failure } = await start(t, { vices: { slowDataMs: 5_000 } })
    const controller = new AbortController()
    const ending = failure({ signal: controller.signal })
    while (server.mails.length === 0) await new Promise((resolve) => setImmediate(resolve))
    controller.abort()
    const ended = await ending
    assert.ok(ended instanceof UnknownOutcomeError)
    assert.equal(ended.code, 'TIMEOUT')
  })

  test('that is not there is tried again', async (t) => {
    const { server, failure } = await start(t)
    await server.close()
    const ended = await failure()
    assert.ok(ended instanceof RetryableError)
    assert.equal(ended.code, 'CONNECT_FAILED')
  })
})

describe('an encrypted way to the server', () => {
  const login = { user: 'returns', password: 'app-password-1' }
  const encrypted = { ca: cert, ...login }

  for (const [security, isImplicit] of [
    ['starttls', false],
    ['tls', true],
  ] as const) {
    test(`by ${security} carries the login and the mail`, async (t) => {
      const { server, send } = await start(t, { ...login, tls: { key, cert, isImplicit } })
      await send({ config: { ...encrypted, security } })
      assert.equal(server.mails.length, 1)
    })
  }

  test('is insisted on: no mail without STARTTLS, or with a certificate that nobody knows', async (t) => {
    const plain = await start(t)
    assert.equal((await plain.failure({ config: { security: 'starttls' } })).code, 'CONNECT_FAILED')
    const strange = await start(t, { tls: { key, cert } })
    const ended = await strange.failure({ config: { security: 'starttls' } })
    assert.ok(ended instanceof RetryableError)
    assert.equal(ended.code, 'CONNECT_FAILED')
    assert.equal(plain.server.mails.length + strange.server.mails.length, 0)
  })

  test('tells refused credentials apart, and shows none of them', async (t) => {
    const { failure } = await start(t, { ...login, tls: { key, cert } })
    const wrong = { ca: cert, security: 'starttls', user: 'returns', password: 'wrong-password-2' }
    const ended = await failure({ config: wrong })
    assert.equal(ended.code, 'AUTH_REJECTED')
    assert.doesNotMatch(JSON.stringify([ended, ended.message]), /wrong-password|d3Jvbmct/)
  })

  test('is what a password needs', () => {
    const base = { host: 'mail.example.com', from: { address: 'returns@example.com' } }
    assert.equal(config.safeParse({ ...base, ...login, security: 'none' }).success, false)
    assert.equal(config.safeParse({ ...base, user: 'returns' }).success, false)
    assert.equal(config.safeParse({ ...base, ...login }).success, true)
  })
})

describe('the test of a connection', () => {
  test('logs in, says who we are there, and sends nothing', async (t) => {
    const { server } = await start(t, { user: 'u', password: 'secret-pw', tls: { key, cert } })
    const signal = AbortSignal.timeout(10_000)
    const { dial, end } = createTestDial(signal)
    t.after(end)
    const encrypted = { ca: cert, security: 'starttls', user: 'u', password: 'secret-pw' }
    const report = await smtp.check?.({
      config: configFor(server, encrypted),
      fetch: () => Promise.reject(new Error('no HTTP')),
      dial,
      signal,
      now,
    })
    assert.equal(report?.account, 'u at 127.0.0.1')
    assert.equal(server.mails.length, 0)
  })
})
