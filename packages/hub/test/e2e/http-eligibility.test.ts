import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after as afterAll, before, beforeEach, describe, test } from 'node:test'
import { RetryableError, TerminalError } from '@backhaul/sdk'
import { cloudEventType, userRoles } from '@backhaul/sdk/canonical'
import { activePolicies, compilePolicyText } from '../../src/domain/index.ts'
import { eligibility } from '../../src/http/schemas/eligibility.ts'
import { requestedReturn } from '../../src/http/schemas/requested-return.ts'
import { readForeignEvent } from '../../src/mapping/canonical.ts'
import { canonicalTopic, makeMessage } from '../../src/pipeline/message.ts'
import {
  type Answer,
  after,
  type Books,
  createBooks,
  daysAgo,
  order,
  silence,
} from '../support/books.ts'
import { type Json, startTestHub, type TestHub, textIn } from '../support/hub.ts'

const path = new URL('../../policies/standard-returns.yaml', import.meta.url)
const compiled = compilePolicyText(readFileSync(path, 'utf8'), { version: 7 })
assert.ok(compiled.ok)
const policies = activePolicies([compiled.policy])
const deadlineMs = 400

async function startBookedHub(books: Books, onSilence: 'accept' | 'refuse'): Promise<TestHub> {
  const hub = await startTestHub({
    policies,
    connectors: [books.connector],
    config: { returns: { lookUp: { deadlineMs, waitSeconds: 3_600 }, onSilence } },
  })
  const by = { actor: 'test' }
  const connection = { connectionId: 'books', connector: 'books', title: 'The books', config: {} }
  await hub.connections.createConnection({ ...connection, roles: ['erp'], subscriptions: [] }, by)
  await hub.connections.setRoute({ role: 'erp', connectionId: 'books' }, by)
  return hub
}

function linesOf(json: Json, name = 'lines'): Json[] {
  return json[name] as Json[]
}

/** An object in what the API answered. */
function objectIn(json: Json | undefined, name: string): Json {
  return (json ?? {})[name] as Json
}

function rulesOf(line: Json | undefined): string[] {
  return linesOf(line ?? {}, 'reasons').map((reason) => textIn(reason, 'rule'))
}

function asked(ref: string, change: object = {}, line: object = {}) {
  return {
    channel: 'ecommerce',
    sourceRef: ref,
    customer: { partyId: 'C-1' },
    orderRefs: ['S00042'],
    currency: 'EUR',
    lines: [
      { lineNo: 1, product: { sku: 'PUMP' }, quantity: '2', reason: { code: 'poor_fit' }, ...line },
    ],
    ...change,
  }
}

async function rowsIn(hub: TestHub): Promise<unknown> {
  const { rows } = await hub.pool.query(
    `select (select count(*)::int from return_case) as cases, (select count(*)::int from inbox_dedupe) as messages,
       (select count(*)::int from policy_decision) as decisions`,
  )
  return rows[0]
}

