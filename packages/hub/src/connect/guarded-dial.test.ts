import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { describe, type TestContext, test } from 'node:test'
import { DeliveryError, RetryableError, TerminalError } from '@backhaul/sdk/connector'
import { systemClock } from '../platform/clock.ts'
import type { ResolveHost } from './checked-lookup.ts'
import { createDeadlines } from './deadlines.ts'
import { createDialer } from './guarded-dial.ts'
import { createRateLimit } from './rate-limit.ts'
import { createTargetGuard } from './target-guard.ts'

interface OpenOptions {
  readonly timeoutMs?: number
  readonly requestsPerMinute?: number
  readonly allowed?: readonly string[]
  readonly resolve?: ResolveHost
  readonly signal?: AbortSignal
}

const neverResolves: ResolveHost = () => new Promise(() => undefined)

function open(t: TestContext, options: OpenOptions = {}) {
  const { timeoutMs = 5_000, requestsPerMinute } = options
  const dialer = createDialer({
    guard: createTargetGuard(options.allowed ?? ['127.0.0.0/8']),
    resolve: options.resolve ?? neverResolves,
    rateLimit: createRateLimit({ requestsPerMinute, clock: systemClock }),
    clock: systemClock,
    deadlines: createDeadlines({ clock: systemClock }),
    timeoutMs,
  })
  const attempt = dialer.dialFor(options.signal ?? new AbortController().signal)
  t.after(attempt.end)
  return { dialer, ...attempt }
}

/** A server that greets, and what it has accepted. */
async function startPeer(t: TestContext) {
  const sockets: Socket[] = []
  const server: Server = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => undefined)
    socket.write('220 hello\r\n')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { host: '127.0.0.1', port, sockets }
}

async function failureOf(result: Promise<unknown>): Promise<DeliveryError> {
  try {
    await result
  } catch (error) {
    assert.ok(error instanceof DeliveryError, String(error))
    return error
  }
  return assert.fail('it did not fail')
}

/** In order or by an error: which of them depends on who was writing. */
function closed(socket: Socket): Promise<void> {
  if (socket.closed) return Promise.resolve()
  return new Promise((resolve) => socket.once('close', () => resolve()))
}

describe('a dialed socket', () => {
  test('is open, and carries what both sides say', async (t) => {
    const peer = await startPeer(t)
    const socket = await open(t).dial(peer)
    const [greeting] = (await once(socket, 'data')) as [Buffer]
    assert.equal(greeting.toString(), '220 hello\r\n')
    socket.write('QUIT\r\n')
    const [said] = (await once(peer.sockets[0] as Socket, 'data')) as [Buffer]
    assert.equal(said.toString(), 'QUIT\r\n')
  })

  test('leads to one of the checked addresses of a name, which is resolved once', async (t) => {
    const peer = await startPeer(t)
    let asked = 0
    const resolve: ResolveHost = async () => {
      asked += 1
      return [{ address: '127.0.0.1', family: 4 }]
    }
    await open(t, { allowed: ['mail.internal'], resolve }).dial({ ...peer, host: 'Mail.Internal.' })
    assert.equal(asked, 1)
    assert.equal(peer.sockets.length, 1)
  })

  test('is closed when the attempt ends, and none is opened after it', async (t) => {
    const peer = await startPeer(t)
    const { dial, end } = open(t)
    const socket = await dial(peer)
    end()
    await closed(socket)
    const failure = await failureOf(dial(peer))
    assert.ok(failure instanceof RetryableError)
    assert.equal(failure.code, 'TIMEOUT')
  })

  test('is closed by the signals of the attempt and of the call', async (t) => {
    const peer = await startPeer(t)
    const attempt = new AbortController()
    const { dial } = open(t, { signal: attempt.signal })
    const call = new AbortController()
    const [one, two] = [await dial({ ...peer, signal: call.signal }), await dial(peer)]
    call.abort()
    await closed(one)
    assert.equal(two.destroyed, false)
    attempt.abort()
    await closed(two)
  })

  test('is closed with a time-out when the time of the attempt is up', async (t) => {
    const peer = await startPeer(t)
    const socket = await open(t, { timeoutMs: 60 }).dial(peer)
    const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException]
    assert.equal(error.code, 'ETIMEDOUT')
  })

  test('that fails while nobody listens harms nobody', async (t) => {
    const peer = await startPeer(t)
    const socket = await open(t).dial(peer)
    await once(socket, 'data')
    peer.sockets[0]?.resetAndDestroy()
    await closed(socket)
  })

  test('holds up the closing of its connection until its attempt has ended', async (t) => {
    const peer = await startPeer(t)
    const { dial, end, dialer } = open(t)
    await dial(peer)
    let isClosed = false
    const closing = dialer.close().then(() => (isClosed = true))
    const failure = await failureOf(dial(peer))
    assert.equal(failure.code, 'CONNECT_FAILED')
    assert.equal(isClosed, false)
    end()
    await closing
  })
})

