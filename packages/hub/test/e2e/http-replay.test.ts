import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { auditEntry } from '../../src/http/schemas/audit.ts'
import { delivery, deliveryDetail } from '../../src/http/schemas/deliveries.ts'
import { message, messageDetail } from '../../src/http/schemas/messages.ts'
import { newId } from '../../src/platform/ids.ts'
import {
  type Answer,
  itemsIn,
  itemsOf,
  type Json,
  startTestHub,
  type TestHub,
  textIn,
} from '../support/hub.ts'

const line = { lineNo: 1, product: { sku: 'PUMP' }, quantity: '2', reason: { code: 'wrong_goods' } }

async function makeReturn(hub: TestHub, sourceRef: string): Promise<string> {
  const body = {
    channel: 'ecommerce',
    sourceRef,
    customer: { partyId: 'C-1' },
    currency: 'EUR',
    lines: [line],
  }
  const { json } = await hub.request('POST', '/api/v1/returns', {
    body,
    headers: { 'idempotency-key': sourceRef },
  })
  return textIn(json, 'id')
}

function note(hub: TestHub, id: string, text: string): Promise<Answer> {
  return hub.request('POST', `/api/v1/returns/${id}/notes`, { body: { note: text } })
}

async function deliveriesOf(hub: TestHub, id: string): Promise<Json[]> {
  const { json } = await hub.request('GET', `/api/v1/deliveries?case=${id}`)
  return itemsIn(json).toReversed()
}

/** A return whose first delivery the erp has refused. */
async function makeDead(hub: TestHub, sourceRef: string): Promise<{ id: string; dead: string }> {
  hub.erp.replyNext({ kind: 'answer', status: 400 })
  const id = await makeReturn(hub, sourceRef)
  await hub.settled()
  const [first] = await deliveriesOf(hub, id)
  assert.equal(first?.['state'], 'dead')
  return { id, dead: String(first['id']) }
}

/** The states of a return's deliveries, in their order. */
async function statesOf(hub: TestHub, id: string): Promise<unknown[]> {
  await hub.settled()
  return (await deliveriesOf(hub, id)).map((one) => one['state'])
}

describe('a dead letter that is given up', { timeout: 60_000 }, () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub()
  })
  after(() => hub.close())

  const exceptionOf = async (id: string): Promise<Json | undefined> =>
    itemsOf(await hub.request('GET', `/api/v1/exceptions?case=${id}&status=resolved`))[0]

  test('is named first, then gone from the dead, with its reason, and never sent again', async () => {
    const { id, dead } = await makeDead(hub, 'discard-1')
    const kept = await makeDead(hub, 'discard-2')
    const asked = { ids: [dead], reason: 'The shop closed.' }
    const plan = await hub.request('POST', '/api/v1/dead-letters/discard', { body: asked })
    assert.equal(plan.json['count'], 1)
    const body = { ...asked, dryRun: false }
    const done = await hub.request('POST', '/api/v1/dead-letters/discard', { body })
    assert.deepEqual(done.json, { discarded: 1, resolved: 1, left: 0 })
    await hub.settled()
    assert.equal((await deliveriesOf(hub, id))[0]?.['state'], 'discarded')
    assert.equal((await deliveriesOf(hub, kept.id))[0]?.['state'], 'dead')
    const again = await hub.request('POST', `/api/v1/deliveries/${dead}/replay`)
    assert.equal(again.status, 409)
    const [entry] = itemsOf(await hub.request('GET', `/api/v1/audit?object=${dead}`))
    assert.deepEqual(entry?.['detail'], { reason: 'The shop closed.' })
  })

  test('takes the exception with it that its death raised', async () => {
    const { id } = await makeDead(hub, 'discard-3')
    assert.equal(await exceptionOf(id), undefined)
    const body = { until: new Date(Date.now() + 60_000).toISOString(), reason: 'x', dryRun: false }
    await hub.request('POST', '/api/v1/dead-letters/discard', { body, as: 'integrator' })
    await hub.settled()
    assert.equal((await exceptionOf(id))?.['action'], 'discard')
    const past = await hub.request('GET', '/api/v1/dead-letters?since=2020-01-01T00:00:00Z')
    assert.deepEqual(itemsOf(past), [])
  })

  test('is for those who may replay', async () => {
    const body = { reason: 'x' }
    const answer = await hub.request('POST', '/api/v1/dead-letters/discard', { body, as: 'agent' })
    assert.equal(answer.status, 403)
  })
})