describe('what may come back of an order', () => {
  const books = createBooks()
  let hub: TestHub
  before(async () => {
    hub = await startBookedHub(books, 'accept')
  })
  afterAll(() => hub.close())
  beforeEach(() => {
    books.questions.length = 0
    books.answer = async () => order()
  })

  const question = { channel: 'ecommerce', orderRefs: ['S00042'], customer: { partyId: 'C-1' } }
  const ask = (body: object = {}, as: (typeof userRoles)[number] = 'agent') =>
    hub.request('POST', '/api/v1/eligibility', { as, body: { ...question, ...body } })

  test('is said of every line of it, with the terms, and nothing is kept', async () => {
    const rows = await rowsIn(hub)
    books.answer = async () => order({}, { returned: '3', returning: '2' })
    const { status, json, text } = await ask()
    assert.equal(status, 200, text)
    assert.deepEqual(eligibility.parse(json), json)
    assert.deepEqual(json['order'], { orderRef: 'S00042', exists: true })
    const [line] = linesOf(json)
    assert.deepEqual(
      ['delivered', 'returned', 'returning', 'openElsewhere', 'returnable', 'authorized'].map(
        (name) => line?.[name],
      ),
      ['10', '3', '2', '0', '5', '5'],
    )
    assert.deepEqual([line?.['orderLine'], line?.['verdict']], ['4711', 'allow'])
    assert.deepEqual(line?.['settlement'], {
      method: 'credit_note',
      trigger: 'on_inspection',
      fees: [],
    })
    assert.equal(line?.['freightPayer'], 'customer')
    // The window of thirty days, counted from the delivery of three days ago.
    const until = new Date(Date.now() + 27 * 86_400_000).toISOString().slice(0, 10)
    assert.equal(line?.['until'], until)
    assert.deepEqual(books.questions[0]?.lines, [])
    assert.deepEqual(await rowsIn(hub), rows)
  })

  test('is said of the lines that are asked about, with fees and with reasons against it', async () => {
    const base = order().lines[0]
    assert.ok(base)
    books.answer = async () =>
      order({
        lines: [
          { ...base, deliveredAt: daysAgo(20) },
          { lineNo: 2, onOrder: false },
          { ...base, lineNo: 3, orderLine: '4712', deliveredAt: daysAgo(400) },
        ],
      })
    const lines = ['PUMP', 'HOSE', 'VALVE'].map((sku) => ({ product: { sku }, quantity: '1' }))
    const { json, text } = await ask({ lines })
    const [fee, other, late] = linesOf(json)
    assert.deepEqual([fee?.['verdict'], fee?.['authorized']], ['modify', '1'], text)
    assert.deepEqual(objectIn(fee, 'settlement')['fees'], [
      {
        kind: 'restocking',
        net: { amount: '7.50', currency: 'EUR' },
        tax: { amount: '1.43', currency: 'EUR' },
      },
    ])
    assert.equal(other?.['verdict'], 'deny')
    assert.ok(rulesOf(other).includes('P02'))
    assert.deepEqual(
      [late?.['verdict'], late?.['until'], late?.['response']],
      ['deny', null, 'time_limit_exceeded'],
    )
    assert.match(JSON.stringify(late?.['reasons']), /The time in which this can be returned/)
    assert.deepEqual(
      books.questions[0]?.lines.map(({ lineNo }) => lineNo),
      [1, 2, 3],
    )
  })

  test('is less by what the hub itself waits for, through whatever channel it was asked for', async () => {
    books.answer = async () => order({ orderRef: 'S-open' })
    const request = asked('open-1', { orderRefs: ['S-open'] }, { quantity: '4' })
    const made = await hub.request('POST', '/api/v1/returns', {
      body: request,
      headers: { 'idempotency-key': 'open-1' },
    })
    assert.equal(made.status, 201, made.text)
    const { json } = await ask({ channel: 'support', orderRefs: ['S-open'] })
    const [line] = linesOf(json)
    assert.deepEqual(
      [line?.['openElsewhere'], line?.['returnable'], line?.['authorized']],
      ['4', '6', '6'],
    )
  })

  test('is nothing of an order that nobody has, and says why', async () => {
    books.answer = async () => ({ orderRef: 'S9', exists: false, lines: [], tenders: [] })
    const whole = await ask()
    assert.equal(whole.status, 200, whole.text)
    assert.deepEqual(linesOf(whole.json), [])
    assert.deepEqual(
      linesOf(whole.json, 'reasons').map((reason) => [reason['rule'], reason['response']]),
      [['P01', 'no_record_of_sale']],
    )
    const line = linesOf((await ask({ lines: [{ product: { sku: 'PUMP' } }] })).json)[0]
    assert.deepEqual([line?.['verdict'], line?.['authorized']], ['deny', '0'])
    assert.ok(rulesOf(line).includes('P01'))
  })

  test("is nothing of another customer's order, and everything where nobody says who asks", async () => {
    books.answer = async () => order({ orderedBy: { partyId: 'C-9', commercialPartyId: 'C-8' } })
    assert.deepEqual(
      linesOf((await ask()).json).map((line) => line['verdict']),
      ['deny'],
    )
    assert.deepEqual(
      linesOf((await ask({ customer: undefined })).json).map((line) => line['verdict']),
      ['allow'],
    )
  })

  test('is for a person to say where the system refuses the question, or gives no sense', async () => {
    const reason = 'Two orders have the reference S00042.'
    books.answer = async () => {
      throw new TerminalError({ code: 'ORDER_AMBIGUOUS', reason })
    }
    const lines = [{ product: { sku: 'PUMP' } }]
    const refused = await ask({ lines })
    assert.equal(refused.status, 200, refused.text)
    assert.deepEqual(refused.json['validation'], { state: 'refused', sentence: reason })
    assert.equal(linesOf(refused.json)[0]?.['verdict'], 'refer')
    books.answer = async () => ({ orderRef: 7, lines: 'none' }) as unknown as Answer
    const senseless = await ask({ lines })
    assert.equal((senseless.json['validation'] as Json)['state'], 'refused')
  })

  test('waits for a slow system, and no longer than was set for a silent one', async () => {
    books.answer = () => after(deadlineMs / 2, order())
    assert.equal((await ask()).status, 200)
    for (const answer of [
      silence,
      () => after(3 * deadlineMs, order()),
      () => Promise.reject(new RetryableError({ code: 'RATE_LIMITED', retryAfterMs: 7_000 })),
      () => Promise.reject(new TypeError('a defect')),
    ]) {
      books.answer = answer
      const { status, json, headers } = await ask()
      assert.deepEqual([status, json['code']], [503, 'SYSTEM_OF_RECORD_SILENT'])
      assert.match(headers.get('retry-after') ?? '', /^[57]$/)
      assert.equal(headers.get('content-type'), 'application/problem+json; charset=utf-8')
    }
  })

  test('is asked by those who may ask for returns, and by those who connect the systems', async () => {
    const allowed = []
    for (const role of userRoles) if ((await ask({}, role)).status === 200) allowed.push(role)
    assert.deepEqual(allowed, ['admin', 'integrator', 'agent', 'machine'])
  })

  const senseless: readonly [string, object][] = [
    ['no order', { orderRefs: [] }],
    ['no channel', { channel: undefined }],
    ['an unknown channel', { channel: 'pigeon' }],
    ['a field that is none', { force: true }],
    ['a line without a product', { lines: [{ quantity: '1' }] }],
    ['a product without an identifier', { lines: [{ product: { name: 'Pump' } }] }],
    ['no line at all', { lines: [] }],
    ['a negative quantity', { lines: [{ product: { sku: 'P' }, quantity: '-1' }] }],
    ['a quantity in floating point', { lines: [{ product: { sku: 'P' }, quantity: 1.5 }] }],
    ['an endless quantity', { lines: [{ product: { sku: 'P' }, quantity: '1e9' }] }],
    ['an unknown reason', { lines: [{ product: { sku: 'P' }, reason: 'because' }] }],
    ['too many lines', { lines: Array.from({ length: 201 }, () => ({ product: { sku: 'P' } })) }],
    ['a control character', { orderRefs: ['S\u0000'] }],
    ['a long name', { orderRefs: ['S'.repeat(101)] }],
  ]
  for (const [what, body] of senseless) {
    test(`is not asked with ${what}`, async () => {
      const { status, json } = await ask(body)
      assert.deepEqual([status, json['code']], [422, 'VALIDATION_FAILED'])
      assert.deepEqual(books.questions, [])
    })
  }
})

