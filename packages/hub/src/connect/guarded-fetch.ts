import {
  type Allowance,
  type Allowances,
  type ConnectorLimits,
  type DeliveryError,
  type GuardedFetch,
  type GuardedRequest,
  type GuardedResponse,
  type HeaderValues,
  header,
  parseRetryAfter,
} from '@backhaul/sdk/connector'
import type { Clock } from '../platform/clock.ts'
import type { ResolveHost } from './checked-lookup.ts'
import type { Deadlines } from './deadlines.ts'
import { Exchange } from './exchange.ts'
import { createDialer, type Dialing } from './guarded-dial.ts'
import { refusedRequest, requestFailure } from './outbound-failure.ts'
import { createOutboundTargets } from './outbound-targets.ts'
import type { RateLimit } from './rate-limit.ts'
import type { TargetGuard } from './target-guard.ts'
import { takeTurn } from './turn.ts'

export interface OutboundOptions {
  readonly guard: TargetGuard
  readonly resolve: ResolveHost
  readonly rateLimit: RateLimit
  readonly clock: Clock
  readonly deadlines: Deadlines
  /** How long an attempt may take: all that a delivery sends together, or one request on its own. */
  readonly timeoutMs: number
  /** Sockets to one origin; a request that finds them all busy waits, within its time. */
  readonly concurrency: number
  /** 1 MiB when left out. */
  readonly maxBodyBytes?: number
  /** How the connector reads what the system still allows. */
  readonly readers?: Pick<ConnectorLimits, 'readHeaders' | 'readBody'>
}

/** What an attempt of a delivery adds to each of its requests. */
export interface FetchBinding {
  readonly signal: AbortSignal
  readonly traceparent?: string | undefined
}

/** One connection's way out. */
export interface Outbound {
  readonly fetch: GuardedFetch
  /**
   * For one attempt of a delivery, whose time begins now: all its requests share the one deadline, are
   * ended by its signal, and carry its trace.
   */
  readonly fetchFor: (binding: FetchBinding) => GuardedFetch
  /** Sockets for one attempt, whose time begins now, for a system that speaks no HTTP. */
  readonly dialFor: (binding: Pick<FetchBinding, 'signal'>) => Dialing
  /** Lets no new request out, and resolves when those under way have ended. */
  readonly close: () => Promise<void>
}

const defaultMaxBodyBytes = 1_048_576

/**
 * Opens the way out for one connection. Its sockets are its own and stay open between requests, so that a
 * slow or dead system holds up no other one.
 *
 * It calls only what `guard` allows, keeps to the rate, ends each attempt at its deadline, reads bodies up
 * to a limit, follows no redirect and uses no proxy: the environment's proxy variables are not read.
 *
 * What fails below HTTP is a `networkFailure`, by whether the request may have been sent. Besides:
 * TerminalError TARGET_NOT_ALLOWED and REQUEST_INVALID, and RetryableError RATE_LIMITED, all unsent.
 */
