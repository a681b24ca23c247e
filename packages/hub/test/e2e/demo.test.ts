import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type HubProcess, makeWorkplace, type Workplace } from '../support/cli.ts'
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts'

const program = fileURLToPath(new URL('../../demo/main.ts', import.meta.url))
/** One of each story, and a few more. */
const returns = 22

interface Listed {
  readonly headline: string
  readonly channel: string
}

describe('the demo', () => {
  let database: TestDatabase
  let place: Workplace
  let hub: HubProcess
  let demo: ReturnType<typeof spawn>
  let ended: Promise<number | null>
  let said = ''
  let key: string

  before(async () => {
    database = await createTestDatabase()
    const shared = {
      DATABASE_URL: database.url,
      BACKHAUL_MASTER_KEY: Buffer.alloc(32, 9).toString('base64'),
      BACKHAUL_OUTBOUND_ALLOWED_PRIVATE_TARGETS: '127.0.0.0/8',
      // As `npm start` has them: what is only polled for comes soon.
      BACKHAUL_POLLS_PAUSES:
        'odoo/changes=5,shopify/changes=5,shopify/open-returns=15,woocommerce/changes=5,desk/tickets=10,warehouse/events=5,easypost/trackers=10,stripe/changes=10',
    }
    place = await makeWorkplace(shared)
    hub = await place.serve()
    key = (await readFile(join(place.dataDir, 'first-admin-key'), 'utf8')).trim()
    const options = JSON.stringify({ returns, pace: 0 })
    const env = {
      ...process.env,
      ...shared,
      BACKHAUL_DATA_DIR: place.dataDir,
      BACKHAUL_PORT: new URL(hub.url).port,
    }
    demo = spawn(process.execPath, [...process.execArgv.filter(isLoader), program, options], {
      env,
      stdio: ['pipe', 'ignore', 'pipe'],
    })
    process.once('exit', () => demo.kill('SIGKILL'))
    ended = new Promise((resolve) => demo.once('exit', resolve))
    await guide()
  })
  after(async () => {
    demo.kill('SIGKILL')
    hub.signal('SIGTERM')
    await hub.ended
    await place.remove()
    await database.drop()
  })

  /** Waits until it says what to look at. @throws {Error} when it ends before. */
  function guide(): Promise<void> {
    return new Promise((resolve, reject) => {
      demo.stderr?.setEncoding('utf8').on('data', (text: string) => {
        said += text
        if (said.includes('dead-letters')) resolve()
      })
      demo.once('exit', (code) => reject(new Error(`the demo ended with ${code}: ${said}`)))
    })
  }

  async function list<Row>(path: string): Promise<Row[]> {
    const answer = await fetch(`${hub.url}${path}`, { headers: { authorization: `Bearer ${key}` } })
    assert.equal(answer.status, 200)
    return ((await answer.json()) as { data: Row[] }).data
  }

  test('plays eight systems, from whose doors its returns have come', async () => {
    const connections = await list<{ connector: string }>('/api/v1/connections')
    assert.equal(connections.length, 8)
    const cases = await list<Listed>('/api/v1/returns?limit=100')
    assert.ok(cases.length >= returns - 4, `${cases.length} returns`)
    const channels = new Set(cases.map(({ channel }) => channel))
    assert.ok(channels.has('ecommerce') && channels.has('support'), [...channels].join())
    assert.doesNotMatch(said, /came to grief/)
  })

  test('shows each thing that it says there is to look at', async () => {
    const shown = JSON.parse(await readFile(join(place.dataDir, 'demo.json'), 'utf8')) as Record<
      string,
      string
    >
    for (const story of ['partly_received', 'held', 'wrong_item', 'asked_twice', 'finished']) {
      assert.match(String(shown[story]), /^RMA-\d{6}-\d$/, story)
      assert.ok(said.includes(`/cases/${shown[story]}`), story)
    }
    const open = await list<{ code: string }>('/api/v1/exceptions?status=open&limit=100')
    const codes = new Set(open.map(({ code }) => code))
    for (const code of ['RK01', 'RX05', 'CU01']) assert.ok(codes.has(code), code)
    assert.ok((await list('/api/v1/dead-letters')).length > 0)
    const stages = new Set(
      (await list<Listed>('/api/v1/returns?limit=100')).map((one) => one.headline),
    )
    assert.ok(stages.size >= 8, [...stages].join())
  })

  test('ends by itself when who started it is gone, and leaves the hub as it is', async () => {
    demo.stdin?.end()
    assert.equal(await ended, 0)
    assert.equal((await fetch(`${hub.url}/readyz`)).status, 200)
  })
})

/** What lets this process read TypeScript. */
function isLoader(flag: string): boolean {
  return !flag.startsWith('--test') && !flag.startsWith('--inspect')
}
