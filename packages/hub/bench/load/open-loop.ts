import { setTimeout as sleep } from 'node:timers/promises'
import { seeded } from '../workload/random.ts'
import { EventStream } from '../workload/stream.ts'
import { settled } from './closed-loop.ts'
import type { OpenLoopLoad, OpenLoopResult } from './commands.ts'
import { Sender, type Target } from './sender.ts'
import { quantile, type Tracker } from './tracker.ts'

/**
 * Events at their own times, whatever the target does: arrivals are random with a mean of `rate` a second
 * (a Poisson process), and each is sent at once, on a connection of its own if all others are busy.
 */
export class OpenLoop {
  readonly #tracker: Tracker
  readonly #stream: EventStream
  readonly #target: Target
  readonly #idle: Sender[] = []
  readonly #all: Sender[] = []
  readonly #refused: Record<string, number> = {}
  readonly #random = seeded(7)
  readonly #meanGapMs: number
  #isStopped = false
  #latestMs = 0

  constructor(tracker: Tracker, load: OpenLoopLoad) {
    this.#tracker = tracker
    this.#target = load.target
    this.#meanGapMs = 1000 / load.rate
    this.#stream = new EventStream({
      run: tracker.run,
      name: 'o',
      seed: load.seed,
      openReturns: Math.max(20, load.rate),
    })
  }

  /** Sends until `stop`. */
  async run(): Promise<void> {
    let dueMs = performance.now()
    while (!this.#isStopped && this.#tracker.run.count < this.#tracker.capacity) {
      dueMs += -Math.log(1 - this.#random()) * this.#meanGapMs
      const waitMs = dueMs - performance.now()
      if (waitMs > 0) await sleep(waitMs)
      this.#latestMs = Math.max(this.#latestMs, performance.now() - dueMs)
      void this.#sendOne()
    }
  }

  stop(): void {
    this.#isStopped = true
  }

  close(): void {
    for (const sender of this.#all) sender.close()
  }

  /** How it went for the events from number `from` on. */
  result(from: number): OpenLoopResult {
    const endToEnd = this.#tracker.endToEndMs(from)
    const acknowledged = this.#tracker.acknowledgedMs(from)
    return {
      events: endToEnd.length,
      p50Ms: quantile(endToEnd, 0.5),
      p99Ms: quantile(endToEnd, 0.99),
      p999Ms: quantile(endToEnd, 0.999),
      ackP50Ms: quantile(acknowledged, 0.5),
      ackP99Ms: quantile(acknowledged, 0.99),
      undelivered: this.#tracker.outstanding,
      repeatedDeliveries: this.#tracker.repeated,
      refused: this.#refused,
      latestSendMs: this.#latestMs,
    }
  }

  async #sendOne(): Promise<void> {
    const event = this.#stream.next()
    this.#tracker.sent(event.number)
    for (;;) {
      const sender = this.#idle.pop() ?? this.#open()
      const status = await sender.post(event.id, event.body)
      this.#idle.push(sender)
      if (status >= 200 && status < 300) break
      this.#refused[status] = (this.#refused[status] ?? 0) + 1
      await sleep(20)
    }
    this.#tracker.accepted(event.number)
  }

  #open(): Sender {
    const sender = new Sender(this.#target)
    this.#all.push(sender)
    return sender
  }
}

/** Open loop for a time, after a warm-up that does not count. */
export async function openLoop(tracker: Tracker, load: OpenLoopLoad): Promise<OpenLoopResult> {
  const loop = new OpenLoop(tracker, load)
  const running = loop.run()
  await sleep(load.warmupMs)
  const from = tracker.run.count
  await sleep(load.measureMs)
  loop.stop()
  await running
  await settled(tracker)
  loop.close()
  return loop.result(from)
}
