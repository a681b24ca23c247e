import type { LibraryName } from '../baselines/program.ts'
import { type RecordedBatch, recordBatches } from '../ceiling/record.ts'
import { type CeilingResult, replayBatches } from '../ceiling/replay.ts'
import type { Bench, CpuPerEvent } from '../environment/bench.ts'
import type { ClosedLoopResult } from '../load/commands.ts'
import type { Entrant } from './entrants.ts'

const duplicateShare = 0.01
/** More than any contender sends in a second, so that a run's arrays never end before it does. */
const mostPerSecond = 20_000
const ceilingWarmup = 4

interface Measured extends ClosedLoopResult {
  readonly cpuMsPerEvent: CpuPerEvent
  /** Of the contender's process, MiB. */
  readonly peakMb: number
}

/** A contender with all its rounds; `perSecond` is their median. */
interface Contender<Round> {
  readonly name: string
  readonly perSecond: number
  readonly rounds: readonly Round[]
}

export interface Other extends Contender<Measured> {
  readonly library: LibraryName
  readonly isPlain: boolean
}

export interface FullCycle {
  readonly hub: Contender<Measured>
  readonly sqlCeiling: Contender<CeilingResult>
  readonly others: readonly Other[]
}

/** All contenders, one after the other, as many times as there are rounds. */
export async function measureFullCycle(
  bench: Bench,
  entrants: readonly Entrant[],
  say: (line: string) => void,
): Promise<FullCycle> {
  const { rounds } = bench.options.plan
  const recorded = await record(bench)
  const hub: Measured[] = []
  const ceiling: CeilingResult[] = []
  const others = entrants.map((entrant) => ({ entrant, rounds: [] as Measured[] }))
  for (let round = 0; round < rounds; round += 1) {
    hub.push(await bench.withHub(({ pid }) => measure(bench, pid)))
    say(line('hub', hub.at(-1)))
    ceiling.push(await replay(bench, recorded, round))
    say(`  sql ceiling: ${Math.round(ceiling.at(-1)?.perSecond ?? 0)} events/s`)
    for (const { entrant, rounds: own } of others) {
      own.push(await bench.withContender(entrant, (pid) => measure(bench, pid)))
      say(line(entrant.name, own.at(-1)))
    }
  }
  return {
    hub: contender('hub', hub),
    sqlCeiling: contender('sql ceiling', ceiling),
    others: others.map(({ entrant, rounds: own }) => ({
      ...contender(entrant.name, own),
      library: entrant.library,
      isPlain: entrant.isPlain,
    })),
  }
}

async function record(bench: Bench): Promise<RecordedBatch[]> {
  const { site } = await bench.prepareDatabase('bench_recording', { withSinks: true })
  try {
    return await recordBatches(site, bench.options.plan.ceilingBatches)
  } finally {
    await site.close()
  }
}

async function replay(
  bench: Bench,
  recorded: readonly RecordedBatch[],
  round: number,
): Promise<CeilingResult> {
  const { url, site } = await bench.prepareDatabase(`bench_ceiling_${round}`)
  await site.close()
  await bench.server.checkpoint()
  return replayBatches(url, recorded, ceilingWarmup)
}

async function measure(bench: Bench, pid: number): Promise<Measured> {
  await bench.server.checkpoint()
  const meter = bench.meter(pid)
  const result = await fullLoad(bench, bench.options.plan)
  return {
    ...result,
    cpuMsPerEvent: meter.perEvent(result.events, result.generatorCpuMsPerEvent),
    peakMb: bench.memory.peakMb,
  }
}

/** All that the target takes, for a time. */
export function fullLoad(
  bench: Bench,
  { warmupMs, measureMs }: { readonly warmupMs: number; readonly measureMs: number },
): Promise<ClosedLoopResult> {
  const { senders, window } = bench.options
  const tag = bench.nextTag()
  return bench.load.closed({
    tag,
    capacity: Math.ceil(((warmupMs + measureMs) / 1000) * mostPerSecond),
    load: {
      target: bench.target,
      senders,
      window,
      warmupMs,
      measureMs,
      duplicateShare,
      seed: Number(tag.slice(1)),
    },
  })
}

function contender<Round extends { readonly perSecond: number }>(
  name: string,
  rounds: readonly Round[],
): Contender<Round> {
  return { name, perSecond: median(rounds.map(({ perSecond }) => perSecond)), rounds }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const [low, high] = [sorted[middle - 1] ?? 0, sorted[middle] ?? 0]
  return sorted.length % 2 === 1 ? high : (low + high) / 2
}

function line(name: string, measured: Measured | undefined): string {
  if (!measured) return `  ${name}: nothing`
  const { perSecond, cpuMsPerEvent, undelivered, repeatedDeliveries, refused } = measured
  const cpu = [cpuMsPerEvent.process, cpuMsPerEvent.postgres, cpuMsPerEvent.generator]
    .map((ms) => (ms === null ? '-' : ms.toFixed(3)))
    .join(' + ')
  const trouble = [
    undelivered > 0 ? `${undelivered} undelivered` : '',
    repeatedDeliveries > 0 ? `${repeatedDeliveries} delivered twice` : '',
    Object.keys(refused).length > 0 ? `refused ${JSON.stringify(refused)}` : '',
  ].filter((text) => text !== '')
  return [`  ${name}: ${Math.round(perSecond)} events/s, CPU ms/event ${cpu}`, ...trouble].join(
    '; ',
  )
}
