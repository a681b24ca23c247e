import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { returnSummary, returnView } from '../../src/http/schemas/returns.ts'
import { timelineEvent } from '../../src/http/schemas/timeline.ts'
import { newId } from '../../src/platform/ids.ts'
import {
  type Answer,
  itemsIn,
  itemsOf,
  type Json,
  type RequestOptions,
  startTestHub,
  type TestHub,
  textIn,
} from '../support/hub.ts'

const customer = {
  partyId: 'C-1',
  name: 'Jane Doe',
  email: 'jane@example.com',
  shipFrom: { city: 'Venlo', country: 'NL' },
}

function asked(sourceRef: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  const line = {
    lineNo: 1,
    product: { sku: 'PUMP' },
    quantity: '2',
    reason: { code: 'wrong_goods' },
  }
  return {
    channel: 'ecommerce',
    sourceRef,
    customer,
    currency: 'EUR',
    orderRefs: ['S00042'],
    lines: [line],
    ...more,
  }
}

function ask(
  hub: TestHub,
  body: unknown,
  { key = newId(), ...options }: RequestOptions & { key?: string } = {},
): Promise<Answer> {
  return hub.request('POST', '/api/v1/returns', {
    body,
    headers: { 'idempotency-key': key },
    ...options,
  })
}

describe('asking for a return', () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub()
  })
  after(() => hub.close())

  test('makes one, says where it is, and at which version', async () => {
    const made = await ask(hub, asked('ask-1'), { as: 'agent' })
    assert.equal(made.status, 201)
    assert.equal(made.headers.get('location'), `/api/v1/returns/${textIn(made.json, 'id')}`)
    assert.equal(made.headers.get('etag'), '"1"')
    assert.match(textIn(made.json, 'caseNo'), /^RMA-\d{6}-\d$/)
    assert.equal(made.json['headline'], 'requested')
    assert.equal(made.json['sourceSystem'], 'api')
  })

  test('again, with the same key, makes none, and is answered the same', async () => {
    const first = await ask(hub, asked('ask-2'), { key: 'order-2' })
    assert.equal(first.headers.get('idempotency-replayed'), null)
    const again = await ask(hub, asked('ask-2'), { key: '"order-2"' })
    assert.equal(again.status, 201)
    assert.equal(again.headers.get('idempotency-replayed'), 'true')
    assert.equal(again.json['id'], first.json['id'])
    assert.equal(again.json['version'], 1)
  })

  test('fifty times at once, with the same key, makes one', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => ask(hub, asked('ask-3'), { key: 'order-3' })),
    )
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [201])
    assert.equal(new Set(answers.map(({ json }) => json['id'])).size, 1)
  })

  test('with the same fields in another order is the same request', async () => {
    await ask(hub, asked('ask-4'), { key: 'order-4' })
    const turned = Object.fromEntries(Object.entries(asked('ask-4')).toReversed())
    assert.equal((await ask(hub, turned, { key: 'order-4' })).status, 201)
  })

  test('for something else with the same key is refused, and nothing is kept of it', async () => {
    await ask(hub, asked('ask-5'), { key: 'order-5' })
    const other = await ask(hub, asked('ask-5', { priority: 'high' }), { key: 'order-5' })
    assert.equal(other.status, 422)
    assert.equal(other.json['code'], 'IDEMPOTENCY_KEY_REUSED')
    const parked = await hub.request('GET', '/api/v1/messages?state=conflict')
    assert.deepEqual(parked.json['data'], [])
  })

  test('with a key that somebody else uses too is another request', async () => {
    const mine = await ask(hub, asked('ask-6a'), { key: 'shared', as: 'agent' })
    const yours = await ask(hub, asked('ask-6b'), { key: 'shared', as: 'machine' })
    assert.deepEqual([mine.status, yours.status], [201, 201])
    assert.notEqual(mine.json['id'], yours.json['id'])
  })

  test('without a key is refused', async () => {
    const answer = await hub.request('POST', '/api/v1/returns', { body: asked('ask-7') })
    assert.deepEqual([answer.status, answer.json['code']], [400, 'IDEMPOTENCY_KEY_MISSING'])
  })

  test('a second time under its own id finds the return that is there', async () => {
    const first = await ask(hub, asked('ask-8'))
    const second = await ask(hub, asked('ask-8'))
    assert.equal(second.status, 200)
    assert.equal(second.json['id'], first.json['id'])
  })

  test('keeps the time at which it was asked for, whenever the hub hears of it', async () => {
    const { json } = await ask(hub, asked('ask-9', { requestedAt: '2026-03-01T10:00:00+02:00' }))
    const timeline = await hub.request('GET', `/api/v1/returns/${textIn(json, 'id')}/timeline`)
    const [event] = itemsOf<{ occurredAt: string; actor: string }>(timeline)
    assert.equal(event?.occurredAt, '2026-03-01T08:00:00.000Z')
    assert.match(event?.actor ?? '', /^key:[0-9a-f]{16} test admin$/)
  })
})

