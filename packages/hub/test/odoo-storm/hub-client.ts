import { setTimeout as sleep } from 'node:timers/promises'
import { Agent, request } from 'undici'
import { between, type Random } from '../../bench/workload/random.ts'

const retryMs = { low: 50, high: 400 }
const requestLimitMs = 20_000

export interface Answer {
  readonly status: number
  readonly json: unknown
}

/** Whoever calls the hubs: any of them, again and again until one answers. */
export class HubClient {
  /** Answers by status; 0 for none. */
  readonly answers: Record<string, number> = {}
  readonly #agent = new Agent({ connections: 64, pipelining: 1 })
  readonly #ports: readonly number[]
  readonly #random: Random

  constructor(ports: readonly number[], random: Random) {
    this.#ports = ports
    this.#random = random
  }

  close(): Promise<void> {
    return this.#agent.close()
  }

  /** @throws {Error} for an answer that another attempt would not change. */
  async send(
    method: 'GET' | 'POST',
    path: string,
    options: {
      readonly key: string
      readonly body?: unknown
      readonly headers?: Readonly<Record<string, string>>
    },
  ): Promise<unknown> {
    for (;;) {
      const { status, json } = await this.#try(method, path, options)
      this.answers[status] = (this.answers[status] ?? 0) + 1
      if (status >= 200 && status < 300) return json
      const isPassing = status === 0 || status === 429 || status >= 500
      if (!isPassing) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(json)}`)
      await sleep(between(this.#random, retryMs.low, retryMs.high))
    }
  }

  async #try(
    method: 'GET' | 'POST',
    path: string,
    options: {
      readonly key: string
      readonly body?: unknown
      readonly headers?: Readonly<Record<string, string>>
    },
  ): Promise<Answer> {
    const { key, body, headers } = options
    const port = this.#ports[between(this.#random, 0, this.#ports.length - 1)]
    try {
      const answer = await request(`http://127.0.0.1:${port}${path}`, {
        method,
        dispatcher: this.#agent,
        headersTimeout: requestLimitMs,
        bodyTimeout: requestLimitMs,
        headers: {
          authorization: `Bearer ${key}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const text = await answer.body.text()
      return { status: answer.statusCode, json: text === '' ? null : JSON.parse(text) }
    } catch {
      return { status: 0, json: null }
    }
  }
}
