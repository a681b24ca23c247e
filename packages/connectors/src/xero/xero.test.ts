import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, test } from 'node:test'
import type { CanonicalEvent, CommandBody, CommandType } from '@backhaul/sdk/canonical'
import {
  type Delivered,
  DeliveryError,
  type GuardedFetch,
  type GuardedRequest,
  type PolledMessage,
} from '@backhaul/sdk/connector'
import { schemes } from '@backhaul/sdk/signing'
import { exerciseConnector, type FakeRule, noDial } from '@backhaul/sdk/testing'
import { startXero, type XeroDouble } from '@backhaul/simulator'
import { Ajv } from 'ajv'
import { type Config, config } from './config.ts'
import xero from './index.ts'

const specification = JSON.parse(
  readFileSync(new URL('spec/xero-accounting.json', import.meta.url), 'utf8'),
) as { readonly $defs: Readonly<Record<string, object>> }
const ajv = new Ajv({ strict: false, validateFormats: false }).addSchema(specification, 'xero')

/** Holds a body against Xero's own schema of the list that it is. */
function assertIsXero(body: unknown, where: string): void {
  const name = Object.keys(body as object).find((key) => Object.hasOwn(specification.$defs, key))
  assert.ok(name, `${where}: is no list of Xero`)
  const isFit = ajv.validate({ $ref: `xero#/$defs/${name}` }, body)
  assert.ok(isFit, `${where}: ${ajv.errorsText()}`)
}

let system: XeroDouble
let now = new Date('2026-11-23T06:00:00Z')
let token = ''

