import { parseArgs } from 'node:util'

const phases = ['full-cycle', 'latency', 'drain', 'start', 'mapping'] as const
export type Phase = (typeof phases)[number]

/** How much of everything a run does. */
interface Plan {
  /** Times that each contender is measured; the median counts. */
  readonly rounds: number
  readonly warmupMs: number
  readonly measureMs: number
  /** Whether the other libraries are also tried behind the hub's own intake. */
  readonly lendsIntake: boolean
  readonly ceilingBatches: number
  readonly latencyMs: number
  readonly drainMessages: number
  readonly drainLimitMs: number
  readonly quietMs: number
  /** Messages of all channels that are mapped. */
  readonly mixMessages: number
}

export interface Options {
  readonly isQuick: boolean
  readonly jsonFile: string | null
  /** Whether a figure on the wrong side of its line ends the run with exit code 1. */
  readonly asserts: boolean
  readonly phases: readonly Phase[]
  readonly plan: Plan
  readonly senders: number
  readonly window: number
  /** Where the hub writes a processor profile, if it shall. */
  readonly profileDir: string | null
}

const full: Plan = {
  rounds: 3,
  warmupMs: 8_000,
  measureMs: 15_000,
  lendsIntake: true,
  ceilingBatches: 60,
  latencyMs: 30_000,
  drainMessages: 1_000_000,
  drainLimitMs: 20 * 60_000,
  quietMs: 20_000,
  mixMessages: 1_000_000,
}

const quick: Plan = {
  rounds: 1,
  warmupMs: 1_000,
  measureMs: 3_000,
  lendsIntake: false,
  ceilingBatches: 10,
  latencyMs: 4_000,
  drainMessages: 15_000,
  drainLimitMs: 30_000,
  quietMs: 2_500,
  mixMessages: 30_000,
}

export const usage = `npm run bench -- [options]
  --quick            smaller loads, within 60 seconds
  --json FILE        writes the figures as JSON
  --assert           exit code 1 where a figure is out of its line
  --only PHASE,…     ${phases.join(', ')}
  --rounds N         times that each contender is measured
  --seconds N        how long each is measured
  --messages N       backlog of the drain
  --senders N        senders of the closed loop (256)
  --window N         events that may be under way (2000)
  --profile DIR      the hub writes a processor profile there`

/** @throws {TypeError} for an option that it does not know. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
      assert: { type: 'boolean', default: false },
      only: { type: 'string' },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      messages: { type: 'string' },
      senders: { type: 'string', default: '256' },
      window: { type: 'string', default: '2000' },
      profile: { type: 'string' },
    },
  })
  const plan = values.quick ? quick : full
  return {
    isQuick: values.quick,
    jsonFile: values.json ?? null,
    asserts: values.assert,
    phases: readPhases(values.only),
    plan: {
      ...plan,
      rounds: numberOf('rounds', values.rounds) ?? plan.rounds,
      measureMs: secondsOf(values.seconds) ?? plan.measureMs,
      drainMessages: numberOf('messages', values.messages) ?? plan.drainMessages,
    },
    senders: numberOf('senders', values.senders) ?? 256,
    window: numberOf('window', values.window) ?? 2_000,
    profileDir: values.profile ?? null,
  }
}

function readPhases(text: string | undefined): readonly Phase[] {
  if (text === undefined) return phases
  return text.split(',').map((name) => {
    const phase = phases.find((known) => known === name)
    if (phase === undefined) throw new TypeError(`there is no phase ${name}`)
    return phase
  })
}

function secondsOf(text: string | undefined): number | null {
  const seconds = numberOf('seconds', text)
  return seconds === null ? null : seconds * 1_000
}

function numberOf(name: string, text: string | undefined): number | null {
  if (text === undefined) return null
  const number = Number(text)
  if (!Number.isFinite(number) || number <= 0) throw new TypeError(`--${name} needs a number`)
  return number
}
