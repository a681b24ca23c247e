import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import type { CanonicalEvent, CommandBody, CommandType } from '@backhaul/sdk/canonical'
import { type Delivered, DeliveryError, type GuardedFetch } from '@backhaul/sdk/connector'
import { schemes } from '@backhaul/sdk/signing'
import { exerciseConnector, type FakeRule, noDial } from '@backhaul/sdk/testing'
import { type QuickBooksDouble, startQuickBooks } from '@backhaul/simulator'
import { type Config, config, oauth } from './config.ts'
import quickbooks from './index.ts'
import { numberOf } from './references.ts'

let system: QuickBooksDouble
let now = new Date('2026-11-23T06:00:00Z')
let token = ''

beforeEach(async () => {
  now = new Date('2026-11-23T06:00:00Z')
  system = await startQuickBooks({ now: () => now })
  const response = await fetch(`${system.http.url}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: system.issuer.agree(),
      client_id: 'backhaul',
      client_secret: 'client-s3cret',
    }),
  })
  token = ((await response.json()) as { access_token: string }).access_token
})
afterEach(() => system.close())

/** As the hub's: with the token. */
const guarded: GuardedFetch = async (url, { method, headers, body }) => {
  const response = await fetch(url, {
    method,
    headers: { ...headers, authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body: body as string }),
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

const settings = (): Config =>
  config.parse({
    realmId: system.realmId,
    clientId: 'backhaul',
    clientSecret: 'client-s3cret',
    url: system.http.url,
    refundItemId: '9',
    refundAccounts: { cash_refund: '35' },
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
const postBody = { about, creditId: credit.creditId, credit }
const refund: CommandBody<'refund.issue'> = {
  about,
  refundId: 'refund-1',
  creditId: credit.creditId,
  method: 'cash_refund',
  amount: usd('99.92'),
}
const memoNumber = numberOf('RMA-000123-7', credit.creditId)

async function deliver<T extends CommandType>(
  type: T,
  body: CommandBody<T>,
  { key = `bh_${type}`, attempt = 1 }: { key?: string; attempt?: number } = {},
): Promise<Delivered> {
  const definition = quickbooks.delivers[type]
  assert.ok(definition)
  return definition.deliver({
    config: settings(),
    command: {
      type,
      caseId: '01920000-0000-7000-8000-000000000001',
      caseNo: 'RMA-000123-7',
      caseVersion: 3,
      occurredAt: now.toISOString(),
      body,
    },
    idempotencyKey: key,
    attempt,
    signal: new AbortController().signal,
    fetch: guarded,
    dial: noDial,
    now,
  })
}

const told = ({ events = [] }: Delivered): readonly CanonicalEvent[] => events

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof DeliveryError, 'it was not refused')
  return `${error.kind} ${error.code} ${error.exception ?? ''}`.trim()
}

const memos = () => system.books.of('CreditMemo')

describe('a credit', () => {
  test('is a note on the invoice until it may be booked', async () => {
    const none = deliver('credit.draft', { about, credit })
    assert.equal(await codeOf(none), 'terminal NOT_INVOICED FN08')
    system.invoice({ number: 'S00042', net: 500, tax: 41.25 })
    const drafted = await deliver('credit.draft', { about, credit })
    assert.equal(memos().length, 0)
    const [note] = system.books.of('Attachable')
    assert.match(String(note?.fields['Note']), /^RMA-000123-7\/credit-1-0 A credit over 99.92 USD/)
    assert.deepEqual(
      told(drafted).map(({ type }) => type),
      ['credit.drafted'],
    )
  })

  test('is booked to the cent, once, also under another key', async () => {
    system.invoice({ number: 'S00042', net: 500, tax: 41.25 })
    const first = await deliver('credit.post', postBody)
    const again = await deliver('credit.post', postBody, { key: 'bh_other', attempt: 2 })
    assert.equal(memos().length, 1)
    assert.equal(first.externalId, again.externalId)
    const [memo] = memos()
    assert.equal(memo?.total, 9_992)
    assert.equal(memo?.fields['DocNumber'], memoNumber)
    assert.ok(memoNumber.length <= 21)
    assert.deepEqual(
      told(first).map(({ type }) => type),
      ['credit.posted'],
    )
  })

  test('pays what is open of its invoice', async () => {
    system.invoice({ number: 'S00042', net: 50, tax: 0, isPaid: false })
    const posted = await deliver('credit.post', postBody)
    const settled = told(posted).find(({ type }) => type === 'refund.settled')
    assert.deepEqual((settled?.data as { amount?: unknown } | undefined)?.amount, usd('50'))
    assert.equal(system.books.of('Invoice')[0]?.balance, 0)
    const again = await deliver('credit.post', postBody, { key: 'bh_other', attempt: 2 })
    assert.equal(told(again).length, 2)
    assert.equal(system.books.of('Payment').length, 1)
  })

  test('that the company’s taxes make another sum of is taken back', async () => {
    system.invoice({ number: 'S00042', net: 500, tax: 41.25 })
    system.books.extraTax = 7
    const wrong = deliver('credit.post', postBody)
    assert.equal(await codeOf(wrong), 'terminal CREDIT_TOTAL_MISMATCH FN01')
    assert.equal(memos().length, 0)
  })

  test('in a closed period waits for a person', async () => {
    system.invoice({ number: 'S00042', net: 500, tax: 41.25 })
    system.closeBooks(true)
    assert.equal(await codeOf(deliver('credit.post', postBody)), 'terminal PERIOD_LOCKED FN07')
  })
})

describe('a refund that finance pays', () => {
  test('is a receipt, once', async () => {
    system.invoice({ number: 'S00042', net: 500, tax: 41.25 })
    await deliver('refund.issue', refund)
    await deliver('refund.issue', refund, { key: 'bh_other', attempt: 2 })
    assert.deepEqual(
      system.books.of('RefundReceipt').map(({ total }) => total),
      [9_992],
    )
    const other = deliver('refund.issue', { ...refund, refundId: 'r-2', method: 'store_credit' })
    assert.equal(await codeOf(other), 'terminal NOT_CONFIGURED FN05')
  })
})

async function look(cursor: string | null) {
  const poll = quickbooks.polls['changes']
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

describe('what people do in QuickBooks', () => {
  test('is told with its state', async () => {
    system.invoice({ number: 'S00042', net: 500, tax: 41.25 })
    await deliver('credit.post', postBody)
    await deliver('refund.issue', refund)
    const first = await look(null)
    assert.deepEqual(
      first.messages.map(({ topic }) => topic),
      ['credit-memo', 'refund-receipt'],
    )
    now = new Date(now.getTime() + 600_000)
    system.voidMemo(memoNumber)
    const second = await look(first.cursor)
    const changed = second.messages.filter(({ topic }) => topic === 'credit-memo')
    const bodies = changed.map(({ body }) => body as Record<string, unknown>)
    assert.deepEqual(
      bodies.map(({ caseNo, creditId, status }) => [caseNo, creditId, status]),
      [['RMA-000123-7', 'credit-1-0', 'voided']],
    )
  })

  test('by deleting it is seen by its absence', async () => {
    system.invoice({ number: 'S00042', net: 500, tax: 41.25 })
    const { externalId = '' } = await deliver('credit.post', postBody)
    const ask = () =>
      quickbooks.presence?.missing({
        config: settings(),
        fetch: guarded,
        signal: new AbortController().signal,
        type: 'credit_memo',
        values: [externalId],
        now,
      })
    assert.deepEqual(await ask(), [])
    system.deleteMemo(memoNumber)
    assert.deepEqual(await ask(), [externalId])
    assert.deepEqual((await look(null)).messages, [])
  })
})

describe('a connection', () => {
  test('says whose books they are, and what is not set', async () => {
    system.setCustomNumbers(false)
    const call = {
      config: settings(),
      fetch: guarded,
      dial: noDial,
      signal: new AbortController().signal,
      now,
    }
    const report = await quickbooks.check?.(call)
    assert.equal(report?.account, 'Example Inc.')
    assert.match(report?.notes?.join(' ') ?? '', /Custom transaction numbers are off/)
  })

  test('takes the agreement of its own company only', () => {
    const refuses = (realmId: string) =>
      oauth.refuses?.(settings(), new URLSearchParams({ realmId }))
    assert.equal(refuses(system.realmId), null)
    assert.match(refuses('7') ?? '', /another company/)
  })
})

/** QuickBooks, as the suite needs it: everything is invoiced, and a repeated request is answered as before. */
function fake(): FakeRule {
  const answers = new Map<string, unknown>()
  const invoice = {
    Id: '95',
    CustomerRef: { value: '58' },
    Balance: 0,
    Line: [{ SalesItemLineDetail: { ItemRef: { value: '7' } } }],
  }
  return ({ method, url, body }, effect) => {
    const { pathname, searchParams } = new URL(url, 'http://fake.invalid')
    if (pathname.endsWith('/cdc')) {
      return {
        status: 200,
        body: { CDCResponse: [{ QueryResponse: [{ CreditMemo: [changedMemo] }] }] },
      }
    }
    if (method === 'GET') {
      const isInvoice = searchParams.get('query')?.includes('from Invoice') === true
      return { status: 200, body: { QueryResponse: isInvoice ? { Invoice: [invoice] } : {} } }
    }
    const key = searchParams.get('requestid') ?? ''
    if (!answers.has(key)) {
      effect(key)
      const name = {
        creditmemo: 'CreditMemo',
        refundreceipt: 'RefundReceipt',
        attachable: 'Attachable',
      }[pathname.split('/').at(-1) ?? '']
      const sent = JSON.parse(body) as Record<string, unknown>
      const made = {
        ...sent,
        Id: String(answers.size + 1),
        SyncToken: '0',
        TotalAmt: 99.92,
        Balance: 99.92,
      }
      answers.set(key, { [name ?? '']: made })
    }
    return { status: 200, body: answers.get(key) }
  }
}

const changedMemo = {
  Id: '12',
  SyncToken: '1',
  PrivateNote: 'RMA-000123-7/credit-1-0',
  TotalAmt: 99.92,
  MetaData: { LastUpdatedTime: '2026-11-23T05:59:00-08:00' },
}
const event = {
  specversion: '1.0',
  id: '88cd52aa-33b6-4351-9aa4-47572edbd068',
  type: 'qbo.creditmemo.updated.v1',
  intuitentityid: '12',
  intuitaccountid: '4620816365000000001',
  data: {},
}
const refusedInside = { status: 200, body: { Fault: { Error: [{ code: '6000' }] } } }

exerciseConnector(quickbooks, {
  config: (baseUrl) => ({
    realmId: '4620816365000000001',
    clientId: 'client-1',
    clientSecret: 'client-s3cret-7391',
    verifierTokens: ['verifier-5102'],
    url: baseUrl,
    refundItemId: '9',
    refundAccounts: { '*': '35' },
  }),
  webhooks: {
    notifications: {
      scheme: schemes.quickbooks,
      stranger: { signingSecret: 'another-token' },
      message: { body: JSON.stringify([event, { ...event, id: 'b', intuitaccountid: '7' }]) },
      otherMessage: { body: JSON.stringify([{ ...event, id: 'c' }]) },
      malformed: ['[]', '{}', '[{"id":7}]', '{"eventNotifications":[]}'],
    },
  },
  deliveries: {
    'credit.draft': { body: { about, credit }, errorInside: refusedInside },
    'credit.post': { body: postBody, errorInside: refusedInside },
    'refund.issue': { body: refund, errorInside: refusedInside },
  },
  polls: { changes: {} },
  fake,
})
