import {
  type GuardedFetch,
  type GuardedRequest,
  type GuardedResponse,
  type HeaderValues,
  header,
  parseRetryAfter,
  RetryableError,
} from '@backhaul/sdk/connector'
import type { Clock } from '../platform/clock.ts'
import { unwatchAbort, watchAbort } from './abort-watch.ts'
import type { ResolveHost } from './checked-lookup.ts'
import type { Deadlines } from './deadlines.ts'
import { Exchange } from './exchange.ts'
import { refusedRequest, requestFailure } from './outbound-failure.ts'
import { createOutboundTargets } from './outbound-targets.ts'
import type { RateLimit } from './rate-limit.ts'
import type { TargetGuard } from './target-guard.ts'

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
  /** Lets no new request out, and resolves when those under way have ended. */
  readonly close: () => Promise<void>
}

const defaultMaxBodyBytes = 1_048_576
const maxRateWaitMs = 5_000

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
  const { rateLimit, clock, deadlines, maxBodyBytes = defaultMaxBodyBytes } = options
  const targets = createOutboundTargets(options)

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
    const waitMs = rateLimit.reserve(Math.min(maxRateWaitMs, leftMs() / 2))
    if (waitMs === null) throw rateLimited(rateLimit.waitMs())
    if (waitMs > 0) await waitForTurn(waitMs, signals)
    if (waitMs > 0 && rateLimit.pauseLeftMs() > 0) throw rateLimited(rateLimit.pauseLeftMs())
    const timeoutMs = leftMs()
    if (timeoutMs === 0 || signals.some(({ aborted }) => aborted)) {
      throw requestFailure(
        { code: 'TIMEOUT', isSent: false, isRead },
        'its time was over before its turn',
      )
    }
    const { method, body = null } = request
    const exchange = new Exchange({ isRead, maxBodyBytes, deadlines, timeoutMs, signals, onHead })
    pool.dispatch({ method, path, headers, body }, exchange)
    return exchange.response
  }

  const endOfAttempt = () => clock.monotonicMs() + options.timeoutMs
  return {
    fetch: (url, request) => send(url, request, { endsAtMs: endOfAttempt() }),
    fetchFor: ({ signal, traceparent }) => {
      const attempt = { signal, traceparent, endsAtMs: endOfAttempt() }
      return (url, request) => send(url, request, attempt)
    },
    close: () => targets.close(),
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

function rateLimited(retryAfterMs: number): RetryableError {
  return new RetryableError({
    code: 'RATE_LIMITED',
    retryAfterMs,
    reason: 'held back by the hub to keep to the rate that the system allows',
  })
}

/** Resolves after `waitMs`, or as soon as a signal aborts. */
function waitForTurn(waitMs: number, signals: readonly AbortSignal[]): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      for (const signal of signals) unwatchAbort(signal, done)
      resolve()
    }
    const timer = setTimeout(done, waitMs)
    for (const signal of signals) watchAbort(signal, done)
  })
}
