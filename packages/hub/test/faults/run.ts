import { mkdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import type { HubOptions } from '../../bench/environment/hub-process.ts'
import { newSecrets } from '../../bench/environment/site.ts'
import { sourceConnection } from '../../bench/workload/stream.ts'
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../src/platform/embedded-postgres/start.ts'
import { newId } from '../../src/platform/ids.ts'
import { createLogger } from '../../src/platform/logger.ts'
import { removeDataDir } from '../support/temporary-data-dir.ts'
import { checkAudit } from './checker/audit.ts'
import { checkDeliveries, Received } from './checker/deliveries.ts'
import { Findings } from './checker/findings.ts'
import { checkHistory, Sent } from './checker/history.ts'
import { checkLeftovers } from './checker/leftovers.ts'
import { readCases } from './checker/stored-cases.ts'
import { Fleet } from './fleet.ts'
import { Generator } from './generator.ts'
import { type Killed, killAtRandom } from './killer.ts'
import type { FaultOptions } from './options.ts'
import { becomesQuiet, type Waiting } from './quiet.ts'
import { FaultySink } from './sinks.ts'
import { hubOptions, newMasterKey, populate, type SinkName, sinkNames } from './site.ts'

const builtHub = fileURLToPath(new URL('../../bin/backhaul.js', import.meta.url))
/** A lease of a process that was killed while it could not be seen to be dead ends by itself within this. */
const quietLimitMs = 180_000

export interface FaultReport {
  readonly seed: number
  readonly seconds: number
  readonly killed: Killed
  readonly hubStarts: number
  readonly cases: number
  readonly shuffledCases: number
  readonly events: number
  readonly acknowledged: number
  readonly duplicates: number
  readonly answers: Readonly<Record<string, number>>
  readonly deliveries: Readonly<
    Record<string, { keys: number; receptions: number; faults: Readonly<Record<string, number>> }>
  >
  readonly quietAfterSeconds: number
  readonly problems: ReturnType<Findings['list']>
}

interface Stage {
  readonly options: FaultOptions
  readonly dir: string
  readonly server: EmbeddedPostgres
  readonly hubs: readonly HubOptions[]
  readonly sinks: Readonly<Record<SinkName, FaultySink>>
  readonly generator: Generator
}

/** Runs the load and the faults, lets the hubs come to an end with it, and checks what has become of everything. */
export async function runFaults(
  options: FaultOptions,
  say: (line: string) => void,
): Promise<FaultReport> {
  const dir = options.keepDir ?? join(tmpdir(), `backhaul-faults-${newId()}`)
  await mkdir(dir, { recursive: true })
  const dataDir = join(dir, 'database')
  const log = createLogger({ level: 'fatal', destination: process.stderr })
  const server = await startEmbeddedPostgres({ dataDir, log })
  const stage = await setUp({ options, dir, server })
  try {
    return await play(stage, say)
  } finally {
    for (const sink of Object.values(stage.sinks)) sink.close()
    await server.stop()
    if (options.keepDir === null) {
      await removeDataDir(dataDir)
      await rm(dir, { recursive: true, force: true })
    }
  }
}

async function setUp(given: Pick<Stage, 'options' | 'dir' | 'server'>): Promise<Stage> {
  const { options, dir, server } = given
  const sinks = Object.fromEntries(
    sinkNames.map((name, index) => [name, new FaultySink(options.seed + index)]),
  ) as Record<SinkName, FaultySink>
  const ports = await Promise.all(sinkNames.map((name) => sinks[name].listen()))
  const sinkPorts = Object.fromEntries(
    sinkNames.map((name, index) => [name, ports[index] ?? 0]),
  ) as Record<SinkName, number>
  const secrets = newSecrets()
  const masterKey = newMasterKey()
  await populate({ url: server.url, dataDir: dir, masterKey, secrets, sinkPorts })
  const hubs = await hubOptions({
    dir,
    url: server.url,
    masterKey,
    count: options.hubs,
    program: options.hubProgram,
  })
  const generator = new Generator({
    ports: hubs.map(({ port }) => port),
    secret: secrets.inbound,
    rate: options.rate,
    seed: options.seed,
  })
  return { ...given, hubs, sinks, generator }
}

async function play(stage: Stage, say: (line: string) => void): Promise<FaultReport> {
  const { options, server, generator } = stage
  const fleet = new Fleet(stage.hubs)
  const startMs = performance.now()
  const progress = setInterval(() => {
    const kills = fleet.members.reduce((total, member) => total + member.kills, 0)
    say(`${generator.acknowledged} acknowledged, ${kills} kills`)
  }, 15_000)
  try {
    await fleet.start()
    const enough = new AbortController()
    const sending = generator.run(enough.signal)
    const killed = await killAtRandom({
      ...options,
      fleet,
      postmasterPid: () => server.pid,
      databaseUrl: server.url,
    })
    enough.abort()
    await fleet.allReady()
    await sending
    say(`${generator.acknowledged} acknowledged; waiting for the end of everything`)
    return await conclude(stage, { fleet, killed, startMs })
  } finally {
    clearInterval(progress)
    await fleet.stop()
  }
}

async function conclude(
  stage: Stage,
  { fleet, killed, startMs }: { fleet: Fleet; killed: Killed; startMs: number },
): Promise<FaultReport> {
  const { generator, sinks, options, server } = stage
  const db = new pg.Client({ connectionString: server.url })
  await db.connect()
  try {
    const sentMs = performance.now()
    const waiting = await becomesQuiet(db, Object.values(sinks), quietLimitMs)
    const quietAfterSeconds = (performance.now() - sentMs) / 1_000
    await fleet.stop()
    const findings = await check(stage, { db, waiting, fleet })
    return {
      seed: options.seed,
      seconds: (performance.now() - startMs) / 1_000,
      killed,
      hubStarts: fleet.members.reduce((total, { starts }) => total + starts, 0),
      cases: generator.cases.length,
      shuffledCases: generator.cases.filter(({ isShuffled }) => isShuffled).length,
      events: generator.events,
      acknowledged: generator.acknowledged,
      duplicates: generator.duplicates,
      answers: generator.answers,
      deliveries: Object.fromEntries(sinkNames.map((name) => [name, figuresOf(sinks[name])])),
      quietAfterSeconds,
      problems: findings.list(),
    }
  } finally {
    await db.end()
  }
}

function figuresOf({ received, faults }: FaultySink) {
  let receptions = 0
  for (const { times } of received.values()) receptions += times
  return { keys: received.size, receptions, faults }
}

async function check(
  { generator, sinks, hubs }: Stage,
  { db, waiting, fleet }: { db: pg.Client; waiting: Waiting; fleet: Fleet },
): Promise<Findings> {
  const findings = new Findings()
  const sent = new Sent(generator.cases)
  const received = new Received(sinks)
  for await (const stored of readCases(db, sourceConnection)) {
    const applied = checkHistory(findings, sent, stored)
    checkDeliveries(findings, received, { stored, applied })
  }
  sent.checkAll(findings)
  received.checkAll(findings)
  for (const name of sinkNames) {
    for (const key of sinks[name].contradictions)
      findings.add('a key for two contents', `${name}: ${key}`)
  }
  await checkLeftovers(findings, db, { waiting, sent: generator.events })
  for (const { ownEnds, port } of fleet.members) {
    for (const end of ownEnds) findings.add('hub ended by itself', `at ${port}: ${end}`)
  }
  const [hub] = hubs
  if (hub) await checkAudit(findings, db, { ...hub, program: hub.program ?? builtHub })
  return findings
}
