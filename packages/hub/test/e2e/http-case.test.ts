import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { defineConnector } from '@backhaul/sdk/connector'
import { z } from 'zod'
import { caseSystem, refreshed } from '../../src/http/schemas/case-systems.ts'
import { returnView } from '../../src/http/schemas/returns.ts'
import { timelineEvent } from '../../src/http/schemas/timeline.ts'
import { createPasswords } from '../../src/platform/crypto/password.ts'
import { newId } from '../../src/platform/ids.ts'
import { withTransaction } from '../../src/store/database.ts'
import { insertUser } from '../../src/store/users.ts'
import { itemsOf, type Json, startTestHub, type TestHub, textIn } from '../support/hub.ts'

const eur = (amount: string) => ({ amount, currency: 'EUR' })

function partOf(json: Json | undefined, name: string): Json {
  const part = json?.[name]
  assert.ok(typeof part === 'object' && part !== null, `there is no ${name}`)
  return part as Json
}

function itemsAt(json: Json | undefined, name: string): Json[] {
  return Object.values(partOf(json, name)) as Json[]
}

/** Knows orders and documents, and says what it was asked. */
const archive = { gone: [] as string[], asked: [] as string[], isDown: false }
const orderDesk = defineConnector({
  key: 'order-desk',
  title: 'Order desk',
  sdkVersion: 1,
  config: z.object({ url: z.string() }),
  roles: ['erp'],
  limits: { timeoutMs: 5_000 },
  looksUp: {
    order: async ({ question }) => {
      archive.asked.push('order')
      return {
        orderRef: question.about?.orderRefs[0] ?? 'none',
        exists: true,
        lines: [],
        tenders: [],
      }
    },
  },
  presence: {
    types: ['credit_note'],
    missing: async ({ values }) => {
      archive.asked.push(...values)
      if (archive.isDown) throw new Error('no line to customer Kim')
      return values.filter((value) => archive.gone.includes(value))
    },
  },
  polls: {
    changes: {
      everySeconds: 3_600,
      pull: async () => ({ messages: [], cursor: 'c', hasMore: false }),
    },
  },
  linkOf: ({ url }, { type, value }) => (type === 'credit_note' ? `${url}/notes/${value}` : null),
})

