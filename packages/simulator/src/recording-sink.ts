import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'

import { type Reply, readsBody, sendReply } from './reply.ts'

/** One request as it arrived. */
export interface RecordedRequest {
  readonly method: string
  /** With the query, as it was sent. */
  readonly path: string
  readonly headers: IncomingHttpHeaders
  /** What was read of the body; empty where the reply left it unread. */
  readonly body: Buffer
  /** Whether the body was read to its end. */
  readonly isWhole: boolean
  readonly receivedAt: Date
}

/** What a sink answers where no reply is queued: always the same, or made from the request. */
export type UsualReply = Reply | ((request: RecordedRequest) => Reply)

/** A server on the loopback address that keeps what it is sent and answers as it is told. */
export interface RecordingSink {
  /** `http://127.0.0.1:<port>`, without a trailing slash. */
  readonly url: string
  /** Every request in the order in which they arrived. */
  requests(): readonly RecordedRequest[]
  /** One reply for each of the next requests; after them the usual one again. */
  replyNext(...replies: readonly Reply[]): void
  /** The usual reply from now on; at first a 200 without a body. */
  replyAlways(usual: UsualReply): void
  /**
   * Waits until `count` requests in all have come, each with its body unless its reply leaves that unread.
   *
   * @throws {Error} after `timeoutMs`.
   */
  waitForRequests(count: number, timeoutMs?: number): Promise<readonly RecordedRequest[]>
  /** Cuts every connection, the hanging ones too, and stops listening. */
  close(): Promise<void>
}

/** `now` gives the time that a request is recorded with. */
export async function startRecordingSink({ now = () => new Date() } = {}): Promise<RecordingSink> {
  const recording = new Recording()
  const script = new Script()
  const server = createServer((incoming, response) => {
    void serve({ incoming, response, receivedAt: now() })
  })

  async function serve({ incoming, response, receivedAt }: Exchange): Promise<void> {
    const entry = recording.begin(incoming, receivedAt)
    const reply = script.next(entry.request)
    if (readsBody(reply)) entry.request = { ...entry.request, ...(await readBody(incoming)) }
    recording.end()
    await sendReply(response, reply)
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    requests: () => recording.requests(),
    replyNext: (...replies) => script.queue.push(...replies),
    replyAlways: (usual) => {
      script.usual = usual
    },
    waitForRequests: (count, timeoutMs = 5000) => recording.waitFor(count, timeoutMs),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

interface Exchange {
  readonly incoming: IncomingMessage
  readonly response: ServerResponse
  readonly receivedAt: Date
}

interface Entry {
  request: RecordedRequest
}

interface Waiter {
  readonly count: number
  readonly resolve: () => void
}

/** Requests in order of arrival, and who waits for them. */
class Recording {
  private readonly entries: Entry[] = []
  private endedCount = 0
  private waiters: Waiter[] = []

  requests(): RecordedRequest[] {
    return this.entries.map((entry) => entry.request)
  }

  begin(incoming: IncomingMessage, receivedAt: Date): Entry {
    const { method = '', url: path = '', headers } = incoming
    const body = Buffer.alloc(0)
    const entry = { request: { method, path, headers, body, isWhole: false, receivedAt } }
    this.entries.push(entry)
    return entry
  }

  end(): void {
    this.endedCount += 1
    const ready = this.waiters.filter(({ count }) => count <= this.endedCount)
    this.waiters = this.waiters.filter((waiter) => !ready.includes(waiter))
    for (const { resolve } of ready) resolve()
  }

  waitFor(count: number, timeoutMs: number): Promise<RecordedRequest[]> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`${this.endedCount} of ${count} requests came within ${timeoutMs} ms`))
      }, timeoutMs)
      const waiter = {
        count,
        resolve: () => {
          clearTimeout(timer)
          resolve(this.requests())
        },
      }
      if (count <= this.endedCount) waiter.resolve()
      else this.waiters.push(waiter)
    })
  }
}

/** What to answer: the queued replies one by one, then the usual one. */
class Script {
  readonly queue: Reply[] = []
  usual: UsualReply = { kind: 'answer', status: 200 }

  next(request: RecordedRequest): Reply {
    const queued = this.queue.shift()
    if (queued) return queued
    return typeof this.usual === 'function' ? this.usual(request) : this.usual
  }
}

/** What came of the body before its end, or before its sender went away. */
async function readBody(incoming: IncomingMessage): Promise<{ body: Buffer; isWhole: boolean }> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of incoming) chunks.push(chunk)
  } catch {
    return { body: Buffer.concat(chunks), isWhole: false }
  }
  return { body: Buffer.concat(chunks), isWhole: true }
}