describe('a return that is asked for while somebody waits', () => {
  const books = createBooks()
  let hub: TestHub
  before(async () => {
    hub = await startBookedHub(books, 'accept')
  })
  afterAll(() => hub.close())
  beforeEach(() => {
    books.questions.length = 0
    books.told.length = 0
    books.answer = async ({ about }) => order({ orderRef: about?.orderRefs[0] ?? '' })
  })

  /** Asks for a return of an order of its own. */
  const request = (ref: string, change: object = {}, line: object = {}) =>
    hub.request('POST', '/api/v1/returns', {
      body: asked(ref, { orderRefs: [`S-${ref}`], ...change }, line),
      headers: { 'idempotency-key': ref },
    })
  const authorizationOf = (json: Json) =>
    linesOf(json, 'authorization').map(({ state, quantity }) => [state, quantity])

  test('is answered with what the rules say of the order as it stands there', async () => {
    const { status, json, text } = await request('ok')
    assert.equal(status, 201, text)
    assert.deepEqual(requestedReturn.parse(json), json)
    assert.deepEqual(json['validation'], { state: 'answered', sentence: null })
    assert.deepEqual(authorizationOf(json), [['approved', '2']])
    assert.equal(json['headline'], 'authorized')
    const { about, lines } = books.questions[0] ?? {}
    assert.deepEqual(about?.orderRefs, ['S-ok'])
    assert.deepEqual(
      lines?.map(({ product, quantity }) => [product.sku, quantity]),
      [['PUMP', '2']],
    )
    await hub.settled()
    // Asked in the call, and not a second time; told with the order line.
    assert.equal(books.questions.length, 1)
    assert.deepEqual(books.told, ['return.record'])
    const timeline = await hub.request(
      'GET',
      `/api/v1/returns/${textIn(json, 'id')}/timeline?order=asc`,
    )
    assert.deepEqual(
      linesOf(timeline.json, 'data').map(({ type, source }) => [type, source]),
      [
        ['return.requested', 'api'],
        ['order.recorded', 'books'],
        ['return.approved', 'policy'],
      ],
    )
    const { rows } = await hub.pool.query(
      `select body from outbox_delivery where case_id = $1 and command_type = 'return.record'`,
      [textIn(json, 'id')],
    )
    assert.equal(rows[0]?.body.lines[0].orderLine, '4711')
  })

  test('is told of notes there, but for those that it has made itself', async () => {
    const { json } = await request('noted')
    const id = textIn(json, 'id')
    const noted = await hub.request('POST', `/api/v1/returns/${id}/notes`, {
      body: { note: 'Both boxes together.' },
    })
    assert.equal(noted.status, 200, noted.text)
    const event = {
      specversion: '1.0',
      id: 'books-note',
      source: 'books',
      type: cloudEventType('case.noted'),
      subject: id,
      time: new Date().toISOString(),
      data: { note: 'Seen.' },
    }
    const message = makeMessage({
      connectionId: 'books',
      topic: canonicalTopic,
      externalId: event.id,
      body: Buffer.from(JSON.stringify(event)),
      actor: 'connection:books',
    })
    await hub.ring.receiver.receive({ message, reading: readForeignEvent(event) })
    await hub.settled()
    assert.deepEqual(books.told, ['return.record', 'note.record'])
  })

  test('is answered as before when the request is repeated, and nobody is asked again', async () => {
    const first = await request('again')
    const second = await request('again')
    assert.deepEqual([first.status, second.status], [201, 201])
    assert.equal(second.headers.get('idempotency-replayed'), 'true')
    assert.equal(textIn(second.json, 'id'), textIn(first.json, 'id'))
    assert.deepEqual(authorizationOf(second.json), [['approved', '2']])
    assert.equal((second.json['validation'] as Json)['state'], 'answered')
    assert.equal(books.questions.length, 1)
    const other = await hub.request('POST', '/api/v1/returns', {
      body: asked('again', { orderRefs: ['S-again'] }, { quantity: '3' }),
      headers: { 'idempotency-key': 'again' },
    })
    assert.deepEqual([other.status, other.json['code']], [422, 'IDEMPOTENCY_KEY_REUSED'])
  })

  test('is one return, when the request comes twice at the same moment', async () => {
    const both = await Promise.all([request('twice'), request('twice')])
    assert.deepEqual(
      both.map(({ status }) => status),
      [201, 201],
    )
    assert.equal(textIn(both[0]?.json, 'id'), textIn(both[1]?.json, 'id'))
    const { rows } = await hub.pool.query(
      `select count(*)::int as count from case_event where case_id = $1 and type = 'order.recorded'`,
      [textIn(both[0]?.json, 'id')],
    )
    assert.equal(rows[0]?.count, 1)
    const kept = await hub.pool.query('select count(*)::int as count from parked_message')
    assert.equal(kept.rows[0]?.count, 0)
  })

  test('is turned down with the reasons where there is no such order, or it is not theirs', async () => {
    books.answer = async () => ({ orderRef: 'S00042', exists: false, lines: [], tenders: [] })
    const unknown = await request('unknown')
    assert.equal(unknown.status, 201, unknown.text)
    assert.deepEqual(authorizationOf(unknown.json), [['rejected', '0']])
    const [line] = linesOf(unknown.json, 'authorization')
    assert.equal(rulesOf(line)[0], 'P01')
    assert.match(JSON.stringify(line), /We cannot find this order in your account/)
    books.answer = async () => order({ orderRef: 'S-foreign', orderedBy: { partyId: 'C-9' } })
    const foreign = await request('foreign')
    assert.deepEqual(authorizationOf(foreign.json), [['rejected', '0']])
  })

  test('is cut to what the system of record has left of it', async () => {
    books.answer = async () => order({ orderRef: 'S-left' }, { returned: '8', returning: '1' })
    const { json } = await request('left')
    assert.deepEqual(authorizationOf(json), [['partially_approved', '1']])
  })

  test('is not asked about where the request brings all that is needed', async () => {
    const invoiced = order().lines[0]?.invoiced
    const origin = {
      orderLine: '9',
      deliveredAt: daysAgo(2),
      invoiced: { ...invoiced, invoiceLine: 'x' },
    }
    const { json } = await request('whole', {}, { origin })
    assert.deepEqual(books.questions, [])
    assert.equal((json['validation'] as Json)['state'], 'none')
    assert.deepEqual(authorizationOf(json), [['approved', '2']])
  })

  test('is taken in while the system is silent, and decided when it has answered', async () => {
    books.answer = silence
    const started = Date.now()
    const { status, json } = await request('silent')
    assert.ok(Date.now() - started >= deadlineMs - 50)
    assert.equal(status, 201)
    const { state, sentence } = json['validation'] as Json
    assert.equal(state, 'pending')
    assert.match(String(sentence), /^The books does not answer at the moment\./)
    assert.deepEqual(authorizationOf(json), [['requested', '0']])
    const repeat = await request('silent')
    assert.equal((repeat.json['validation'] as Json)['state'], 'pending')
  })

  test('is taken in when the system fails, and decided by the answer to the question that follows', async () => {
    books.answer = async () => {
      books.answer = async () => order({ orderRef: 'S-later' })
      throw new RetryableError({ code: 'UPSTREAM_UNAVAILABLE' })
    }
    const { json } = await request('later')
    assert.equal((json['validation'] as Json)['state'], 'pending')
    const id = textIn(json, 'id')
    for (;;) {
      const now = await hub.request('GET', `/api/v1/returns/${id}`)
      if (now.json['headline'] === 'authorized') break
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    assert.equal(books.questions.length, 2)
  })

  test('waits for a person where the system refuses the question, in its words', async () => {
    const reason = 'Two orders have the reference S-two.'
    books.answer = async () => {
      throw new TerminalError({ code: 'ORDER_AMBIGUOUS', reason, exception: 'CU02' })
    }
    const { json } = await request('two')
    assert.deepEqual(json['validation'], { state: 'refused', sentence: reason })
    const id = textIn(json, 'id')
    for (;;) {
      const now = await hub.request('GET', `/api/v1/returns/${id}`)
      const [exception] = linesOf(now.json, 'exceptions')
      const [line] = linesOf(now.json)
      const standing = objectIn(line, 'axes')['authorization']
      if (exception && standing === 'under_review') {
        assert.deepEqual([exception['code'], exception['detail']], ['CU02', reason])
        break
      }
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  })
})

describe('a hub that refuses what it cannot validate', () => {
  const books = createBooks()
  let hub: TestHub
  before(async () => {
    hub = await startBookedHub(books, 'refuse')
  })
  afterAll(() => hub.close())

  test('keeps nothing of a request while the system is silent, and takes it in later', async () => {
    const headers = { 'idempotency-key': 'once' }
    const rows = await rowsIn(hub)
    books.answer = silence
    const refused = await hub.request('POST', '/api/v1/returns', { body: asked('once'), headers })
    assert.deepEqual([refused.status, refused.json['code']], [503, 'SYSTEM_OF_RECORD_SILENT'])
    assert.equal(refused.headers.get('retry-after'), '5')
    assert.equal(refused.json['retryable'], true)
    assert.deepEqual(await rowsIn(hub), rows)
    books.answer = async () => order()
    const taken = await hub.request('POST', '/api/v1/returns', { body: asked('once'), headers })
    assert.equal(taken.status, 201, taken.text)
    assert.equal(taken.json['headline'], 'authorized')
  })

  test('answers at once when the system is known to be down', async () => {
    books.answer = () => Promise.reject(new RetryableError({ code: 'CONNECT_FAILED' }))
    const send = (ref: string) =>
      hub.request('POST', '/api/v1/returns', {
        body: asked(ref),
        headers: { 'idempotency-key': ref },
      })
    for (let count = 0; count < 10; count += 1) await send(`down-${count}`)
    const count = books.questions.length
    const { status, headers } = await send('down-10')
    assert.equal(status, 503)
    assert.ok(Number(headers.get('retry-after')) >= 5)
    assert.equal(books.questions.length, count)
  })
})
