import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

import type { BookEntry } from './books.ts'
import { CallCounter } from './call-counter.ts'
import { makeChance } from './chance.ts'
import { answerControl, isControl } from './control.ts'
import { FaultBoard, type HttpFaultRule } from './faults.ts'
import { type DoubleAnswer, type DoubleRequest, readRequest } from './request.ts'
import { type Found, makeRouter, type Route } from './routes.ts'
import { type WebhookPolicy, WebhookSender } from './webhook-sender.ts'

export interface HttpDoubleOptions {
  readonly routes: readonly Route[]
  /** What a request is turned away with; null lets it in. */
  readonly authorize?: (request: DoubleRequest) => DoubleAnswer | null
  /** Adds what stands on every answer, for example what is left of a rate limit. */
  readonly decorate?: (answer: DoubleAnswer, request: DoubleRequest) => DoubleAnswer
  readonly notFound?: DoubleAnswer
  /** What the system believes of returns. */
  readonly books?: () => readonly BookEntry[]
  /** What people do over there, by name; also `POST /_control/actions/<name>`. */
  readonly actions?: Readonly<Record<string, (input: unknown) => unknown>>
  /** By default: three attempts, half a second apart, five seconds each. */
  readonly webhookPolicy?: WebhookPolicy
  /** Fixes what chance decides. */
  readonly seed?: number
}

/** A server on the loopback address that behaves like a vendor's. */
export interface HttpDouble {
  /** `http://127.0.0.1:<port>`, without a trailing slash. */
  readonly url: string
  readonly faults: FaultBoard
  readonly webhooks: WebhookSender
  readonly calls: CallCounter
  readonly books: () => readonly BookEntry[]
  close(): Promise<void>
}

const usualPolicy: WebhookPolicy = { attempts: 3, delaysMs: [500], timeoutMs: 5_000 }

/** Starts a double on a free port. */
export async function startHttpDouble(options: HttpDoubleOptions): Promise<HttpDouble> {
  const chance = makeChance(options.seed ?? 1)
  const { books = () => [], actions = {}, webhookPolicy = usualPolicy } = options
  const faults = new FaultBoard(chance)
  const webhooks = new WebhookSender(webhookPolicy, chance)
  const calls = new CallCounter()
  const front = new Front(options, { faults, calls })
  const control = { faults, webhooks, calls, books, actions }
  const server = createServer((incoming, response) => {
    void (isControl(incoming)
      ? answerControl(control, incoming, response)
      : front.take(incoming, response))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    faults,
    webhooks,
    calls,
    books,
    async close() {
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
      await webhooks.close()
    },
  }
}

/** Takes requests, and lets some of them come to grief. */
class Front {
  readonly #options: HttpDoubleOptions
  readonly #faults: FaultBoard
  readonly #calls: CallCounter
  readonly #find: (request: DoubleRequest) => Found | null

  constructor(
    options: HttpDoubleOptions,
    { faults, calls }: { readonly faults: FaultBoard; readonly calls: CallCounter },
  ) {
    this.#options = options
    this.#faults = faults
    this.#calls = calls
    this.#find = makeRouter(options.routes)
  }

  async take(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await readRequest(incoming)
    if (request === null) return
    const fault = this.#faults.next(request)
    if (fault?.fault === 'cut_before') return void incoming.socket.destroy()
    if (fault?.fault === 'slow') await sleep(fault.delayMs ?? 1_000, undefined, { ref: false })
    const answer = refusalOf(fault) ?? (await this.#answer(request))
    if (fault?.fault === 'cut_after') return void incoming.socket.destroy()
    const { status, headers, bytes } = wireOf(answer)
    if (fault?.fault !== 'half_answer') return void response.writeHead(status, headers).end(bytes)
    response.writeHead(status, { ...headers, 'content-length': bytes.length + 1 })
    response.write(bytes, () => incoming.socket.destroy())
  }

  async #answer(request: DoubleRequest): Promise<DoubleAnswer> {
    const { authorize, decorate, notFound = { status: 404 } } = this.#options
    const found = this.#find(request)
    this.#calls.count(`${request.method} ${found?.path ?? request.path}`)
    const refused = authorize?.(request) ?? null
    const answer = refused ?? (found ? await this.#run(found) : notFound)
    return decorate?.(answer, request) ?? answer
  }

  /** A double with a defect says so, in place of taking its process with it. */
  async #run({ request, handle }: Found): Promise<DoubleAnswer> {
    try {
      return await handle(request)
    } catch (error) {
      const body = { defect: error instanceof Error ? (error.stack ?? error.message) : 'unknown' }
      return { status: 500, body }
    }
  }
}

function refusalOf(rule: HttpFaultRule | null): DoubleAnswer | null {
  const status = rule?.fault === 'unavailable' ? 503 : rule?.fault === 'rate_limited' ? 429 : null
  if (rule === null || status === null) return null
  const { retryAfter } = rule
  return {
    status,
    headers: retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) },
    body: status === 503 ? '<h1>503 Service Unavailable</h1>' : { error: 'too many requests' },
  }
}

function wireOf({ status, headers = {}, body }: DoubleAnswer): {
  readonly status: number
  readonly headers: Record<string, string>
  readonly bytes: Buffer
} {
  if (body === undefined) return { status, headers: { ...headers }, bytes: Buffer.alloc(0) }
  if (Buffer.isBuffer(body)) return { status, headers: { ...headers }, bytes: body }
  const isText = typeof body === 'string'
  const type = isText ? 'text/plain; charset=utf-8' : 'application/json'
  const bytes = Buffer.from(isText ? body : JSON.stringify(body))
  return { status, headers: { 'content-type': type, ...headers }, bytes }
}
