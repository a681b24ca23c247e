import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { channelsDir, connectors } from '@backhaul/connectors'
import { openAsAdmin } from '@backhaul/connectors/test-odoo'
import { calm, type Neighborhood, startNeighborhood, stormy } from '@backhaul/simulator'
import pg from 'pg'
import { seeded } from '../../bench/workload/random.ts'
import { createSession } from '../../src/cli/session.ts'
import { withHub } from '../../src/cli/with-hub.ts'
import { startEmbeddedPostgres } from '../../src/platform/embedded-postgres/start.ts'
import { newId } from '../../src/platform/ids.ts'
import { createLogger } from '../../src/platform/logger.ts'
import { Fleet } from '../faults/fleet.ts'
import { hubOptions, newMasterKey } from '../faults/site.ts'
import { HubClient } from '../odoo-storm/hub-client.ts'
import { removeDataDir } from '../support/temporary-data-dir.ts'
import { compareAll, type Ended } from './compare.ts'
import { connectAll, pollPauses } from './connect.ts'
import { type PlannedReturn, planReturn } from './kinds.ts'
import type { LifecycleOptions } from './options.ts'
import { type DeskKeys, People, Stuck, type Town } from './people.ts'
import { type Expected, plays } from './play.ts'
import { countsOf, type LifecycleReport, reportOf } from './report.ts'

const builtHub = fileURLToPath(new URL('../../bin/backhaul.js', import.meta.url))
const quietLimitMs = 180_000

type Say = (line: string) => void

/** Starts everything, plays the returns, waits until nothing moves, and compares the hub with all of its neighbors. */
export async function runLifecycle(options: LifecycleOptions, say: Say): Promise<LifecycleReport> {
  const dir = options.keepDir ?? join(tmpdir(), `backhaul-lifecycle-${newId()}`)
  await mkdir(dir, { recursive: true })
  const log = createLogger({ level: 'fatal', destination: process.stderr })
  const postgres = await startEmbeddedPostgres({ dataDir: join(dir, 'database'), log })
  const { seed, returns: orders } = options
  const neighborhood = await startNeighborhood({ orders, seed })
  try {
    return await live(options, { dir, url: postgres.url, neighborhood, say })
  } finally {
    await neighborhood.close()
    await postgres.stop()
    if (options.keepDir === null) {
      await removeDataDir(join(dir, 'database'))
      await rm(dir, { recursive: true, force: true })
    }
  }
}

interface Stage {
  readonly dir: string
  readonly url: string
  readonly neighborhood: Neighborhood
  readonly say: Say
}

async function live(options: LifecycleOptions, stage: Stage): Promise<LifecycleReport> {
  const { dir, url, neighborhood, say } = stage
  const masterKey = newMasterKey()
  const [settings] = await hubOptions({ dir, url, masterKey, count: 1, program: null })
  if (settings === undefined) throw new Error('a hub has settings')
  const hubUrl = `http://127.0.0.1:${settings.port}`
  const env = {
    ...settings.env,
    BACKHAUL_POLLS_PAUSES: pollPauses.join(','),
    BACKHAUL_PUBLIC_URL: hubUrl,
    BACKHAUL_OUTBOUND_ALLOWED_PRIVATE_TARGETS: '127.0.0.0/8',
  }
  const fleet = new Fleet([{ ...settings, env }])
  const hub = new HubClient([settings.port], seeded(options.seed + 1))
  try {
    await fleet.start()
    await withHub(sessionOf(env), (desk) => connectAll(desk, { neighborhood, hubUrl }))
    const keys = await makeKeys(env)
    const town: Town = { neighborhood, hub, keys, run: options.seed.toString(36) }
    neighborhood.setWeather(options.isCalm ? calm : stormy)
    const startMs = performance.now()
    const played = await playAll(options, { town, say })
    say(`${played.length} returns played; waiting until nothing moves`)
    neighborhood.setWeather(calm)
    await becomesQuiet(url, neighborhood)
    const seconds = (performance.now() - startMs) / 1_000
    const ended = await endedOf(played, town)
    const admin = await adminOf(neighborhood)
    const drift = await compareAll(ended, { neighborhood, admin })
    const counts = await countsOf(url)
    const ownEnds = fleet.members.flatMap((member) => member.ownEnds)
    return reportOf({ options, seconds, played, ended, drift, counts, neighborhood, ownEnds })
  } finally {
    await fleet.stop()
    await hub.close()
  }
}

