import {
  classifyStatus,
  type GuardedFetch,
  RetryableError,
  TerminalError,
  UnknownOutcomeError,
} from '@backhaul/sdk/connector'
import { z } from 'zod'
import type { Config } from './config.ts'

export interface Caller {
  readonly config: Config
  readonly fetch: GuardedFetch
  readonly now: Date
}

interface AccessToken {
  readonly value: string
  readonly endsAtMs: number
}

/** One per connection: the hub passes the same configuration object with every call. */
const tokens = new WeakMap<Config, AccessToken>()

const refreshed = z.object({ access_token: z.string().min(1), expires_in: z.number().positive() })
/** A token is not used in its last minute. */
const marginMs = 60_000

async function accessToken({ config, fetch, now }: Caller): Promise<string> {
  const known = tokens.get(config)
  if (known !== undefined && known.endsAtMs - marginMs > now.getTime()) return known.value
  const response = await fetch(new URL('/auth/refresh', config.url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ refresh_token: config.refreshToken }),
    isRead: true,
    signal: AbortSignal.timeout(config.timeoutMs),
  })
  const failure = classifyStatus(response.status, response.headers, now)
  if (failure !== null) throw failure
  const read = refreshed.safeParse(await response.json())
  if (!read.success) throw new RetryableError({ code: 'RESPONSE_MALFORMED' })
  const { access_token: value, expires_in: seconds } = read.data
  tokens.set(config, { value, endsAtMs: now.getTime() + seconds * 1_000 })
  return value
}

export interface Question<Data> {
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>>
  readonly data: z.ZodType<Data>
  /** A mutation is not repeated when nobody knows what became of it. */
  readonly isRead: boolean
}

const answer = z.object({
  data: z.unknown().optional(),
  errors: z
    .array(
      z.object({
        message: z.string().optional(),
        code: z.union([z.int(), z.string()]).optional(),
        time_remaining: z.string().optional(),
      }),
    )
    .optional(),
})

/**
 * Asks the GraphQL API. It says no inside a 200: by `errors`, of which code 30 says that the credits are used up, and for
 * how long.
 *
 * @throws {RetryableError} RATE_LIMITED, AUTH_REJECTED, UPSTREAM_UNAVAILABLE; RESPONSE_MALFORMED of a question.
 * @throws {TerminalError} REQUEST_REJECTED.
 * @throws {UnknownOutcomeError} RESPONSE_MALFORMED of a mutation.
 */
export async function ask<Data>(caller: Caller, question: Question<Data>): Promise<Data> {
  const { config, fetch, now } = caller
  const { query, variables, isRead } = question
  const token = await accessToken(caller)
  const response = await fetch(new URL('/graphql', config.url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables }),
    isRead,
    signal: AbortSignal.timeout(config.timeoutMs),
  })
  // The next attempt asks for a token anew.
  if (response.status === 401) tokens.delete(config)
  const failure = classifyStatus(response.status, response.headers, now)
  if (failure !== null) throw failure
  const read = answer.safeParse(await response.json())
  const { errors = [], data } = read.success ? read.data : {}
  const [error] = errors
  if (error !== undefined) throw refusalOf(error)
  const parsed = question.data.safeParse(data)
  if (read.success && parsed.success) return parsed.data
  const malformed = { code: 'RESPONSE_MALFORMED' }
  throw isRead ? new RetryableError(malformed) : new UnknownOutcomeError(malformed)
}

const outOfCredits = '30'

function refusalOf(error: {
  readonly code?: number | string | undefined
  readonly time_remaining?: string | undefined
}): RetryableError | TerminalError {
  const code = String(error.code ?? '')
  if (code !== outOfCredits) {
    const isName = /^[A-Za-z0-9_]{1,40}$/.test(code)
    const reason = isName ? `ShipHero answers error ${code}` : 'ShipHero answers an error'
    return new TerminalError({ code: 'REQUEST_REJECTED', reason })
  }
  const seconds = Number(/^(\d{1,5}) second/.exec(error.time_remaining ?? '')?.[1] ?? 'NaN')
  const wait = Number.isFinite(seconds) ? { retryAfterMs: seconds * 1_000 } : {}
  return new RetryableError({ code: 'RATE_LIMITED', ...wait })
}
