import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { HeaderValues } from '../headers.ts'

/** A request as the fake system sees it. */
export interface FakeRequest {
  readonly method: string
  /** Path and query. */
  readonly url: string
  readonly headers: HeaderValues
  readonly body: string
}

export interface FakeAnswer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as it is, or as JSON. */
  readonly body?: unknown
}

/**
 * The system's own rule: answers a request as it would, and calls `effect` once for each change that it makes.
 * How it treats a repeat (drops a known key, overwrites, creates a second record) is the point of it.
 */
export type FakeRule = (
  request: FakeRequest,
  effect: (name: string) => void,
) => FakeAnswer | Promise<FakeAnswer>

/** What goes wrong with a request. `after_effect`: the system did its work, and we do not learn of it. */
export type Fault =
  | { readonly kind: 'answer'; readonly answer: FakeAnswer }
  | { readonly kind: 'lose'; readonly moment: 'before_effect' | 'after_effect' }
  | { readonly kind: 'hang'; readonly moment: 'before_effect' | 'after_effect' }
  | { readonly kind: 'half_body' }
  | { readonly kind: 'endless_body' }

export interface FakeSystem {
  readonly baseUrl: string
  readonly requests: readonly FakeRequest[]
  readonly effects: readonly string[]
  /** Strikes the next write, or every request. */
  readonly strike: (fault: Fault, extent: 'next_write' | 'everything') => void
  readonly heal: () => void
  /** Called when a request is left hanging: the moment for a caller to give up. */
  onHang: () => void
  readonly close: () => Promise<void>
}

export interface FakeSystemOptions {
  readonly rule: FakeRule
  /** Which requests change something; by default all but GET and HEAD. */
  readonly isWrite?: ((request: FakeRequest) => boolean) | undefined
}

const endlessChunk = Buffer.alloc(16_384, 0x20)

/** Starts a system on a free loopback port that follows `rule`, except where a fault strikes. */
export async function startFakeSystem({ rule, isWrite }: FakeSystemOptions): Promise<FakeSystem> {
  const requests: FakeRequest[] = []
  const effects: string[] = []
  const changes = isWrite ?? ((request) => request.method !== 'GET' && request.method !== 'HEAD')
  let struck: { fault: Fault; extent: 'next_write' | 'everything' } | null = null

  const takeFault = (request: FakeRequest): Fault | null => {
    if (struck === null) return null
    const { fault, extent } = struck
    if (extent === 'everything') return fault
    if (!changes(request)) return null
    struck = null
    return fault
  }

  const server = createServer((incoming, outgoing) => {
    void readRequest(incoming).then((request) => {
      requests.push(request)
      const answer = async () => rule(request, (name) => effects.push(name))
      return play(takeFault(request), { outgoing, answer, onHang: () => system.onHang() })
    })
  })
  const system: FakeSystem = {
    baseUrl: await listen(server),
    requests,
    effects,
    strike: (fault, extent) => {
      struck = { fault, extent }
    },
    heal: () => {
      struck = null
    },
    onHang: () => {},
    close: () => close(server),
  }
  return system
}

interface Scene {
  readonly outgoing: ServerResponse
  readonly answer: () => Promise<FakeAnswer>
  readonly onHang: () => void
}

async function play(fault: Fault | null, { outgoing, answer, onHang }: Scene): Promise<void> {
  switch (fault?.kind) {
    case undefined:
      return send(outgoing, await answer())
    case 'answer':
      return send(outgoing, fault.answer)
    case 'lose':
      if (fault.moment === 'after_effect') await answer()
      outgoing.destroy()
      return
    case 'hang':
      if (fault.moment === 'after_effect') await answer()
      return onHang()
    case 'half_body':
      return sendHalf(outgoing, await answer())
    case 'endless_body':
      return sendEndless(outgoing, await answer())
  }
}

function send(outgoing: ServerResponse, answer: FakeAnswer): void {
  outgoing.writeHead(answer.status, headersOf(answer))
  outgoing.end(bodyOf(answer))
}

/** Announces twice what it sends, and breaks off. */
function sendHalf(outgoing: ServerResponse, answer: FakeAnswer): void {
  const body = bodyOf(answer)
  const length = String(2 * body.length + 2)
  outgoing.writeHead(answer.status, { ...headersOf(answer), 'content-length': length })
  outgoing.write(body, () => outgoing.destroy())
}

function sendEndless(outgoing: ServerResponse, answer: FakeAnswer): void {
  outgoing.writeHead(answer.status, headersOf(answer))
  const more = () => {
    while (!outgoing.destroyed && outgoing.write(endlessChunk));
  }
  outgoing.on('drain', more)
  more()
}

function headersOf({ headers, body }: FakeAnswer): Record<string, string> {
  const isText = body === undefined || typeof body === 'string'
  return { ...(isText ? {} : { 'content-type': 'application/json' }), ...headers }
}

function bodyOf({ body }: FakeAnswer): Buffer {
  return Buffer.from(typeof body === 'string' ? body : (JSON.stringify(body) ?? ''))
}

async function readRequest(incoming: IncomingMessage): Promise<FakeRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  const { method = '', url = '', headers } = incoming
  return { method, url, headers, body: Buffer.concat(chunks).toString() }
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return `http://127.0.0.1:${port}`
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections()
  await new Promise<void>((resolve) => {
    server.close(() => resolve())
  })
}
