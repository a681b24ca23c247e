import type { Run } from '../workload/stream.ts'

/** Sinks by their number; each is one bit of an event's mark. */
export const sinkCount = 2
const allSinks = (1 << sinkCount) - 1

/** What became of the events of one run: when each was sent, accepted and received by every sink. */
export class Tracker {
  readonly run: Run
  readonly #marks: Uint8Array
  readonly #sentMs: Float64Array
  readonly #ackMs: Float64Array
  readonly #doneMs: Float64Array
  /** Told of every event that the last sink has received. */
  onDone: () => void = () => undefined
  done = 0
  /** Receptions beyond the first by the same sink. */
  repeated = 0
  /** Told of an event that was never sent in this run. */
  strays = 0

  constructor(tag: string, capacity: number) {
    this.run = { tag, count: 0 }
    this.#marks = new Uint8Array(capacity)
    this.#sentMs = new Float64Array(capacity)
    this.#ackMs = new Float64Array(capacity)
    this.#doneMs = new Float64Array(capacity)
  }

  /** Events that at least one sink still has to receive. */
  get outstanding(): number {
    return this.run.count - this.done
  }

  get capacity(): number {
    return this.#marks.length
  }

  /** Counts events that somebody else has put into the hub. */
  expect(count: number): void {
    this.run.count += count
  }

  sent(number: number): void {
    this.#sentMs[number] = performance.now()
  }

  accepted(number: number): void {
    this.#ackMs[number] = performance.now() - (this.#sentMs[number] ?? 0)
  }

  received(number: number, sink: number): void {
    const mark = this.#marks[number]
    const bit = 1 << sink
    if (mark === undefined || number >= this.run.count) this.strays += 1
    else if ((mark & bit) !== 0) this.repeated += 1
    else {
      this.#marks[number] = mark | bit
      if ((mark | bit) === allSinks) this.#complete(number)
    }
  }

  #complete(number: number): void {
    this.#doneMs[number] = performance.now() - (this.#sentMs[number] ?? 0)
    this.done += 1
    this.onDone()
  }

  /** Milliseconds from sending to the last sink, of the events that were sent from number `from` on and have arrived. */
  endToEndMs(from = 0): Float64Array {
    return this.#doneMs.slice(from, this.run.count).filter((ms) => ms > 0)
  }

  /** Milliseconds from sending to the hub's answer. */
  acknowledgedMs(from = 0): Float64Array {
    return this.#ackMs.slice(from, this.run.count).filter((ms) => ms > 0)
  }
}

/** The value below which the share `q` of the values lies, by nearest rank; null of none. */
export function quantile(values: Float64Array, q: number): number | null {
  if (values.length === 0) return null
  const sorted = values.toSorted()
  return sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)] ?? null
}
