import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { rename, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, afterEach, before, describe, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { removeDataDir, temporaryDataDir } from '../../../test/support/temporary-data-dir.ts'
import { createLogger } from '../logger.ts'
import { isRunning } from './processes.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from './start.ts'

const log = createLogger({ level: 'silent' })
const holder = fileURLToPath(
  new URL('../../../test/support/hold-embedded-postgres.ts', import.meta.url),
)

type Held = Pick<EmbeddedPostgres, 'url' | 'pid' | 'adopted'>

const children: ChildProcess[] = []
const dataDirs: string[] = []

/** Another process that uses the server of `dataDir`, as a second hub does. */
async function hold(
  dataDir: string,
): Promise<{ readonly child: ChildProcess; readonly held: Held }> {
  const child = spawn(process.execPath, [...process.execArgv, holder, dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  const failed = once(child, 'close').then(() => Promise.reject(new Error('it did not start')))
  const [line] = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    failed,
  ])
  return { child, held: JSON.parse(String(line)) }
}

async function end(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  const ended = once(child, 'close')
  child.kill(signal)
  await ended
}

/** Runs one statement on a connection of its own. */
async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

async function untilAnswers(url: string): Promise<void> {
  for (;;) {
    try {
      await query(url, 'select 1')
      return
    } catch {
      await delay(20)
    }
  }
}

async function untilGone(pid: number): Promise<void> {
  while (isRunning(pid)) await delay(10)
}

function newDataDir(): string {
  const dataDir = temporaryDataDir()
  dataDirs.push(dataDir)
  return dataDir
}

after(async () => {
  for (const child of children) child.kill('SIGKILL')
  for (const dataDir of dataDirs) {
    // A failed test can leave its server behind.
    const server = await startEmbeddedPostgres({ dataDir, log, watch: false })
    await server.stop()
    await removeDataDir(dataDir)
  }
})

describe('the embedded database', { timeout: 60_000 }, () => {
  let dataDir: string
  const started: EmbeddedPostgres[] = []
  const start = async () => {
    const server = await startEmbeddedPostgres({ dataDir, log })
    started.push(server)
    return server
  }
  // A test that failed has not stopped its server.
  afterEach(() => Promise.all(started.splice(0).map((server) => server.stop())))

  before(async () => {
    dataDir = newDataDir()
    const steps: string[] = []
    const server = await startEmbeddedPostgres({ dataDir, log, onProgress: (s) => steps.push(s) })
    assert.match(steps.join(), /creating the database/)
    await query(server.url, 'create table note as select 1 as kept')
    await server.stop()
    await assert.rejects(query(server.url, 'select 1'), { code: 'ECONNREFUSED' })
  })

  test('keeps its data and its address over a restart', async () => {
    const first = await start()
    await first.stop()
    const second = await start()
    assert.equal(second.url, first.url)
    assert.equal(second.adopted, false)
    assert.deepEqual(await query(second.url, 'select kept from note'), [{ kept: 1 }])
    await second.stop()
  })

  test('loses nothing that was committed, and compares text as Unicode', async () => {
    const server = await start()
    const [settings] = await query(
      server.url,
      `select current_setting('fsync') || current_setting('full_page_writes')
                || current_setting('synchronous_commit') as safe,
              current_setting('data_checksums') as checksums,
              upper('ä') as upper,
              current_setting('server_encoding') as encoding`,
    )
    assert.deepEqual(settings, {
      safe: 'ononon',
      checksums: 'on',
      upper: 'Ä',
      encoding: 'UTF8',
    })
    await server.stop()
  })

  test('runs neither as root nor as a superuser, and shows its password to nobody else', async () => {
    const server = await start()
    const uid = /^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1]
    assert.notEqual(uid, '0')
    assert.deepEqual(
      await query(server.url, 'select usesuper from pg_user where usename = current_user'),
      [{ usesuper: false }],
    )
    const withoutPassword = server.url.replace(/:[0-9a-f]+@/, ':wrong@')
    await assert.rejects(query(withoutPassword, 'select 1'), { code: '28P01' })
    assert.equal((await stat(join(dataDir, 'embedded-postgres.json'))).mode & 0o777, 0o600)
    const { password } = new URL(server.url)
    assert.ok(!readFileSync(`/proc/${server.pid}/environ`, 'utf8').includes(password))
    assert.ok(!readFileSync(join(dataDir, 'postgres', 'server.log'), 'utf8').includes(password))
    await server.stop()
  })

  test('is in a session of its own, so that Ctrl-C on the hub does not reach it', async () => {
    const server = await start()
    const fields = readFileSync(`/proc/${server.pid}/stat`, 'utf8').split(') ')[1]?.split(' ')
    const session = fields?.[3]
    assert.equal(session, String(server.pid))
    await server.stop()
  })

  test('is adopted by the next hub when its own was killed', async () => {
    const { child, held } = await hold(dataDir)
    await end(child, 'SIGKILL')
    const server = await start()
    assert.equal(server.adopted, true)
    assert.equal(server.pid, held.pid)
    assert.deepEqual(await query(server.url, 'select kept from note'), [{ kept: 1 }])
    await server.stop()
    await untilGone(held.pid)
  })

  test('runs again by itself, at the same address, after it was killed', async () => {
    const server = await start()
    const { pid, url } = server
    process.kill(pid, 'SIGKILL')
    await untilGone(pid)
    await untilAnswers(url)
    assert.deepEqual(await query(url, 'select kept from note'), [{ kept: 1 }])
    while (server.pid === pid) await delay(10)
    await server.stop()
    await assert.rejects(query(url, 'select 1'), { code: 'ECONNREFUSED' })
  })

  test('starts after everything was killed, even with a query that does not notice', async () => {
    const { child, held } = await hold(dataDir)
    const busy = query(held.url, 'select count(*) from generate_series(1, 1000000000000)')
    const busyEnded = assert.rejects(busy)
    await query(held.url, 'insert into note values (2)')
    await end(child, 'SIGKILL')
    process.kill(held.pid, 'SIGKILL')
    const server = await start()
    assert.equal(server.adopted, false)
    assert.deepEqual(await query(server.url, 'select kept from note order by 1'), [
      { kept: 1 },
      { kept: 2 },
    ])
    await busyEnded
    await server.stop()
  })

  test('takes another port when its own was taken', async () => {
    const first = await start()
    await first.stop()
    const squatter = createServer().listen(Number(new URL(first.url).port), '127.0.0.1')
    await once(squatter, 'listening')
    const second = await start()
    assert.notEqual(new URL(second.url).port, new URL(first.url).port)
    assert.deepEqual(await query(second.url, 'select count(*)::int as n from note'), [{ n: 2 }])
    await second.stop()
    squatter.close()
  })

  test('says what to do when the file with its password is gone', async () => {
    const record = join(dataDir, 'embedded-postgres.json')
    await rename(record, `${record}.away`)
    await assert.rejects(start(), { code: 'EMBEDDED_DATABASE_FAILED', message: /Put it back/ })
    await rename(`${record}.away`, record)
  })

  test('says why it does not start', async () => {
    const broken = { shared_buffers: 'plenty' }
    await assert.rejects(startEmbeddedPostgres({ dataDir, log, settings: broken }), {
      code: 'EMBEDDED_DATABASE_FAILED',
      message: /invalid value for parameter "shared_buffers"/,
    })
  })
})

test('two hubs that start at once on an empty folder share one server, and the last one stops it', async () => {
  const dataDir = newDataDir()
  const [a, b] = await Promise.all([hold(dataDir), hold(dataDir)])
  assert.equal(a.held.url, b.held.url)
  assert.equal(a.held.pid, b.held.pid)
  assert.notEqual(a.held.adopted, b.held.adopted)

  await end(a.child, 'SIGTERM')
  assert.deepEqual(await query(b.held.url, 'select 1 as up'), [{ up: 1 }])
  await end(b.child, 'SIGTERM')
  await untilGone(b.held.pid)
})