describe('a dead letter', { timeout: 60_000 }, () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub({ subscriptions: ['return.*', 'case.*'] })
  })
  after(() => hub.close())

  test('shows its tries', async () => {
    const { dead } = await makeDead(hub, 'dead-0')
    const { json } = await hub.request('GET', `/api/v1/deliveries/${dead}`)
    assert.deepEqual(deliveryDetail.parse(json), json)
    const [attempt] = json['tries'] as { status: number; outcome: string }[]
    assert.deepEqual([attempt?.status, attempt?.outcome], [400, 'dead'])
  })

  test('is sent again under the same key and with the same content, and is told apart from delivered ones', async () => {
    const { id, dead } = await makeDead(hub, 'dead-1')
    const replayed = await hub.request('POST', `/api/v1/deliveries/${dead}/replay`)
    assert.deepEqual([replayed.status, replayed.json['replayOf']], [202, dead])
    assert.deepEqual(await statesOf(hub, id), ['replayed', 'delivered'])
    const sent = hub.erp.requests().filter(({ body }) => body.includes(id))
    assert.equal(sent.length, 2)
    assert.equal(new Set(sent.map(({ headers }) => headers['webhook-id'])).size, 1)
    const [original, repeat] = sent.map(({ body }) => body.toString())
    assert.equal(repeat, original)
  })

  test('is replayed once, however often that is asked for', async () => {
    const { id, dead } = await makeDead(hub, 'dead-2')
    const path = `/api/v1/deliveries/${dead}/replay`
    const answers = await Promise.all(Array.from({ length: 10 }, () => hub.request('POST', path)))
    const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b)
    assert.deepEqual(statuses, [202, ...Array.from({ length: 9 }, () => 409)])
    assert.deepEqual(await statesOf(hub, id), ['replayed', 'delivered'])
  })

  test('that dies again can be replayed again, and what it raised is cleared when it works at last', async () => {
    const { id, dead } = await makeDead(hub, 'dead-again')
    hub.erp.replyNext({ kind: 'answer', status: 400 })
    const second = await hub.request('POST', `/api/v1/deliveries/${dead}/replay`)
    assert.deepEqual(await statesOf(hub, id), ['replayed', 'dead'])
    await hub.request('POST', `/api/v1/deliveries/${textIn(second.json, 'deliveryId')}/replay`)
    assert.deepEqual(await statesOf(hub, id), ['replayed', 'replayed', 'delivered'])
    const { json } = await hub.request('GET', `/api/v1/exceptions?case=${id}`)
    assert.deepEqual(json['data'], [])
  })

  test('is written down in the audit log with who replayed it', async () => {
    const { dead } = await makeDead(hub, 'dead-3')
    await hub.request('POST', `/api/v1/deliveries/${dead}/replay`, { as: 'integrator' })
    await hub.settled()
    const { json } = await hub.request('GET', `/api/v1/audit?object=${dead}`)
    const [entry] = itemsIn<{ action: string; actor: string }>(json)
    assert.deepEqual(auditEntry.parse(entry), entry)
    assert.equal(entry?.action, 'delivery.replayed')
    assert.match(entry.actor, /test integrator$/)
    const actor = encodeURIComponent(entry.actor)
    const byActor = await hub.request('GET', `/api/v1/audit?actor=${actor}`)
    assert.deepEqual(itemsOf(byActor)[0], entry)
  })

  test('waits behind what its lane holds already', async () => {
    const { id, dead } = await makeDead(hub, 'dead-5')
    await hub.request('POST', '/api/v1/connections/erp/pause')
    await note(hub, id, 'behind')
    await hub.request('POST', `/api/v1/deliveries/${dead}/replay`)
    const last = (await deliveriesOf(hub, id)).at(-1)
    assert.deepEqual(
      [last?.['state'], last?.['dueAt'], last?.['replayOf']],
      ['pending', null, dead],
    )
    const pending = await hub.request('GET', '/api/v1/deliveries?state=pending&connection=erp')
    const waiting = itemsOf(pending)
    assert.equal(waiting.length, 2)
    for (const one of waiting) assert.deepEqual(delivery.parse(one), one)
    await hub.request('POST', '/api/v1/connections/erp/resume')
    assert.deepEqual(await statesOf(hub, id), ['replayed', 'delivered', 'delivered'])
    const sent = hub.erp.requests().filter(({ body }) => body.includes(id))
    const versions = sent.map(({ body }) => (JSON.parse(body.toString()) as Json)['caseVersion'])
    // Its death was the second version.
    assert.deepEqual(versions, [1, 3, 1])
  })

  test('of a disabled connection stays dead', async () => {
    const { id, dead } = await makeDead(hub, 'dead-6')
    await hub.request('POST', '/api/v1/connections/erp/disable')
    const answer = await hub.request('POST', `/api/v1/deliveries/${dead}/replay`)
    assert.deepEqual([answer.status, answer.json['code']], [409, 'CONNECTION_DISABLED'])
    const many = await hub.request('POST', '/api/v1/dead-letters/replay', {
      body: { dryRun: false },
    })
    assert.equal(many.json['replayed'], 0)
    await hub.request('POST', '/api/v1/connections/erp/resume')
    assert.deepEqual(await statesOf(hub, id), ['dead'])
  })

  test('is not what was delivered: that is sent again only when it is said', async () => {
    const id = await makeReturn(hub, 'dead-4')
    assert.deepEqual(await statesOf(hub, id), ['delivered'])
    const path = `/api/v1/deliveries/${id}.1/replay`
    assert.equal((await hub.request('POST', path)).status, 409)
    assert.equal((await hub.request('POST', path, { body: { evenIfDelivered: true } })).status, 202)
    assert.deepEqual(await statesOf(hub, id), ['delivered', 'delivered'])
  })

  test('that does not exist is not found', async () => {
    for (const id of [`${newId()}.1`, 'x', newId()]) {
      assert.equal((await hub.request('POST', `/api/v1/deliveries/${id}/replay`)).status, 404)
    }
  })
})

