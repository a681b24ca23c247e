import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { availableParallelism, cpus, totalmem, type } from 'node:os'
import type { Bench } from './environment/bench.ts'
import { type Figures, type Findings, type Line, linesOf } from './figures.ts'

/** On what, and of what, a run was made. */
export async function describeEnvironment(bench: Bench): Promise<Record<string, unknown>> {
  return {
    at: new Date().toISOString(),
    command: ['npm run bench --', ...process.argv.slice(2)].join(' '),
    commit: commitOf(),
    node: process.version,
    system: `${type()}, ${availableParallelism()} x ${cpus()[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 1_073_741_824)} GiB`,
    postgres: await bench.server.describe(),
    load: {
      senders: bench.options.senders,
      window: bench.options.window,
      ...bench.options.plan,
    },
  }
}

function commitOf(): string {
  try {
    const git = (...args: string[]) =>
      execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
    const changed = git('status', '--porcelain') === '' ? '' : ', with changes'
    return `${git('rev-parse', '--short=12', 'HEAD')}${changed}`
  } catch {
    return 'unknown'
  }
}

/** The figures, with everything that they were made of. */
export function writeJson(
  file: string,
  report: { figures: Figures; found: Findings; environment: Record<string, unknown> },
): void {
  const { figures, found, environment } = report
  writeFileSync(file, `${JSON.stringify({ ...figures, environment, details: found }, null, 2)}\n`)
}

/** Prints the figures as a table. @returns the lines that are not held. */
export function printTable(figures: Figures): Line[] {
  const lines = linesOf(figures)
  const width = Math.max(...lines.map(({ name }) => name.length))
  for (const { name, value, limit, isHeld } of lines) {
    const verdict = value === null ? 'not measured' : isHeld ? 'held' : 'OUT OF LINE'
    console.log(
      `${name.padEnd(width)}  ${String(value ?? '-').padStart(9)}  ${limit.padEnd(10)} ${verdict}`,
    )
  }
  return lines.filter(({ isHeld }) => !isHeld)
}
