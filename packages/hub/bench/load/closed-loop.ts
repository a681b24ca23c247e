import { setTimeout as sleep } from 'node:timers/promises'
import { seeded } from '../workload/random.ts'
import { EventStream, type NumberedEvent } from '../workload/stream.ts'
import type { ClosedLoopLoad, ClosedLoopResult } from './commands.ts'
import { Sender } from './sender.ts'
import { quantile, type Tracker } from './tracker.ts'

const retryMs = 20
const settleMs = 20_000
const remembered = 64

interface Counters {
  isStopped: boolean
  duplicates: number
  refused: Record<string, number>
}

/**
 * As many events as the target takes: each sender posts its next event when the last one was accepted,
 * and none as long as `window` events have not reached every sink. What counts is what the sinks have.
 */
export async function closedLoop(
  tracker: Tracker,
  load: ClosedLoopLoad,
  onMeasuring: (isMeasuring: boolean) => void,
): Promise<ClosedLoopResult> {
  const gate = new Gate(tracker, load.window)
  const counters: Counters = { isStopped: false, duplicates: 0, refused: {} }
  const senders = Array.from({ length: load.senders }, (_, index) =>
    send({ tracker, load, gate, counters }, index),
  )
  await sleep(load.warmupMs)
  onMeasuring(true)
  const cpuBefore = process.cpuUsage()
  const from = { done: tracker.done, atMs: performance.now(), number: tracker.run.count }
  await sleep(load.measureMs)
  const seconds = (performance.now() - from.atMs) / 1000
  const events = tracker.done - from.done
  const cpu = process.cpuUsage(cpuBefore)
  onMeasuring(false)
  counters.isStopped = true
  gate.open()
  await Promise.all(senders)
  await settled(tracker)
  return {
    events,
    seconds,
    perSecond: events / seconds,
    sent: tracker.run.count,
    undelivered: tracker.outstanding,
    repeatedDeliveries: tracker.repeated,
    duplicatesSent: counters.duplicates,
    refused: counters.refused,
    generatorCpuMsPerEvent: (cpu.user + cpu.system) / 1000 / events,
    endToEndP50Ms: quantile(tracker.endToEndMs(from.number), 0.5),
    acceptedP50Ms: quantile(tracker.acknowledgedMs(from.number), 0.5),
  }
}

async function send(
  with_: { tracker: Tracker; load: ClosedLoopLoad; gate: Gate; counters: Counters },
  index: number,
): Promise<void> {
  const { tracker, load, gate, counters } = with_
  const sender = new Sender(load.target)
  const random = seeded(load.seed * 1_000 + index)
  const stream = new EventStream({
    run: tracker.run,
    name: String(index),
    seed: load.seed * 1_000 + index,
    openReturns: 4,
  })
  const recent: NumberedEvent[] = []
  while (!counters.isStopped && tracker.run.count < tracker.capacity) {
    if (!gate.isOpen) await gate.opened()
    const event = stream.next()
    tracker.sent(event.number)
    await postUntilAccepted(sender, event, counters)
    tracker.accepted(event.number)
    recent[event.number % remembered] = event
    if (random() < load.duplicateShare) {
      const again = recent[Math.floor(random() * remembered)] ?? event
      counters.duplicates += 1
      await postUntilAccepted(sender, again, counters)
    }
  }
  sender.close()
}

/** A sender's rule: what was not accepted is sent again. */
async function postUntilAccepted(
  sender: Sender,
  event: NumberedEvent,
  counters: Counters,
): Promise<void> {
  for (;;) {
    const status = await sender.post(event.id, event.body)
    if (status >= 200 && status < 300) return
    counters.refused[status] = (counters.refused[status] ?? 0) + 1
    if (counters.isStopped) return
    await sleep(retryMs)
  }
}

/** Keeps senders back while too much is under way. */
class Gate {
  readonly #tracker: Tracker
  readonly #window: number
  #waiting: (() => void)[] = []
  #isForcedOpen = false

  constructor(tracker: Tracker, window: number) {
    this.#tracker = tracker
    this.#window = window
    tracker.onDone = () => {
      if (this.#waiting.length > 0 && this.isOpen) this.#waiting.shift()?.()
    }
  }

  get isOpen(): boolean {
    return this.#isForcedOpen || this.#tracker.outstanding < this.#window
  }

  opened(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  /** For good. */
  open(): void {
    this.#isForcedOpen = true
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}

/** Waits until everything sent has reached every sink, or long enough to say that it will not. */
export async function settled(tracker: Tracker): Promise<void> {
  const until = performance.now() + settleMs
  while (tracker.outstanding > 0 && performance.now() < until) await sleep(20)
}
