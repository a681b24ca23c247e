import {
  type GuardedFetch,
  type GuardedRequest,
  type GuardedResponse,
  networkFailure,
  RetryableError,
  UnknownOutcomeError,
} from '@backhaul/sdk/connector'
import { type Config, config as configSchema } from '../src/odoo/config.ts'

/** A request, as a server sees it. */
export interface Seen {
  /** Without the host. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** Parsed; null for none. */
  readonly body: unknown
}

export interface Answer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** A text is sent as it is; anything else as JSON. */
  readonly body?: unknown
}

/** A server of a few lines: answers each request as it is told, and keeps what it saw. */
export interface FakeServer {
  readonly fetch: GuardedFetch
  readonly seen: Seen[]
}

/** @param answer - `never` for a request that is not answered before its time is up. */
export function fakeServer(answer: (seen: Seen) => Answer | 'never' | Promise<Answer>): FakeServer {
  const seen: Seen[] = []
  const fetch: GuardedFetch = async (url, request) => {
    if (request.signal?.aborted) throw timeout(request, false)
    const { pathname } = new URL(url)
    const text = typeof request.body === 'string' ? request.body : null
    const one = { path: pathname, headers: request.headers ?? {}, body: parse(text) }
    seen.push(one)
    const given = await answer(one)
    if (given !== 'never') return respond(given, request)
    return new Promise((_resolve, reject) => {
      request.signal?.addEventListener('abort', () => reject(timeout(request, true)))
    })
  }
  return { fetch, seen }
}

/** Odoo 19, and what it answers to calls: by `model/method` for JSON-2. */
export function fakeOdoo19(
  call: (name: string, seen: Seen) => Answer | 'never' | Promise<Answer>,
): FakeServer {
  return fakeServer((seen) =>
    seen.path === '/web/version'
      ? { body: { version_info: [19, 0, 0, 'final', 0, ''], version: '19.0' } }
      : call(seen.path.replace('/json/2/', ''), seen),
  )
}

export function fakeConfig(changes: Readonly<Record<string, unknown>> = {}): Config {
  const login = 'returns-hub'
  const url = 'https://odoo.example'
  return configSchema.parse({ url, database: 'main', login, key: 'the-first-key', ...changes })
}

function respond({ status = 200, headers = {}, body }: Answer, request: GuardedRequest) {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const isRead = request.isRead ?? request.method === 'GET'
  return {
    status,
    headers,
    text: async () => text,
    bytes: async () => new TextEncoder().encode(text),
    json: async () => {
      try {
        return JSON.parse(text) as unknown
      } catch {
        const failure = { code: 'RESPONSE_MALFORMED', status }
        throw isRead ? new RetryableError(failure) : new UnknownOutcomeError(failure)
      }
    },
  } satisfies GuardedResponse
}

function timeout({ isRead = false }: GuardedRequest, isSent: boolean) {
  return networkFailure({ code: 'TIMEOUT', isSent, isRead })
}

function parse(text: string | null): unknown {
  return text === null ? null : (JSON.parse(text) as unknown)
}
