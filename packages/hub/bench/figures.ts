import type { ChannelMix } from './phases/channel-mix.ts'
import type { Drain } from './phases/drain.ts'
import type { FullCycle, Other } from './phases/full-cycle.ts'
import type { LatencyAndIdle } from './phases/latency.ts'
import type { Mapping } from './phases/mapping.ts'

/** What the phases of a run have found; a phase that did not run is left out. */
export interface Findings {
  fullCycle?: FullCycle
  latency?: LatencyAndIdle
  drain?: Drain
  secondStartMs?: number
  mapping?: Mapping
  channelMix?: ChannelMix
  peakMb: number
}

/** The figures that the product is held to. Null: not measured in this run. */
export interface Figures {
  readonly fullCycle: {
    readonly perSecond: number | null
    readonly ratio: {
      readonly sqlCeiling: number | null
      readonly graphileWorker: number | null
      readonly pgBoss: number | null
      /** The same two with the hub's own intake lent to them: what its outbox alone is worth. */
      readonly graphileWorkerOnOwnIntake: number | null
      readonly pgBossOnOwnIntake: number | null
    }
  }
  readonly latency: {
    readonly at200: {
      readonly p50Ms: number | null
      readonly p99Ms: number | null
      readonly ackP99Ms: number | null
    }
  }
  readonly drain: {
    readonly messages: number | null
    readonly seconds: number | null
    readonly liveP99Ms: number | null
  }
  readonly memory: { readonly peakMb: number | null; readonly idleMb: number | null }
  readonly start: { readonly secondMs: number | null }
  readonly mapping: {
    readonly pathsPerSecond: number | null
    readonly pathsFromBytesPerSecond: number | null
    readonly expressionsPerSecond: number | null
    readonly expressionsFromBytesPerSecond: number | null
    readonly mix: {
      readonly messages: number | null
      readonly perSecond: number | null
      readonly earlyMb: number | null
      readonly lateMb: number | null
      readonly peakMb: number | null
    }
  }
}

/** Makes the figures of what was found. */
export function figuresOf(found: Findings): Figures {
  const { fullCycle, latency, drain, mapping, channelMix } = found
  return {
    fullCycle: {
      perSecond: rounded(fullCycle?.hub.perSecond, 0),
      ratio: {
        sqlCeiling: rounded(ratioTo(fullCycle, fullCycle?.sqlCeiling.perSecond), 3),
        graphileWorker: ratioToOther(fullCycle, { library: 'graphile-worker', isPlain: true }),
        pgBoss: ratioToOther(fullCycle, { library: 'pg-boss', isPlain: true }),
        graphileWorkerOnOwnIntake: ratioToOther(fullCycle, {
          library: 'graphile-worker',
          isPlain: false,
        }),
        pgBossOnOwnIntake: ratioToOther(fullCycle, { library: 'pg-boss', isPlain: false }),
      },
    },
    latency: {
      at200: {
        p50Ms: rounded(latency?.at200.p50Ms, 2),
        p99Ms: rounded(latency?.at200.p99Ms, 2),
        ackP99Ms: rounded(latency?.at200.ackP99Ms, 2),
      },
    },
    drain: {
      messages: drain?.messages ?? null,
      seconds: rounded(drain?.seconds, 2),
      liveP99Ms: rounded(drain?.live.p99Ms, 1),
    },
    memory: {
      peakMb: rounded(found.peakMb, 0),
      idleMb: rounded(highest(latency?.idleMb, drain?.idleMb), 0),
    },
    start: { secondMs: rounded(found.secondStartMs, 0) },
    mapping: {
      pathsPerSecond: rounded(mapping?.paths.decodedPerSecond, 0),
      pathsFromBytesPerSecond: rounded(mapping?.paths.perSecond, 0),
      expressionsPerSecond: rounded(mapping?.expressions.decodedPerSecond, 0),
      expressionsFromBytesPerSecond: rounded(mapping?.expressions.perSecond, 0),
      mix: {
        messages: channelMix?.messages ?? null,
        perSecond: rounded(channelMix && channelMix.messages / channelMix.seconds, 0),
        earlyMb: rounded(channelMix?.rssMb.early, 0),
        lateMb: rounded(channelMix?.rssMb.late, 0),
        peakMb: rounded(channelMix?.rssMb.peak, 0),
      },
    },
  }
}

