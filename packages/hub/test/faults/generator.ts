import { setTimeout as sleep } from 'node:timers/promises'
import { prepareSigner } from '@backhaul/sdk/signing'
import { Agent, request } from 'undici'
import { webhookPath } from '../../bench/environment/site.ts'
import { between, type Random, seeded } from '../../bench/workload/random.ts'
import { type PlannedCase, type PlannedEvent, planCase } from './plan.ts'

const duplicateShare = 0.01
/** Returns that are open at the same time, for each event a second: enough that the rate holds while their senders wait for a hub that is being started again. */
const openPerRate = 2
/** Some seconds' worth. */
const remembered = 1_000
const requestLimitMs = 15_000
/** A sender that gets no answer tries again after a moment, which differs so that not all come at once. */
const retryMs = { low: 50, high: 500 }

export interface GeneratorOptions {
  readonly ports: readonly number[]
  readonly secret: string
  readonly rate: number
  readonly seed: number
}

/**
 * The systems around the hub, as they should be: each event is sent, to any of the hubs, again and again
 * until it is acknowledged. One in a hundred is sent once more although it was.
 */
export class Generator {
  readonly cases: PlannedCase[] = []
  /** Answers by status; 0 for none. */
  readonly answers: Record<string, number> = {}
  duplicates = 0
  acknowledged = 0
  readonly #options: GeneratorOptions
  readonly #random: Random
  readonly #sign: ReturnType<typeof prepareSigner>
  readonly #agent = new Agent({ connections: 64, pipelining: 1 })
  readonly #open: PlannedCase[] = []
  readonly #recent: PlannedEvent[] = []
  readonly #underway = new Set<Promise<void>>()
  #opensMore = true

  constructor(options: GeneratorOptions) {
    this.#options = options
    this.#random = seeded(options.seed)
    this.#sign = prepareSigner(options.secret)
  }

  /** Sends at its rate until `signal`, then what is left of the returns that it has begun; resolves when all is acknowledged. */
  async run(signal: AbortSignal): Promise<void> {
    let dueMs = performance.now()
    while (this.#opensMore || this.#open.length > 0) {
      if (signal.aborted) this.#opensMore = false
      dueMs += -Math.log(1 - this.#random()) * (1_000 / this.#options.rate)
      const waitMs = dueMs - performance.now()
      if (waitMs > 0) await sleep(waitMs)
      const event = this.#next()
      if (event !== null) this.#begin(event)
      else if (waitMs <= 0) await sleep(1)
    }
    await Promise.all(this.#underway)
    await this.#agent.close()
  }

  get events(): number {
    return this.cases.reduce((total, { events }) => total + events.length, 0)
  }

  #begin(event: PlannedEvent): void {
    this.#track(this.#send(event))
    if (this.#recent.push(event) > remembered) this.#recent.shift()
    if (this.#random() >= duplicateShare) return
    // Of one that was acknowledged long ago, or is just under way.
    const again = this.#recent[between(this.#random, 0, this.#recent.length - 1)] ?? event
    this.duplicates += 1
    this.#track(this.#post(again))
  }

  #track(work: Promise<void>): void {
    this.#underway.add(work)
    void work.finally(() => this.#underway.delete(work))
  }

  /** The next event of a random return; null when all of them wait for an acknowledgment. */
  #next(): PlannedEvent | null {
    while (this.#opensMore && this.#open.length < this.#options.rate * openPerRate) {
      const opened = planCase(this.cases.length, this.#random)
      this.cases.push(opened)
      this.#open.push(opened)
    }
    const start = between(this.#random, 0, Math.max(0, this.#open.length - 1))
    for (let step = 0; step < this.#open.length; step += 1) {
      const place = (start + step) % this.#open.length
      const planned = this.#open[place]
      if (planned === undefined || !mayGoOn(planned)) continue
      const event = planned.sending.shift()
      if (planned.sending.length === 0) this.#open.splice(place, 1)
      return event ?? null
    }
    return null
  }

  async #send(event: PlannedEvent): Promise<void> {
    event.state = 'sent'
    await this.#post(event)
    event.state = 'acknowledged'
    this.acknowledged += 1
  }

  async #post(event: PlannedEvent): Promise<void> {
    for (;;) {
      const port = this.#options.ports[between(this.#random, 0, this.#options.ports.length - 1)]
      const status = await this.#try(event, port ?? 0)
      this.answers[status] = (this.answers[status] ?? 0) + 1
      if (status >= 200 && status < 300) return
      await sleep(between(this.#random, retryMs.low, retryMs.high))
    }
  }

  async #try({ id, body }: PlannedEvent, port: number): Promise<number> {
    const timestampSeconds = Math.floor(Date.now() / 1_000)
    try {
      const answer = await request(`http://127.0.0.1:${port}${webhookPath}`, {
        method: 'POST',
        dispatcher: this.#agent,
        headersTimeout: requestLimitMs,
        bodyTimeout: requestLimitMs,
        headers: {
          'content-type': 'application/json',
          'webhook-id': id,
          'webhook-timestamp': String(timestampSeconds),
          'webhook-signature': this.#sign({ id, timestampSeconds, body }),
        },
        body,
      })
      await answer.body.dump()
      return answer.statusCode
    } catch {
      return 0
    }
  }
}

/** A return in order waits until its last event is acknowledged. */
function mayGoOn({ isShuffled, events, sending }: PlannedCase): boolean {
  return isShuffled || events[events.length - sending.length - 1]?.state !== 'sent'
}
