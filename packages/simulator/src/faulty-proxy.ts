import {
  Agent,
  createServer,
  request as forward,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'

/** What may happen to a request on its way. `cut_after`: it has its effect, and nobody hears of it. */
export type ProxyFault = 'cut_before' | 'cut_after' | 'unavailable_before' | 'half_answer'

export interface ProxiedRequest {
  readonly method: string
  readonly path: string
  /** How many have come before it. */
  readonly index: number
}

export interface FaultyProxyOptions {
  /** Address of the server behind it, without a path. */
  readonly target: string
  /** What happens to a request; null: nothing. */
  readonly fault: (request: ProxiedRequest) => ProxyFault | null
}

/** A bad network in front of any server, a real one too. */
export interface FaultyProxy {
  /** `http://127.0.0.1:<port>`, without a trailing slash. */
  readonly url: string
  /** Requests so far. */
  readonly requests: number
  /** Most requests that were with the server at once. */
  readonly mostAtOnce: number
  /** How often each fault has happened. */
  readonly faults: Readonly<Partial<Record<ProxyFault, number>>>
  close(): Promise<void>
}

/** Starts a proxy on the loopback address that passes requests on, and lets some of them come to grief. */
export async function startFaultyProxy(options: FaultyProxyOptions): Promise<FaultyProxy> {
  const proxy = new Proxy(options)
  await proxy.listen()
  return proxy
}

class Proxy implements FaultyProxy {
  readonly #options: FaultyProxyOptions
  readonly #agent = new Agent({ keepAlive: true })
  readonly #server = createServer((incoming, response) => void this.#take(incoming, response))
  readonly faults: Partial<Record<ProxyFault, number>> = {}
  requests = 0
  mostAtOnce = 0
  #underWay = 0

  constructor(options: FaultyProxyOptions) {
    this.#options = options
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject).listen(0, '127.0.0.1', resolve)
    })
  }

  close(): Promise<void> {
    this.#agent.destroy()
    return new Promise((resolve) => {
      this.#server.close(() => resolve())
      this.#server.closeAllConnections()
    })
  }

  async #take(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url: path = '/' } = incoming
    const fault = this.#options.fault({ method, path, index: this.requests })
    this.requests += 1
    if (fault !== null) this.faults[fault] = (this.faults[fault] ?? 0) + 1
    const body = await bytesOf(incoming)
    if (body === null) return
    if (fault === 'cut_before') return void incoming.socket.destroy()
    if (fault === 'unavailable_before') {
      return void response.writeHead(503, { 'content-type': 'text/html' }).end('<h1>503</h1>')
    }
    this.#underWay += 1
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#underWay)
    const answer = await this.#pass(incoming, body).finally(() => {
      this.#underWay -= 1
    })
    if (answer === null || fault === 'cut_after') return void incoming.socket.destroy()
    const { 'transfer-encoding': _, ...headers } = answer.headers
    if (fault !== 'half_answer') {
      return void response.writeHead(answer.status, headers).end(answer.body)
    }
    response.writeHead(answer.status, { ...headers, 'content-length': answer.body.length + 1 })
    response.write(answer.body, () => incoming.socket.destroy())
  }

  #pass(incoming: IncomingMessage, body: Buffer): Promise<Answer | null> {
    const { method, url: path, headers } = incoming
    const target = new URL(this.#options.target)
    return new Promise((resolve) => {
      const request = forward(
        {
          agent: this.#agent,
          host: target.hostname,
          port: target.port,
          method,
          path,
          headers: { ...headers, host: target.host, 'content-length': body.length },
        },
        (answer) => {
          void bytesOf(answer).then((bytes) =>
            resolve(
              bytes === null
                ? null
                : { status: answer.statusCode ?? 502, headers: answer.headers, body: bytes },
            ),
          )
        },
      )
      request.on('error', () => resolve(null))
      request.end(body)
    })
  }
}

interface Answer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

/** Null when the sender has gone. */
async function bytesOf(message: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of message) chunks.push(chunk as Buffer)
    return Buffer.concat(chunks)
  } catch {
    return null
  }
}
