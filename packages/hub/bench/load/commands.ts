import type { Target } from './sender.ts'

/** What the load process is asked to do. */
export type Command =
  | {
      readonly kind: 'closed'
      readonly tag: string
      readonly capacity: number
      readonly load: ClosedLoopLoad
    }
  | {
      readonly kind: 'open'
      readonly tag: string
      readonly capacity: number
      readonly load: OpenLoopLoad
    }
  | { readonly kind: 'expect'; readonly tag: string; readonly count: number }
  | {
      readonly kind: 'drain'
      readonly tag: string
      readonly liveTag: string
      readonly load: OpenLoopLoad
      readonly limitMs: number
    }

export interface ClosedLoopLoad {
  readonly target: Target
  readonly senders: number
  /** Events that may be under way at the most. */
  readonly window: number
  readonly warmupMs: number
  readonly measureMs: number
  /** Share of events that are sent a second time. */
  readonly duplicateShare: number
  readonly seed: number
}

export interface OpenLoopLoad {
  readonly target: Target
  /** Events a second. */
  readonly rate: number
  readonly warmupMs: number
  readonly measureMs: number
  readonly seed: number
}

export interface ClosedLoopResult {
  /** Events that reached both sinks within the measured time. */
  readonly events: number
  readonly seconds: number
  readonly perSecond: number
  readonly sent: number
  readonly undelivered: number
  readonly repeatedDeliveries: number
  readonly duplicatesSent: number
  /** Answers other than 2xx, by status; 0 for a broken connection. */
  readonly refused: Readonly<Record<string, number>>
  readonly generatorCpuMsPerEvent: number
  readonly endToEndP50Ms: number | null
  readonly acceptedP50Ms: number | null
}

export interface OpenLoopResult {
  readonly events: number
  /** From the webhook's first byte to its arrival at the second sink. */
  readonly p50Ms: number | null
  readonly p99Ms: number | null
  readonly p999Ms: number | null
  /** From the webhook's first byte to the answer. */
  readonly ackP50Ms: number | null
  readonly ackP99Ms: number | null
  readonly undelivered: number
  readonly repeatedDeliveries: number
  readonly refused: Readonly<Record<string, number>>
  /** How far behind its time the generator itself sent, at worst. */
  readonly latestSendMs: number
}

export interface DrainResult {
  readonly messages: number
  /** From the start of the load to the last backlog event at the last sink. */
  readonly seconds: number
  readonly undelivered: number
  readonly repeatedDeliveries: number
  readonly live: OpenLoopResult
}

/** What the load process says. */
export type Report =
  | { readonly kind: 'ready'; readonly sinkPorts: readonly number[] }
  | { readonly kind: 'measuring'; readonly isMeasuring: boolean }
  | { readonly kind: 'progress'; readonly done: number; readonly of: number }
  | {
      readonly kind: 'result'
      readonly result: ClosedLoopResult | OpenLoopResult | DrainResult | null
    }