describe('many dead letters', { timeout: 60_000 }, () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub({ subscriptions: ['return.*'] })
    hub.erp.replyAlways({ kind: 'answer', status: 400 })
    for (let n = 0; n < 6; n += 1) await makeReturn(hub, `many-${n}`)
    await hub.settled()
    hub.erp.replyAlways({ kind: 'answer', status: 200 })
  })
  after(() => hub.close())

  async function deadLetters(query = ''): Promise<Json[]> {
    const { json } = await hub.request('GET', `/api/v1/dead-letters?limit=200${query}`)
    return itemsIn(json)
  }

  async function raised(): Promise<number> {
    const { json } = await hub.request('GET', '/api/v1/exceptions?code=IT01')
    return itemsIn(json).length
  }

  test('are listed by why they died, and page by page', async () => {
    const all = await deadLetters()
    assert.equal(all.length, 6)
    for (const one of all) assert.deepEqual(delivery.parse(one), one)
    assert.deepEqual(await deadLetters('&code=REQUEST_REJECTED&connection=erp'), all)
    assert.deepEqual(await deadLetters('&code=OTHER'), [])
    const first = await hub.request('GET', '/api/v1/dead-letters?limit=4')
    const second = await hub.request(
      'GET',
      `/api/v1/dead-letters?limit=4&cursor=${textIn(first.json, 'next_cursor')}`,
    )
    const paged = [first, second].flatMap(({ json }) => itemsIn(json))
    assert.deepEqual(paged, all)
    assert.equal(second.json['next_cursor'], null)
  })

  test('are counted and shown first, then replayed, some or all, and clear what they had raised', async () => {
    assert.equal(await raised(), 6)
    const replay = (body: object) => hub.request('POST', '/api/v1/dead-letters/replay', { body })
    const preview = await replay({ connection: 'erp' })
    assert.deepEqual([preview.status, preview.json['count']], [200, 6])
    assert.equal((preview.json['sample'] as Json[]).length, 6)
    assert.equal((await deadLetters()).length, 6)
    assert.deepEqual((await replay({ dryRun: false, limit: 2 })).json, { replayed: 2, left: 4 })
    assert.deepEqual((await replay({ dryRun: false })).json, { replayed: 4, left: 0 })
    await hub.settled()
    assert.deepEqual(await deadLetters(), [])
    assert.equal(await raised(), 0)
  })
})

