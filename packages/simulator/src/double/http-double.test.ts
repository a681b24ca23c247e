import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type RecordingSink, startRecordingSink } from '../recording-sink.ts'
import { type HttpDouble, startHttpDouble } from './index.ts'

let double: HttpDouble
let made = 0

async function control(path: string, method: string, body?: unknown): Promise<unknown> {
  const sent = body === undefined ? {} : { body: JSON.stringify(body) }
  const response = await fetch(`${double.url}/_control/${path}`, { method, ...sent })
  return { status: response.status, body: await response.json() }
}

before(async () => {
  double = await startHttpDouble({
    routes: [
      [
        'GET',
        '/things/:id',
        ({ params, query }) => ({ status: 200, body: { ...params, q: query.get('q') } }),
      ],
      [
        'POST',
        '/things',
        ({ json }) => {
          made += 1
          return { status: 201, body: { made, sent: json() } }
        },
      ],
      [
        'GET',
        '/broken',
        () => {
          throw new TypeError('a defect of the double')
        },
      ],
    ],
    authorize: ({ headers }) => (headers['x-key'] === 'no' ? { status: 401 } : null),
    decorate: (answer) => ({ ...answer, headers: { ...answer.headers, 'x-left': '7' } }),
    books: () => [{ caseNo: 'RMA-000001-7', ref: 'T-1', kind: 'ticket' }],
    actions: {
      ask: (input) => ({ asked: input }),
      refuse: () => {
        throw new Error('there is no such order')
      },
    },
    webhookPolicy: { attempts: 2, delaysMs: [1], timeoutMs: 1_000 },
  })
})
after(() => double.close())

describe('a double', () => {
  test('answers by its routes, with what stands on every answer', async () => {
    const response = await fetch(`${double.url}/things/a%2Fb?q=1`)
    assert.deepEqual(await response.json(), { id: 'a/b', q: '1' })
    assert.equal(response.headers.get('x-left'), '7')
    assert.equal(
      (await fetch(`${double.url}/things/1`, { headers: { 'x-key': 'no' } })).status,
      401,
    )
    assert.equal((await fetch(`${double.url}/nothing`)).status, 404)
    assert.equal((await fetch(`${double.url}/broken`)).status, 500)
  })

  test('counts its calls by route', async () => {
    await control('calls', 'DELETE')
    await fetch(`${double.url}/things/1`)
    await fetch(`${double.url}/things/2`)
    assert.deepEqual(await control('calls', 'GET'), {
      status: 200,
      body: { byName: { 'GET /things/:id': 2 }, total: 2 },
    })
  })

  test('has the effect, or not, of a request that is cut', async () => {
    const post = () => fetch(`${double.url}/things`, { method: 'POST', body: '{}' })
    made = 0
    double.faults.set([{ fault: 'cut_before', times: 1 }])
    await assert.rejects(post())
    assert.equal(made, 0)
    for (const fault of ['cut_after', 'half_answer'] as const) {
      double.faults.set([{ fault, times: 1 }])
      await assert.rejects(post().then((response) => response.text()))
    }
    assert.equal(made, 2)
    double.faults.set([{ fault: 'rate_limited', times: 1, retryAfter: 3, method: 'POST' }])
    const refused = await post()
    assert.deepEqual([refused.status, refused.headers.get('retry-after'), made], [429, '3', 2])
    assert.equal((await post()).status, 201)
  })

  test('is steered over HTTP', async () => {
    assert.deepEqual(await control('actions/ask', 'POST', { order: 'S1' }), {
      status: 200,
      body: { asked: { order: 'S1' } },
    })
    const refused = { status: 422, body: { error: 'there is no such order' } }
    assert.deepEqual(await control('actions/refuse', 'POST', {}), refused)
    assert.deepEqual(await control('books', 'GET'), {
      status: 200,
      body: [{ caseNo: 'RMA-000001-7', ref: 'T-1', kind: 'ticket' }],
    })
    const missing = (await control('actions/toString', 'POST', {})) as { status: number }
    assert.equal(missing.status, 404)
  })
})

describe('webhooks of a double', () => {
  let sink: RecordingSink
  before(async () => {
    sink = await startRecordingSink()
    double.webhooks.subscribe({
      url: `${sink.url}/hook`,
      sign: (body) => ({ 'x-signature': String(body.length) }),
    })
  })
  after(() => sink.close())

  test('are signed over the bytes, in their order, and tried again where they are refused', async () => {
    sink.replyNext({ kind: 'answer', status: 500 })
    double.webhooks.send({ body: { n: 1 }, headers: { 'x-topic': 'a' } })
    double.webhooks.send({ body: { n: 22 } })
    await double.webhooks.settled()
    const got = sink.requests().map(({ body, headers }) => [String(body), headers['x-signature']])
    assert.deepEqual(got, [
      ['{"n":1}', '7'],
      ['{"n":1}', '7'],
      ['{"n":22}', '8'],
    ])
    assert.equal(sink.requests()[0]?.headers['x-topic'], 'a')
  })

  test('are lost, doubled and disordered as the vices say', async () => {
    const from = sink.requests().length
    double.webhooks.vices = { duplicate: 1, loss: 0, disorder: 1, delayMs: 0 }
    double.webhooks.send({ body: { n: 1 } })
    double.webhooks.send({ body: { n: 2 } })
    await double.webhooks.settled()
    double.webhooks.vices = { duplicate: 0, loss: 1, disorder: 0, delayMs: 0 }
    double.webhooks.send({ body: { n: 3 } })
    await double.webhooks.settled()
    const got = sink
      .requests()
      .slice(from)
      .map(({ body }) => String(body))
    assert.deepEqual(got, ['{"n":2}', '{"n":2}', '{"n":1}', '{"n":1}'])
    assert.equal(double.webhooks.tally.lost, 1)
  })
})
