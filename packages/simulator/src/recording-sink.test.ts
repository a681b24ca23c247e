import assert from 'node:assert/strict'
import { request as httpRequest } from 'node:http'
import { afterEach, beforeEach, describe, test } from 'node:test'

import { type RecordingSink, startRecordingSink } from './recording-sink.ts'

const arrival = new Date('2026-03-01T10:00:00Z')

describe('a recording sink', () => {
  let sink: RecordingSink

  beforeEach(async () => {
    sink = await startRecordingSink({ now: () => arrival })
  })

  afterEach(() => sink.close())

  const post = (body: string, init: RequestInit = {}) =>
    fetch(`${sink.url}/orders?page=2`, { method: 'POST', body, ...init })

  test('keeps method, path with query, headers, body and time of what it is sent', async () => {
    await post('{"a":"ä"}', { headers: { 'Idempotency-Key': 'k-1' } })
    const [request] = sink.requests()
    assert.ok(request)
    assert.equal(request.method, 'POST')
    assert.equal(request.path, '/orders?page=2')
    assert.equal(request.headers['idempotency-key'], 'k-1')
    assert.equal(request.body.toString(), '{"a":"ä"}')
    assert.equal(request.isWhole, true)
    assert.equal(request.receivedAt, arrival)
  })

  test('keeps requests in the order in which they arrived', async () => {
    for (const body of ['1', '2', '3']) await post(body)
    assert.deepEqual(
      sink.requests().map(({ body }) => body.toString()),
      ['1', '2', '3'],
    )
  })

  test('answers 200 until told otherwise, queued replies first and one time each', async () => {
    sink.replyAlways({ kind: 'answer', status: 204 })
    sink.replyNext({ kind: 'answer', status: 503 }, { kind: 'answer', status: 429 })
    const statuses: number[] = []
    for (const body of ['1', '2', '3']) statuses.push((await post(body)).status)
    assert.deepEqual(statuses, [503, 429, 204])
  })

  test('makes the usual reply from the request where it is given a function', async () => {
    sink.replyAlways(({ method }) => ({ kind: 'answer', status: 201, body: `${method}!` }))
    const response = await post('x')
    assert.equal(response.status, 201)
    assert.equal(await response.text(), 'POST!')
  })

  test('sends Retry-After in seconds or as a date', async () => {
    sink.replyNext(
      { kind: 'answer', status: 429, retryAfter: 7 },
      { kind: 'answer', status: 503, retryAfter: new Date('2026-03-01T10:05:00Z') },
    )
    assert.equal((await post('1')).headers.get('retry-after'), '7')
    assert.equal((await post('2')).headers.get('retry-after'), 'Sun, 01 Mar 2026 10:05:00 GMT')
  })

  test('answers late when a delay is asked for', async () => {
    sink.replyNext({ kind: 'answer', status: 200, delayMs: 40 })
    const startedAt = performance.now()
    await post('x')
    assert.ok(performance.now() - startedAt >= 35)
  })

  test('hangs after it read the body, and keeps that body', async () => {
    sink.replyNext({ kind: 'hang', when: 'after_body' })
    const stop = new AbortController()
    const pending = post('owed', { signal: stop.signal })
    const [request] = await sink.waitForRequests(1)
    assert.equal(request?.body.toString(), 'owed')
    stop.abort()
    await assert.rejects(pending, { name: 'AbortError' })
  })

  test('hangs before it reads the body, and leaves that unread', async () => {
    sink.replyNext({ kind: 'hang', when: 'before_body' })
    const stop = new AbortController()
    const pending = post('never read', { signal: stop.signal })
    const [request] = await sink.waitForRequests(1)
    assert.equal(request?.body.length, 0)
    assert.equal(request?.isWhole, false)
    stop.abort()
    await assert.rejects(pending)
  })

  test('cuts the connection without an answer', async () => {
    sink.replyNext({ kind: 'drop', when: 'after_body' }, { kind: 'drop', when: 'before_body' })
    await assert.rejects(post('1'), /fetch failed/)
    await assert.rejects(post('2'), /fetch failed/)
    assert.deepEqual(
      sink.requests().map(({ isWhole }) => isWhole),
      [true, false],
    )
  })

  test('promises a whole body, sends half of it and cuts the connection', async () => {
    sink.replyNext({ kind: 'half_body', body: '{"id":"42"}', end: 'drop' })
    const response = await post('x')
    assert.equal(response.headers.get('content-length'), '11')
    await assert.rejects(response.text(), /terminated/)
  })

  test('promises a whole body, sends half of it and then nothing', async () => {
    sink.replyNext({ kind: 'half_body', body: '{"id":"42"}', end: 'hang' })
    const stop = new AbortController()
    const response = await post('x', { signal: stop.signal })
    const reader = response.body?.getReader()
    const first = await reader?.read()
    assert.equal(Buffer.from(first?.value ?? []).toString(), '{"id"')
    stop.abort()
    await assert.rejects(async () => reader?.read())
  })

  test('sends a body without end to whoever goes on reading', async () => {
    sink.replyNext({ kind: 'endless_body' })
    const response = await post('x')
    let size = 0
    for await (const chunk of response.body ?? []) {
      size += chunk.length
      if (size > 5_000_000) break
    }
    assert.ok(size > 5_000_000)
  })

  test('marks a body whose sender went away as not whole', async () => {
    const outgoing = httpRequest(`${sink.url}/`, {
      method: 'POST',
      headers: { 'content-length': '100' },
    })
    outgoing.on('error', () => undefined)
    outgoing.write('only this')
    while (sink.requests().length === 0) await new Promise(setImmediate)
    outgoing.destroy()
    const [request] = await sink.waitForRequests(1)
    assert.equal(request?.isWhole, false)
  })

  test('says how many requests came when those waited for do not come', async () => {
    await post('1')
    await assert.rejects(sink.waitForRequests(2, 10), /1 of 2 requests came within 10 ms/)
  })
})