describe('the page of a return', () => {
  let hub: TestHub
  let id: string
  before(async () => {
    hub = await startTestHub({ connectors: [orderDesk] })
    await hub.connections.createConnection(
      {
        connectionId: 'desk',
        connector: 'order-desk',
        title: 'Order desk',
        roles: ['erp'],
        config: { url: 'https://desk.example' },
      },
      { actor: 'test' },
    )
    await hub.connections.setRoute({ role: 'erp', connectionId: 'desk' }, { actor: 'test' })
    id = await ask('case-1')
    await say('return.approved', {
      lines: [{ lineNo: 1, quantity: '4' }],
      settlement: { method: 'card_refund', trigger: 'on_inspection' },
      decidedBy: 'policy standard-returns v3',
    })
    await say('goods.received', {
      receiptId: 'R-1',
      warehouse: 'VENLO',
      lines: [{ lineNo: 1, quantity: '3' }],
    })
  })
  after(() => hub.close())

  async function ask(sourceRef: string): Promise<string> {
    const line = {
      lineNo: 1,
      product: { sku: 'PUMP' },
      quantity: '4',
      reason: { code: 'wrong_goods', text: 'Kim Doe ordered another one' },
      origin: {
        invoiced: { invoiceLine: sourceRef, quantity: '4', net: eur('100.00'), tax: eur('20.50') },
      },
    }
    const body = {
      channel: 'ecommerce',
      sourceRef,
      customer: { partyId: 'C-1', name: 'Kim Doe', email: 'kim@example.com' },
      orderRefs: ['S00042'],
      currency: 'EUR',
      lines: [line],
    }
    const headers = { 'idempotency-key': sourceRef }
    return textIn((await hub.request('POST', '/api/v1/returns', { body, headers })).json, 'id')
  }

  async function say(type: string, data: object, subject = id): Promise<void> {
    const event = {
      specversion: '1.0',
      id: newId(),
      source: 'desk',
      type: `backhaul.${type}.v1`,
      subject,
      time: new Date().toISOString(),
      data,
    }
    const { status } = await hub.request('POST', '/api/v1/events', { body: event })
    assert.equal(status, 202)
    await hub.settled()
  }

  async function read(path: string, as?: 'agent' | 'auditor'): Promise<Json> {
    const answer = await hub.request('GET', `/api/v1/returns/${id}${path}`, as ? { as } : {})
    assert.equal(answer.status, 200, answer.text)
    return answer.json
  }

  test('says in one sentence, and in facts, where the goods and the money are', async () => {
    const shown = await read('')
    assert.deepEqual(returnView.parse(shown), shown)
    assert.match(
      textIn(shown, 'sentence'),
      /^Received 3 of 4 at VENLO on .* UTC; waiting for the rest, since .*; 120.50 EUR not released\.$/,
    )
    const facts = shown['facts'] as Json[]
    assert.deepEqual(
      facts.map(({ code }) => code),
      ['goods_received', 'stands', 'money_not_released'],
    )
    assert.deepEqual(facts[2]?.['amount'], eur('120.50'))
    const owed = shown['owedNext'] as Json[]
    assert.ok(owed.some(({ what }) => what === 'send_rest'))
    assert.deepEqual((shown['money'] as Json)['expected'], eur('120.50'))
  })

  test('tells an open exception among what is owed, to its queue', async () => {
    await say('exception.raised', { code: 'CU03' })
    const owed = (await read(''))['owedNext'] as Json[]
    const [first] = owed
    assert.deepEqual(
      [first?.['what'], first?.['who'], first?.['about']],
      ['resolve_exception', { kind: 'queue', queue: 'CS', owner: null }, 'CU03:case'],
    )
  })

  test('is filtered by source, kind and failure, and downloaded whole', async () => {
    const all = itemsOf(await hub.request('GET', `/api/v1/returns/${id}/timeline?order=asc`))
    for (const one of all) assert.deepEqual(timelineEvent.parse(one), one)
    const kinds = async (query: string) =>
      itemsOf(await hub.request('GET', `/api/v1/returns/${id}/timeline?${query}`)).map(
        ({ type }) => type,
      )
    assert.deepEqual(await kinds('kind=goods'), ['goods.received'])
    assert.deepEqual(await kinds('kind=goods&kind=exception'), [
      'exception.raised',
      'goods.received',
    ])
    assert.deepEqual(await kinds('failed=true'), ['exception.raised'])
    assert.deepEqual(await kinds('source=nobody'), [])
    const answer = await hub.request('GET', `/api/v1/returns/${id}/timeline/download`)
    assert.match(
      answer.headers.get('content-disposition') ?? '',
      /^attachment; filename="RMA-.*json"$/,
    )
    assert.deepEqual((answer.json['events'] as Json[]).length, all.length)
    assert.equal(answer.json['isWhole'], true)
  })

  test('says of each step what it said, in values, by which rules, and under which trace', async () => {
    const all = itemsOf(await hub.request('GET', `/api/v1/returns/${id}/timeline?order=asc`))
    const approved = all.find(({ type }) => type === 'return.approved')
    assert.deepEqual(approved?.['ruleSet'], { name: 'standard-returns', version: 3 })
    const received = all.find(({ type }) => type === 'goods.received')
    assert.deepEqual(received?.['summary'], {
      code: 'goods.received',
      values: { receiptId: 'R-1', warehouse: 'VENLO', quantity: '3', lineNos: [1] },
    })
    const [asked] = all
    assert.ok(!JSON.stringify(asked?.['summary']).includes('Kim'))
  })

  test('shows the return in each system, with its ids and where a person looks at them', async () => {
    const ref = { system: 'desk', type: 'credit_note', value: '77' }
    const linked = await hub.request('POST', `/api/v1/returns/${id}/refs`, {
      as: 'agent',
      body: ref,
    })
    assert.equal(linked.status, 200, linked.text)
    const systems = itemsOf(await hub.request('GET', `/api/v1/returns/${id}/systems`))
    for (const one of systems) assert.deepEqual(caseSystem.parse(one), one)
    const desk = systems.find(({ system }) => system === 'desk')
    assert.deepEqual(desk?.['plays'], ['erp'])
    assert.deepEqual(
      itemsAt(desk, 'refs').map(({ type, value, url }) => [type, value, url]),
      [
        ['order', 'S00042', null],
        ['credit_note', '77', 'https://desk.example/notes/77'],
      ],
    )
    assert.deepEqual(desk?.['refresh'], ['order', 'presence', 'poll'])
    const erp = systems.find(({ system }) => system === 'erp')
    assert.equal(partOf(erp, 'told')['connectionId'], 'erp')
  })

  test('asks a system again, in the call where it can, and says what was only hastened', async () => {
    archive.gone = ['77']
    const path = `/api/v1/returns/${id}/systems/desk/refresh`
    const answer = await hub.request('POST', path, { as: 'agent' })
    assert.equal(answer.status, 202, answer.text)
    assert.deepEqual(refreshed.parse(answer.json), answer.json)
    const steps = (answer.json['steps'] as Json[]).map(({ way, scope, outcome, gone }) => [
      way,
      scope,
      outcome,
      ...(gone as string[]),
    ])
    assert.deepEqual(steps, [
      ['order', 'return', 'answered'],
      ['presence', 'return', 'answered', 'credit_note:77'],
      ['poll', 'connection', 'woken'],
    ])
    await hub.settled()
    const [desk] = itemsOf(await hub.request('GET', `/api/v1/returns/${id}/systems`))
    assert.equal(desk?.['system'], 'desk')
    assert.deepEqual(itemsAt(desk, 'mismatches')[0]?.['key'], 'IT06:credit_note:77')
    assert.equal(partOf(desk, 'heard')['type'], 'exception.raised')
    const audit = itemsOf(await hub.request('GET', `/api/v1/audit?object=${id}`))
    assert.ok(audit.some(({ action }) => action === 'return.refreshed'))
  })

  test('says so when a system does not answer, and nothing of what went wrong inside', async () => {
    archive.isDown = true
    const path = `/api/v1/returns/${id}/systems/desk/refresh`
    const answer = await hub.request('POST', path, { as: 'agent' })
    archive.isDown = false
    const steps = answer.json['steps'] as Json[]
    assert.equal(steps.find(({ way }) => way === 'presence')?.['outcome'], 'silent')
    assert.ok(!answer.text.includes('Kim'))
  })

  test('refuses to ask a system that tells by itself, one that plays no part, and too often', async () => {
    const at = (system: string) => `/api/v1/returns/${id}/systems/${system}/refresh`
    const webhookOnly = await hub.request('POST', at('erp'))
    assert.deepEqual([webhookOnly.status, webhookOnly.json['code']], [409, 'CANNOT_REFRESH'])
    assert.equal((await hub.request('POST', at('nobody'))).status, 404)
    assert.equal((await hub.request('POST', at('desk'), { as: 'auditor' })).status, 403)
    let last = 0
    for (let count = 0; count < 12; count += 1) {
      last = (await hub.request('POST', at('erp'))).status
    }
    assert.equal(last, 429)
  })

  test('shows who the customer is for a reason, which is written down', async () => {
    const path = `/api/v1/returns/${id}/reveal`
    assert.equal((await hub.request('POST', path, { as: 'agent', body: {} })).status, 422)
    const body = { reason: 'The customer is on the phone.' }
    assert.equal((await hub.request('POST', path, { as: 'warehouse', body })).status, 403)
    const shown = await hub.request('POST', path, { as: 'agent', body })
    assert.equal((shown.json['customer'] as Json)['name'], 'Kim Doe')
    assert.deepEqual(shown.json['words'], [
      { seq: 1, lineNo: 1, text: 'Kim Doe ordered another one' },
    ])
    const audit = itemsOf(await hub.request('GET', `/api/v1/audit?object=${id}`))
    const entry = audit.find(({ action }) => action === 'customer.revealed')
    assert.deepEqual(entry?.['detail'], body)
  })

  test('hides the customer from a person who has signed in, until they say why', async () => {
    const password = 'correct horse battery'
    const passwordHash = await createPasswords().hash(password)
    await withTransaction(hub.pool, (tx) =>
      insertUser(tx, {
        userId: newId(),
        email: 'ada@example.com',
        name: 'Ada',
        role: 'agent',
        language: null,
        createdBy: 'test',
        passwordHash,
        mustChangePassword: false,
      }),
    )
    const send = (path: string, headers: Record<string, string>, body?: object) =>
      fetch(`${hub.url}${path}`, {
        method: body ? 'POST' : 'GET',
        headers: { 'content-type': 'application/json', ...headers },
        ...(body ? { body: JSON.stringify(body) } : {}),
      })
    const entered = await send('/api/v1/session', {}, { email: 'ada@example.com', password })
    const { csrfToken } = (await entered.json()) as { csrfToken: string }
    const cookie = (entered.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
    for (const path of ['', '/timeline', '/timeline/download', '/systems']) {
      const shown = await (await send(`/api/v1/returns/${id}${path}`, { cookie })).text()
      assert.ok(!shown.includes('Kim Doe') && !shown.includes('kim@example.com'), path)
    }
    const body = { reason: 'The customer is on the phone.' }
    const headers = { cookie, 'x-csrf-token': csrfToken }
    const revealed = await send(`/api/v1/returns/${id}/reveal`, headers, body)
    assert.ok((await revealed.text()).includes('Kim Doe'))
    const audit = itemsOf(await hub.request('GET', `/api/v1/audit?object=${id}`))
    assert.ok(
      audit.some(
        ({ action, actor }) => action === 'customer.revealed' && String(actor).startsWith('user:'),
      ),
    )
  })

  test('has an owner, who can be taken away again', async () => {
    const path = `/api/v1/returns/${id}/owner`
    const given = await hub.request('PUT', path, { as: 'agent', body: { owner: 'kim' } })
    assert.equal((given.json['owner'] as Json)['owner'], 'kim')
    assert.equal(((await read(''))['owner'] as Json)['owner'], 'kim')
    await hub.request('PUT', path, { as: 'agent', body: { owner: null } })
    assert.equal((await read(''))['owner'], null)
  })

  test('takes no identifier that belongs to another return', async () => {
    const other = await ask('case-2')
    const body = { system: 'desk', type: 'credit_note', value: '77' }
    const answer = await hub.request('POST', `/api/v1/returns/${other}/refs`, { body })
    assert.deepEqual([answer.status, answer.json['code']], [409, 'CONFLICT'])
  })

  test('is called off with a reason while nothing is under way, and not after that', async () => {
    const other = await ask('case-3')
    const body = { reason: 'The customer keeps it.' }
    const called = await hub.request('POST', `/api/v1/returns/${other}/cancel`, {
      as: 'agent',
      body,
    })
    assert.equal(called.status, 200, called.text)
    const shown = await hub.request('GET', `/api/v1/returns/${other}`)
    assert.equal(shown.json['headline'], 'canceled')
    const late = await hub.request('POST', `/api/v1/returns/${id}/cancel`, { as: 'agent', body })
    assert.equal(late.status, 409)
  })
})
