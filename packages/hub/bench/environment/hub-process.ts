import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const builtHub = fileURLToPath(new URL('../../bin/backhaul.js', import.meta.url))
const readyLimitMs = 60_000

export interface HubOptions {
  readonly port: number
  /** Settings of the process, over those of this one. */
  readonly env: Readonly<Record<string, string>>
  readonly logFile: string
  /** The program; the build of this checkout unless said otherwise. */
  readonly program?: string
  readonly nodeArgs?: readonly string[]
}

/** A hub as its users run it: `backhaul serve`, from the build, in a process of its own. */
export class HubProcess {
  readonly #child: ChildProcess
  readonly #exited: Promise<unknown>
  readonly port: number
  /** From the start of the process to the first 200 of /readyz. */
  readonly readyMs: number

  private constructor(
    child: ChildProcess,
    exited: Promise<unknown>,
    at: { port: number; readyMs: number },
  ) {
    this.#child = child
    this.#exited = exited
    this.port = at.port
    this.readyMs = at.readyMs
  }

  /** @throws {Error} when it ends, or does not become ready; its log says why. */
  static async start(options: HubOptions): Promise<HubProcess> {
    const startedMs = performance.now()
    const { child, exited } = spawnHub(options)
    try {
      await becomesReady(child, options)
    } catch (error) {
      child.kill('SIGKILL')
      throw error
    }
    return new HubProcess(child, exited, {
      port: options.port,
      readyMs: performance.now() - startedMs,
    })
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** As an operator does: it ends what is under way. */
  async stop(): Promise<void> {
    this.#child.kill('SIGTERM')
    await this.#exited
  }
}

/** Starts `backhaul serve` and does not wait for it. */
export function spawnHub(options: HubOptions): { child: ChildProcess; exited: Promise<unknown> } {
  const log = openSync(options.logFile, 'a')
  const child = spawn(
    process.execPath,
    [...(options.nodeArgs ?? []), options.program ?? builtHub, 'serve'],
    {
      stdio: ['ignore', log, log],
      env: {
        ...ownEnvironment(),
        BACKHAUL_HOST: '127.0.0.1',
        BACKHAUL_PORT: String(options.port),
        BACKHAUL_LOG_LEVEL: 'warn',
        BACKHAUL_OUTBOUND_ALLOWED_PRIVATE_TARGETS: '127.0.0.0/8',
        ...options.env,
      },
    },
  )
  return { child, exited: once(child, 'exit') }
}

/** What this process was given, without what would reconfigure a hub. */
function ownEnvironment(): NodeJS.ProcessEnv {
  const foreign = /^(BACKHAUL_.*|DATABASE_URL.*|NODE_OPTIONS)$/
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)))
}

async function becomesReady(child: ChildProcess, { port, logFile }: HubOptions): Promise<void> {
  const until = performance.now() + readyLimitMs
  while (performance.now() < until) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`the hub ended at its start; see ${logFile}`)
    }
    if (await isReady(port)) return
    await sleep(10)
  }
  throw new Error(`the hub did not become ready; see ${logFile}`)
}

/** Whether the hub at this port says that it can work. */
export async function isReady(port: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`, {
      signal: AbortSignal.timeout(2_000),
    })
    await answer.arrayBuffer()
    return answer.status === 200
  } catch {
    return false
  }
}

/** A port that was free a moment ago, below those that the system gives out by itself. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000)
    const server = createServer().listen(port, '127.0.0.1')
    const isFree = await Promise.race([
      once(server, 'listening').then(() => true),
      once(server, 'error').then(() => false),
    ]).catch(() => false)
    if (!isFree) continue
    server.close()
    await once(server, 'close')
    return port
  }
}
