import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createBulkRunner } from '../../src/pipeline/bulk/run-bulk.ts'
import { newId } from '../../src/platform/ids.ts'
import { createLogger } from '../../src/platform/logger.ts'
import { leaseBulk, takeBulkItems } from '../../src/store/bulk-operations.ts'
import { itemsIn, type Json, startTestHub, type TestHub, textIn } from '../support/hub.ts'
import { until } from '../support/ring.ts'

const line = { lineNo: 1, product: { sku: 'PUMP' }, quantity: '2', reason: { code: 'wrong_goods' } }

interface Item {
  readonly label: string
  readonly state: string
  readonly code: string | null
}

describe('an action on many things', () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub()
  })
  after(() => hub.close())

  async function ask(sourceRef: string, channel = 'edi'): Promise<string> {
    const { json } = await hub.request('POST', '/api/v1/returns', {
      body: {
        channel,
        sourceRef,
        customer: { partyId: 'C-1' },
        currency: 'EUR',
        lines: [line],
      },
      headers: { 'idempotency-key': sourceRef },
    })
    await hub.settled()
    return textIn(json, 'id')
  }

  async function plan(body: object, as?: 'agent' | 'integrator' | 'warehouse'): Promise<Json> {
    const answer = await hub.request('POST', '/api/v1/operations', { body, ...(as ? { as } : {}) })
    assert.equal(answer.status, 201, answer.text)
    return answer.json
  }

  const at = (planned: Json): string => `/api/v1/operations/${textIn(planned, 'id')}`

  async function ended(planned: Json): Promise<Json> {
    let json = planned
    await until(async () => {
      ;({ json } = await hub.request('GET', at(planned)))
      return json['endedAt'] !== null
    })
    return json
  }

  async function items(planned: Json, query = ''): Promise<Item[]> {
    return itemsIn<Item>((await hub.request('GET', `${at(planned)}/items${query}`)).json)
  }

  test('is planned, started, done item by item and told as a table', async () => {
    const ids = [await ask('a-1'), await ask('a-2'), await ask('a-3')]
    const body = { kind: 'returns.assign', filter: { channel: 'edi' }, owner: 'kim' }
    await hub.request('PUT', `/api/v1/returns/${ids[2]}/owner`, { body: { owner: 'kim' } })
    const planned = await plan(body)
    assert.deepEqual([planned['state'], planned['total'], planned['excluded']], ['planned', 2, 1])
    const [first] = ids
    const untouched = await hub.request('GET', `/api/v1/returns/${first}`)
    assert.equal(untouched.json['owner'], null)
    const started = await hub.request('POST', `${at(planned)}/start`)
    assert.equal(started.status, 202)
    const end = await ended(planned)
    assert.deepEqual([end['state'], end['done'], end['failed']], ['done', 2, 0])
    assert.deepEqual(
      (await items(planned)).map(({ state, code }) => [state, code]),
      [
        ['excluded', 'NO_CHANGE'],
        ['done', null],
        ['done', null],
      ],
    )
    const { json } = await hub.request('GET', `/api/v1/returns/${first}`)
    assert.match(JSON.stringify(json['owner']), /kim/)
    const table = await hub.request('GET', `${at(planned)}/items.csv`)
    assert.equal(table.text.trim().split('\n').length, 4)
    assert.equal((await hub.request('POST', `${at(planned)}/start`)).status, 409)
    assert.equal((await hub.request('POST', `${at(planned)}/cancel`)).status, 409)
  })

  test('that cannot be taken back begins only when its number is said', async () => {
    const picked = await ask('b-1', 'field')
    await ask('b-2', 'field')
    const body = { kind: 'returns.cancel', filter: { channel: 'field' }, reason: 'Sent by mistake' }
    const planned = await plan({ ...body, ids: [picked] })
    assert.equal(planned['total'], 1)
    const refused = await hub.request('POST', `${at(planned)}/start`, { body: { count: 2 } })
    assert.equal(refused.status, 422)
    await hub.request('POST', `${at(planned)}/start`, { body: { count: 1 } })
    await ended(planned)
    const { json } = await hub.request('GET', `/api/v1/returns/${picked}`)
    assert.equal(json['headline'], 'canceled')
    const rest = await plan(body)
    assert.deepEqual([rest['total'], rest['excluded']], [1, 1])
    const canceled = await hub.request('POST', `${at(rest)}/cancel`)
    assert.equal(canceled.json['state'], 'canceled')
    const { json: log } = await hub.request('GET', '/api/v1/audit?action=operation.')
    const seen = itemsIn<{ action: string; objectId: string }>(log)
    assert.ok(
      seen.some(
        ({ action, objectId }) => action === 'operation.started' && objectId === planned['id'],
      ),
    )
    assert.ok(
      seen.some(
        ({ action, objectId }) => action === 'operation.canceled' && objectId === rest['id'],
      ),
    )
  })

  test('tells what failed and why, and does the rest', async () => {
    for (const name of ['c-1', 'c-2']) {
      hub.erp.replyNext({ kind: 'answer', status: 400 })
      await ask(name)
    }
    const planned = await plan({ kind: 'deliveries.replay' }, 'integrator')
    assert.equal(planned['total'], 2)
    const [letter] = itemsIn<{ id: string }>(
      (await hub.request('GET', '/api/v1/dead-letters')).json,
    )
    await hub.request('POST', `/api/v1/deliveries/${letter?.id}/replay`)
    const started = await hub.request('POST', `${at(planned)}/start`, { as: 'integrator' })
    assert.equal(started.status, 202, started.text)
    const end = await ended(planned)
    assert.deepEqual([end['done'], end['failed']], [1, 1])
    assert.deepEqual(
      (await items(planned, '?state=failed')).map(({ code }) => code),
      ['CONFLICT'],
    )
    await hub.settled()
    assert.deepEqual(itemsIn((await hub.request('GET', '/api/v1/dead-letters')).json), [])
  })

  test('is for those who may do the same to one thing, and seen by whoever asked for it', async () => {
    const body = { kind: 'deliveries.discard', reason: 'of no use' }
    const refused = await hub.request('POST', '/api/v1/operations', { body, as: 'agent' })
    assert.equal(refused.status, 403)
    const planned = await plan({ kind: 'returns.assign', owner: 'kim' }, 'warehouse')
    assert.equal((await hub.request('GET', at(planned), { as: 'finance' })).status, 404)
    assert.equal((await hub.request('GET', at(planned), { as: 'auditor' })).status, 200)
    const stopped = await hub.request('POST', `${at(planned)}/start`, { as: 'auditor' })
    assert.equal(stopped.status, 403)
    assert.equal((await hub.request('POST', `${at(planned)}/start`)).status, 403, 'an admin')
    const own = await hub.request('GET', '/api/v1/operations', { as: 'warehouse' })
    assert.deepEqual(
      itemsIn<{ id: string }>(own.json).map(({ id }) => id),
      [planned['id']],
    )
    assert.equal((await hub.request('POST', '/api/v1/operations', { body: {} })).status, 422)
  })

  test('goes on after its process has died, and does nothing twice', async () => {
    const ids = [await ask('d-1', 'walk_in'), await ask('d-2', 'walk_in')]
    const body = { kind: 'returns.cancel', filter: { channel: 'walk_in' }, reason: 'Closed shop' }
    const planned = await plan(body)
    const operationId = textIn(planned, 'id')
    const { pool } = hub
    // Another process takes it, has done one item, says nothing of it, and is gone.
    await pool.query(
      `update bulk_operation set state = 'running', started_at = now(), leased_by = $2,
         leased_until = now() + interval '1 hour' where operation_id = $1`,
      [operationId, newId()],
    )
    await pool.query(
      `update bulk_item set state = 'working' where operation_id = $1 and item_no = 1`,
      [operationId],
    )
    const [one] = await items(planned, '?state=working')
    const gone = (
      await pool.query<{ caseId: string }>(
        `select case_id as "caseId" from return_case where case_no = $1`,
        [one?.label],
      )
    ).rows[0]?.caseId
    await hub.request('POST', `/api/v1/returns/${gone}/cancel`, {
      body: { reason: 'Closed shop' },
      headers: { 'idempotency-key': `${operationId}:1` },
    })
    await pool.query(
      `update bulk_operation set leased_until = now() - interval '1 second' where operation_id = $1`,
      [operationId],
    )
    const end = await ended(planned)
    assert.deepEqual([end['state'], end['done'], end['failed']], ['done', 2, 0])
    for (const id of ids) {
      const { json } = await hub.request('GET', `/api/v1/returns/${id}/timeline?limit=100`)
      const canceled = itemsIn<{ type?: string }>(json).filter(
        ({ type }) => type === 'return.canceled',
      )
      assert.equal(canceled.length, 1)
    }
  })

  test('is not touched by a process that has lost it', async () => {
    await ask('e-1', 'support')
    const planned = await plan({
      kind: 'returns.assign',
      filter: { channel: 'support' },
      owner: 'jo',
    })
    const operationId = textIn(planned, 'id')
    await hub.pool.query(
      `update bulk_operation set state = 'running', started_at = now(), leased_by = $2,
         leased_until = now() + interval '1 hour' where operation_id = $1`,
      [operationId, newId()],
    )
    const nodeId = newId()
    assert.equal(await leaseBulk(hub.pool, { nodeId, seconds: 30 }), null)
    assert.deepEqual(await takeBulkItems(hub.pool, { operationId, nodeId, limit: 10 }), [])
    const idle = createBulkRunner({
      ...hub.httpDeps,
      receive: hub.ring.receiver.receive,
      nodeId,
      log: createLogger({ level: 'fatal', destination: process.stderr }),
    })
    assert.equal(await idle(), 0)
    await hub.pool.query(`update bulk_operation set leased_by = null where operation_id = $1`, [
      operationId,
    ])
    assert.equal((await ended(planned))['done'], 1)
  })
})
