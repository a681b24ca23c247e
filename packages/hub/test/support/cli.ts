import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { removeDataDir, temporaryDataDir } from './temporary-data-dir.ts'

const program = fileURLToPath(new URL('../../bin/backhaul.js', import.meta.url))

/** How one command line ended, and what it said. */
export interface CliRun {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A folder to run command lines in, as a user would, with the environment that they share. */
export interface Workplace {
  readonly folder: string
  readonly dataDir: string
  run(args: readonly string[], options?: RunOptions): Promise<CliRun>
  /** Starts `serve`, and waits until it says that it is ready. */
  serve(options?: ServeProcessOptions): Promise<HubProcess>
  remove(): Promise<void>
}

interface RunOptions {
  readonly env?: NodeJS.ProcessEnv
  readonly input?: string
}

interface ServeProcessOptions {
  readonly args?: readonly string[]
  readonly env?: NodeJS.ProcessEnv
}

/** A running hub, as its own process. */
export interface HubProcess {
  readonly pid: number
  readonly url: string
  readonly stdout: () => string
  readonly signal: (signal: NodeJS.Signals) => void
  /** The exit code; the signal's name where a signal ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>
}

/** Makes an empty folder. Its data folder is the hub's to make. */
export async function makeWorkplace(env: NodeJS.ProcessEnv = {}): Promise<Workplace> {
  const dataDir = temporaryDataDir()
  const folder = `${dataDir}-work`
  await mkdir(folder)
  const shared = { ...process.env, BACKHAUL_DATA_DIR: dataDir, ...env }
  return {
    folder,
    dataDir,
    run: (args, options = {}) =>
      run(folder, args, { ...options, env: { ...shared, ...options.env } }),
    serve: (options = {}) => serve(folder, { ...options, env: { ...shared, ...options.env } }),
    async remove() {
      await removeDataDir(dataDir)
      await removeDataDir(folder)
    },
  }
}

function run(
  folder: string,
  args: readonly string[],
  { env, input = '' }: RunOptions,
): Promise<CliRun> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], { cwd: folder, env })
    const said = listen(child)
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, stdout: said.stdout, stderr: said.stderr }))
    child.stdin.end(input)
  })
}

function listen(child: ChildProcess): { stdout: string; stderr: string } {
  const said = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.setEncoding('utf8').on('data', (text: string) => {
      said[stream] += text
    })
  }
  return said
}

async function serve(
  folder: string,
  { args = ['--port', '0'], env }: ServeProcessOptions,
): Promise<HubProcess> {
  const child = spawn(process.execPath, [program, 'serve', ...args], { cwd: folder, env })
  process.once('exit', () => child.kill('SIGKILL'))
  const said = listen(child)
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.once('close', (code, signal) => resolve(code ?? signal))
  })
  const url = await Promise.race([
    readyAddress(child),
    ended.then((code) => {
      throw new Error(`serve ended with ${code} before it was ready: ${said.stderr}${said.stdout}`)
    }),
  ])
  return {
    pid: child.pid ?? 0,
    url,
    ended,
    stdout: () => said.stdout,
    signal: (signal) => void child.kill(signal),
  }
}

function readyAddress(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    let said = ''
    child.stdout?.on('data', (text: string) => {
      said += text
      const [, url] = /"url":"([^"]+)".*"msg":"ready"/.exec(said) ?? []
      if (url !== undefined) resolve(url)
    })
  })
}
