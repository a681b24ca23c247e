import { readFileSync } from 'node:fs'
import type { CliContext } from './cli/context.ts'
import { runCli } from './cli/program.ts'
import { isSystemError } from './platform/private-files.ts'

/**
 * Runs one command line: `backhaul <args>`. This is where the parts of the product meet.
 *
 * @returns the exit code.
 */
export async function main(args: readonly string[]): Promise<number> {
  // Whoever reads our output may stop reading, as `head` does: the work goes on to its end.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error) => {
      if (!isSystemError(error, 'EPIPE', 'ERR_STREAM_DESTROYED')) throw error
    })
  }
  const version = productVersion()
  return runCli(args, {
    version,
    env: process.env,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    connectors,
    channelsDir: async () => (await import('@backhaul/connectors')).channelsDir,
    serve: async (options) => {
      const { serve } = await import('./serve.ts')
      return serve(options, { version, connectors })
    },
  })
}

/** The connectors that this hub is built with. */
async function connectors(): ReturnType<CliContext['connectors']> {
  return (await import('@backhaul/connectors')).connectors
}

function productVersion(): string {
  // Beside src as beside dist.
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
