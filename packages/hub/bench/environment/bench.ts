import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { removeDataDir, temporaryDataDir } from '../../test/support/temporary-data-dir.ts'
import type { ContenderOptions } from '../baselines/program.ts'
import type { Target } from '../load/sender.ts'
import type { Options } from '../options.ts'
import { freePort, HubProcess } from './hub-process.ts'
import { LoadProcess, startProgram } from './load-process.ts'
import { cpuMs, MemoryWatch } from './processes.ts'
import { BenchServer } from './server.ts'
import { newSecrets, openSite, populate, type Site, webhookPath } from './site.ts'

/** Processor time that an event has cost, in milliseconds. Null where the system does not say. */
export interface CpuPerEvent {
  readonly process: number | null
  readonly postgres: number | null
  readonly generator: number
}

/** Everything that the phases of a bench share. */
export class Bench {
  readonly options: Options
  readonly dataDir: string
  readonly server: BenchServer
  readonly load: LoadProcess
  readonly memory = new MemoryWatch()
  readonly secrets = newSecrets()
  readonly port: number
  #peakMb = 0
  #tags = 0

  private constructor(given: {
    options: Options
    dataDir: string
    server: BenchServer
    load: LoadProcess
    port: number
  }) {
    this.options = given.options
    this.dataDir = given.dataDir
    this.server = given.server
    this.load = given.load
    this.port = given.port
  }

  static async open(options: Options): Promise<Bench> {
    const dataDir = temporaryDataDir()
    const [server, load, port] = await Promise.all([
      BenchServer.start(dataDir),
      LoadProcess.start(),
      freePort(),
    ])
    const bench = new Bench({ options, dataDir, server, load, port })
    await bench.#prepareHub()
    return bench
  }

  get target(): Target {
    return { port: this.port, path: webhookPath, secret: this.secrets.inbound }
  }

  /** The most memory that the hub has had in any phase, MiB. */
  get peakMb(): number {
    return this.#peakMb
  }

  /** A name for the next run of events. */
  nextTag(): string {
    this.#tags += 1
    return `r${this.#tags}`
  }

  /** Runs `work` with the hub up, and notes its memory. */
  async withHub<T>(
    work: (hub: HubProcess) => Promise<T>,
    env: Record<string, string> = {},
  ): Promise<T> {
    const hub = await this.#startHub(env)
    try {
      return await work(hub)
    } finally {
      this.#notePeak()
      this.memory.follow(null)
      await hub.stop()
    }
  }

  /** @throws {Error} when it does not become ready. */
  async #startHub(env: Record<string, string> = {}): Promise<HubProcess> {
    const { profileDir } = this.options
    const hub = await HubProcess.start({
      port: this.port,
      logFile: join(this.dataDir, 'hub.log'),
      env: { BACKHAUL_DATA_DIR: this.dataDir, ...env },
      nodeArgs: profileDir === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileDir}`],
    })
    this.memory.follow(hub.pid)
    return hub
  }

  #notePeak(): void {
    this.#peakMb = Math.max(this.#peakMb, this.memory.peakMb)
    this.memory.forget()
  }

  /** Runs `work` against one of the other contenders. */
  async withContender<T>(
    given: Pick<ContenderOptions, 'library' | 'form' | 'url'>,
    work: (pid: number) => Promise<T>,
  ): Promise<T> {
    const options: ContenderOptions = {
      ...given,
      dataDir: this.dataDir,
      port: this.port,
      sinkPorts: this.load.sinkPorts,
      secrets: this.secrets,
    }
    const child = startProgram('contender', [JSON.stringify(options)])
    await ready(child, given.library)
    this.memory.follow(child.pid ?? null)
    try {
      return await work(child.pid ?? 0)
    } finally {
      this.memory.follow(null)
      this.memory.forget()
      child.kill('SIGTERM')
      await once(child, 'exit')
    }
  }

  /** A database with the hub's schema, for everything but the hub itself. */
  async prepareDatabase(
    name: string,
    { withSinks = false } = {},
  ): Promise<{ url: string; site: Site }> {
    const url = await this.server.createDatabase(name)
    const site = await openSite({ url, dataDir: this.dataDir })
    const sinkPorts = withSinks ? this.load.sinkPorts : []
    await populate(site, { secrets: this.secrets, sinkPorts })
    return { url, site }
  }

  /** Processor time of a process and of PostgreSQL while the load says that it counts. */
  meter(pid: number): { perEvent: (events: number, generator: number) => CpuPerEvent } {
    let process: number | null = null
    let postgres: number | null = null
    this.load.onMeasuring = (isMeasuring) => {
      const sign = isMeasuring ? -1 : 1
      const [own, server] = [cpuMs(pid), cpuMs(this.server.pid, { children: true })]
      process = own === null ? null : (process ?? 0) + sign * own
      postgres = server === null ? null : (postgres ?? 0) + sign * server
    }
    return {
      perEvent: (events, generator) => ({
        process: process === null ? null : process / events,
        postgres: postgres === null ? null : postgres / events,
        generator,
      }),
    }
  }

  async close(): Promise<void> {
    this.memory.close()
    this.load.close()
    await this.server.stop()
    await removeDataDir(this.dataDir)
  }

  async #prepareHub(): Promise<void> {
    if (this.options.profileDir !== null) await mkdir(this.options.profileDir, { recursive: true })
    const site = await openSite({ url: this.server.url(), dataDir: this.dataDir })
    await populate(site, { secrets: this.secrets, sinkPorts: this.load.sinkPorts })
    await site.close()
  }
}

async function ready(child: ChildProcess, name: string): Promise<void> {
  const ended = once(child, 'exit').then(() => {
    throw new Error(`${name} ended at its start`)
  })
  await Promise.race([once(child, 'message'), ended])
}
