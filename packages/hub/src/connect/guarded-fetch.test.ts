import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import {
  type AddressInfo,
  createServer as createTcpServer,
  type Server,
  type Socket,
} from 'node:net'
import { describe, type TestContext, test } from 'node:test'
import {
  type BudgetLimits,
  countHeader,
  DeliveryError,
  RetryableError,
  TerminalError,
  UnknownOutcomeError,
} from '@backhaul/sdk/connector'
import { systemClock } from '../platform/clock.ts'
import type { ResolveHost } from './checked-lookup.ts'
import { createDeadlines } from './deadlines.ts'
import { createOutbound, type OutboundOptions } from './guarded-fetch.ts'
import { createRateLimit } from './rate-limit.ts'
import { createTargetGuard } from './target-guard.ts'

interface OpenOptions {
  readonly timeoutMs?: number
  readonly concurrency?: number
  readonly maxBodyBytes?: number
  readonly requestsPerMinute?: number
  readonly allowed?: readonly string[]
  readonly resolve?: ResolveHost
  readonly readers?: OutboundOptions['readers']
  readonly budgets?: Readonly<Record<string, BudgetLimits>>
}

const neverResolves: ResolveHost = () => new Promise(() => undefined)

function open(t: TestContext, options: OpenOptions = {}) {
  const { timeoutMs = 5_000, concurrency = 4, requestsPerMinute, budgets } = options
  const rateLimit = createRateLimit({ requestsPerMinute, budgets, clock: systemClock })
  const outbound = createOutbound({
    guard: createTargetGuard(options.allowed ?? ['127.0.0.0/8', '::1']),
    resolve: options.resolve ?? neverResolves,
    rateLimit,
    clock: systemClock,
    deadlines: createDeadlines({ clock: systemClock }),
    timeoutMs,
    concurrency,
    ...(options.readers === undefined ? {} : { readers: options.readers }),
    ...(options.maxBodyBytes === undefined ? {} : { maxBodyBytes: options.maxBodyBytes }),
  })
  t.after(() => outbound.close())
  return { ...outbound, rateLimit }
}

interface Sink {
  readonly url: string
  readonly port: number
  readonly requests: {
    method: string
    path: string
    headers: IncomingMessage['headers']
    body: string
  }[]
  /** Every socket that was ever accepted. */
  readonly sockets: Socket[]
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void

/** An HTTP server that reads each request whole and then answers. */
async function startSink(
  t: TestContext,
  answer: Answer = (_request, response) => response.end('{}'),
) {
  const requests: Sink['requests'] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request
      requests.push({ method, path, headers, body: Buffer.concat(chunks).toString() })
      answer(request, response)
    })
  })
  return { ...(await listen(t, server)), requests }
}

/** A server that speaks for itself: what comes in does not matter. */
function startTcp(t: TestContext, onConnection: (socket: Socket) => void) {
  return listen(t, createTcpServer(onConnection))
}

async function listen(t: TestContext, server: Server): Promise<Omit<Sink, 'requests'>> {
  const sockets: Socket[] = []
  server.on('connection', (socket) => {
    sockets.push(socket)
    socket.on('error', () => undefined)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, port, sockets }
}

async function failureOf(response: Promise<unknown>): Promise<DeliveryError> {
  try {
    await response
  } catch (error) {
    assert.ok(error instanceof DeliveryError, String(error))
    return error
  }
  return assert.fail('it did not fail')
}

const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"a":1}' }
const get = { method: 'GET' }

/** Until the socket is closed, in order or by a reset: which of them depends on who was writing. */
function closed(socket: Socket | undefined): Promise<void> {
  assert.ok(socket)
  if (socket.closed) return Promise.resolve()
  return new Promise((resolve) => {
    socket.on('error', () => undefined)
    socket.once('close', () => resolve())
  })
}

