/**
 * Measures the hub against its lines, and against the same job on other libraries.
 * `npm run bench -- --help`; what each figure is made of stands in docs/benchmarks.md.
 */
import { type ContenderOptions, runContender } from './baselines/program.ts'
import { Bench } from './environment/bench.ts'
import { type Findings, figuresOf } from './figures.ts'
import { runLoadProcess } from './load/process.ts'
import { type Options, type Phase, readOptions, usage } from './options.ts'
import { measureChannelMix } from './phases/channel-mix.ts'
import { measureDrain } from './phases/drain.ts'
import { prepareEntrants } from './phases/entrants.ts'
import { measureFullCycle } from './phases/full-cycle.ts'
import { measureLatency } from './phases/latency.ts'
import { measureMapping } from './phases/mapping.ts'
import { measureSecondStart } from './phases/start.ts'
import { describeEnvironment, printTable, writeJson } from './report.ts'

/** The bench is several processes of one program; this is what the others run. */
const programs: Readonly<Record<string, (argument: string) => Promise<void>>> = {
  load: () => runLoadProcess(),
  contender: (argument) => runContender(JSON.parse(argument) as ContenderOptions),
}

async function main(args: readonly string[]): Promise<number> {
  if (args[0] === '--program') {
    await programs[args[1] ?? '']?.(args[2] ?? '')
    return 0
  }
  if (args.includes('--help')) {
    console.log(usage)
    return 0
  }
  return runBench(readOptions(args))
}

async function runBench(options: Options): Promise<number> {
  const bench = await Bench.open(options)
  const found: Findings = { peakMb: 0 }
  try {
    const environment = await describeEnvironment(bench)
    await runPhases(bench, found)
    const figures = figuresOf(found)
    if (options.jsonFile !== null) writeJson(options.jsonFile, { figures, found, environment })
    const outOfLine = printTable(figures)
    return options.asserts && outOfLine.length > 0 ? 1 : 0
  } finally {
    await bench.close()
  }
}

async function runPhases(bench: Bench, found: Findings): Promise<void> {
  const startMs = performance.now()
  const say = (text: string) =>
    console.log(`${((performance.now() - startMs) / 1000).toFixed(0).padStart(5)} s  ${text}`)
  const isAsked = (phase: Phase) => bench.options.phases.includes(phase)
  const entrants = isAsked('full-cycle') || isAsked('latency') ? await prepareEntrants(bench) : []
  if (isAsked('full-cycle')) {
    say('full cycle')
    found.fullCycle = await measureFullCycle(bench, entrants, say)
  }
  if (isAsked('latency')) {
    say('latency at 200 events/s, and memory when idle')
    found.latency = await measureLatency(bench, entrants)
  }
  if (isAsked('drain')) {
    say('drain')
    found.drain = await measureDrain(bench, say)
  }
  if (isAsked('start')) {
    say('second start')
    found.secondStartMs = await measureSecondStart(bench)
  }
  if (isAsked('mapping')) {
    say('mapping')
    found.mapping = measureMapping()
    found.channelMix = await measureChannelMix(bench.options.plan.mixMessages)
  }
  found.peakMb = bench.peakMb
}

process.exitCode = await main(process.argv.slice(2))