beforeEach(async () => {
  now = new Date('2026-11-23T06:00:00Z')
  system = await startXero({ now: () => now, perMinute: 1_000 })
  const refresh = system.issuer.agree()
  const response = await fetch(`${system.http.url}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: refresh,
      client_id: 'backhaul',
      client_secret: 'client-s3cret',
    }),
  })
  token = ((await response.json()) as { access_token: string }).access_token
})
afterEach(() => system.close())

/** As the hub's: with the token, and each body held against the specification, both ways. */
const guarded: GuardedFetch = async (url, request: GuardedRequest) => {
  if (typeof request.body === 'string') assertIsXero(JSON.parse(request.body), 'request')
  const { method, headers, body } = request
  const response = await fetch(url, {
    method,
    headers: { ...headers, authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body: body as string }),
  })
  const bytes = Buffer.from(await response.arrayBuffer())
  if (response.status === 200) assertIsXero(JSON.parse(bytes.toString()), 'answer')
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    text: async () => bytes.toString(),
    json: async () => JSON.parse(bytes.toString()) as unknown,
    bytes: async () => bytes,
  }
}

const settings = (): Config =>
  config.parse({
    tenantId: system.tenantId,
    clientId: 'backhaul',
    clientSecret: 'client-s3cret',
    url: system.apiUrl,
    accountCode: '400',
    refundAccounts: { cash_refund: '090' },
  })

const usd = (amount: string) => ({ amount, currency: 'USD' })
const about = { company: 'main', orderRefs: ['S00042'] }
const credit: CommandBody<'credit.draft'>['credit'] = {
  creditId: 'credit-1-0',
  lines: [{ lineNo: 1, quantity: '3', net: usd('100.00'), tax: usd('8.25') }],
  fees: [{ kind: 'restocking', net: usd('10.00'), tax: usd('0.83') }],
  goodwill: usd('2.50'),
  total: usd('99.92'),
  method: 'credit_note',
}
const goods = [{ lineNo: 1, product: { sku: 'PUMP-12V' }, quantity: '3', unit: 'EA' }]
const draftBody = { about, credit, lines: goods }

async function deliver<T extends CommandType>(
  type: T,
  body: CommandBody<T>,
  changes: { attempt?: number; key?: string; settings?: Partial<Config> } = {},
): Promise<Delivered> {
  const definition = xero.delivers[type]
  assert.ok(definition)
  return definition.deliver({
    config: { ...settings(), ...changes.settings },
    command: {
      type,
      caseId: '01920000-0000-7000-8000-000000000001',
      caseNo: 'RMA-000123-7',
      caseVersion: 3,
      occurredAt: now.toISOString(),
      body,
    },
    idempotencyKey: changes.key ?? `bh_${type}`,
    attempt: changes.attempt ?? 1,
    signal: new AbortController().signal,
    fetch: guarded,
    dial: noDial,
    now,
  })
}

function events({ events: told = [] }: Delivered): readonly CanonicalEvent[] {
  return told
}

function dataOf<Data>(event: CanonicalEvent | undefined): Data {
  assert.ok(event, 'it was not told')
  return event.data as Data
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof DeliveryError, 'it was not refused')
  return `${error.kind} ${error.code} ${error.exception ?? ''}`.trim()
}

function orderInvoiced(isPaid = true): void {
  system.invoice({
    reference: 'S00042',
    isPaid,
    lines: [{ sku: 'PUMP-12V', quantity: 5, net: 500, tax: 41.25 }],
  })
}

const note = () => [...system.ledger.notes.values()][0]

describe('a credit', () => {
  test('is drafted with the accounts of its invoice, and comes to the cent', async () => {
    orderInvoiced()
    const made = await deliver('credit.draft', draftBody)
    const drafted = note()
    assert.equal(made.externalId, drafted?.id)
    assert.deepEqual(made.refs, [{ type: 'credit_note', value: drafted?.id }])
    assert.deepEqual([drafted?.status, drafted?.total], ['DRAFT', 9_992])
    assert.equal(drafted?.reference, 'RMA-000123-7/credit-1-0')
    const accounts = drafted?.lines.map(({ AccountCode, TaxType }) => [AccountCode, TaxType])
    assert.deepEqual(accounts, [
      ['200', 'OUTPUT'],
      ['400', 'OUTPUT'],
      ['400', 'NONE'],
    ])
    assert.deepEqual(
      events(made).map(({ type }) => type),
      ['credit.drafted'],
    )
  })

  test('is drafted once, also when Xero has forgotten the key', async () => {
    orderInvoiced()
    await deliver('credit.draft', draftBody)
    now = new Date(now.getTime() + 3_600_000)
    token = await freshToken()
    await deliver('credit.draft', draftBody, { attempt: 2 })
    assert.equal(system.ledger.notes.size, 1)
  })

  test('of an order that Xero has not invoiced is not guessed', async () => {
    assert.equal(await codeOf(deliver('credit.draft', draftBody)), 'terminal NOT_INVOICED FN08')
    orderInvoiced()
    orderInvoiced()
    const twice = deliver('credit.draft', draftBody)
    assert.equal(await codeOf(twice), 'terminal INVOICE_AMBIGUOUS FN07')
  })

  test('is posted, and leaves a note in its history, once', async () => {
    orderInvoiced()
    await deliver('credit.draft', draftBody)
    const body = { about, creditId: credit.creditId, credit }
    const posted = await deliver('credit.post', body)
    await deliver('credit.post', body, { attempt: 2, key: 'bh_other' })
    assert.equal(note()?.status, 'AUTHORISED')
    assert.equal(note()?.history.length, 1)
    assert.match(note()?.history[0] ?? '', /RMA-000123-7/)
    const [event] = events(posted)
    assert.equal(event?.type, 'credit.posted')
    assert.equal(dataOf<{ document?: string }>(event).document, 'CN-0001')
  })

  test('pays what is open of its invoice, and says that no money moves for that', async () => {
    orderInvoiced(false)
    await deliver('credit.draft', draftBody)
    const body = { about, creditId: credit.creditId, credit }
    const posted = await deliver('credit.post', body)
    assert.equal(note()?.status, 'PAID')
    const settled = events(posted).find(({ type }) => type === 'refund.settled')
    const { amount, method } = dataOf<{ amount: unknown; method: string }>(settled)
    assert.deepEqual([amount, method], [usd('99.92'), 'apply_to_invoice'])
    const again = await deliver('credit.post', body, { attempt: 2 })
    assert.deepEqual(
      events(again).map(({ id }) => id),
      events(posted).map(({ id }) => id),
    )
    assert.equal(note()?.allocations.length, 1)
  })

  test('that a person changed is not posted, and a locked period is said', async () => {
    orderInvoiced()
    await deliver('credit.draft', draftBody)
    const other = { ...credit, total: usd('99.00') }
    const wrong = deliver('credit.post', { about, creditId: credit.creditId, credit: other })
    assert.equal(await codeOf(wrong), 'terminal CREDIT_TOTAL_MISMATCH FN01')
    system.lockBooks('2026-11-30')
    const locked = deliver('credit.post', { about, creditId: credit.creditId, credit })
    assert.equal(await codeOf(locked), 'terminal PERIOD_LOCKED FN07')
    system.voidNote('RMA-000123-7/credit-1-0')
    const gone = deliver('credit.post', { about, creditId: credit.creditId, credit })
    assert.equal(await codeOf(gone), 'terminal CREDIT_NOTE_MISSING FN07')
  })
})

async function freshToken(): Promise<string> {
  const body = new URLSearchParams({
    grant_type: 'refresh_token',
    refresh_token: system.issuer.agree(),
    client_id: 'backhaul',
    client_secret: 'client-s3cret',
  })
  const response = await fetch(`${system.http.url}/oauth/token`, { method: 'POST', body })
  return ((await response.json()) as { access_token: string }).access_token
}

describe('a refund that finance pays', () => {
  const refund: CommandBody<'refund.issue'> = {
    about,
    refundId: 'refund-1',
    creditId: credit.creditId,
    method: 'cash_refund',
    amount: usd('99.92'),
  }
  const posted = async () => {
    orderInvoiced()
    await deliver('credit.draft', draftBody)
    await deliver('credit.post', { about, creditId: credit.creditId, credit })
  }

  test('is a payment of the credit note, once', async () => {
    await posted()
    const first = await deliver('refund.issue', refund)
    now = new Date(now.getTime() + 3_600_000)
    token = await freshToken()
    const second = await deliver('refund.issue', refund, { attempt: 2 })
    assert.equal(note()?.payments.length, 1)
    assert.equal(first.externalId, second.externalId)
    assert.deepEqual(
      events(first).map(({ type }) => type),
      ['refund.released'],
    )
  })

  test('is never above what is left of it', async () => {
    await posted()
    const more = deliver('refund.issue', { ...refund, amount: usd('99.93') })
    assert.equal(await codeOf(more), 'terminal REFUND_ABOVE_OPEN FN04')
    const other = deliver('refund.issue', { ...refund, method: 'store_credit' })
    assert.equal(await codeOf(other), 'terminal NOT_CONFIGURED FN05')
  })
})

async function look(
  cursor: string | null,
): Promise<{ messages: readonly PolledMessage[]; cursor: string | null }> {
  const poll = xero.polls['changes']
  assert.ok(poll)
  const signal = new AbortController().signal
  return poll.pull({
    config: settings(),
    fetch: guarded,
    dial: noDial,
    signal,
    cursor,
    limit: 100,
    now,
  })
}

describe('what people do in Xero', () => {
  test('is told with its state, and told again only when it changed', async () => {
    orderInvoiced()
    await deliver('credit.draft', draftBody)
    const first = await look(null)
    assert.equal(first.messages.length, 1)
    now = new Date(now.getTime() + 600_000)
    system.voidNote('RMA-000123-7/credit-1-0')
    const second = await look(first.cursor)
    const bodies = second.messages.map(({ body }) => body as Record<string, unknown>)
    assert.deepEqual(
      bodies.map(({ caseNo, creditId, status, total }) => [caseNo, creditId, status, total]),
      [['RMA-000123-7', 'credit-1-0', 'canceled', '99.92']],
    )
    assert.notEqual(second.messages[0]?.messageId, first.messages[0]?.messageId)
    const third = await look(second.cursor)
    assert.deepEqual(
      third.messages.map(({ messageId }) => messageId),
      second.messages.map(({ messageId }) => messageId),
      'the overlap repeats it under the same id',
    )
  })

  test('is nothing of ours without the number of a return', async () => {
    system.ledger.addNote({ reference: 'PO 7', contactId: 'c', currency: 'USD', lines: [] })
    assert.deepEqual((await look(null)).messages, [])
  })
})

describe('the check', () => {
  test('names the organization, and what is not set', async () => {
    const call = {
      config: settings(),
      fetch: guarded,
      dial: noDial,
      signal: new AbortController().signal,
      now,
    }
    const report = await xero.check?.(call)
    assert.equal(report?.account, 'Example Ltd (USD)')
    assert.match(report?.notes?.join(' ') ?? '', /webhook key/)
  })
})

/** Xero, as the suite needs it: everything is invoiced, a key is remembered, and errors quote what was sent. */
function fake(): FakeRule {
  const notes = new Map<string, Record<string, unknown>>()
  const keys = new Map<string, unknown>()
  const invoice = {
    InvoiceID: 'i-1',
    Type: 'ACCREC',
    Status: 'PAID',
    CurrencyCode: 'USD',
    AmountDue: 0,
    Contact: { ContactID: 'c-1' },
    LineItems: [{ ItemCode: 'PUMP-12V', AccountCode: '200', TaxType: 'OUTPUT' }],
  }
  const noteFor = (reference: string) => ({
    CreditNoteID: `n-${notes.size + 1}`,
    Reference: reference,
    Status: 'AUTHORISED',
    Total: 99.92,
    RemainingCredit: 99.92,
    CurrencyCode: 'USD',
    Payments: [],
  })
  return ({ method, url, headers, body }, effect) => {
    const { pathname, searchParams } = new URL(url, 'http://fake.invalid')
    const key = String(headers['idempotency-key'] ?? '')
    if (method !== 'GET' && keys.has(key)) return { status: 200, body: keys.get(key) }
    const answer = (answered: unknown) => {
      if (method !== 'GET') keys.set(key, answered)
      return { status: 200, body: answered }
    }
    if (pathname.endsWith('/Organisation')) return answer({ Organisations: [{ Name: 'Example' }] })
    if (pathname.includes('/Invoices')) return answer({ Invoices: [invoice] })
    if (pathname.endsWith('/History')) return answer({ HistoryRecords: [] })
    if (pathname.endsWith('/Payments')) {
      effect(key)
      const [sent] = (JSON.parse(body) as { Payments: Record<string, unknown>[] }).Payments
      return answer({ Payments: [{ ...sent, PaymentID: `p-${key}` }] })
    }
    if (method === 'GET') {
      const wanted = /Reference=="([^"]*)"/.exec(searchParams.get('where') ?? '')?.[1]
      const id = pathname.split('/CreditNotes/')[1]
      const all = [...notes.values()]
      if (id !== undefined)
        return answer({ CreditNotes: all.filter((one) => one['CreditNoteID'] === id) })
      if (wanted === undefined) return answer({ CreditNotes: [polled] })
      const isDrafting = wanted.includes('/drafting')
      if (!isDrafting && !notes.has(wanted)) {
        const isPosting = wanted.includes('/posting')
        notes.set(wanted, { ...noteFor(wanted), ...(isPosting ? { Status: 'DRAFT' } : {}) })
      }
      return answer({
        CreditNotes: all
          .concat([...notes.values()])
          .filter((one, index, list) => one['Reference'] === wanted && list.indexOf(one) === index),
      })
    }
    const [sent] = (JSON.parse(body) as { CreditNotes: Record<string, unknown>[] }).CreditNotes
    effect(key)
    if (method === 'POST') {
      const known = [...notes.values()].find(
        (one) => one['CreditNoteID'] === sent?.['CreditNoteID'],
      )
      if (known !== undefined) known['Status'] = 'AUTHORISED'
      return answer({ CreditNotes: [known] })
    }
    const reference = String(sent?.['Reference'])
    const made = { ...noteFor(reference), Status: 'DRAFT' }
    notes.set(reference, made)
    return answer({ CreditNotes: [made] })
  }
}

const polled = {
  CreditNoteID: 'n-0',
  Reference: 'RMA-000001-0/credit-1-0',
  Status: 'AUTHORISED',
  Total: 10.5,
  CurrencyCode: 'USD',
  UpdatedDateUTC: '/Date(1795413600000+0000)/',
}

const message = {
  events: [{ resourceId: '55d84274-a3da-4829-a7c0-0cab601b95cc', eventCategory: 'CREDITNOTE' }],
  firstEventSequence: 76,
  lastEventSequence: 76,
  entropy: 'FXNGWLCCGVANWHKILRUB',
}
const refusedInside = {
  status: 200,
  body: { CreditNotes: [{ HasErrors: true, ValidationErrors: [{ Message: 'no' }] }] },
}

exerciseConnector(xero, {
  config: (baseUrl) => ({
    tenantId: 'aef86862-2015-4b6b-88bc-d89032cecc50',
    clientId: 'client-1',
    clientSecret: 'client-s3cret-7391',
    webhookKeys: ['webhook-key-5102'],
    url: baseUrl,
    refundAccounts: { '*': '090' },
  }),
  webhooks: {
    notifications: {
      scheme: schemes.xero,
      stranger: { signingSecret: 'another-key' },
      message: { body: JSON.stringify(message) },
      otherMessage: { body: JSON.stringify({ ...message, lastEventSequence: 77, entropy: 'B' }) },
      malformed: ['[]', '{}', '{"events":7}'],
    },
  },
  deliveries: {
    'credit.draft': {
      body: { ...draftBody, credit: { ...credit, creditId: 'drafting-1' } },
      otherBody: { ...draftBody, credit: { ...credit, creditId: 'drafting-2' } },
      errorInside: refusedInside,
    },
    'credit.post': {
      body: { about, creditId: 'posting-1', credit },
      otherBody: { about, creditId: 'posting-2', credit },
      errorInside: refusedInside,
    },
    'refund.issue': {
      body: { refundId: 'r-1', creditId: 'paying', method: 'cash_refund', amount: usd('5.00') },
      otherBody: {
        refundId: 'r-2',
        creditId: 'paying',
        method: 'cash_refund',
        amount: usd('5.00'),
      },
      errorInside: { status: 200, body: { Payments: [{ HasErrors: true }] } },
    },
  },
  polls: { changes: {} },
  fake,
})
