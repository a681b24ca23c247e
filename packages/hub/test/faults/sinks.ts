import { hash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Random, seeded } from '../../bench/workload/random.ts'

/** What a neighbor knows of one delivery, by its idempotency key. */
export interface Reception {
  readonly key: string
  readonly caseId: string
  readonly caseVersion: number
  readonly command: string
  /** Of a published event; null of another command. */
  readonly eventId: string | null
  /** Null of a published event, of which the id says enough. */
  readonly body: unknown
  readonly digest: string
  /** The how-manieth effect of this neighbor it was. */
  readonly place: number
  /** How often it was received with its effect; the first time counts. */
  times: number
}

type Behavior = 'answer' | 'refuse' | 'fail_after' | 'hang_up' | 'answer_late'

/** Commands whose answer names what was made: that comes back to the case as an event. */
const making = new Set(['return.record', 'label.create', 'credit.draft', 'refund.issue'])
const faultShare = 0.01
/** Longer than the connections wait. */
const lateMs = 3_000

/**
 * A neighbor with an idempotency key of its own accord, on a bad network: one in a hundred requests it
 * refuses, or has its effect and then says 503, nothing at all, or something too late.
 */
export class FaultySink {
  readonly #server: Server
  readonly #random: Random
  readonly received = new Map<string, Reception>()
  readonly faults: Record<string, number> = {}
  /** Requests that said something else under a key that was used. */
  readonly contradictions: string[] = []
  lastAtMs = 0

  constructor(seed: number) {
    this.#random = seeded(seed)
    this.#server = createServer((request, response) => void this.#take(request, response))
    this.#server.keepAliveTimeout = 60_000
  }

  /** @returns the port. */
  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return (this.#server.address() as AddressInfo).port
  }

  close(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await textOf(request)
    if (text === null) return
    this.lastAtMs = performance.now()
    const key = String(request.headers['webhook-id'])
    const behavior = this.#behave()
    if (behavior === 'refuse') return void response.writeHead(503).end()
    const makes = this.#note(key, text)
    await this.#answer(response, behavior, makes ? key : null)
  }

  #behave(): Behavior {
    if (this.#random() >= faultShare) return 'answer'
    const faults = ['refuse', 'fail_after', 'hang_up', 'answer_late'] as const
    const fault = faults[Math.floor(this.#random() * faults.length)] ?? 'refuse'
    this.faults[fault] = (this.faults[fault] ?? 0) + 1
    return fault
  }

  /** @returns whether the command makes something, which then has a name here. */
  #note(key: string, text: string): boolean {
    const command = JSON.parse(text) as {
      type: string
      caseId: string
      caseVersion: number
      body: { event?: { id: string } }
    }
    const digest = hash('sha1', text, 'base64')
    const known = this.received.get(key)
    if (known !== undefined) {
      known.times += 1
      if (known.digest !== digest) this.contradictions.push(key)
      return making.has(command.type)
    }
    this.received.set(key, {
      key,
      caseId: command.caseId,
      caseVersion: command.caseVersion,
      command: command.type,
      eventId: command.body.event?.id ?? null,
      body: command.type === 'event.publish' ? null : command.body,
      digest,
      place: this.received.size,
      times: 1,
    })
    return making.has(command.type)
  }

  async #answer(response: ServerResponse, behavior: Behavior, made: string | null): Promise<void> {
    switch (behavior) {
      case 'hang_up':
        response.socket?.destroy()
        return
      case 'fail_after':
        response.writeHead(503).end()
        return
      case 'answer_late':
        await new Promise((resolve) => setTimeout(resolve, lateMs))
        break
      default:
    }
    const body = JSON.stringify(made === null ? {} : { externalId: `made-${made}` })
    response.writeHead(200, { 'content-type': 'application/json' }).end(body)
  }
}

/** The body; null when the sender died in the middle of it. */
async function textOf(request: IncomingMessage): Promise<string | null> {
  try {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    return Buffer.concat(chunks).toString('utf8')
  } catch {
    return null
  }
}
