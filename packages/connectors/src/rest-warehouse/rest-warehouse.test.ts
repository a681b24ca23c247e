import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import type { CommandBody, CommandType } from '@backhaul/sdk/canonical'
import type { Delivered, GuardedFetch } from '@backhaul/sdk/connector'
import { noDial } from '@backhaul/sdk/testing'
import {
  type RecordingSink,
  type RestWarehouse,
  startRecordingSink,
  startRestWarehouse,
} from '@backhaul/simulator'
import { config } from './config.ts'
import { canceledLines, expectedReturn, inspectionOrder, sendBackOrder } from './contract.ts'
import warehouse from './index.ts'
import { warehouseOpenapi } from './openapi.ts'
import { warehouseEvent } from './warehouse-event.ts'

const now = new Date('2026-11-23T06:00:00Z')
const caseNo = 'RMA-000123-7'
const lines = [{ lineNo: 1, product: { sku: 'PUMP-12V' }, quantity: '2', unit: 'EA' }]

let double: RestWarehouse
let sink: RecordingSink
/** What the hub has sent, to be held against the contract. */
const sent: unknown[] = []

const guardedFetch: GuardedFetch = async (url, { method, headers, body }) => {
  if (typeof body === 'string') sent.push(JSON.parse(body))
  const response = await fetch(url, {
    method,
    headers: headers ?? {},
    ...(typeof body === 'string' ? { body } : {}),
  })
  const text = await response.text()
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    text: async () => text,
    json: async () => JSON.parse(text) as unknown,
    bytes: async () => Buffer.from(text),
  }
}

before(async () => {
  double = await startRestWarehouse({ now: () => now })
  sink = await startRecordingSink()
  double.subscribe(`${sink.url}/events`)
})
after(async () => {
  await double.close()
  await sink.close()
})

function configured(more: object = {}) {
  const inboundSecrets = [double.signingSecret]
  return config.parse({ url: double.url, token: double.token, inboundSecrets, ...more })
}

function deliver<T extends CommandType>(
  type: T,
  body: CommandBody<T>,
  { version = 3, key = 'bh_1', more = {} } = {},
): Promise<Delivered> {
  const definition = warehouse.delivers[type]
  assert.ok(definition)
  const caseId = '01920000-0000-7000-8000-000000000001'
  const command = {
    type,
    caseId,
    caseNo,
    caseVersion: version,
    occurredAt: now.toISOString(),
    body,
  }
  const signal = AbortSignal.timeout(5_000)
  const call = { config: configured(more), idempotencyKey: key, attempt: 1, signal, now }
  return definition.deliver({ ...call, command, fetch: guardedFetch, dial: noDial })
}

function pull(cursor: string | null, limit = 100) {
  const poll = warehouse.polls['events']
  assert.ok(poll)
  const signal = AbortSignal.timeout(5_000)
  return poll.pull({
    config: configured(),
    fetch: guardedFetch,
    dial: noDial,
    signal,
    now,
    cursor,
    limit,
  })
}

describe('an order to the warehouse', () => {
  test('expects goods under the number of the case, and names the return of the warehouse', async () => {
    const about = { company: 'main', orderRefs: ['S00042'], warehouse: 'MAIN', rmaNo: 'R-9' }
    const body = { about, trackings: ['1Z1'], lines: [{ ...lines[0], invoiceLine: 'INV/1' }] }
    const more = { warehouses: { MAIN: 'WH1' } }
    const first = await deliver('receipt.expect', body as CommandBody<'receipt.expect'>, { more })
    assert.match(first.externalId ?? '', /^RET-/)
    assert.deepEqual(first.refs, [{ type: 'return', value: first.externalId }])
    const told = expectedReturn.strict().parse(sent.at(-1))
    assert.equal(told.warehouse, 'WH1')
    assert.deepEqual(told.trackings, ['1Z1'])
    assert.deepEqual(told.lines, lines, 'what is of the books stays at home')
    const again = await deliver('receipt.expect', { lines }, { version: 4 })
    assert.equal(again.externalId, first.externalId)
  })

  test('asks for an inspection and for goods to be sent back, once each', async () => {
    const inspection = await deliver('inspection.request', { lines }, { key: 'bh_2' })
    assert.deepEqual(await deliver('inspection.request', { lines }, { key: 'bh_2' }), inspection)
    inspectionOrder.strict().parse(sent.at(-1))
    const back = await deliver('goods.send_back', { fulfillmentId: 'send-back:1', lines })
    assert.notEqual(back.externalId, inspection.externalId)
    sendBackOrder.strict().parse(sent.at(-1))
  })

  test('that older news would undo is taken, and changes nothing', async () => {
    const [line] = lines
    assert.ok(line)
    await deliver('receipt.expect', { lines: [{ ...line, quantity: '9' }] }, { version: 1 })
    const expected = double.books().filter(({ kind }) => kind === 'authorized')
    assert.deepEqual(
      expected.map(({ quantity, status }) => [quantity, status]),
      [['2', 'expected']],
    )
  })

  test('cancels what has not come; what has come is refused by the name that the warehouse gives', async () => {
    await deliver('receipt.cancel', { lineNos: [1] }, { version: 5 })
    canceledLines.strict().parse(sent.at(-1))
    assert.equal(double.books()[0]?.status, 'canceled')
    double.work.receive({ caseNo, lines: [{ lineNo: 1, quantity: '1' }] })
    await assert.rejects(deliver('receipt.cancel', { lineNos: [1] }), {
      kind: 'terminal',
      code: 'WAREHOUSE_ALREADY_RECEIVED',
    })
  })

  test('goes out with the next token where the first is refused', async () => {
    const more = { token: 'a-token-that-has-ended', nextToken: double.token }
    const done = await deliver('receipt.expect', { lines }, { version: 6, more })
    assert.ok(done.externalId)
    await assert.rejects(deliver('receipt.expect', { lines }, { more: { token: more.token } }), {
      code: 'AUTH_REJECTED',
    })
  })
})

