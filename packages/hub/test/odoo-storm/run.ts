import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import {
  ensurePlaces,
  openAsAdmin,
  type ScenarioAdmin,
  type Server,
  serverOf,
} from '@backhaul/connectors/test-odoo'
import { type ProxyFault, startFaultyProxy, startOdoo } from '@backhaul/simulator'
import pg from 'pg'
import { openSite } from '../../bench/environment/site.ts'
import { pick, seeded } from '../../bench/workload/random.ts'
import { startEmbeddedPostgres } from '../../src/platform/embedded-postgres/start.ts'
import { newId } from '../../src/platform/ids.ts'
import { createLogger } from '../../src/platform/logger.ts'
import type { Findings } from '../faults/checker/findings.ts'
import { Fleet } from '../faults/fleet.ts'
import { killAtRandom } from '../faults/killer.ts'
import { hubOptions, newMasterKey } from '../faults/site.ts'
import { removeDataDir } from '../support/temporary-data-dir.ts'
import { compare } from './compare.ts'
import { Driver, type Keys, type Played } from './driver.ts'
import { HubClient } from './hub-client.ts'
import type { StormOptions } from './options.ts'
import { planReturn } from './plan.ts'
import { SalesDesk, type SoldReturn } from './sales.ts'

const builtHub = fileURLToPath(new URL('../../bin/backhaul.js', import.meta.url))
const connectionId = 'odoo-main'
const quietLimitMs = 300_000
/** So that what fails is tried again while the run lasts, and never given up. */
const delaysSeconds = [1, 1, 1, 2, 2, 3, ...Array.from({ length: 40 }, () => 5)]
const cuts = ['cut_before', 'cut_after', 'cut_after', 'half_answer', 'unavailable_before'] as const

export interface StormReport {
  readonly seed: number
  readonly seconds: number
  readonly returns: number
  readonly kills: number
  readonly calls: number
  readonly callsPerReturn: number
  readonly mostAtOnce: number
  readonly faults: Readonly<Partial<Record<ProxyFault, number>>>
  readonly answers: Readonly<Record<string, number>>
  readonly left: { readonly inbox: number; readonly outbox: number; readonly dead: number }
  readonly problems: ReturnType<Findings['list']>
}

/** The server that returns are kept in: a real one where the environment names it, else the double. */
async function openServer(): Promise<{ server: Server; close: () => Promise<void> }> {
  const real = serverOf(process.env)
  if (real !== null) return { server: real, close: async () => undefined }
  const double = await startOdoo({ seed: 'recorded' })
  const { url, database, login, key, adminKey } = double
  return {
    server: { url, database, hub: { login, key }, admin: { login: 'admin', key: adminKey } },
    close: () => double.close(),
  }
}

