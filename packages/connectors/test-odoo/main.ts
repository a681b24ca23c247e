/** Every scenario on a running Odoo, over each transport that it speaks. `npm run test:odoo -- --help`. */
import { writeFileSync } from 'node:fs'
import { DeliveryError } from '@backhaul/sdk/connector'
import { startOdoo } from '@backhaul/simulator'
import { cleanUp } from './clean-up.ts'
import { openAsAdmin, type Server, serverOf, serverOfDouble } from './connection.ts'
import type { Undo } from './fixtures.ts'
import {
  missingFrom,
  readOptions,
  type ScenarioOptions,
  type Transport,
  transports,
  usage,
} from './options.ts'
import { type Played, play, type Run } from './play.ts'

const marks = { passed: '✔', failed: '✖', skipped: '–' } as const

async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help')) {
    console.log(usage)
    return 0
  }
  const options = readOptions(args)
  const missing = options.double === null ? missingFrom(process.env) : null
  if (missing !== null) {
    console.log(missing)
    return 2
  }
  const { server, close } = await openServer(options)
  try {
    const { runs, stays } = await playAll(server, options)
    if (options.jsonFile !== null) {
      writeFileSync(options.jsonFile, `${JSON.stringify({ runs, stays }, null, 2)}\n`)
    }
    return summarize(runs, stays)
  } catch (error) {
    if (!(error instanceof DeliveryError)) throw error
    console.log(`the server cannot be worked with: ${error.message}`)
    return 1
  } finally {
    await close()
  }
}

async function openServer({ double }: ScenarioOptions) {
  const real = double === null ? serverOf(process.env) : null
  if (real !== null) return { server: real, close: async () => undefined }
  const odoo = await startOdoo({ version: double ?? 19, loadHoldMs: 0 })
  return { server: serverOfDouble(odoo), close: () => odoo.close() }
}

async function playAll(server: Server, options: ScenarioOptions) {
  const { double, only, transport } = options
  const admin = await openAsAdmin(server)
  const spoken = transports.filter((one) => one === 'jsonrpc' || admin.server.version >= 19)
  const asked = transport === null ? spoken : spoken.filter((one) => one === transport)
  if (asked.length === 0) console.log(`Odoo ${admin.server.name} does not speak ${transport}`)
  const undos: Undo[] = []
  const runs: Run[] = []
  try {
    for (const one of asked) {
      const say = (played: Played) => console.log(lineOf(one, played))
      const given = { transport: one, isDouble: double !== null, only, undos, say }
      runs.push(await play(server, given))
    }
  } finally {
    if (double === null) console.log('cleaning up')
  }
  return { runs, stays: double === null ? await cleanUp(admin, undos) : [] }
}

function lineOf(transport: Transport, { group, name, outcome, reason, seconds }: Played): string {
  const time = outcome === 'skipped' ? '' : `  ${seconds.toFixed(1)} s`
  const why = reason === null ? '' : `\n    ${reason.replaceAll('\n', '\n    ')}`
  return `${marks[outcome]} ${transport}  ${group}: ${name}${time}${why}`
}

function count({ played }: Run, outcome: Played['outcome']): number {
  return played.filter((one) => one.outcome === outcome).length
}

/** @returns the exit code. */
function summarize(runs: readonly Run[], stays: readonly string[]): number {
  console.table(
    runs.map((run) => ({
      Odoo: run.version,
      transport: run.transport,
      passed: count(run, 'passed'),
      failed: count(run, 'failed'),
      skipped: count(run, 'skipped'),
      seconds: Number(run.seconds.toFixed(1)),
    })),
  )
  const unclear = runs.flatMap(({ played }) => played.filter(({ reason }) => reason !== null))
  const told = unclear.map(({ group, name, outcome, reason }) => {
    const [first] = (reason ?? '').split('\n', 1)
    return `${marks[outcome]} ${group}: ${name}: ${first}`
  })
  for (const line of [...new Set(told), ...stays]) console.log(line)
  const isClean = runs.every((run) => count(run, 'failed') === 0)
  const isAny = runs.some((run) => count(run, 'passed') > 0)
  return isClean && isAny ? 0 : 1
}

process.exitCode = await main(process.argv.slice(2))