describe('what the warehouse tells', () => {
  test('comes by webhook and by poll as the same bytes under the same id', async () => {
    const photos = [{ kind: 'photo', url: 'https://photos.example/1.jpg' }]
    const event = double.work.inspect({
      caseNo,
      lines: [{ lineNo: 1, accepted: '1', rejected: '0', grade: 'B', photos }],
    })
    await double.webhooks.settled()
    const request = sink.requests().at(-1)
    assert.ok(request)
    const webhook = warehouse.webhooks['events']
    assert.ok(webhook)
    const given = { rawBody: request.body, headers: request.headers as Record<string, string> }
    const verdict = webhook.verify({
      method: 'POST',
      url: '',
      ...given,
      secrets: [double.signingSecret],
      now,
    })
    assert.equal(verdict.ok, true)
    const reading = webhook.read(given)
    assert.ok(reading.ok)
    const polled = (await pull(null)).messages.at(-1)
    assert.deepEqual([polled?.messageId, polled?.topic], [event.id, 'events'])
    assert.equal(reading.messageId, event.id)
    assert.deepEqual(Buffer.from(polled?.body as Uint8Array), request.body)
  })

  test('is read on from where the last page ended', async () => {
    const first = await pull(null, 1)
    assert.deepEqual([first.messages.length, first.hasMore], [1, true])
    const rest = await pull(first.cursor)
    assert.equal(rest.hasMore, false)
    assert.deepEqual((await pull(rest.cursor)).messages, [])
    double.work.report({ caseNo, kind: 'wrong_item', product: { sku: 'HOSE' } })
    assert.equal((await pull(rest.cursor)).messages.length, 1)
  })

  test('is of the contract, whatever it is', () => {
    const { work } = double
    const receipt = work.receive({
      tracking: '1Z9',
      lines: [{ product: { sku: 'X' }, quantity: '1' }],
    })
    work.reverse({ caseNo, reverses: receipt['receiptId'] })
    work.closeShort({ caseNo })
    work.refuse({ caseNo, lineNos: [1] })
    work.dispose({ caseNo, lines: [{ lineNo: 1, quantity: '1', disposition: 'restock_a' }] })
    work.shipBack({
      caseNo,
      sendBackId: 'sb',
      tracking: 'T',
      lines: [{ lineNo: 1, quantity: '1' }],
    })
    for (const event of double.events()) warehouseEvent.parse(event)
    assert.throws(() => work.reverse({ caseNo, reverses: 'REC-none' }), /no such receipt/)
  })

  test('is not asked for where the warehouse keeps nothing', async () => {
    const signal = AbortSignal.timeout(5_000)
    const call = { fetch: guardedFetch, dial: noDial, signal, now, cursor: 'c', limit: 10 }
    const page = await warehouse.polls['events']?.pull({
      ...call,
      config: configured({ asksForEvents: false }),
    })
    assert.deepEqual(page, { messages: [], cursor: 'c', hasMore: false })
  })
})

describe('the connection', () => {
  test('says who it is to the warehouse, and what would not work', async () => {
    assert.ok(warehouse.check)
    const more = { warehouses: { MAIN: 'WH9' }, inboundSecrets: [], asksForEvents: false }
    const signal = AbortSignal.timeout(5_000)
    const report = await warehouse.check({
      config: configured(more),
      fetch: guardedFetch,
      dial: noDial,
      signal,
      now,
    })
    assert.equal(report.account, 'Acme')
    assert.equal(report.notes?.length, 2)
  })

  test('is published as the OpenAPI that lies here', () => {
    const published: unknown = JSON.parse(
      readFileSync(new URL('openapi.json', import.meta.url), 'utf8'),
    )
    assert.deepEqual(published, JSON.parse(JSON.stringify(warehouseOpenapi())))
  })

  test('refuses addresses that hide something, and short tokens', () => {
    for (const more of [
      { url: 'https://a:b@wh.example' },
      { url: 'https://wh.example/?k=1' },
      { token: 'short' },
    ]) {
      assert.throws(() => configured(more), { name: 'ZodError' })
    }
    assert.deepEqual(warehouse.secretPaths, ['token', 'nextToken', 'inboundSecrets.*'])
  })
})