describe('a request', () => {
  test('arrives as it was sent, and its answer comes back', async (t) => {
    const sink = await startSink(t, (_request, response) => {
      response.writeHead(201, { 'content-type': 'application/json', 'x-id': '7' }).end('{"id":"ü"}')
    })
    const { fetch } = open(t)
    const response = await fetch(`${sink.url}/a/b?c=d#e`, post)
    assert.equal(response.status, 201)
    assert.equal(response.headers['x-id'], '7')
    assert.deepEqual(await response.json(), { id: 'ü' })
    assert.equal(await response.text(), '{"id":"ü"}', 'a body can be read twice')
    assert.equal(Buffer.from(await response.bytes()).length, 11)
    const [request] = sink.requests
    assert.equal(request?.method, 'POST')
    assert.equal(request?.path, '/a/b?c=d')
    assert.equal(request?.body, '{"a":1}')
    assert.equal(request?.headers['content-type'], 'application/json')
    assert.equal(request?.headers['user-agent'], 'Backhaul')
  })

  test('takes a URL object, bytes, and an agent of its own', async (t) => {
    const sink = await startSink(t)
    const { fetch } = open(t)
    const headers = { 'User-Agent': 'acme-desk/1' }
    await fetch(new URL('/x', sink.url), {
      method: 'PUT',
      headers,
      body: new Uint8Array([104, 105]),
    })
    assert.equal(sink.requests[0]?.body, 'hi')
    assert.equal(sink.requests[0]?.headers['user-agent'], 'acme-desk/1')
  })

  test('carries the trace of its delivery', async (t) => {
    const sink = await startSink(t)
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
    const { fetchFor } = open(t)
    await fetchFor({ signal: new AbortController().signal, traceparent })(sink.url, post)
    assert.equal(sink.requests[0]?.headers['traceparent'], traceparent)
  })

  test('shares a socket with those before it, also when nobody read their answers', async (t) => {
    const sink = await startSink(t, (_request, response) => response.end('x'.repeat(10_000)))
    const { fetch } = open(t)
    for (let count = 0; count < 50; count += 1) {
      const response = await fetch(sink.url, post)
      if (count % 2 === 0) await response.bytes()
    }
    assert.equal(sink.requests.length, 50)
    assert.ok(sink.sockets.length <= 2, `${sink.sockets.length} sockets`)
  })

  test('waits for a socket when all of them are busy', async (t) => {
    let most = 0
    let current = 0
    const sink = await startSink(t, (_request, response) => {
      current += 1
      most = Math.max(most, current)
      setImmediate(() => {
        current -= 1
        response.end('{}')
      })
    })
    const { fetch } = open(t, { concurrency: 3 })
    await Promise.all(Array.from({ length: 30 }, () => fetch(sink.url, post)))
    assert.equal(sink.requests.length, 30)
    assert.equal(sink.sockets.length, 3)
    assert.ok(most <= 3)
  })

  test('is answered by a redirect, which is not followed', async (t) => {
    const inside = await startSink(t)
    for (const status of [301, 302, 303, 307, 308]) {
      const sink = await startSink(t, (_request, response) => {
        response.writeHead(status, { location: `${inside.url}/secret` }).end()
      })
      const response = await open(t).fetch(sink.url, post)
      assert.equal(response.status, status)
      assert.equal(response.headers['location'], `${inside.url}/secret`)
    }
    assert.equal(inside.sockets.length, 0)
  })

  test('does not take early hints for the answer', async (t) => {
    const sink = await startSink(t, (_request, response) => {
      response.writeEarlyHints({ link: '</x>; rel=preload' }, () => response.end('done'))
    })
    const response = await open(t).fetch(sink.url, get)
    assert.equal(response.status, 200)
    assert.equal(await response.text(), 'done')
  })

  test('goes straight to its target, whatever proxy the environment names', async (t) => {
    const proxy = await startSink(t)
    const sink = await startSink(t)
    const names = ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'NODE_USE_ENV_PROXY'] as const
    const before = names.map((name) => process.env[name])
    t.after(() => {
      for (const [index, name] of names.entries()) {
        if (before[index] === undefined) delete process.env[name]
        else process.env[name] = before[index]
      }
    })
    for (const name of names) process.env[name] = name === 'NODE_USE_ENV_PROXY' ? '1' : proxy.url
    await open(t).fetch(sink.url, post)
    assert.equal(sink.requests.length, 1)
    assert.equal(proxy.sockets.length, 0)
  })
})

