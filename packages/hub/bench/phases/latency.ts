import { setTimeout as sleep } from 'node:timers/promises'
import type { Bench } from '../environment/bench.ts'
import { residentMb } from '../environment/processes.ts'
import type { OpenLoopResult } from '../load/commands.ts'
import type { Entrant } from './entrants.ts'
import { fullLoad } from './full-cycle.ts'

const rate = 200
const warmupMs = 1_000
/** As much as the timer's own randomness lets the mean pass `rate`. */
const headroom = 2

export interface LatencyAndIdle {
  readonly at200: OpenLoopResult
  /** The same load on the other libraries, by name; none in a quick run. */
  readonly others: Readonly<Record<string, OpenLoopResult>>
  /** Memory of the hub right after its start, and after the load and a time of quiet, MiB. */
  readonly freshMb: number | null
  readonly idleMb: number | null
}

/** A hub that has been through full load has a calm day, 200 events a second, and then quiet. */
export async function measureLatency(
  bench: Bench,
  entrants: readonly Entrant[],
): Promise<LatencyAndIdle> {
  const { quietMs, lendsIntake } = bench.options.plan
  const hub = await bench.withHub(async ({ pid }) => {
    const freshMb = residentMb(pid)
    const at200 = await measure(bench)
    await sleep(quietMs)
    return { at200, freshMb, idleMb: residentMb(pid) }
  })
  const others: Record<string, OpenLoopResult> = {}
  for (const entrant of lendsIntake ? entrants : []) {
    others[entrant.name] = await bench.withContender(entrant, () => measure(bench))
  }
  return { ...hub, others }
}

async function measure(bench: Bench): Promise<OpenLoopResult> {
  const { latencyMs, measureMs } = bench.options.plan
  await fullLoad(bench, { warmupMs: 0, measureMs: measureMs / 2 })
  return bench.load.open({
    tag: bench.nextTag(),
    capacity: Math.ceil(((warmupMs + latencyMs) / 1000) * rate * headroom),
    load: { target: bench.target, rate, warmupMs, measureMs: latencyMs, seed: 200 },
  })
}