/** A command line in this process. */
function sessionOf(env: Readonly<Record<string, string>>) {
  const { stdin, stdout, stderr } = process
  const context = {
    version: '0.0.0',
    env: { ...process.env, ...env },
    stdin,
    stdout,
    stderr,
    connectors: async () => connectors,
    channelsDir: async () => channelsDir,
    serve: async () => 1,
  }
  return createSession(context, { quiet: true, yes: true })
}

async function adminOf({ odoo }: Neighborhood) {
  const { url, database, login, key, adminKey } = odoo
  return openAsAdmin({
    url,
    database,
    hub: { login, key },
    admin: { login: 'admin', key: adminKey },
  })
}

/** Keys are made as an operator makes them. */
async function makeKeys(env: Readonly<Record<string, string>>): Promise<DeskKeys> {
  const make = async (role: string): Promise<string> => {
    const args = [builtHub, 'key', 'create', `lifecycle ${role}`, '--role', role, '--json']
    const child = spawn(process.execPath, args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const chunks: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
    await once(child, 'close')
    return (JSON.parse(Buffer.concat(chunks).toString()) as { key: string }).key
  }
  return { agent: await make('agent'), warehouse: await make('warehouse') }
}

/** What became of playing a return: what is expected of it, or where its people waited in vain. */
export interface Played {
  readonly planned: PlannedReturn
  readonly expected: readonly Expected[]
  readonly stuck: string | null
}

async function playAll(
  options: LifecycleOptions,
  { town, say }: { readonly town: Town; readonly say: Say },
): Promise<Played[]> {
  const random = seeded(options.seed)
  const { kinds } = options
  const waiting = Array.from({ length: options.returns }, (_, index) =>
    planReturn(index + 1, { random, kinds }),
  )
  const played: Played[] = []
  const work = async (): Promise<void> => {
    for (let planned = waiting.shift(); planned; planned = waiting.shift()) {
      played.push(await playOne(town, planned))
      if (played.length % 50 === 0) say(`${played.length} returns played`)
    }
  }
  await Promise.all(Array.from({ length: options.atOnce }, work))
  return played
}

async function playOne(town: Town, planned: PlannedReturn): Promise<Played> {
  try {
    const expected = await plays[planned.kind](new People(town, planned))
    return { planned, expected, stuck: null }
  } catch (error) {
    const stuck = error instanceof Error ? error.message : String(error)
    if (!(error instanceof Stuck)) return { planned, expected: [], stuck: `failed: ${stuck}` }
    return { planned, expected: [], stuck }
  }
}

async function endedOf(played: readonly Played[], { hub, keys }: Town): Promise<Ended[]> {
  const ended: Ended[] = []
  for (const { planned, expected } of played) {
    for (const one of expected) {
      const shown = await hub.send('GET', `/api/v1/returns/${one.id}`, { key: keys.agent })
      ended.push({ planned, expected: one, shown: shown as Ended['shown'] })
    }
  }
  return ended
}

/** Nothing waits in the hub, nobody is about to tell it anything, and its polls have looked once more. */
async function becomesQuiet(url: string, { shopify, woocommerce, zendesk }: Neighborhood) {
  await Promise.all([shopify, woocommerce, zendesk].map(({ webhooks }) => webhooks.settled()))
  const db = new pg.Client({ connectionString: url })
  await db.connect()
  const until = performance.now() + quietLimitMs
  try {
    for (let quiet = 0; quiet < 8 && performance.now() < until; ) {
      const { rows } = await db.query<{ readonly left: number }>(
        `select ((select count(*) from inbox_ready) + (select count(*) from outbox_ready))::int as left`,
      )
      quiet = rows[0]?.left === 0 ? quiet + 1 : 0
      await sleep(500)
    }
  } finally {
    await db.end()
  }
}