describe('a return', () => {
  let hub: TestHub
  let id: string
  let caseNo: string
  before(async () => {
    hub = await startTestHub()
    const made = await ask(hub, asked('one-1'))
    id = textIn(made.json, 'id')
    caseNo = textIn(made.json, 'caseNo')
    const approval = {
      lines: [{ lineNo: 1, quantity: '2' }],
      rmaNo: 'R-77',
      customerText: 'Dear Jane Doe',
    }
    await tell(hub, { type: 'return.approved', subject: id, data: approval })
    await tell(hub, { type: 'case.noted', subject: id, data: { note: 'Called twice.' } })
    await hub.erp.waitForRequests(4)
  })
  after(() => hub.close())

  test('is found by its id and by its number, however that is written', async () => {
    for (const name of [id, id.toUpperCase(), caseNo, caseNo.toLowerCase()]) {
      const { status, json, headers } = await hub.request('GET', `/api/v1/returns/${name}`)
      assert.equal(status, 200)
      assert.equal(json['id'], id)
      assert.equal(headers.get('etag'), '"3"')
    }
  })

  test('is shown with everything that the document promises, and with nothing else', async () => {
    const { json } = await hub.request('GET', `/api/v1/returns/${id}`)
    assert.deepEqual(returnView.parse(json), json)
    assert.equal(json['rmaNo'], 'R-77')
    assert.match(textIn(json, 'sentence'), /^[A-Z].*\.$/)
    const [line] = json['lines'] as { quantities: Json; axes: Json }[]
    assert.equal(line?.quantities['authorized'], '2')
    assert.equal(line?.axes['authorization'], 'approved')
  })

  test('shows how the connected systems stand', async () => {
    const { json } = await hub.request('GET', `/api/v1/returns/${id}`)
    const [lane] = json['deliveries'] as {
      connectionId: string
      dead: number
      deliveredVersion: number
    }[]
    assert.equal(lane?.connectionId, 'erp')
    assert.equal(lane.dead, 0)
  })

  for (const role of ['admin', 'agent', 'finance'] as const) {
    test(`shows ${role} who the customer is`, async () => {
      const { json } = await hub.request('GET', `/api/v1/returns/${id}`, { as: role })
      assert.deepEqual(json['customer'], { ...customer, isMasked: false })
      const timeline = await hub.request('GET', `/api/v1/returns/${id}/timeline`, { as: role })
      assert.match(timeline.text, /Jane Doe/)
    })
  }

  for (const role of ['warehouse', 'integrator', 'auditor', 'machine'] as const) {
    test(`does not show ${role} who the customer is, in any of its views`, async () => {
      const paths = [
        `/api/v1/returns/${id}`,
        `/api/v1/returns/${id}/timeline`,
        '/api/v1/returns',
        '/api/v1/identifiers/one-1',
      ]
      for (const path of paths) {
        const { text, status } = await hub.request('GET', path, { as: role })
        assert.equal(status, 200)
        assert.doesNotMatch(text, /jane|doe|venlo/i, path)
      }
    })
  }

  test('has a timeline of all steps with what each set off, newest or oldest first, page by page', async () => {
    const whole = await hub.request('GET', `/api/v1/returns/${id}/timeline?order=asc`)
    const events = itemsOf<{ seq: number; type: string; deliveries: Json[] }>(whole)
    assert.deepEqual(
      events.map(({ type }) => type),
      ['return.requested', 'return.approved', 'case.noted'],
    )
    for (const event of events) {
      assert.deepEqual(timelineEvent.parse(event), event)
      assert.ok(event.deliveries.length >= 1)
    }
    const paged = await readAll(hub, `/api/v1/returns/${id}/timeline?limit=1`)
    assert.deepEqual(
      paged.map((event) => event['seq']),
      [3, 2, 1],
    )
  })

  test('is found by every identifier that any system gave it', async () => {
    for (const value of [caseNo, 'one-1', 'S00042', 'R-77']) {
      const { json } = await hub.request('GET', `/api/v1/identifiers/${value}`)
      const found = itemsIn<{ returnId: string }>(json)
      assert.ok(
        found.some(({ returnId }) => returnId === id),
        value,
      )
    }
    const none = await hub.request('GET', '/api/v1/identifiers/nobody-has-this')
    assert.deepEqual(none.json['data'], [])
  })

  test('gets a note from those who work on it, once for each Idempotency-Key', async () => {
    const note = {
      body: { note: 'Box is wet.' },
      as: 'warehouse',
      headers: { 'idempotency-key': 'n-1' },
    } as const
    const first = await hub.request('POST', `/api/v1/returns/${id}/notes`, note)
    const again = await hub.request('POST', `/api/v1/returns/${id}/notes`, note)
    assert.deepEqual([first.status, again.status, again.json['isRepeat']], [200, 200, true])
    const { text } = await hub.request('GET', `/api/v1/returns/${id}/timeline`)
    assert.equal(text.match(/Box is wet/g)?.length, 1)
  })

  test('that is not closed cannot be opened again', async () => {
    const answer = await hub.request('POST', `/api/v1/returns/${id}/reopen`)
    assert.deepEqual([answer.status, answer.json['code']], [409, 'CONFLICT'])
  })

  test('that does not exist is not found', async () => {
    for (const name of [newId(), 'RMA-999999-0', 'RMA-000009-1', 'x']) {
      assert.equal((await hub.request('GET', `/api/v1/returns/${name}`)).status, 404)
      assert.equal((await hub.request('GET', `/api/v1/returns/${name}/timeline`)).status, 404)
    }
  })
})

