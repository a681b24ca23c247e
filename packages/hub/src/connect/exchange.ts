import {
  type GuardedResponse,
  type HeaderValues,
  RetryableError,
  UnknownOutcomeError,
} from '@backhaul/sdk/connector'
import type { Dispatcher } from 'undici'
import { unwatchAbort, watchAbort } from './abort-watch.ts'
import type { Deadline, Deadlines } from './deadlines.ts'
import { requestFailure, toDeliveryError } from './outbound-failure.ts'

type Controller = Dispatcher.DispatchController

export interface ExchangeOptions {
  readonly isRead: boolean
  readonly maxBodyBytes: number
  readonly deadlines: Deadlines
  readonly timeoutMs: number
  /** Each ends the request. */
  readonly signals: readonly AbortSignal[]
  readonly onHead: (status: number, headers: HeaderValues) => void
}

const reasonsToGiveUp = {
  TIMEOUT: 'no whole answer came in time',
  RESPONSE_TOO_LARGE: 'the answer is larger than the hub reads',
} as const

/**
 * One request and its answer, as undici reports them. The answer's head settles `response`; its body is
 * collected whether or not anyone asks for it, up to the limit and the deadline, so that the socket is
 * always either free for the next request or closed.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly response: Promise<GuardedResponse>
  readonly #options: ExchangeOptions
  readonly #deadline: Deadline
  readonly #onTimeout = (): void => this.#giveUp('TIMEOUT')
  #resolve!: (response: GuardedResponse) => void
  #reject!: (failure: Error) => void
  /** There as soon as a byte of the request may be on its way. */
  #controller: Controller | undefined
  #isOver = false
  #failure: Error | undefined
  readonly #chunks: Buffer[] = []
  #bodyBytes = 0
  #onOver: (() => void)[] = []

  constructor(options: ExchangeOptions) {
    this.#options = options
    this.response = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    this.#deadline = options.deadlines.start(options.timeoutMs, this.#onTimeout)
    for (const signal of options.signals) watchAbort(signal, this.#onTimeout)
  }

  onRequestStart(controller: Controller): void {
    if (this.#isOver) controller.abort(new Error('given up before it was sent'))
    else this.#controller = controller
  }

  onResponseStart(_controller: Controller, status: number, headers: HeaderValues): void {
    // 1xx: the answer itself is still to come.
    if (status < 200) return
    this.#options.onHead(status, headers)
    this.#resolve({
      status,
      headers,
      bytes: () => this.#body(),
      text: async () => (await this.#body()).toString('utf8'),
      json: async () => this.#parse(await this.#body()),
    })
    if (Number(headers['content-length']) > this.#options.maxBodyBytes) {
      this.#giveUp('RESPONSE_TOO_LARGE')
    }
  }

  onResponseData(_controller: Controller, chunk: Buffer): void {
    this.#bodyBytes += chunk.length
    if (this.#bodyBytes > this.#options.maxBodyBytes) this.#giveUp('RESPONSE_TOO_LARGE')
    else this.#chunks.push(chunk)
  }

  onResponseEnd(): void {
    this.#end(undefined)
  }

  onResponseError(_controller: Controller | undefined, error: Error): void {
    this.#end(toDeliveryError(error, this.#effect()))
  }

  #giveUp(code: keyof typeof reasonsToGiveUp): void {
    if (this.#isOver) return
    this.#end(requestFailure({ code, ...this.#effect() }, reasonsToGiveUp[code]))
    // Closes the socket: what may still come on it is nobody's.
    this.#controller?.abort(new Error(code))
  }

  #effect() {
    return { isSent: this.#controller !== undefined, isRead: this.#options.isRead }
  }

  #end(failure: Error | undefined): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#options.deadlines.end(this.#deadline)
    for (const signal of this.#options.signals) unwatchAbort(signal, this.#onTimeout)
    if (failure !== undefined) {
      this.#failure = failure
      this.#chunks.length = 0
      // Does nothing where the head has come: then whoever reads the body is told.
      this.#reject(failure)
    }
    for (const wake of this.#onOver) wake()
  }

  async #body(): Promise<Buffer> {
    if (!this.#isOver) await new Promise<void>((resolve) => this.#onOver.push(resolve))
    if (this.#failure !== undefined) throw this.#failure
    const [first] = this.#chunks
    return first !== undefined && this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks)
  }

  #parse(body: Buffer): unknown {
    try {
      return JSON.parse(body.toString('utf8'))
    } catch {
      // Without the parser's message: it quotes the body.
      const failure = { code: 'RESPONSE_MALFORMED', reason: 'the answer is no JSON' }
      throw this.#options.isRead ? new RetryableError(failure) : new UnknownOutcomeError(failure)
    }
  }
}
