import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { type FaultyProxy, type ProxyFault, startFaultyProxy } from './faulty-proxy.ts'
import { type RecordingSink, startRecordingSink } from './recording-sink.ts'

describe('a faulty proxy', () => {
  let sink: RecordingSink
  let proxy: FaultyProxy
  let next: ProxyFault | null

  beforeEach(async () => {
    next = null
    sink = await startRecordingSink()
    sink.replyAlways({ kind: 'answer', status: 201, body: '{"made":true}' })
    proxy = await startFaultyProxy({ target: sink.url, fault: () => next })
  })

  afterEach(async () => {
    await proxy.close()
    await sink.close()
  })

  const post = () => fetch(`${proxy.url}/orders?page=2`, { method: 'POST', body: '{"a":1}' })

  test('passes a request on as it is, and its answer back', async () => {
    const response = await post()
    assert.equal(response.status, 201)
    assert.equal(await response.text(), '{"made":true}')
    assert.equal(sink.requests()[0]?.path, '/orders?page=2')
    assert.equal(sink.requests()[0]?.body.toString(), '{"a":1}')
    assert.equal(proxy.requests, 1)
    assert.equal(proxy.mostAtOnce, 1)
  })

  test('cuts the connection before the server hears of it', async () => {
    next = 'cut_before'
    await assert.rejects(post())
    assert.equal(sink.requests().length, 0)
    assert.deepEqual(proxy.faults, { cut_before: 1 })
  })

  test('cuts it after the server has done it', async () => {
    next = 'cut_after'
    await assert.rejects(post())
    assert.equal(sink.requests().length, 1)
  })

  test('breaks off in the middle of an answer', async () => {
    next = 'half_answer'
    const response = await post()
    await assert.rejects(response.text())
    assert.equal(sink.requests().length, 1)
  })

  test('says 503 with a page, as a proxy does whose server is down', async () => {
    next = 'unavailable_before'
    const response = await post()
    assert.equal(response.status, 503)
    assert.match(response.headers.get('content-type') ?? '', /html/)
    assert.equal(sink.requests().length, 0)
  })
})
