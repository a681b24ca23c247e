import type { ChildProcess } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { type HubOptions, isReady, spawnHub } from '../../bench/environment/hub-process.ts'

/** Before a hub that ended by itself at its start is tried again: as a process supervisor does. */
const restartMs = 200
const readyLimitMs = 60_000

/** A hub process and whoever watches over it: it is started again as soon as it is gone. */
class Member {
  readonly #options: HubOptions
  #child: ChildProcess | null = null
  #watching: Promise<void> | null = null
  #isWanted = true
  starts = 0
  kills = 0
  /** Ends that nobody asked for. */
  readonly ownEnds: string[] = []
  #isKilled = false

  constructor(options: HubOptions) {
    this.#options = options
  }

  get port(): number {
    return this.#options.port
  }

  start(): void {
    this.#watching = this.#watch()
  }

  /** kill -9. @returns whether there was a process to kill. */
  kill(): boolean {
    const child = this.#child
    if (child === null || child.exitCode !== null || child.signalCode !== null) return false
    this.#isKilled = true
    this.kills += 1
    return child.kill('SIGKILL')
  }

  async stop(): Promise<void> {
    this.#isWanted = false
    this.#child?.kill('SIGTERM')
    await this.#watching
  }

  async #watch(): Promise<void> {
    while (this.#isWanted) {
      this.starts += 1
      this.#isKilled = false
      const { child, exited } = spawnHub(this.#options)
      this.#child = child
      await exited
      if (this.#isKilled || !this.#isWanted) continue
      this.ownEnds.push(`exit code ${child.exitCode}, signal ${child.signalCode}`)
      await sleep(restartMs)
    }
  }
}

/** Several hubs on one database. */
export class Fleet {
  readonly members: readonly Member[]

  constructor(options: readonly HubOptions[]) {
    this.members = options.map((one) => new Member(one))
  }

  /** @throws {Error} when one of them does not become ready. */
  async start(): Promise<void> {
    for (const member of this.members) {
      member.start()
      await this.#ready(member)
    }
  }

  /** Resolves when all of them say that they can work. */
  async allReady(): Promise<void> {
    for (const member of this.members) await this.#ready(member)
  }

  async stop(): Promise<void> {
    await Promise.all(this.members.map((member) => member.stop()))
  }

  async #ready(member: Member): Promise<void> {
    const until = performance.now() + readyLimitMs
    while (!(await isReady(member.port))) {
      if (performance.now() > until)
        throw new Error(`the hub at ${member.port} did not become ready`)
      await sleep(50)
    }
  }
}