export function createOutbound(options: OutboundOptions): Outbound {
  const { rateLimit, clock, deadlines, readers = {} } = options
  const { maxBodyBytes = defaultMaxBodyBytes } = options
  const targets = createOutboundTargets(options)
  const dialer = createDialer(options)

  function onHead(status: number, headers: HeaderValues): void {
    if (status !== 429 && status !== 503) return
    const pauseMs = parseRetryAfter(header(headers, 'retry-after'), clock.now())
    if (pauseMs !== undefined) rateLimit.pauseFor(pauseMs)
  }

  async function send(
    url: string | URL,
    request: GuardedRequest,
    attempt: Attempt,
  ): Promise<GuardedResponse> {
    const { pool, path } = targets.find(url)
    const headers = toHeaderList(request, attempt.traceparent)
    const isRead = request.isRead ?? (request.method === 'GET' || request.method === 'HEAD')
    const signals = signalsOf(request, attempt)
    const leftMs = () => Math.max(0, attempt.endsAtMs - clock.monotonicMs())
    const { budget } = request
    const endTurn = await takeTurn(rateLimit, { leftMs: leftMs(), signals, budget })
    let response: GuardedResponse
    try {
      const timeoutMs = leftMs()
      if (timeoutMs === 0 || signals.some(({ aborted }) => aborted)) throw tooLate(isRead)
      const exchange = new Exchange({ isRead, maxBodyBytes, deadlines, timeoutMs, signals, onHead })
      const { method, body = null } = request
      pool.dispatch({ method, path, headers, body }, exchange)
      response = await exchange.response
    } finally {
      endTurn()
    }
    return learningFrom(response)
  }

  /** Keeps to what the answer says about the limits of the system. */
  function learningFrom(response: GuardedResponse): GuardedResponse {
    const { readHeaders, readBody } = readers
    if (readHeaders !== undefined) learn(() => readHeaders(response.headers, clock.now()))
    if (readBody === undefined) return response
    return {
      ...response,
      json: async () => {
        const parsed = await response.json()
        learn(() => readBody(parsed, clock.now()))
        return parsed
      },
    }
  }

  function learn(read: () => Allowances): void {
    for (const allowance of readSafely(read)) rateLimit.learn(allowance)
  }

  const endOfAttempt = () => clock.monotonicMs() + options.timeoutMs
  return {
    fetch: (url, request) => send(url, request, { endsAtMs: endOfAttempt() }),
    fetchFor: ({ signal, traceparent }) => {
      const attempt = { signal, traceparent, endsAtMs: endOfAttempt() }
      return (url, request) => send(url, request, attempt)
    },
    dialFor: ({ signal }) => dialer.dialFor(signal),
    close: async () => {
      await Promise.all([targets.close(), dialer.close()])
    },
  }
}

/** The reader of a connector that fails on an answer must not take the answer from its handler. */
function readSafely(read: () => Allowances): readonly Allowance[] {
  try {
    const allowances = read()
    return allowances === null ? [] : [allowances].flat()
  } catch {
    return []
  }
}

/** What the requests of one attempt have in common. */
interface Attempt {
  readonly signal?: AbortSignal
  readonly traceparent?: string | undefined
  readonly endsAtMs: number
}

function signalsOf(request: GuardedRequest, attempt: Attempt): readonly AbortSignal[] {
  const { signal } = request
  if (attempt.signal === undefined) return signal === undefined ? [] : [signal]
  return signal === undefined || signal === attempt.signal
    ? [attempt.signal]
    : [attempt.signal, signal]
}

/** Set by the client alone: they decide where a message ends, and whom a shared address is meant for. */
const reservedHeaders = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])
const methodPattern = /^[A-Z]{3,20}$/

/**
 * Names and values in turn, as undici takes them without copying.
 *
 * @throws {TerminalError} REQUEST_INVALID.
 */
function toHeaderList(
  { method, headers = {} }: GuardedRequest,
  traceparent: string | undefined,
): string[] {
  if (!methodPattern.test(method) || method === 'CONNECT' || method === 'TRACE') {
    throw refusedRequest('the method is not allowed')
  }
  const list: string[] = []
  const given = new Set<string>()
  for (const [name, value] of Object.entries(headers)) {
    const lowerName = name.toLowerCase()
    if (reservedHeaders.has(lowerName))
      throw refusedRequest(`the header ${lowerName} is not allowed`)
    given.add(lowerName)
    list.push(name, value)
  }
  if (!given.has('user-agent')) list.push('user-agent', 'Backhaul')
  if (traceparent !== undefined && !given.has('traceparent')) list.push('traceparent', traceparent)
  return list
}

function tooLate(isRead: boolean): DeliveryError {
  const failure = { code: 'TIMEOUT', isSent: false, isRead } as const
  return requestFailure(failure, 'its time was over before its turn')
}