describe('a parked message', { timeout: 60_000 }, () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub()
  })
  after(() => hub.close())

  test('is listed with its reason, and its body is shown to those who look for faults', async () => {
    const parked = await hub.webhook('{"no":"event"}')
    const id = parked.json['messageId']
    for (const query of ['state=parked', 'connection=erp', 'state=parked&connection=erp', '']) {
      const { json } = await hub.request('GET', `/api/v1/messages?${query}`)
      const data = itemsIn(json)
      for (const one of data) assert.deepEqual(message.parse(one), one)
      assert.ok(
        data.some((one) => one['id'] === id),
        query,
      )
    }
    const detail = await hub.request('GET', `/api/v1/messages/${textIn(parked.json, 'messageId')}`)
    assert.deepEqual(messageDetail.parse(detail.json), detail.json)
    assert.equal(detail.json['body'], '{"no":"event"}')
    const empty = await hub.request('GET', '/api/v1/messages?state=conflict')
    assert.deepEqual(empty.json['data'], [])
  })

  test('tries again when it is told to, and is applied when it can be', async () => {
    const refs = [{ system: 'api', type: 'return', value: 'late-1' }]
    const early = {
      specversion: '1.0',
      id: newId(),
      source: 'x',
      type: 'backhaul.parcel.in_transit.v1',
      time: '2026-11-23T08:00:00Z',
      data: { refs },
    }
    const { json } = await hub.webhook(JSON.stringify(early))
    const path = `/api/v1/messages/${textIn(json, 'messageId')}`
    assert.equal((await hub.request('POST', `${path}/replay`)).status, 202)
    await hub.settled()
    assert.equal(((await hub.request('GET', path)).json['parked'] as Json)['replays'], 1)
    await makeReturn(hub, 'late-1')
    await hub.settled()
    assert.equal((await hub.request('GET', path)).json['outcome'], 'applied')
    assert.equal((await hub.request('POST', `${path}/replay`)).status, 404)
  })

  test('whose id was used before is applied only when somebody says so', async () => {
    const id = await makeReturn(hub, 'late-2')
    const told = (text: string) =>
      JSON.stringify({
        specversion: '1.0',
        id: `note-${text}`,
        source: 'x',
        type: 'backhaul.case.noted.v1',
        subject: id,
        time: '2026-11-23T08:00:00Z',
        data: { note: text },
      })
    await hub.webhook(told('first'), { id: 'twice' })
    await hub.webhook(told('second'), { id: 'twice' })
    const { json } = await hub.request('GET', '/api/v1/messages?state=conflict')
    const [conflict] = itemsIn(json)
    const path = `/api/v1/messages/${textIn(conflict, 'id')}`
    assert.equal((await hub.request('POST', `${path}/replay`)).status, 409)
    assert.equal(
      (await hub.request('POST', `${path}/replay`, { body: { acceptConflict: true } })).status,
      202,
    )
    await hub.settled()
    assert.equal((await hub.request('GET', path)).json['outcome'], 'applied')
    const timeline = await hub.request('GET', `/api/v1/returns/${id}/timeline`)
    assert.match(timeline.text, /first/)
    assert.match(timeline.text, /second/)
  })

  test('that is not there, or not parked, is not found', async () => {
    assert.equal((await hub.request('GET', `/api/v1/messages/${newId()}`)).status, 404)
    assert.equal((await hub.request('POST', `/api/v1/messages/${newId()}/replay`)).status, 404)
  })
})
