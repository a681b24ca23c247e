import { createHash, createHmac } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { HttpDouble } from '../double/index.ts'
import { orderJson } from './json.ts'
import type { ShopState } from './shop.ts'

export interface ShopHook {
  readonly id: number
  name: string
  topic: string
  url: string
  secret: string
  status: 'active' | 'paused' | 'disabled'
  failures: number
}

const maxFailures = 5

/**
 * Webhooks of WooCommerce: put off to a background job, so that they carry how an order stands when they are sent;
 * tried once; switched off after more than five failures in a row, which nobody is told of. A delivery is named by its
 * webhook and the second.
 */
export class Hooks {
  readonly all = new Map<number, ShopHook>()
  readonly #shop: ShopState
  readonly #sender: () => HttpDouble['webhooks']
  readonly #cronDelayMs: number
  readonly #waiting: { hook: ShopHook; orderId: number }[] = []
  #running: Promise<void> | null = null

  constructor(shop: ShopState, sender: () => HttpDouble['webhooks'], cronDelayMs: number) {
    this.#shop = shop
    this.#sender = sender
    this.#cronDelayMs = cronDelayMs
    shop.onChange = (topic, orderId) => this.#changed(topic, orderId)
  }

  /** Sends the form that a new webhook begins with, unsigned; whether it is liked decides nothing. */
  async ping({ id, url }: ShopHook): Promise<void> {
    const body = `webhook_id=${id}`
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    await fetch(url, { method: 'POST', headers, body }).catch(() => null)
  }

  /** Waits until the background job has nothing to do any more. */
  async settled(): Promise<void> {
    while (this.#running !== null) await this.#running
  }

  #changed(topic: string, orderId: number): void {
    for (const hook of this.all.values()) {
      if (hook.topic !== topic || hook.status !== 'active') continue
      const isKnown = this.#waiting.some((one) => one.hook === hook && one.orderId === orderId)
      if (!isKnown) this.#waiting.push({ hook, orderId })
    }
    if (this.#waiting.length > 0) {
      this.#running ??= this.#run().finally(() => {
        this.#running = null
      })
    }
  }

  async #run(): Promise<void> {
    await sleep(this.#cronDelayMs, undefined, { ref: false })
    for (;;) {
      const next = this.#waiting.shift()
      if (next === undefined) return
      if (next.hook.status === 'active') await this.#deliver(next.hook, next.orderId)
    }
  }

  async #deliver(hook: ShopHook, orderId: number): Promise<void> {
    const sender = this.#sender()
    const body = this.#payload(hook, orderId)
    const second = Math.floor(this.#shop.now().getTime() / 1_000)
    const [resource = '', ...event] = hook.topic.split('.')
    sender.subscribe({
      url: hook.url,
      sign: (bytes) => ({
        'x-wc-webhook-signature': createHmac('sha256', hook.secret).update(bytes).digest('base64'),
      }),
    })
    const before = { ...sender.tally }
    sender.send({
      to: hook.url,
      body,
      headers: {
        'content-type': 'application/json',
        'x-wc-webhook-source': 'https://shop.example.com/',
        'x-wc-webhook-topic': hook.topic,
        'x-wc-webhook-resource': resource,
        'x-wc-webhook-event': event.join('.'),
        'x-wc-webhook-id': String(hook.id),
        'x-wc-webhook-delivery-id': createHash('md5').update(`${hook.id}${second}`).digest('hex'),
      },
    })
    await sender.settled()
    if (sender.tally.accepted > before.accepted) hook.failures = 0
    else if (sender.tally.refused > before.refused) this.#failed(hook)
  }

  #failed(hook: ShopHook): void {
    if (hook.failures > maxFailures) hook.status = 'disabled'
    else hook.failures += 1
  }

  #payload({ topic }: ShopHook, orderId: number): string {
    if (topic.startsWith('action.')) {
      return JSON.stringify({ action: topic.slice('action.'.length), arg: orderId })
    }
    return JSON.stringify(orderJson(this.#shop.order(orderId)))
  }
}
