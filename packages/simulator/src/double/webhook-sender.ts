import { setTimeout as sleep } from 'node:timers/promises'

/** Where a system tells what has happened, and how it proves that it is itself. */
export interface Subscriber {
  readonly url: string
  /** Headers that the vendor signs a body with; called for each attempt. */
  readonly sign: (body: Buffer, url: string) => Readonly<Record<string, string>>
}

export interface WebhookPolicy {
  /** How often a message is tried at most. */
  readonly attempts: number
  /** Pauses before the second attempt, the third, and so on; the last one is used again. */
  readonly delaysMs: readonly number[]
  readonly timeoutMs: number
}

/** What goes wrong with webhooks, each a share of the messages. */
export interface WebhookVices {
  /** Sent twice. */
  readonly duplicate: number
  /** Never sent. */
  readonly loss: number
  /** Sent after those that follow it. */
  readonly disorder: number
  /** How late every one is sent. */
  readonly delayMs: number
}

const virtuous: WebhookVices = { duplicate: 0, loss: 0, disorder: 0, delayMs: 0 }

interface Message {
  readonly body: Buffer
  readonly headers: Readonly<Record<string, string>>
}

/** What became of the messages so far. */
export interface WebhookTally {
  sent: number
  accepted: number
  refused: number
  lost: number
}

/** Sends messages in their order to each subscriber, as carelessly as the vices say. */
export class WebhookSender {
  readonly #policy: WebhookPolicy
  readonly #chance: () => number
  readonly #queues = new Map<string, { subscriber: Subscriber; waiting: Message[] }>()
  readonly #running = new Set<Promise<void>>()
  /** Where a message is refused to the end: vendors give a subscriber up sooner or later. */
  onGivenUp: ((url: string) => void) | null = null
  vices: WebhookVices = virtuous
  readonly tally: WebhookTally = { sent: 0, accepted: 0, refused: 0, lost: 0 }
  #isClosed = false

  constructor(policy: WebhookPolicy, chance: () => number) {
    this.#policy = policy
    this.#chance = chance
  }

  get subscribers(): readonly string[] {
    return [...this.#queues.keys()]
  }

  /** From now on `url` is told. A second subscription with the same address replaces the first. */
  subscribe(subscriber: Subscriber): void {
    const waiting = this.#queues.get(subscriber.url)?.waiting ?? []
    this.#queues.set(subscriber.url, { subscriber, waiting })
  }

  unsubscribe(url: string): void {
    this.#queues.delete(url)
  }

  /** Tells every subscriber, or the one at `to`, soon. */
  send({
    body,
    headers = {},
    to,
  }: {
    readonly body: unknown
    readonly headers?: Readonly<Record<string, string>>
    readonly to?: string
  }): void {
    const bytes = Buffer.isBuffer(body)
      ? body
      : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
    for (const [url, queue] of this.#queues) {
      if (to !== undefined && to !== url) continue
      if (this.#chance() < this.vices.loss) {
        this.tally.lost += 1
        continue
      }
      const message = { body: bytes, headers }
      const copies = this.#chance() < this.vices.duplicate ? [message, message] : [message]
      const isIdle = queue.waiting.length === 0
      const at = this.#chance() < this.vices.disorder ? 0 : queue.waiting.length
      queue.waiting.splice(at, 0, ...copies)
      if (isIdle) this.#run(url)
    }
  }

  /** Waits until nothing is under way any more. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.settled()
  }

  #run(url: string): void {
    const work = this.#drain(url).finally(() => this.#running.delete(work))
    this.#running.add(work)
  }

  async #drain(url: string): Promise<void> {
    for (;;) {
      // What is sent in the same turn may still come before it.
      await sleep(this.vices.delayMs, undefined, { ref: false })
      const queue = this.#queues.get(url)
      const message = queue?.waiting[0]
      if (!queue || !message || this.#isClosed) return
      await this.#deliver(queue.subscriber, message)
      queue.waiting.splice(queue.waiting.indexOf(message), 1)
      if (queue.waiting.length === 0) return
    }
  }

  async #deliver(subscriber: Subscriber, message: Message): Promise<void> {
    const { attempts, delaysMs } = this.#policy
    this.tally.sent += 1
    for (let attempt = 1; attempt <= attempts && !this.#isClosed; attempt += 1) {
      if (attempt > 1) {
        const pauseMs = delaysMs[Math.min(attempt - 2, delaysMs.length - 1)] ?? 0
        await sleep(pauseMs, undefined, { ref: false })
      }
      if (await this.#post(subscriber, message)) {
        this.tally.accepted += 1
        return
      }
    }
    this.tally.refused += 1
    this.onGivenUp?.(subscriber.url)
  }

  async #post({ url, sign }: Subscriber, { body, headers }: Message): Promise<boolean> {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers, ...sign(body, url) },
        body: new Uint8Array(body),
        redirect: 'manual',
        signal: AbortSignal.timeout(this.#policy.timeoutMs),
      })
      await response.arrayBuffer()
      return response.status >= 200 && response.status < 300
    } catch {
      return false
    }
  }
}
