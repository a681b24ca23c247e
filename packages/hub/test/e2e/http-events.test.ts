import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createApiKey } from '../../src/pipeline/api-keys.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { newId } from '../../src/platform/ids.ts'
import {
  type Answer,
  itemsOf,
  type Json,
  type RequestOptions,
  startTestHub,
  type TestHub,
  textIn,
} from '../support/hub.ts'
import * as sample from '../support/ring.ts'

function requested(ref: string): Record<string, unknown> {
  const { data } = sample.requested(ref)
  return event('return.requested', { id: `${ref}-asked`, data })
}

function event(type: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    specversion: '1.0',
    id: newId(),
    source: 'shop',
    type: `backhaul.${type}.v1`,
    time: '2026-11-23T08:00:00Z',
    data: {},
    ...more,
  }
}

describe('events over the API', () => {
  let hub: TestHub
  let subject: string
  before(async () => {
    hub = await startTestHub()
    const { json } = await post(requested('first'))
    subject = textIn(json, 'caseId')
  })
  after(() => hub.close())

  function post(body: unknown, options: RequestOptions = {}): Promise<Answer> {
    return hub.request('POST', '/api/v1/events', { body, ...options })
  }

  test('one event is taken in, and its sender is told what became of it', async () => {
    const answer = await post(
      event('return.approved', { subject, data: { lines: [{ lineNo: 1, quantity: '2' }] } }),
    )
    assert.equal(answer.status, 202)
    assert.deepEqual(
      [answer.json['outcome'], answer.json['caseId'], answer.json['isRepeat']],
      ['applied', subject, false],
    )
  })

  test('a repeat is answered as the first was, alone as in an array', async () => {
    const note = event('case.noted', { subject, data: { note: 'once' } })
    const first = await post(note)
    const again = await post(note)
    assert.deepEqual(again.json, { ...(first.json as object), isRepeat: true })
    const batched = await post([note])
    const results = batched.json['results'] as { message: Json }[]
    assert.deepEqual(results[0]?.message, again.json)
  })

  test('a second content under the id of a first is a conflict, and kept for a person to see', async () => {
    const note = event('case.noted', { subject, data: { note: 'this' } })
    await post(note)
    const other = await post({ ...note, data: { note: 'that' } })
    assert.deepEqual([other.status, other.json['code']], [409, 'MESSAGE_ID_REUSED'])
    const kept = await hub.request('GET', '/api/v1/messages?state=conflict')
    assert.equal(itemsOf<unknown>(kept).length, 1)
  })

  test('an event that cannot be read is refused with the places, and not kept', async () => {
    const answer = await post(
      event('goods.received', {
        subject,
        data: { receiptId: 'R', lines: [{ lineNo: 0, quantity: '-1' }] },
      }),
    )
    assert.equal(answer.status, 422)
    const places = (answer.json['errors'] as { pointer: string }[]).map(({ pointer }) => pointer)
    assert.deepEqual(places, ['/data/lines/0/lineNo', '/data/lines/0/quantity'])
  })

  test('an event that only the hub makes is refused', async () => {
    for (const type of [
      'timer.fired',
      'exception.resolved',
      'delivery.confirmed',
      'claim.accepted',
    ]) {
      assert.equal((await post(event(type, { subject }))).status, 422, type)
    }
  })

  test('an event about no known return waits for it', async () => {
    const refs = [{ system: 'shop', type: 'return', value: 'later' }]
    const early = await post(event('parcel.in_transit', { data: { refs } }))
    assert.deepEqual(
      [early.status, early.json['outcome'], early.json['code']],
      [202, 'parked', 'NO_CASE'],
    )
  })

  test('an array has a result for each event, and 207 when some were not taken in', async () => {
    const taken = event('case.noted', { subject, data: { note: 'batch' } })
    const answer = await post([taken, event('nonsense'), 7, { ...taken, data: { note: 'other' } }])
    assert.equal(answer.status, 207)
    const results = answer.json['results'] as { status: number; index: number }[]
    assert.deepEqual(
      results.map(({ status }) => status),
      [202, 422, 422, 409],
    )
    assert.deepEqual(
      results.map(({ index }) => index),
      [0, 1, 2, 3],
    )
    const whole = await post([
      event('case.noted', { subject, data: { note: 'a' } }),
      event('case.noted', { subject, data: { note: 'b' } }),
    ])
    assert.equal(whole.status, 202)
  })

  test('an array of none, and of more than 500, is refused', async () => {
    assert.equal((await post([])).status, 422)
    assert.equal((await post(Array.from({ length: 501 }, () => 1))).status, 422)
  })

  test('500 events in one array are all taken in, in their order', async () => {
    const { json } = await post(requested('many'))
    const many = Array.from({ length: 500 }, (_, n) =>
      event('case.noted', { subject: json['caseId'], data: { note: `${n}` } }),
    )
    const answer = await post(many)
    const results = answer.json['results'] as { message: { caseVersion: number } }[]
    assert.equal(answer.status, 202)
    assert.deepEqual(
      results.map(({ message }) => message.caseVersion),
      Array.from({ length: 500 }, (_, n) => n + 2),
    )
  })

  test('the content types of CloudEvents say whether it is one or several', async () => {
    const one = event('case.noted', { subject, data: { note: 'typed' } })
    const typed = (type: string, body: unknown) => post(body, { headers: { 'content-type': type } })
    assert.equal((await typed('application/cloudevents+json', one)).status, 202)
    assert.equal(
      (await typed('application/cloudevents-batch+json; charset=utf-8', [one])).status,
      202,
    )
    assert.equal((await typed('application/cloudevents-batch+json', one)).status, 400)
    assert.equal((await typed('application/cloudevents+json', [one])).status, 400)
    const elsewhere = await hub.request('POST', `/api/v1/returns/${subject}/notes`, {
      body: { note: 'x' },
      headers: { 'content-type': 'application/cloudevents+json' },
    })
    assert.equal(elsewhere.status, 415)
  })

  test('a person is told what the role does not speak about, and nothing of it is kept', async () => {
    const receipt = event('goods.received', {
      subject,
      data: { receiptId: 'R-1', lines: [{ lineNo: 1, quantity: '1' }] },
    })
    for (const as of ['agent', 'finance'] as const) {
      assert.deepEqual([(await post(receipt, { as })).status, as], [403, as])
    }
    assert.equal((await post(receipt, { as: 'warehouse' })).json['outcome'], 'applied')
  })

  test('a key that is bound to a connection speaks in its name and with its rights', async () => {
    const deps = { ...hub, clock: systemClock }
    const bound = { name: 'warehouse system', role: 'machine', connectionId: 'erp' } as const
    const { key } = await createApiKey(deps, bound, { actor: 'test' })
    const headers = { authorization: `Bearer ${key}` }
    const { json } = await post(event('case.noted', { subject, data: { note: 'from erp' } }), {
      headers,
      as: null,
    })
    const timeline = await hub.request('GET', `/api/v1/returns/${subject}/timeline?limit=1`)
    const [last] = itemsOf<{ source: string; actor: string; seq: number }>(timeline)
    assert.deepEqual([last?.source, last?.seq], ['erp', json['caseVersion']])
    assert.match(last?.actor ?? '', /warehouse system$/)
    await hub.connections.disableConnection({ connectionId: 'erp' }, { actor: 'test' })
    const refused = await post(event('case.noted', { subject, data: { note: 'late' } }), {
      headers,
      as: null,
    })
    assert.deepEqual([refused.status, refused.json['code']], [409, 'CONNECTION_DISABLED'])
  })

  test('the trace of a request goes along with the event', async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
    const { json } = await post(event('case.noted', { subject, data: { note: 't' } }), {
      headers: { traceparent },
    })
    const message = await hub.request('GET', `/api/v1/messages/${textIn(json, 'messageId')}`)
    assert.equal(message.json['traceparent'], traceparent)
  })
})