describe('an answer', () => {
  async function json(t: TestContext, request: { method: string; isRead?: boolean }) {
    const sink = await startSink(t, (_request, response) => response.end('<html>secret</html>'))
    const response = await open(t).fetch(sink.url, request)
    return failureOf(response.json())
  }

  test('that should be JSON and is not leaves a write in doubt, and lets a read be repeated', async (t) => {
    const write = await json(t, { method: 'POST' })
    assert.ok(write instanceof UnknownOutcomeError)
    assert.equal(write.code, 'RESPONSE_MALFORMED')
    assert.ok(!`${write.stack}${write.reason}`.includes('secret'), 'the body is not quoted')
    assert.ok((await json(t, { method: 'GET' })) instanceof RetryableError)
    assert.ok((await json(t, { method: 'POST', isRead: true })) instanceof RetryableError)
  })

  test('without a body reads as empty', async (t) => {
    const sink = await startSink(t, (_request, response) => response.writeHead(204).end())
    const { fetch } = open(t)
    assert.equal(await (await fetch(sink.url, post)).text(), '')
    assert.equal(await (await fetch(sink.url, { method: 'HEAD' })).text(), '')
  })

  test('without an end is cut off at the limit, and its socket closed', async (t) => {
    const sink = await startSink(t, (_request, response) => {
      const timer = setInterval(() => response.write('x'.repeat(1_000)), 1)
      response.on('close', () => clearInterval(timer))
    })
    const { fetch } = open(t, { maxBodyBytes: 5_000 })
    const response = await fetch(sink.url, post)
    assert.equal(response.status, 200)
    const failure = await failureOf(response.text())
    assert.ok(failure instanceof UnknownOutcomeError)
    assert.equal(failure.code, 'RESPONSE_TOO_LARGE')
    await closed(sink.sockets[0])
  })

  test('that announces too much is not read at all', async (t) => {
    const sink = await startSink(t, (_request, response) => {
      response.writeHead(200, { 'content-length': '5001' }).write('x')
    })
    const response = await open(t, { maxBodyBytes: 5_000 }).fetch(sink.url, get)
    const failure = await failureOf(response.bytes())
    assert.ok(failure instanceof RetryableError)
    assert.equal(failure.code, 'RESPONSE_TOO_LARGE')
    await closed(sink.sockets[0])
  })

  test('of exactly the limit is taken', async (t) => {
    const sink = await startSink(t, (_request, response) => response.end('x'.repeat(5_000)))
    const response = await open(t, { maxBodyBytes: 5_000 }).fetch(sink.url, get)
    assert.equal((await response.text()).length, 5_000)
  })

  test('whose headers never end is cut off', async (t) => {
    const sink = await startTcp(t, (socket) => {
      socket.write(`HTTP/1.1 200 OK\r\n${`x-filler: ${'x'.repeat(1_000)}\r\n`.repeat(100)}`)
    })
    const failure = await failureOf(open(t).fetch(sink.url, post))
    assert.equal(failure.code, 'RESPONSE_TOO_LARGE')
  })

  test('that is no HTTP leaves a write in doubt', async (t) => {
    const sink = await startTcp(t, (socket) => socket.write('220 smtp.example ESMTP\r\n'))
    const failure = await failureOf(open(t).fetch(sink.url, post))
    assert.ok(failure instanceof UnknownOutcomeError)
    assert.equal(failure.code, 'CONNECTION_LOST')
  })

  test('that breaks off fails where its body is read', async (t) => {
    const sink = await startSink(t, (_request, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('half', () => response.destroy())
    })
    const response = await open(t).fetch(sink.url, post)
    assert.equal(response.status, 200)
    const failure = await failureOf(response.json())
    assert.ok(failure instanceof UnknownOutcomeError)
    assert.equal(failure.code, 'CONNECTION_LOST')
  })
})

