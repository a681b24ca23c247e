import { cloudEventType } from '@backhaul/sdk/canonical'
import { type HistoryStep, type PlannedReturn, planReturn } from './history.ts'
import { between, type Random, seeded } from './random.ts'

/** The connection under whose name the load is sent. */
export const sourceConnection = 'neighbor'

/** An event ready to be sent: `number` is its place in its run, and stands in its id. */
export interface NumberedEvent {
  readonly number: number
  readonly id: string
  readonly body: string
}

interface OpenReturn {
  readonly plan: PlannedReturn
  next: number
  lastMs: number
}

/** Hands out the numbers of a run's events, and its name, which is part of every id. */
export interface Run {
  readonly tag: string
  count: number
}

/** The text that precedes the number of an event wherever its id stands. */
function idPrefix(tag: string): string {
  return `bench-${tag}-`
}

/**
 * Events of many returns, mixed: each return's own in their order, never two of the same one close
 * together.
 */
export class EventStream {
  readonly #run: Run
  readonly #name: string
  readonly #random: Random
  readonly #open: OpenReturn[]
  #made = 0

  constructor(options: {
    readonly run: Run
    readonly name: string
    readonly seed: number
    readonly openReturns: number
  }) {
    this.#run = options.run
    this.#name = options.name
    this.#random = seeded(options.seed)
    this.#open = Array.from({ length: options.openReturns }, () => this.#openReturn())
  }

  next(): NumberedEvent {
    const place = between(this.#random, 0, this.#open.length - 1)
    const open = this.#open[place] as OpenReturn
    const step = open.plan.steps[open.next] as HistoryStep
    open.next += 1
    // Two events of a return never have the same time.
    open.lastMs = Math.max(Date.now(), open.lastMs + 1)
    if (open.next === open.plan.steps.length) this.#open[place] = this.#openReturn()
    const number = this.#run.count++
    const id = `${idPrefix(this.#run.tag)}${number}`
    return { number, id, body: cloudEvent({ id, step, ref: open.plan.ref, atMs: open.lastMs }) }
  }

  #openReturn(): OpenReturn {
    const ref = `${this.#run.tag}-${this.#name}-${this.#made++}`
    return { plan: planReturn(ref, this.#random), next: 0, lastMs: 0 }
  }
}

/** As long as what people and systems write beside an event. */
const note =
  'Recorded by the returns desk from the scan of the accompanying slip; the customer was told by e-mail that the return is on its way and what happens next.'

/** An event on the wire. Every one names its return in the source's own words. */
export function cloudEvent(given: {
  readonly id: string
  readonly step: HistoryStep
  readonly ref: string
  readonly atMs: number
}): string {
  return JSON.stringify({
    specversion: '1.0',
    id: given.id,
    source: '/bench',
    type: cloudEventType(given.step.type),
    time: new Date(given.atMs).toISOString(),
    datacontenttype: 'application/json',
    data: {
      actor: 'returns-service@neighbor.example',
      note,
      refs: [{ system: sourceConnection, type: 'return', value: given.ref }],
      ...given.step.data,
    },
  })
}