describe('the list of returns', () => {
  let hub: TestHub
  const numbers: string[] = []
  before(async () => {
    hub = await startTestHub()
    for (let n = 0; n < 7; n += 1) {
      const channel = n % 2 === 0 ? 'ecommerce' : 'marketplace'
      const made = await ask(
        hub,
        asked(`list-${n}`, {
          channel,
          company: n < 3 ? 'main' : 'north',
          orderRefs: ['S-1', `S-${n}-x`],
        }),
      )
      numbers.unshift(textIn(made.json, 'caseNo'))
      if (n === 2)
        await tell(hub, { type: 'return.rejected', subject: textIn(made.json, 'id'), data: {} })
    }
  })
  after(() => hub.close())

  test('shows the newest first, as the document promises', async () => {
    const { json } = await hub.request('GET', '/api/v1/returns')
    const data = itemsIn(json)
    assert.deepEqual(
      data.map((one) => one['caseNo']),
      numbers,
    )
    for (const one of data) assert.deepEqual(returnSummary.parse(one), one)
    assert.equal(json['has_more'], false)
    assert.equal(json['next_cursor'], null)
  })

  test('is read whole, page by page, in the order of the list, while new returns come in', async () => {
    const first = await hub.request('GET', '/api/v1/returns?limit=3')
    assert.match(
      first.headers.get('link') ?? '',
      /^<\/api\/v1\/returns\?limit=3&cursor=[\w-]+>; rel="next"$/,
    )
    const newer = await ask(
      hub,
      asked('list-newer', { orderRefs: [], channel: 'field', company: 'south' }),
    )
    const rest = await readAll(
      hub,
      `/api/v1/returns?limit=3&cursor=${textIn(first.json, 'next_cursor')}`,
    )
    const seen = [...itemsOf(first), ...rest].map((one) => one['caseNo'])
    assert.deepEqual(seen, numbers)
    assert.ok(!seen.includes(newer.json['caseNo'] as never))
  })

  // biome-ignore format: a table
  const filters: [string, number[]][] = [
    ['headline=rejected', [4]],
    ['channel=marketplace', [1, 3, 5]],
    ['company=main', [4, 5, 6]],
    ['company=north&channel=ecommerce', [0, 2]],
    ['headline=requested&company=main', [5, 6]],
    ['q=S-1', [0, 1, 2, 3, 4, 5, 6]],
    ['q=S-3-x', [3]],
    ['q=S-3-x&company=main', []],
    ['q=list-6', [0]],
    ['q=nothing', []],
  ]
  for (const [query, places] of filters) {
    test(`filtered by ${query} shows what fits`, async () => {
      const found = await readAll(hub, `/api/v1/returns?limit=2&${query}`)
      const expected = places.map((place) => numbers[place])
      assert.deepEqual(
        found.map((one) => one['caseNo']),
        expected,
      )
    })
  }
})

function tell(
  hub: TestHub,
  { type, subject, data }: { type: string; subject: string; data: Record<string, unknown> },
): Promise<Answer> {
  const time = new Date().toISOString()
  const name = `backhaul.${type}.v1`
  const body = { specversion: '1.0', id: newId(), source: 'test', type: name, subject, time, data }
  return hub.request('POST', '/api/v1/events', { body })
}

/** Every item of a list, by its cursors. */
async function readAll(hub: TestHub, path: string): Promise<Json[]> {
  const found: Json[] = []
  for (let address: string | null = path; address !== null; ) {
    const { json, status, text, headers }: Answer = await hub.request('GET', address)
    assert.equal(status, 200, text)
    found.push(...itemsIn(json))
    address = /^<(.+)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1] ?? null
    assert.equal(json['has_more'], address !== null)
  }
  return found
}
