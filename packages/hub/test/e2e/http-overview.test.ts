import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { overview } from '../../src/http/schemas/overview.ts'
import { newId } from '../../src/platform/ids.ts'
import { itemsOf, type Json, startTestHub, type TestHub, textIn } from '../support/hub.ts'

const line = { lineNo: 1, product: { sku: 'PUMP' }, quantity: '2', reason: { code: 'wrong_goods' } }

describe('the overview', () => {
  let hub: TestHub
  let returnId: string
  before(async () => {
    hub = await startTestHub()
    const body = {
      channel: 'ecommerce',
      sourceRef: 'ov-1',
      customer: { partyId: 'C-1' },
      currency: 'EUR',
      lines: [line],
    }
    const headers = { 'idempotency-key': 'ov-1' }
    const { json } = await hub.request('POST', '/api/v1/returns', { body, headers })
    returnId = textIn(json, 'id')
    await raise('CU03', new Date())
    await raise('FN05', new Date(Date.now() - 3 * 86_400_000))
    await raise('LG01', new Date(Date.now() - 3_600_000))
  })
  after(() => hub.close())

  async function raise(code: string, at: Date): Promise<void> {
    const body = {
      specversion: '1.0',
      id: newId(),
      source: 'desk',
      type: 'backhaul.exception.raised.v1',
      subject: returnId,
      time: at.toISOString(),
      data: { code },
    }
    await hub.request('POST', '/api/v1/events', { body })
  }

  async function ask(as: 'admin' | 'agent' | 'warehouse' | 'machine' | 'auditor'): Promise<Json> {
    const today = new Date(Date.now() - 2 * 3_600_000).toISOString()
    const answer = await hub.request('GET', `/api/v1/overview?today=${today}`, { as })
    assert.equal(answer.status, 200)
    assert.deepEqual(overview.parse(answer.json), answer.json)
    return answer.json
  }

  /** As many as the list has that the counter leads to. */
  async function listed(counter: unknown): Promise<number> {
    const { list, query } = counter as { list: string; query: Record<string, string> }
    const answer = await hub.request('GET', `${list}?${new URLSearchParams(query).toString()}`)
    assert.equal(answer.status, 200, answer.text)
    return itemsOf(answer).length
  }

  test('counts what its lists hold', async () => {
    const shown = await ask('admin')
    const names = ['mine', 'overdue', 'dueSoon', 'openedToday', 'deadLetters', 'parkedWords']
    for (const name of [...names, 'parkedMessages']) {
      const counter = shown[name] as Json
      assert.equal(await listed(counter), counter['count'], name)
    }
    for (const counter of [...(shown['queues'] as Json[]), ...(shown['headlines'] as Json[])]) {
      assert.equal(await listed(counter), counter['count'], JSON.stringify(counter))
    }
    const counts = names.map((name) => (shown[name] as Json)['count'])
    assert.deepEqual(counts, [0, 1, 1, 2, 0, 0])
  })

  test('tells whoever was given something that it waits for them', async () => {
    const [exception] = itemsOf(await hub.request('GET', '/api/v1/exceptions?code=CU03'))
    const owner = textIn((await hub.request('GET', '/api/v1/me', { as: 'agent' })).json, 'actor')
    const path = `/api/v1/exceptions/${textIn(exception, 'id')}/assign`
    await hub.request('POST', path, { body: { owner } })
    const shown = await ask('agent')
    assert.equal((shown['mine'] as Json)['count'], 1)
    assert.equal(await listed(shown['mine']), 1)
    assert.deepEqual(
      (shown['queues'] as Json[]).map((one) => [one['queue'], one['count'], one['unassigned']]),
      [['CS', 1, 0]],
    )
  })

  test('tells nobody of what they may not read', async () => {
    const machine = await ask('machine')
    for (const name of ['mine', 'queues', 'overdue', 'deadLetters', 'parkedWords', 'connections']) {
      assert.equal(machine[name], null, name)
    }
    const agent = await ask('agent')
    assert.deepEqual([agent['connections'], agent['deadLetters']], [null, null])
    assert.equal((await ask('auditor'))['mine'] === null, false)
  })

  test('says what returns on hold would give back, by currency', async () => {
    await hub.pool.query(
      `insert into money_ledger (case_id, currency, invoiced_minor, goodwill_minor, posted_minor, captured_minor, refunded_minor, is_invoiced, is_captured)
       values ($1, 'EUR', 12050, 0, 0, 0, 0, true, false)
       on conflict (case_id) do update set invoiced_minor = 12050, is_invoiced = true`,
      [returnId],
    )
    await raise('RX04', new Date())
    const held = (await ask('admin'))['refundsBlocked'] as Json
    assert.deepEqual(held['amounts'], [{ amount: '120.50', currency: 'EUR' }])
    assert.equal(held['count'], 1)
    assert.equal(await listed(held), 1)
  })
})