function ratioToOther(
  fullCycle: FullCycle | undefined,
  { library, isPlain }: Pick<Other, 'library' | 'isPlain'>,
): number | null {
  const other = fullCycle?.others.find((one) => one.library === library && one.isPlain === isPlain)
  return rounded(ratioTo(fullCycle, other?.perSecond), 3)
}

function ratioTo(fullCycle: FullCycle | undefined, other: number | undefined): number | undefined {
  return fullCycle && other ? fullCycle.hub.perSecond / other : undefined
}

function highest(...values: (number | null | undefined)[]): number | null {
  const known = values.filter((value) => typeof value === 'number')
  return known.length === 0 ? null : Math.max(...known)
}

function rounded(value: number | null | undefined, digits: number): number | null {
  return value === null || value === undefined ? null : Number(value.toFixed(digits))
}

/** A line that a figure is held to. */
export interface Line {
  readonly name: string
  readonly value: number | null
  readonly limit: string
  readonly isHeld: boolean
}

/** The backlog that has to be drained in ten minutes. A smaller one is held to the same pace. */
const backlog = { messages: 1_000_000, seconds: 600 }

/** Each figure with its line, in the order in which people ask for them. */
export function linesOf(figures: Figures): Line[] {
  const { fullCycle, latency, drain, memory, start, mapping } = figures
  const drainLimit =
    drain.messages === null ? null : (backlog.seconds * drain.messages) / backlog.messages
  return [
    atLeast('full cycle, events/s', fullCycle.perSecond, 3_000),
    atLeast('  x graphile-worker', fullCycle.ratio.graphileWorker, 1.2),
    atLeast('  x pg-boss', fullCycle.ratio.pgBoss, 1.5),
    atLeast('  x graphile-worker, own intake', fullCycle.ratio.graphileWorkerOnOwnIntake, 1),
    atLeast('  x pg-boss, own intake', fullCycle.ratio.pgBossOnOwnIntake, 1),
    atLeast('  x sql ceiling', fullCycle.ratio.sqlCeiling, 0.4),
    atMost('end to end p50 at 200/s, ms', latency.at200.p50Ms, 10),
    atMost('end to end p99 at 200/s, ms', latency.at200.p99Ms, 60),
    atMost('acknowledged p99 at 200/s, ms', latency.at200.ackP99Ms, 25),
    atMost(
      `drain of ${drain.messages ?? 0} messages, s`,
      drain.seconds,
      drainLimit ?? backlog.seconds,
    ),
    atMost('fresh events p99 meanwhile, ms', drain.liveP99Ms, 1_000),
    atMost('memory of the hub at its peak, MiB', memory.peakMb, 300),
    atMost('memory of the hub when idle, MiB', memory.idleMb, 200),
    atMost('second start to ready, ms', start.secondMs, 3_000),
    atLeast('mapped by 20 paths, messages/s', mapping.pathsPerSecond, 100_000),
    atLeast('  from their bytes', mapping.pathsFromBytesPerSecond, 50_000),
    atLeast('mapped by 20 expressions, messages/s', mapping.expressionsPerSecond, 10_000),
    atLeast('  from their bytes', mapping.expressionsFromBytesPerSecond, 10_000),
    atMost('memory growth over mixed channels, MiB', growthOf(mapping.mix), 50),
  ]
}

/** After the first tenth, in which the compiler and its caches settle. */
function growthOf({ earlyMb, lateMb }: Figures['mapping']['mix']): number | null {
  return earlyMb === null || lateMb === null ? null : lateMb - earlyMb
}

function atLeast(name: string, value: number | null, limit: number): Line {
  return { name, value, limit: `>= ${limit}`, isHeld: value === null || value >= limit }
}

function atMost(name: string, value: number | null, limit: number): Line {
  return { name, value, limit: `<= ${limit}`, isHeld: value === null || value <= limit }
}