describe('a deadline', () => {
  const timeoutMs = 80

  test('ends a request that is never answered, and closes its socket', async (t) => {
    const sink = await startTcp(t, (socket) => socket.resume())
    const { fetch } = open(t, { timeoutMs })
    const startedAt = performance.now()
    const failure = await failureOf(fetch(sink.url, post))
    const tookMs = performance.now() - startedAt
    assert.ok(failure instanceof UnknownOutcomeError)
    assert.equal(failure.code, 'TIMEOUT')
    assert.ok(tookMs >= timeoutMs - 1 && tookMs < 2_000, `${tookMs} ms`)
    await closed(sink.sockets[0])
  })

  test('lets a read that was not answered be repeated', async (t) => {
    const sink = await startTcp(t, (socket) => socket.resume())
    const { fetch } = open(t, { timeoutMs })
    assert.ok((await failureOf(fetch(sink.url, get))) instanceof RetryableError)
    const search = { ...post, isRead: true }
    assert.ok((await failureOf(fetch(sink.url, search))) instanceof RetryableError)
  })

  test('ends an answer that comes byte by byte', async (t) => {
    const sink = await startSink(t, (_request, response) => {
      const timer = setInterval(() => response.write('x'), 10)
      response.on('close', () => clearInterval(timer))
    })
    const response = await open(t, { timeoutMs }).fetch(sink.url, post)
    const failure = await failureOf(response.text())
    assert.ok(failure instanceof UnknownOutcomeError)
    assert.equal(failure.code, 'TIMEOUT')
    await closed(sink.sockets[0])
  })

  test('ends an answer that nobody reads', async (t) => {
    const sink = await startSink(t, (_request, response) => response.write('half'))
    await open(t, { timeoutMs }).fetch(sink.url, post)
    await closed(sink.sockets[0])
  })

  test('ends a connection that is half open: the other side is gone and never said so', async (t) => {
    const sink = await startSink(t)
    const { fetch } = open(t, { timeoutMs, concurrency: 1 })
    await fetch(sink.url, post)
    // From here on the server neither reads nor answers, and the socket stays up.
    sink.sockets[0]?.removeAllListeners('data').pause()
    const failure = await failureOf(fetch(sink.url, post))
    assert.equal(failure.code, 'TIMEOUT')
    assert.ok(failure instanceof UnknownOutcomeError)
  })

  test('ends a wait for a free socket, with nothing sent', async (t) => {
    const answers: ServerResponse[] = []
    const sink = await startSink(t, (_request, response) => answers.push(response))
    const { fetch, fetchFor } = open(t, { concurrency: 1 })
    const first = fetch(sink.url, { ...post, body: 'first' })
    while (answers.length < 1) await new Promise((resolve) => setImmediate(resolve))
    const waits = new AbortController()
    const second = failureOf(
      fetchFor({ signal: waits.signal })(sink.url, { ...post, body: 'second' }),
    )
    const third = fetch(sink.url, { ...post, body: 'third' })
    waits.abort()
    const failure = await second
    assert.ok(failure instanceof RetryableError)
    assert.equal(failure.code, 'TIMEOUT')
    answers[0]?.end()
    await first
    while (answers.length < 2) await new Promise((resolve) => setImmediate(resolve))
    answers[1]?.end()
    await third
    assert.deepEqual(
      sink.requests.map(({ body }) => body),
      ['first', 'third'],
    )
  })

  test('ends a look-up that is never answered, with nothing sent', async (t) => {
    const { fetch } = open(t, { timeoutMs })
    // The system's look-up would keep the process alive.
    const alive = setInterval(() => undefined, 1_000)
    t.after(() => clearInterval(alive))
    const failure = await failureOf(fetch('http://slow-dns.example/', post))
    assert.ok(failure instanceof RetryableError)
  })

  test('is shared by all requests of an attempt', async (t) => {
    const answers: ServerResponse[] = []
    const sink = await startSink(t, (_request, response) => answers.push(response))
    const fetch = open(t, { timeoutMs: 400 }).fetchFor({ signal: new AbortController().signal })
    const startedAt = performance.now()
    const first = fetch(sink.url, get)
    setTimeout(() => answers[0]?.end('{}'), 300)
    await first
    const second = await failureOf(fetch(sink.url, post))
    const tookMs = performance.now() - startedAt
    assert.ok(second instanceof UnknownOutcomeError)
    assert.ok(tookMs >= 399 && tookMs < 650, `${tookMs} ms`)
    const third = await failureOf(fetch(sink.url, post))
    assert.ok(third instanceof RetryableError, 'its time is over: nothing more is sent')
    assert.equal(third.code, 'TIMEOUT')
    assert.equal(sink.requests.length, 2)
  })

  test('of a dead system does not hold up another one', async (t) => {
    const dead = await startTcp(t, (socket) => socket.resume())
    const alive = await startSink(t)
    const toDead = open(t, { timeoutMs: 500, concurrency: 2 })
    const toAlive = open(t, { timeoutMs: 500, concurrency: 2 })
    const stuck = Array.from({ length: 20 }, () => failureOf(toDead.fetch(dead.url, post)))
    for (let count = 0; count < 20; count += 1) await toAlive.fetch(alive.url, post)
    assert.equal(alive.requests.length, 20)
    await Promise.all(stuck)
  })
})