describe('what cannot be dialed', () => {
  test('is no address that the hub may not call, by its number or behind a name', async (t) => {
    const peer = await startPeer(t)
    const resolve: ResolveHost = async () => [
      { address: '198.51.100.7', family: 4 },
      { address: '127.0.0.1', family: 4 },
    ]
    const { dial } = open(t, { allowed: [], resolve })
    for (const host of ['127.0.0.1', 'mail.example.com', '2130706433', '::1', 'a b', 'a@b', '']) {
      const failure = await failureOf(dial({ ...peer, host }))
      assert.ok(failure instanceof TerminalError, host)
      assert.equal(failure.code, 'TARGET_NOT_ALLOWED', host)
    }
    assert.equal(peer.sockets.length, 0)
  })

  test('fails unsent where nothing listens, and where no name is found', async (t) => {
    const peer = await startPeer(t)
    const nobody = createServer().listen(0, '127.0.0.1')
    await once(nobody, 'listening')
    const { port } = nobody.address() as AddressInfo
    nobody.close()
    await once(nobody, 'close')
    const resolve: ResolveHost = () =>
      Promise.reject(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }))
    const { dial } = open(t, { resolve })
    for (const target of [
      { host: '127.0.0.1', port },
      { host: 'nobody.example', port: peer.port },
    ]) {
      const failure = await failureOf(dial(target))
      assert.ok(failure instanceof RetryableError)
      assert.equal(failure.code, 'CONNECT_FAILED')
    }
  })

  test('fails unsent when a look-up takes longer than the attempt may', async (t) => {
    await startPeer(t)
    const failure = await failureOf(
      open(t, { timeoutMs: 40 }).dial({ host: 'slow.example', port: 587 }),
    )
    assert.ok(failure instanceof RetryableError)
    assert.equal(failure.code, 'TIMEOUT')
  })

  test('keeps to the rate of the system', async (t) => {
    const peer = await startPeer(t)
    const { dial } = open(t, { requestsPerMinute: 1 })
    await dial(peer)
    const failure = await failureOf(dial(peer))
    assert.ok(failure instanceof RetryableError)
    assert.equal(failure.code, 'RATE_LIMITED')
    assert.ok((failure.retryAfterMs ?? 0) > 50_000)
  })
})

describe('the ports of a socket', () => {
  const guard = createTargetGuard(['relay.internal:25', 'mail.example.com:25'])
  const isOpen = (host: string, port: number) => {
    try {
      guard.checkDialed(host, port)
      return true
    } catch {
      return false
    }
  }

  test('are those of submission, IMAP and SSH, all above 1023, and listed ones', () => {
    for (const port of [22, 465, 587, 993, 1024, 2525, 65_535]) {
      assert.ok(isOpen('mail.example.com', port), String(port))
    }
    for (const port of [0, 21, 25, 53, 80, 443, 445, 65_536, 587.5, Number.NaN]) {
      assert.ok(!isOpen('other.example.com', port), String(port))
    }
    assert.ok(isOpen('mail.example.com', 25))
  })
})