/** Sells, takes returns under cuts and kills, waits for the end of everything, and compares both sides. */
export async function runStorm(
  options: StormOptions,
  say: (line: string) => void,
): Promise<StormReport> {
  const dir = options.keepDir ?? join(tmpdir(), `backhaul-storm-${newId()}`)
  await mkdir(dir, { recursive: true })
  const log = createLogger({ level: 'fatal', destination: process.stderr })
  const postgres = await startEmbeddedPostgres({ dataDir: join(dir, 'database'), log })
  const { server, close } = await openServer()
  try {
    return await storm(options, { dir, url: postgres.url, server, say })
  } finally {
    await close()
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
  readonly server: Server
  readonly say: (line: string) => void
}

async function storm(options: StormOptions, stage: Stage): Promise<StormReport> {
  const { dir, url, server, say } = stage
  const random = seeded(options.seed)
  const admin = await openAsAdmin(server)
  const places = await ensurePlaces(admin)
  const sold = await sellAll(options, admin, say)
  const weather = { isBad: true }
  const proxy = await startFaultyProxy({
    target: server.url,
    fault: () => (weather.isBad && random() < options.cutShare ? pick(random, cuts) : null),
  })
  const masterKey = newMasterKey()
  await connect({ dir, url, masterKey }, { options, server, places, address: proxy.url })
  const hubs = await hubOptions({ dir, url, masterKey, count: options.hubs, program: null })
  const keys = await makeKeys(hubs[0]?.env ?? {})
  const fleet = new Fleet(hubs)
  const hub = new HubClient(
    hubs.map(({ port }) => port),
    seeded(options.seed + 1),
  )
  const startMs = performance.now()
  try {
    await fleet.start()
    const playing = playAll(options, { driver: new Driver(hub, keys), sold, say })
    const isPlayed = { yes: false }
    void playing.finally(() => {
      isPlayed.yes = true
    })
    const kills = await killWhile(options, { fleet, url, isPlayed })
    const played = await playing
    say(`${played.length} returns played; waiting for the end of everything`)
    weather.isBad = false
    await fleet.allReady()
    const left = await becomesQuiet(url)
    const findings = await compare(played, { admin, hub, key: keys.agent })
    for (const { ownEnds } of fleet.members) {
      for (const end of ownEnds) findings.add('hub ended by itself', end)
    }
    return {
      seed: options.seed,
      seconds: (performance.now() - startMs) / 1_000,
      returns: played.length,
      kills,
      calls: proxy.requests,
      callsPerReturn: proxy.requests / Math.max(1, played.length),
      mostAtOnce: proxy.mostAtOnce,
      faults: proxy.faults,
      answers: hub.answers,
      left,
      problems: findings.list(),
    }
  } finally {
    await fleet.stop()
    await hub.close()
    await proxy.close()
  }
}

async function sellAll(
  options: StormOptions,
  admin: ScenarioAdmin,
  say: (line: string) => void,
): Promise<SoldReturn[]> {
  const desk = new SalesDesk(admin)
  await desk.open()
  const random = seeded(options.seed + 2)
  const sold: SoldReturn[] = []
  for (let number = 1; number <= options.returns; number += 1) {
    const ref = `${options.seed.toString(36)}-${number}`
    sold.push(await desk.sellFor({ ...planReturn(number, random), ref }))
    if (number % 100 === 0) say(`${number} orders sold, delivered and invoiced`)
  }
  return sold
}

async function connect(
  at: { readonly dir: string; readonly url: string; readonly masterKey: string },
  given: {
    readonly options: StormOptions
    readonly server: Server
    readonly places: unknown
    readonly address: string
  },
): Promise<void> {
  const { options, server, places, address } = given
  const site = await openSite({ url: at.url, dataDir: at.dir, masterKey: at.masterKey })
  const by = { actor: 'storm' }
  const roles = ['erp', 'payments', 'supplier'] as const
  await site.connections.createConnection(
    {
      connectionId,
      connector: 'odoo',
      title: 'Odoo',
      roles: [...roles],
      retry: { delaysSeconds },
      config: {
        url: address,
        database: server.database,
        ...server.hub,
        transport: options.transport,
        concurrency: options.concurrency,
        warehouses: { '*': places },
      },
    },
    by,
  )
  for (const role of roles) await site.connections.setRoute({ role, connectionId }, by)
  await site.close()
}

/** Keys are made as an operator makes them. */
async function makeKeys(env: Readonly<Record<string, string>>): Promise<Keys> {
  const make = async (role: string): Promise<string> => {
    const args = [builtHub, 'key', 'create', `storm ${role}`, '--role', role, '--json']
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

async function playAll(
  options: StormOptions,
  { driver, sold, say }: { driver: Driver; sold: readonly SoldReturn[]; say: Stage['say'] },
): Promise<Played[]> {
  const waiting = [...sold]
  const played: Played[] = []
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      played.push(await driver.play(next))
      if (played.length % 50 === 0) say(`${played.length} returns played`)
    }
  }
  await Promise.all(Array.from({ length: options.atOnce }, work))
  return played
}

/** Kills in rounds while returns are played, so that the kills fall into the work whatever its speed. */
async function killWhile(
  options: StormOptions,
  { fleet, url, isPlayed }: { fleet: Fleet; url: string; isPlayed: { yes: boolean } },
): Promise<number> {
  let kills = 0
  while (kills < options.kills && !isPlayed.yes) {
    const round = { kills: 1, pgKills: 0, terminations: 0, seconds: 2 }
    const { hubs } = await killAtRandom({
      ...round,
      seed: options.seed + kills,
      fleet,
      postmasterPid: () => 0,
      databaseUrl: url,
    })
    kills += hubs
  }
  return kills
}

async function becomesQuiet(url: string): Promise<StormReport['left']> {
  const db = new pg.Client({ connectionString: url })
  await db.connect()
  const until = performance.now() + quietLimitMs
  try {
    for (let quiet = 0; ; ) {
      const { rows } = await db.query<StormReport['left']>(
        `select (select count(*)::int from inbox_ready) as inbox,
           (select count(*)::int from outbox_ready) as outbox,
           (select count(*)::int from outbox_dead) as dead`,
      )
      const left = rows[0] ?? { inbox: 0, outbox: 0, dead: 0 }
      quiet = left.inbox + left.outbox === 0 ? quiet + 1 : 0
      if (quiet === 6 || performance.now() > until) return left
      await sleep(500)
    }
  } finally {
    await db.end()
  }
}
