import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { exceptionGroup } from '../../src/http/schemas/exceptions.ts'
import { newId } from '../../src/platform/ids.ts'
import { itemsOf, type Json, startTestHub, type TestHub, textIn } from '../support/hub.ts'

const line = { lineNo: 1, product: { sku: 'PUMP' }, quantity: '2', reason: { code: 'wrong_goods' } }
const soon = () => new Date(Date.now() + 3_600_000).toISOString()

function itemsOfTrend(group: Json | undefined): unknown[] {
  const trend = group?.['trend']
  return Array.isArray(trend) ? trend.slice(-2) : []
}

describe('open exceptions by their cause', () => {
  let hub: TestHub
  const returns: string[] = []

  before(async () => {
    hub = await startTestHub()
    for (const name of ['one', 'two']) {
      const { json } = await hub.request('POST', '/api/v1/returns', {
        body: {
          channel: 'edi',
          sourceRef: name,
          customer: { partyId: 'C-1' },
          currency: 'EUR',
          lines: [line],
        },
        headers: { 'idempotency-key': name },
      })
      returns.push(textIn(json, 'id'))
      await say(textIn(json, 'id'), 'exception.raised', { code: 'CU03' })
    }
    await say(returns[0] ?? '', 'exception.raised', { code: 'RX08' })
  })
  after(() => hub.close())

  async function say(subject: string, type: string, data: Json): Promise<void> {
    const body = {
      specversion: '1.0',
      id: newId(),
      source: 'desk',
      type: `backhaul.${type}.v1`,
      subject,
      time: new Date().toISOString(),
      data,
    }
    const { status, text } = await hub.request('POST', '/api/v1/events', { body })
    assert.ok(status < 300, text)
  }

  async function groups(): Promise<Json[]> {
    const { json, text } = await hub.request('GET', '/api/v1/exceptions/groups')
    assert.ok(Array.isArray(json['data']), text)
    return json['data'] as Json[]
  }

  async function listed(query: string): Promise<Json[]> {
    return itemsOf(await hub.request('GET', `/api/v1/exceptions?${query}`))
  }

  async function idOf(code: string, at = 0): Promise<string> {
    const [found] = await listed(`code=${code}&case=${returns[at]}`)
    return textIn(found, 'id')
  }

  test('say how many there are, since when, of how many returns, and what can be done', async () => {
    const [first, second, ...rest] = await groups()
    assert.deepEqual(exceptionGroup.parse(first), first)
    assert.deepEqual(
      [first?.['group'], first?.['count'], first?.['returns'], first?.['queues']],
      ['CU03.case.-', 2, 2, ['CS']],
    )
    assert.deepEqual(itemsOfTrend(first), [0, 2])
    assert.deepEqual([second?.['code'], second?.['count'], rest], ['RX08', 1, []])
    assert.equal((await listed('group=CU03.case.-')).length, 2)
    const nothing = await hub.request('GET', '/api/v1/exceptions?group=nonsense')
    assert.equal(nothing.status, 404)
  })

  test('are acknowledged one by one, and it is taken back', async () => {
    const path = `/api/v1/exceptions/${await idOf('RX08')}/acknowledge`
    const seen = await hub.request('POST', path)
    assert.equal(seen.json['state'], 'acknowledged')
    assert.match(textIn(seen.json, 'acknowledgedBy'), /^key:/)
    assert.equal((await listed('state=acknowledged')).length, 1)
    const back = await hub.request('POST', path, { body: { isSeen: false } })
    assert.deepEqual([back.json['state'], back.json['acknowledgedBy']], ['open', null])
  })

  test('are snoozed all together by those who work on their queue, and not by others', async () => {
    const path = '/api/v1/exceptions/groups/CU03.case.-/snooze'
    const others = await hub.request('POST', path, { as: 'finance', body: { until: soon() } })
    assert.deepEqual(others.json, { noted: 0 })
    const agent = await hub.request('POST', path, { as: 'agent', body: { until: soon() } })
    assert.deepEqual(agent.json, { noted: 2 })
    assert.equal((await listed('state=snoozed')).length, 2)
    const [snoozed] = await groups()
    assert.equal(snoozed?.['snoozed'], 2)
    const past = await hub.request('POST', path, { body: { until: '2020-01-01T00:00:00Z' } })
    assert.equal(past.status, 422)
  })

  test('wake when they come again', async () => {
    const path = `/api/v1/exceptions/${await idOf('CU03')}`
    const other = `/api/v1/exceptions/${await idOf('CU03', 1)}`
    await hub.request('POST', `${path}/resolve`, { body: { action: 'dismiss' } })
    assert.equal((await hub.request('GET', path)).json['state'], 'ignored')
    const late = await hub.request('POST', `${path}/acknowledge`)
    assert.equal(late.status, 409)
    await hub.request('POST', `${path}/reopen`)
    const again = await hub.request('GET', path)
    assert.deepEqual([again.json['state'], again.json['snoozedUntil']], ['open', null])
    assert.equal((await hub.request('GET', other)).json['state'], 'snoozed')
  })

  test('stay snoozed when they are given to somebody meanwhile', async () => {
    const path = `/api/v1/exceptions/${await idOf('CU03', 1)}`
    await hub.request('POST', `${path}/assign`, { body: { owner: 'kim' } })
    assert.equal((await hub.request('GET', path)).json['state'], 'snoozed')
  })

  test('leave in the audit log who did it', async () => {
    const entries = itemsOf(await hub.request('GET', '/api/v1/audit?object=CU03.case.-'))
    assert.equal(entries[0]?.['action'], 'exception.snoozed')
  })
})
