import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { after, afterEach, before, describe, test } from 'node:test'
import {
  type Connector,
  defineConnector,
  RetryableError,
  type SetupContext,
  type SetupPlan,
  type SetupStep,
  secret,
  TerminalError,
  webhook,
} from '@backhaul/sdk/connector'
import pg from 'pg'
import { z } from 'zod'
import { runCli } from '../../src/cli/program.ts'
import { removeDataDir, temporaryDataDir } from '../support/temporary-data-dir.ts'
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts'

const adminKey = 'key-of-an-administrator'
const config = z.object({ key: secret(z.string()), shelf: z.number().optional() })

/** A system whose preparation is one shelf and one address, kept in memory. */
const system = {
  shelf: null as number | null,
  address: null as string | null,
  isUsed: false,
  lent: null as string | null,
}

async function look(context: Pick<SetupContext<unknown>, 'webhooks'>): Promise<SetupPlan> {
  const { shelf, address } = system
  const isKnown = address !== null && context.webhooks?.isCurrent('changes', address) === true
  const steps: SetupStep[] = [
    step('shelf', shelf === null ? 'missing' : 'present', 'A shelf.'),
    step('address', isKnown ? 'present' : 'missing', 'An address.'),
    step('contract', 'by_hand', 'Sign \u001b[31mthe contract.'),
  ]
  return { steps, settings: shelf === null ? {} : { shelf } }
}

function step(key: string, state: SetupStep['state'], detail: string): SetupStep {
  return { key, title: `The ${key}`, state, detail }
}

const fake: Connector = defineConnector({
  key: 'depot',
  title: 'Depot',
  sdkVersion: 1,
  config,
  roles: ['erp'],
  limits: { timeoutMs: 5_000 },
  webhooks: {
    changes: webhook({
      payload: z.object({ id: z.string() }),
      messageId: ({ id }) => id,
      unsigned: 'It signs nothing.',
      secretAddress: true,
      secrets: () => [],
    }),
  },
  setup: {
    plan: look,
    async apply(context, onStep) {
      system.lent = context.adminKey
      if (context.adminKey === null) {
        throw new TerminalError({ code: 'AUTH_REJECTED', reason: 'an administrator is needed' })
      }
      system.shelf ??= 7
      const isKnown = context.webhooks?.isCurrent('changes', system.address ?? '') === true
      if (!isKnown && context.webhooks !== null) {
        system.address = (await context.webhooks.renew())('changes')
      }
      const plan = await look(context)
      plan.steps.forEach(onStep)
      return plan
    },
    async remove(_context, onStep) {
      const gone = step('shelf', system.isUsed ? 'differs' : 'missing', 'The shelf.')
      if (!system.isUsed) system.shelf = null
      onStep(gone)
      return { steps: [gone] }
    },
  },
  async diagnose({ config: { key } }) {
    if (key === 'away') throw new RetryableError({ code: 'CONNECT_FAILED' })
    return system.shelf === null
      ? [{ level: 'problem', title: 'Shelf', detail: 'There is none.' }]
      : [{ level: 'ok', title: 'Shelf', detail: 'It is there.' }]
  },
})

let database: TestDatabase
let pool: pg.Pool
let folder: string

before(async () => {
  database = await createTestDatabase()
  pool = new pg.Pool({ connectionString: database.url, max: 2 })
  folder = temporaryDataDir()
  await mkdir(folder, { recursive: true })
})
after(async () => {
  await removeDataDir(folder)
  await pool.end()
  await database.drop()
})
afterEach(() => Object.assign(system, { isUsed: false }))

interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

async function run(args: readonly string[], env: NodeJS.ProcessEnv = {}, input = ''): Promise<Ran> {
  const said = { stdout: '', stderr: '' }
  const streams = { stdout: new PassThrough(), stderr: new PassThrough(), stdin: new PassThrough() }
  for (const name of ['stdout', 'stderr'] as const) {
    streams[name].setEncoding('utf8').on('data', (text: string) => {
      said[name] += text
    })
  }
  streams.stdin.end(input)
  const code = await runCli(args, {
    version: '0.0.0',
    env: {
      DATABASE_URL: database.url,
      BACKHAUL_DATA_DIR: folder,
      BACKHAUL_MASTER_KEY: Buffer.alloc(32, 9).toString('base64'),
      BACKHAUL_PUBLIC_URL: 'https://hub.example',
      ...env,
    },
    stdin: streams.stdin as unknown as NodeJS.ReadStream,
    stdout: streams.stdout as unknown as NodeJS.WriteStream,
    stderr: streams.stderr as unknown as NodeJS.WriteStream,
    connectors: async () => [fake],
    channelsDir: () => Promise.reject(new Error('none')),
    serve: () => Promise.reject(new Error('none')),
  })
  return { code, ...said }
}

async function connect(id: string, key = 'the-key-of-the-hub'): Promise<void> {
  const args = ['connection', 'create', id, '--connector', 'depot', '--title', id, '--role', 'erp']
  const { code, stderr } = await run([...args, '--settings', '-'], {}, JSON.stringify({ key }))
  assert.equal(code, 0, stderr)
}

const apply = ['depot', 'setup', '--apply', '--json']