describe('a connection', () => {
  test('that is refused leaves the request unsent', async (t) => {
    const sink = await startSink(t)
    const server = createTcpServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    await new Promise((resolve) => server.close(resolve))
    const { fetch } = open(t)
    const failure = await failureOf(fetch(`http://127.0.0.1:${port}/`, post))
    assert.ok(failure instanceof RetryableError)
    assert.equal(failure.code, 'CONNECT_FAILED')
    assert.equal(failure.reason, 'nothing listens at the address')
    assert.equal((await fetch(sink.url, post)).status, 200, 'another origin is not affected')
  })

  test('to a name that does not exist leaves the request unsent', async (t) => {
    const resolve = () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }))
    const failure = await failureOf(open(t, { resolve }).fetch('http://gone.example/', post))
    assert.ok(failure instanceof RetryableError)
    assert.equal(failure.code, 'CONNECT_FAILED')
  })

  test('without TLS where it should be leaves the request unsent', async (t) => {
    const sink = await startTcp(t, (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    const failure = await failureOf(open(t).fetch(`https://127.0.0.1:${sink.port}/`, post))
    assert.ok(failure instanceof RetryableError)
    assert.equal(failure.code, 'CONNECT_FAILED')
  })

  test('that is reset after the request was sent leaves a write in doubt', async (t) => {
    const sink = await startSink(t, (request) => request.socket.resetAndDestroy())
    const { fetch } = open(t)
    const write = await failureOf(fetch(sink.url, post))
    assert.ok(write instanceof UnknownOutcomeError)
    assert.equal(write.code, 'CONNECTION_LOST')
    assert.ok((await failureOf(fetch(sink.url, get))) instanceof RetryableError)
  })

  test('that was closed while it was idle is opened anew', async (t) => {
    const sink = await startSink(t)
    const { fetch } = open(t)
    await (await fetch(sink.url, post)).text()
    const [socket] = sink.sockets
    socket?.end()
    await closed(socket)
    assert.equal((await fetch(sink.url, post)).status, 200)
    assert.equal(sink.sockets.length, 2)
  })

  test('lets nothing more out once it is closed, and waits for what is under way', async (t) => {
    const answers: ServerResponse[] = []
    const sink = await startSink(t, (_request, response) => answers.push(response))
    const { fetch, close } = open(t)
    const underWay = fetch(sink.url, post)
    while (answers.length === 0) await new Promise((resolve) => setImmediate(resolve))
    const closing = close()
    const failure = await failureOf(fetch(sink.url, post))
    assert.ok(failure instanceof RetryableError)
    answers[0]?.end('done')
    assert.equal(await (await underWay).text(), 'done')
    await closing
    await closed(sink.sockets[0])
  })
})

