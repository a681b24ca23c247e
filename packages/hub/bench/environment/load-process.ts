import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type {
  ClosedLoopLoad,
  ClosedLoopResult,
  Command,
  DrainResult,
  OpenLoopLoad,
  OpenLoopResult,
  Report,
} from '../load/commands.ts'

const program = fileURLToPath(new URL('../main.ts', import.meta.url))

/** Starts one of the bench's own programs as a process. It ends when this one does. */
export function startProgram(name: string, args: readonly string[] = []): ChildProcess {
  return fork(program, ['--program', name, ...args], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
}

/** The load process, asked by name. One question at a time. */
export class LoadProcess {
  readonly #child: ChildProcess
  readonly sinkPorts: readonly number[]
  /** Told when the time that counts begins and ends. */
  onMeasuring: (isMeasuring: boolean) => void = () => undefined
  onProgress: (done: number, of: number) => void = () => undefined

  private constructor(child: ChildProcess, sinkPorts: readonly number[]) {
    this.#child = child
    this.sinkPorts = sinkPorts
  }

  static async start(): Promise<LoadProcess> {
    const child = startProgram('load')
    const [report] = (await once(child, 'message')) as [Report]
    if (report.kind !== 'ready') throw new Error('the load process did not become ready')
    return new LoadProcess(child, report.sinkPorts)
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  closed(given: {
    tag: string
    capacity: number
    load: ClosedLoopLoad
  }): Promise<ClosedLoopResult> {
    return this.#ask({ kind: 'closed', ...given }) as Promise<ClosedLoopResult>
  }

  open(given: { tag: string; capacity: number; load: OpenLoopLoad }): Promise<OpenLoopResult> {
    return this.#ask({ kind: 'open', ...given }) as Promise<OpenLoopResult>
  }

  expect(given: { tag: string; count: number }): Promise<unknown> {
    return this.#ask({ kind: 'expect', ...given })
  }

  drain(given: {
    tag: string
    liveTag: string
    load: OpenLoopLoad
    limitMs: number
  }): Promise<DrainResult> {
    return this.#ask({ kind: 'drain', ...given }) as Promise<DrainResult>
  }

  close(): void {
    this.#child.kill('SIGTERM')
  }

  #ask(command: Command): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const onExit = () => reject(new Error('the load process has ended'))
      const onMessage = (report: Report) => {
        if (report.kind === 'measuring') this.onMeasuring(report.isMeasuring)
        if (report.kind === 'progress') this.onProgress(report.done, report.of)
        if (report.kind !== 'result') return
        this.#child.off('message', onMessage)
        this.#child.off('exit', onExit)
        resolve(report.result)
      }
      this.#child.on('message', onMessage)
      this.#child.once('exit', onExit)
      this.#child.send(command)
    })
  }
}
