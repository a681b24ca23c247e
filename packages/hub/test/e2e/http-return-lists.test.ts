import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { parse } from 'csv-parse/sync'
import { returnSummary } from '../../src/http/schemas/returns.ts'
import { fillMissingListings } from '../../src/pipeline/fill-listings.ts'
import { newId } from '../../src/platform/ids.ts'
import { itemsOf, type Json, startTestHub, type TestHub, textIn } from '../support/hub.ts'

const line = { lineNo: 1, product: { sku: 'PUMP' }, quantity: '2', reason: { code: 'wrong_goods' } }

const approval = { lines: [{ lineNo: 1, quantity: '2', resolution: 'refund' }] }

describe('lists of returns', () => {
  let hub: TestHub
  const ids: string[] = []

  before(async () => {
    hub = await startTestHub()
    await hub.pool.query(
      `insert into party (party_id, source, name, kind, is_active, row_hash, change_no)
       values ('C-1', 'erp', '=Jane "J" Doe', 'person', true, 'x', 1)`,
    )
    for (const [index, channel] of ['ecommerce', 'ecommerce', 'edi', 'edi', 'walk_in'].entries()) {
      ids.push(await ask(`list-${index}`, { channel, orderRefs: [`S0004${index}`] }))
    }
    await say(id(0), 'return.approved', approval)
    await say(id(1), 'return.approved', approval)
    await say(id(1), 'goods.received', {
      receiptId: 'R-1',
      lines: [{ lineNo: 1, quantity: '1' }],
    })
    await say(id(2), 'exception.raised', { code: 'FN07' })
  })
  after(() => hub.close())

  function id(index: number): string {
    return ids[index] ?? ''
  }

  async function ask(sourceRef: string, more: Record<string, unknown>): Promise<string> {
    const { json } = await hub.request('POST', '/api/v1/returns', {
      body: { sourceRef, customer: { partyId: 'C-1' }, currency: 'EUR', lines: [line], ...more },
      headers: { 'idempotency-key': sourceRef },
    })
    return textIn(json, 'id')
  }

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

  async function list(query: string): Promise<Json[]> {
    const answer = await hub.request('GET', `/api/v1/returns?${query}`)
    assert.equal(answer.status, 200, answer.text)
    return itemsOf(answer)
  }

  async function listed(query: string): Promise<number[]> {
    return (await list(query)).map((one) => ids.indexOf(textIn(one, 'id')))
  }

  test('say of each where it stands, who is waited for, and what came in', async () => {
    const all = await list('')
    assert.equal(all.length, 5)
    for (const one of all) assert.deepEqual(returnSummary.parse(one), one)
    const [received] = await list('stage=received')
    assert.deepEqual(
      [received?.['id'], received?.['waitingOn'], received?.['units'], received?.['lastEvent']],
      [id(1), 'warehouse', { requested: '2', arrived: '1' }, 'goods.received'],
    )
    const [held] = await list('stage=needs_review')
    assert.deepEqual([held?.['waitingOn'], held?.['needsReview']], ['finance', true])
    assert.ok(Date.parse(String(held?.['slaDueAt'])) > Date.now())
  })

  test('are filtered by step, channel, and who is waited for', async () => {
    assert.deepEqual(await listed('stage=authorized'), [0])
    assert.deepEqual(await listed('stage=requested'), [4, 3])
    assert.deepEqual(await listed('stage=requested&channel=edi'), [3])
    assert.deepEqual(await listed('channel=edi'), [3, 2])
    assert.deepEqual(await listed('waiting=customer'), [0])
    assert.deepEqual(await listed('priority=urgent'), [])
    assert.deepEqual(await listed('priority=normal&channel=walk_in'), [4])
  })

  test('are filtered by age and by when they were made and changed', async () => {
    const later = new Date(Date.now() + 60_000).toISOString()
    const earlier = new Date(Date.now() - 600_000).toISOString()
    assert.deepEqual(await listed('olderThanDays=1'), [])
    assert.equal((await listed('youngerThanDays=1')).length, 5)
    assert.equal((await listed(`createdFrom=${earlier}&createdTo=${later}`)).length, 5)
    assert.deepEqual(await listed(`createdFrom=${later}`), [])
    assert.equal((await listed(`updatedFrom=${earlier}&updatedTo=${later}`)).length, 5)
    assert.deepEqual(await listed(`updatedTo=${earlier}`), [])
  })

  test('find what is aging: not done, and where it is for more than a week', async () => {
    await hub.pool.query(
      `update case_headline set since = date_trunc('second', now()) - interval '8 days' where case_id = $1`,
      [id(3)],
    )
    const [aging] = await list('stage=aging')
    assert.deepEqual([aging?.['id'], aging?.['isAging']], [id(3), true])
    assert.deepEqual(await listed('olderThanDays=7'), [3])
    assert.equal((await listed('sort=since'))[0], 3)
  })

  test('come in each order, page by page, without a gap or a repeat', async () => {
    for (const sort of ['newest', 'since', 'updated', 'sla']) {
      const whole = await listed(`sort=${sort}`)
      const paged: number[] = []
      let cursor = ''
      do {
        const query = `sort=${sort}&limit=1${cursor === '' ? '' : `&cursor=${cursor}`}`
        const { json, text } = await hub.request('GET', `/api/v1/returns?${query}`)
        assert.ok(Array.isArray(json['data']), text)
        paged.push(...(json['data'] as Json[]).map((one) => ids.indexOf(textIn(one, 'id'))))
        cursor = json['next_cursor'] === null ? '' : textIn(json, 'next_cursor')
      } while (cursor !== '')
      assert.deepEqual([sort, paged], [sort, whole])
    }
    assert.deepEqual(await listed('sort=newest'), [4, 3, 2, 1, 0])
    assert.equal((await listed('sort=updated'))[0], 2)
    assert.deepEqual(await listed('sort=sla'), [2])
  })

  test('refuse the cursor of another order', async () => {
    const { json } = await hub.request('GET', '/api/v1/returns?limit=1')
    const cursor = String(json['next_cursor'])
    const answer = await hub.request('GET', `/api/v1/returns?sort=sla&cursor=${cursor}`)
    assert.equal(answer.status, 400)
  })

  test('are searched by an identifier, or by how it begins', async () => {
    assert.deepEqual(await listed('q=S00043'), [3])
    assert.equal((await listed('q=S0004')).length, 5)
    assert.deepEqual(await listed('q=S0'), [])
    assert.equal((await listed('q=rma-0')).length, 5)
    assert.deepEqual(await listed('q=S0004%25'), [])
  })

  test('are counted by step, under the same filters', async () => {
    const counts = async (query: string) => {
      const { json } = await hub.request('GET', `/api/v1/returns/counts?${query}`)
      const stages = json['stages'] as { stage: string; count: number }[]
      return Object.fromEntries(
        stages.flatMap(({ stage, count }) => (count === 0 ? [] : [[stage, count]])),
      )
    }
    assert.deepEqual(await counts(''), {
      requested: 2,
      authorized: 1,
      received: 1,
      needs_review: 1,
      aging: 1,
    })
    assert.deepEqual(await counts('channel=edi'), { requested: 1, needs_review: 1, aging: 1 })
  })

  test('name who was given an exception of a return', async () => {
    const [open] = itemsOf(await hub.request('GET', `/api/v1/exceptions?case=${id(2)}`))
    await hub.request('POST', `/api/v1/exceptions/${textIn(open, 'id')}/assign`, {
      body: { owner: 'kim' },
    })
    assert.deepEqual(await listed('owner=kim'), [2])
  })

  test('are exported whole, harmless to spreadsheets, with customers for those who may see them', async () => {
    const table = async (as: 'agent' | 'warehouse') => {
      const answer = await hub.request('GET', '/api/v1/returns.csv?channel=edi', { as })
      assert.match(answer.headers.get('content-type') ?? '', /^text\/csv/)
      return parse<Record<string, string>>(answer.text, { columns: true })
    }
    const forAgent = await table('agent')
    assert.deepEqual(
      forAgent.map((row) => [row['orders'], row['stage'], row['customer_name']]),
      [
        ['S00043', 'requested', `'=Jane "J" Doe`],
        ['S00042', 'needs_review', `'=Jane "J" Doe`],
      ],
    )
    const forWarehouse = await table('warehouse')
    assert.deepEqual(
      forWarehouse.map((row) => row['customer_name']),
      ['[masked]', '[masked]'],
    )
  })

  test('know returns again that were written before there were such lists', async () => {
    const read = async () => {
      const { rows } = await hub.pool.query('select * from case_headline order by case_seq')
      return rows
    }
    const whole = await read()
    await hub.pool.query(
      `update case_headline set kind = null, priority = null, stage = null, needs_review = false, waiting_on = null,
         owner = null, sla_due_at = 'infinity', touched_at = null`,
    )
    while ((await fillMissingListings(hub.pool)) > 0);
    assert.deepEqual(await read(), whole)
  })
})