describe('a name', () => {
  function resolver(...answers: string[][]): ResolveHost & { readonly asked: string[] } {
    const asked: string[] = []
    const resolve = (hostname: string) => {
      asked.push(hostname)
      const addresses = answers.length > 1 ? answers.shift() : answers[0]
      return Promise.resolve(
        (addresses ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      )
    }
    return Object.assign(resolve, { asked })
  }

  test('is resolved once, and the socket goes to the address that was checked', async (t) => {
    const sink = await startSink(t)
    const resolve = resolver(['127.0.0.1'])
    const { fetch } = open(t, { resolve, allowed: ['desk.internal'] })
    await fetch(`http://desk.internal:${sink.port}/`, post)
    assert.equal(sink.requests[0]?.headers.host, `desk.internal:${sink.port}`)
    assert.deepEqual(resolve.asked, ['desk.internal'])
  })

  for (const addresses of [
    ['127.0.0.1'],
    ['93.184.216.34', '127.0.0.1'],
    ['::ffff:127.0.0.1'],
    ['fd00:ec2::254'],
  ]) {
    test(`that leads to ${addresses.join(' and ')} is not called`, async (t) => {
      const sink = await startSink(t)
      const { fetch } = open(t, { resolve: resolver(addresses), allowed: [] })
      const failure = await failureOf(fetch(`http://rebind.example:${sink.port}/`, post))
      assert.ok(failure instanceof TerminalError)
      assert.equal(failure.code, 'TARGET_NOT_ALLOWED')
      assert.match(failure.reason ?? '', /rebind\.example/)
      assert.equal(sink.sockets.length, 0)
    })
  }

  test('is checked again for every new socket', async (t) => {
    const sink = await startSink(t, (_request, response) => {
      response.writeHead(200, { connection: 'close' }).end('{}')
    })
    const resolve = resolver(['127.0.0.1'], ['10.0.0.1'])
    const { fetch } = open(t, { resolve, allowed: ['127.0.0.0/8'] })
    await (await fetch(`http://rebind.example:${sink.port}/`, post)).text()
    const failure = await failureOf(fetch(`http://rebind.example:${sink.port}/`, post))
    assert.equal(failure.code, 'TARGET_NOT_ALLOWED')
  })

  test('without an address leaves the request unsent', async (t) => {
    const failure = await failureOf(
      open(t, { resolve: resolver([]) }).fetch('http://x.example/', post),
    )
    assert.ok(failure instanceof RetryableError)
    assert.equal(failure.code, 'CONNECT_FAILED')
  })
})

describe('what the hub itself refuses', () => {
  test('a private address, before anything is opened', async (t) => {
    const sink = await startSink(t)
    const failure = await failureOf(open(t, { allowed: [] }).fetch(sink.url, post))
    assert.ok(failure instanceof TerminalError)
    assert.equal(failure.code, 'TARGET_NOT_ALLOWED')
    assert.equal(sink.sockets.length, 0)
  })

  const requests: readonly (readonly [
    string,
    string,
    Parameters<ReturnType<typeof open>['fetch']>[1],
  ])[] = [
    ['an address that is none', 'not a url', get],
    ['a method that opens a tunnel', 'http://127.0.0.1:39999/', { method: 'CONNECT' }],
    ['a method that echoes headers', 'http://127.0.0.1:39999/', { method: 'TRACE' }],
    ['a method that is none', 'http://127.0.0.1:39999/', { method: 'GET / HTTP/1.1\r\nx:' }],
    [
      'a host of its own',
      'http://127.0.0.1:39999/',
      { ...get, headers: { Host: 'inside.example' } },
    ],
    [
      'a length of its own',
      'http://127.0.0.1:39999/',
      { ...post, headers: { 'Content-Length': '3' } },
    ],
    [
      'chunks of its own',
      'http://127.0.0.1:39999/',
      { ...post, headers: { 'transfer-encoding': 'chunked' } },
    ],
    [
      'a line break in a header',
      'http://127.0.0.1:39999/',
      { ...get, headers: { 'x-a': 'b\r\nc: d' } },
    ],
    ['a header name that is none', 'http://127.0.0.1:39999/', { ...get, headers: { 'x a': 'b' } }],
  ]
  for (const [what, url, request] of requests) {
    test(what, async (t) => {
      const failure = await failureOf(open(t).fetch(url, request))
      assert.ok(failure instanceof TerminalError)
      assert.equal(failure.code, 'REQUEST_INVALID')
    })
  }
})

describe('a signal', () => {
  for (const whose of ["the delivery's", "the connector's"]) {
    test(`of ${whose} ends the request, and closes its socket`, async (t) => {
      const sink = await startSink(t, () => undefined)
      const controller = new AbortController()
      const quiet = new AbortController()
      const { fetchFor } = open(t)
      const isDelivery = whose.includes('delivery')
      const fetch = fetchFor({ signal: isDelivery ? controller.signal : quiet.signal })
      const failed = failureOf(
        fetch(sink.url, { ...post, signal: isDelivery ? quiet.signal : controller.signal }),
      )
      while (sink.requests.length === 0) await new Promise((resolve) => setImmediate(resolve))
      controller.abort()
      const failure = await failed
      assert.ok(failure instanceof UnknownOutcomeError)
      assert.equal(failure.code, 'TIMEOUT')
      await closed(sink.sockets[0])
    })
  }

  test('may be shared by any number of requests', async (t) => {
    const warnings: Error[] = []
    const onWarning = (warning: Error) => void warnings.push(warning)
    process.on('warning', onWarning)
    t.after(() => process.off('warning', onWarning))
    const sink = await startSink(t, () => undefined)
    const controller = new AbortController()
    const outbounds = Array.from({ length: 20 }, () => open(t))
    const failures = outbounds.map(({ fetchFor }) =>
      failureOf(fetchFor({ signal: controller.signal })(sink.url, post)),
    )
    while (sink.requests.length < 20) await new Promise((resolve) => setImmediate(resolve))
    controller.abort()
    const codes = (await Promise.all(failures)).map(({ code }) => code)
    assert.deepEqual(new Set(codes), new Set(['TIMEOUT']))
    assert.deepEqual(warnings, [])
  })

  test('that was given before leaves the request unsent', async (t) => {
    const sink = await startSink(t)
    const { fetch } = open(t)
    const failure = await failureOf(fetch(sink.url, { ...post, signal: AbortSignal.abort() }))
    assert.ok(failure instanceof RetryableError)
    assert.equal(sink.sockets.length, 0)
  })

  test('ends a wait for the rate', async (t) => {
    const sink = await startSink(t)
    const { fetch } = open(t, { requestsPerMinute: 60, timeoutMs: 60_000 })
    await fetch(sink.url, post)
    const controller = new AbortController()
    const failed = failureOf(fetch(sink.url, { ...post, signal: controller.signal }))
    controller.abort()
    assert.ok((await failed) instanceof RetryableError)
    assert.equal(sink.requests.length, 1)
  })
})

describe('the rate', () => {
  test('spreads requests over time', async (t) => {
    const sink = await startSink(t)
    const { fetch } = open(t, { requestsPerMinute: 3_000 })
    const startedAt = performance.now()
    await Promise.all(Array.from({ length: 35 }, () => fetch(sink.url, post)))
    // A burst of 30, then one every 20 ms.
    assert.ok(performance.now() - startedAt >= 99)
  })

  test('refuses a request whose turn is too far off, and says when it comes', async (t) => {
    const sink = await startSink(t)
    const { fetch } = open(t, { requestsPerMinute: 1 })
    await fetch(sink.url, post)
    const failure = await failureOf(fetch(sink.url, post))
    assert.ok(failure instanceof RetryableError)
    assert.equal(failure.code, 'RATE_LIMITED')
    assert.ok((failure.retryAfterMs ?? 0) > 58_000)
    assert.equal(sink.requests.length, 1)
  })

  for (const status of [429, 503]) {
    test(`is held back for as long as a ${status} asks`, async (t) => {
      const sink = await startSink(t, (_request, response) => {
        response.writeHead(status, { 'retry-after': '120' }).end()
      })
      const { fetch, rateLimit } = open(t)
      assert.equal((await fetch(sink.url, post)).status, status)
      assert.ok(rateLimit.pauseLeftMs() > 119_000)
      const failure = await failureOf(fetch(sink.url, post))
      assert.equal(failure.code, 'RATE_LIMITED')
      assert.equal(sink.requests.length, 1)
    })
  }
})

describe('what answers say about limits', () => {
  const resetAt = (now: Date) => new Date(now.getTime() + 90_000)

  test('in their headers holds back deliveries, polls and checks alike', async (t) => {
    const sink = await startSink(t, (_request, response) => {
      response.writeHead(200, { 'x-left': String(12 - sink.requests.length), 'x-limit': '100' })
      response.end('{}')
    })
    const { fetch, fetchFor } = open(t, {
      readers: {
        readHeaders: (headers, now) => {
          const remaining = countHeader(headers, 'x-left')
          const limit = countHeader(headers, 'x-limit')
          return remaining === undefined ? null : { remaining, limit, resetAt: resetAt(now) }
        },
      },
    })
    await fetch(sink.url, post)
    await fetchFor({ signal: new AbortController().signal })(sink.url, { method: 'GET' })
    for (const way of [fetch, fetchFor({ signal: new AbortController().signal })]) {
      const failure = await failureOf(way(sink.url, { method: 'GET' }))
      assert.ok(failure instanceof RetryableError)
      assert.equal(failure.code, 'RATE_LIMITED')
      assert.ok((failure.retryAfterMs ?? 0) > 80_000)
    }
    assert.equal(sink.requests.length, 2)
  })

  test('in their bodies counts when the handler has read them', async (t) => {
    const sink = await startSink(t)
    const { fetch, rateLimit } = open(t, {
      readers: { readBody: () => [{ remaining: 0, limit: 1_000, cost: 50, perSecond: 50 }] },
    })
    const response = await fetch(sink.url, post)
    assert.equal(rateLimit.waitMs(), 0)
    assert.deepEqual(await response.json(), {})
    assert.ok(rateLimit.waitMs() > 2_000)
  })

  test('about one budget leaves the others alone', async (t) => {
    const sink = await startSink(t)
    const { fetch } = open(t, {
      budgets: { update: {} },
      readers: {
        readHeaders: (_, now) => ({ budget: 'update', remaining: 0, resetAt: resetAt(now) }),
      },
    })
    await fetch(sink.url, { ...post, budget: 'update' })
    await fetch(sink.url, post)
    const failure = await failureOf(fetch(sink.url, { ...post, budget: 'update' }))
    assert.equal(failure.code, 'RATE_LIMITED')
    assert.equal(sink.requests.length, 2)
  })

  test('that their reader fails on changes nothing', async (t) => {
    const sink = await startSink(t)
    const { fetch, rateLimit } = open(t, {
      readers: {
        readHeaders: () => {
          throw new TypeError('a defect of the connector')
        },
      },
    })
    assert.equal((await fetch(sink.url, post)).status, 200)
    assert.equal(rateLimit.waitMs(), 0)
  })

  test('is not held back by requests that failed', async (t) => {
    const sink = await startSink(t, (request, response) => {
      if (sink.requests.length <= 3) request.socket.resetAndDestroy()
      else response.end('{}')
    })
    const { fetch, rateLimit } = open(t, {
      readers: { readHeaders: (_, now) => ({ remaining: 1, resetAt: resetAt(now) }) },
    })
    for (let count = 0; count < 3; count += 1) await failureOf(fetch(sink.url, post))
    await fetch(sink.url, post)
    assert.equal(rateLimit.waitMs(), 0)
  })
})

test('a thousand requests at once to a server that resets, stalls and answers all come to an end', async (t) => {
  let count = 0
  const sink = await startSink(t, (request, response) => {
    count += 1
    if (count % 5 === 0) request.socket.resetAndDestroy()
    else if (count % 7 === 0) response.write('half')
    else response.end('{}')
  })
  const { fetch } = open(t, { timeoutMs: 1_000, concurrency: 64 })
  const results = await Promise.allSettled(
    Array.from({ length: 1_000 }, async () => (await fetch(sink.url, post)).json()),
  )
  const failures = results.flatMap((one) =>
    one.status === 'rejected' ? [one.reason as unknown] : [],
  )
  assert.ok(failures.every((failure) => failure instanceof DeliveryError))
  assert.ok(results.some(({ status }) => status === 'fulfilled'))
})
