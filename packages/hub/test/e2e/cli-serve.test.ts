import assert from 'node:assert/strict'
import { readFile, stat } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { after, afterEach, before, describe, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { type HubProcess, makeWorkplace, type Workplace } from '../support/cli.ts'

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** The embedded server's first process, as its own file names it; null when it does not run. */
async function postmasterOf({ dataDir }: Workplace): Promise<number | null> {
  const { home } = JSON.parse(await readFile(join(dataDir, 'embedded-postgres.json'), 'utf8'))
  const file = join(home ?? join(dataDir, 'postgres'), 'cluster', 'postmaster.pid')
  const text = await readFile(file, 'utf8').catch(() => null)
  const pid = Number(text?.split('\n', 1)[0])
  return text !== null && isAlive(pid) ? pid : null
}

async function statusOf(url: string, path: string, key?: string): Promise<number | null> {
  const headers = key === undefined ? {} : { authorization: `Bearer ${key}` }
  const response = await fetch(new URL(path, url), { headers }).catch(() => null)
  await response?.body?.cancel()
  return response?.status ?? null
}

function keysIn(text: string): string[] {
  return text.match(/bhk_[0-9a-f]{16}_[A-Za-z0-9_-]{43}/g) ?? []
}

describe('the first start, on a database of its own', () => {
  let place: Workplace
  let hub: HubProcess
  before(async () => {
    place = await makeWorkplace()
    hub = await place.serve()
  })
  after(() => place.remove())

  test('leaves an administrator’s key in a file, which opens the API, and none in the log', async () => {
    assert.deepEqual(keysIn(hub.stdout()), [])
    const [key = ''] = keysIn(await readFile(join(place.dataDir, 'first-admin-key'), 'utf8'))
    assert.equal(await statusOf(hub.url, '/api/v1/returns', key), 200)
    assert.equal(await statusOf(hub.url, '/api/v1/returns'), 401)
  })

  test('keeps the key in a file that only its owner may read, and its hash alone in the database', async () => {
    const file = join(place.dataDir, 'first-admin-key')
    assert.equal((await stat(file)).mode & 0o777, 0o600)
    const [key = ''] = keysIn(await readFile(file, 'utf8'))
    const { stdout } = await place.run(['key', 'list', '--json'])
    assert.equal(JSON.parse(stdout).items.length, 1)
    assert.ok(!stdout.includes(key.slice(-43)))
  })

  test('leaves the hub at work when a command has used its database', async () => {
    const earlier = await postmasterOf(place)
    const { code } = await place.run(['doctor'])
    assert.equal(code, 0)
    assert.equal(await postmasterOf(place), earlier)
    assert.equal(await statusOf(hub.url, '/readyz'), 200)
  })

  test('goes on when its database dies, and is ready again by itself', async () => {
    const pid = await postmasterOf(place)
    assert.ok(pid !== null)
    process.kill(pid, 'SIGKILL')
    while ((await statusOf(hub.url, '/readyz')) === 200) await delay(5)
    while ((await statusOf(hub.url, '/readyz')) !== 200) await delay(20)
    assert.ok(isAlive(hub.pid))
  })

  test('ends in order when it is asked to, and its database with it', async () => {
    const pid = await postmasterOf(place)
    // npm passes on what the terminal has sent already: twice at once is one wish. Two of a kind would
    // reach the process as one.
    hub.signal('SIGINT')
    hub.signal('SIGTERM')
    assert.equal(await hub.ended, 0)
    assert.ok(pid !== null && !isAlive(pid))
  })

  test('is the only one that makes a key', async () => {
    const file = join(place.dataDir, 'first-admin-key')
    const key = await readFile(file, 'utf8')
    const second = await place.serve()
    const startedMs = performance.now()
    assert.equal(await readFile(file, 'utf8'), key)
    second.signal('SIGTERM')
    assert.equal(await second.ended, 0)
    assert.ok(performance.now() - startedMs < 20_000)
  })
})

describe('a port that another program has', () => {
  let place: Workplace
  let other: Server
  before(async () => {
    place = await makeWorkplace()
    other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  })
  after(async () => {
    other.close()
    await place.remove()
  })

  test('is named, and everything that was started is stopped again', async () => {
    const address = other.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const { code, stderr } = await place.run(['serve', '--port', String(port)])
    assert.equal(code, 1)
    assert.equal(
      stderr,
      `backhaul: Port ${port} on 127.0.0.1 is taken by another program. Stop it, or set BACKHAUL_PORT to another port.\n`,
    )
    assert.equal(await postmasterOf(place), null)
  })
})

describe('a hub that is asked to end while a request is under way', () => {
  let place: Workplace
  const sockets: Socket[] = []
  before(async () => {
    place = await makeWorkplace()
  })
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy()
  })
  after(() => place.remove())

  /** Sends the head of a request and half of its body. */
  async function beginRequest({ url, stdout }: HubProcess): Promise<Socket> {
    const [key = await readFile(join(place.dataDir, 'first-admin-key'), 'utf8')] = keysIn(stdout())
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    socket.on('error', () => {})
    sockets.push(socket)
    const head = `POST /api/v1/events HTTP/1.1\r\nhost: hub\r\nauthorization: Bearer ${key.trim()}\r\ncontent-type: application/json\r\ncontent-length: 20\r\nexpect: 100-continue\r\n\r\n`
    socket.write(head)
    // It is under way as soon as the hub wants the body.
    await new Promise((resolve) => socket.once('data', resolve))
    socket.write('{"half":')
    return socket
  }

  test('answers it, and then ends', async () => {
    const hub = await place.serve()
    const socket = await beginRequest(hub)
    const answer = new Promise<string>((resolve) => {
      socket.once('data', (bytes) => resolve(bytes.toString()))
    })
    hub.signal('SIGTERM')
    while ((await statusOf(hub.url, '/livez')) !== null) await delay(5)
    socket.write('"of a body"}')
    assert.match(await answer, /^HTTP\/1\.1 4\d\d /)
    assert.equal(await hub.ended, 0)
  })

  test('ends at once when it is asked again, a while later', async () => {
    const hub = await place.serve()
    await beginRequest(hub)
    hub.signal('SIGTERM')
    // Longer than what counts as the same wish.
    await delay(600)
    hub.signal('SIGINT')
    assert.equal(await hub.ended, 130)
    assert.notEqual(await postmasterOf(place), null)
  })

  test('leaves a database behind then, which the next command uses and stops', async () => {
    assert.equal((await place.run(['key', 'list'])).code, 0)
    assert.equal(await postmasterOf(place), null)
  })
})