describe('the set-up of a connector', () => {
  test('is a command of its own, which shells complete', async () => {
    assert.match((await run(['--help'])).stdout, /depot +Prepare Depot for returns/)
    assert.match((await run(['completion', 'bash'])).stdout, /--admin-key-file/)
    assert.equal((await run(['depot', 'setup', '--plan', '--apply'])).code, 2)
  })

  test('needs a connection', async () => {
    const { code, stderr } = await run(['depot', 'setup'])
    assert.equal(code, 3)
    assert.match(stderr, /backhaul connection create <id> --connector depot/)
  })

  test('only looks where nothing else is said', async () => {
    await connect('main')
    const { code, stdout, stderr } = await run(['depot', 'setup'])
    assert.equal(code, 0)
    assert.match(stdout, /missing +The shelf/)
    assert.match(stdout, /by hand +The contract/)
    assert.ok(!stdout.includes('\u001b'), 'what a connector says cannot steer a terminal')
    assert.match(stderr, /2 to make or mend: add --apply/)
    assert.equal((await run(['depot', 'setup', '--apply', '--dry-run'])).code, 0)
    assert.equal(system.shelf, null)
  })

  test('is refused without an administrator, and says so', async () => {
    const { code, stderr } = await run(['depot', 'setup', '--apply'])
    assert.equal(code, 4)
    assert.match(stderr, /AUTH_REJECTED: an administrator is needed/)
  })

  test('makes what is missing, sets an address that the hub takes, and configures the connection', async () => {
    const { code, stdout } = await run(apply, { BACKHAUL_ADMIN_KEY: `${adminKey}\n` })
    assert.equal(code, 0)
    assert.equal(system.lent, adminKey)
    assert.match(
      system.address ?? '',
      /^https:\/\/hub\.example\/webhooks\/main\/changes\/[\w-]{43}$/,
    )
    const said = JSON.parse(stdout) as { isConfigured: boolean; steps: SetupStep[] }
    assert.equal(said.isConfigured, true)
    assert.deepEqual(
      said.steps.map(({ state }) => state),
      ['present', 'present', 'by_hand'],
    )
    const shown = JSON.parse((await run(['connection', 'show', 'main', '--json'])).stdout) as {
      config: unknown
    }
    assert.deepEqual(shown.config, { key: '********', shelf: 7 })
  })

  test('keeps the key of the administrator nowhere, nor shows the secret of the address', async () => {
    const { rows } = await pool.query<{ config: unknown }>('select config from connection')
    assert.doesNotMatch(JSON.stringify(rows), new RegExp(adminKey))
    const token = (system.address ?? '').split('/').at(-1) ?? 'none'
    const key = join(folder, 'admin.key')
    await writeFile(key, adminKey)
    const { stdout, stderr } = await run([...apply.slice(0, -1), '--admin-key-file', key])
    assert.doesNotMatch(`${stdout}${stderr}`, new RegExp(`${adminKey}|${token}`))
  })

  test('done again changes nothing, the address among it', async () => {
    const known = system.address
    const { stdout } = await run(apply, { BACKHAUL_ADMIN_KEY: adminKey })
    assert.equal((JSON.parse(stdout) as { isConfigured: boolean }).isConfigured, false)
    assert.equal(system.address, known)
  })

  test('leaves the settings alone where that is asked for', async () => {
    system.shelf = 8
    const { stdout } = await run([...apply, '--no-configure'], { BACKHAUL_ADMIN_KEY: adminKey })
    assert.equal((JSON.parse(stdout) as { isConfigured: boolean }).isConfigured, false)
    system.shelf = 7
  })

  test('without a public address of the hub gives none out', async () => {
    const known = system.address
    const env = { BACKHAUL_ADMIN_KEY: adminKey, BACKHAUL_PUBLIC_URL: '' }
    const { code } = await run(apply, env)
    assert.equal(code, 7, 'one step is not done')
    assert.equal(system.address, known)
  })

  test('is taken back when somebody agrees, as far as nothing uses it', async () => {
    const remove = ['depot', 'setup', '--remove']
    assert.equal((await run(remove)).code, 2, 'nobody can be asked here')
    system.isUsed = true
    assert.equal((await run([...remove, '--yes'])).code, 7)
    system.isUsed = false
    assert.equal((await run([...remove, '--yes'])).code, 0)
    assert.equal(system.shelf, null)
  })

  test('is written down: who, what, and how each step ended', async () => {
    const { rows } = await pool.query<{ detail: { action: string; steps: object } }>(
      `select detail from audit_entry where action = 'connection.set_up' order by recorded_at limit 2`,
    )
    const steps = { shelf: 'present', address: 'present', contract: 'by_hand' }
    assert.deepEqual(
      rows.map(({ detail }) => detail),
      [
        { action: 'apply', steps: {} },
        { action: 'apply', steps },
      ],
    )
  })
})

describe('the doctor of a connector', () => {
  test('fails while there is a problem, and is fine afterwards', async () => {
    const ill = await run(['depot', 'doctor'])
    assert.equal(ill.code, 1)
    assert.match(ill.stdout, /✖ Shelf\n {2}There is none\./)
    system.shelf = 7
    const well = await run(['depot', 'doctor', '--json'])
    assert.equal(well.code, 0)
    assert.equal((JSON.parse(well.stdout) as { problems: number }).problems, 0)
  })

  test('has to be told which of several connections, and says when nothing answers', async () => {
    await connect('second', 'away')
    assert.match((await run(['depot', 'doctor'])).stderr, /--connection: main, second/)
    assert.equal((await run(['depot', 'doctor', '--connection', 'third'])).code, 3)
    const away = await run(['depot', 'doctor', '--connection', 'second'])
    assert.equal(away.code, 6)
    assert.match(away.stderr, /CONNECT_FAILED/)
  })
})
