import {
  classifyStatus,
  type DeliveryError,
  type GuardedFetch,
  RetryableError,
  TerminalError,
  UnknownOutcomeError,
} from '@backhaul/sdk/connector'
import { z } from 'zod'
import type { Config } from './config.ts'

export interface Line {
  readonly config: Config
  readonly fetch: GuardedFetch
  readonly now: Date
}

const refused = z.object({ ok: z.literal(false), error: z.string() })

/**
 * Calls a method of the Web API that changes something.
 *
 * @throws {DeliveryError} also for `ok: false`, which Slack says inside a 200.
 */
export function post<T extends z.ZodType>(
  line: Line,
  { method, body, answer }: { readonly method: string; readonly body: object; readonly answer: T },
): Promise<z.output<T>> {
  const headers = { 'content-type': 'application/json; charset=utf-8' }
  const request = { method: 'POST', headers, body: JSON.stringify(body) }
  return call(line, { method, query: '', request, answer, isRead: false })
}

/** Calls a method that only reads. @throws {DeliveryError} */
export function read<T extends z.ZodType>(
  line: Line,
  asked: {
    readonly method: string
    readonly query?: Readonly<Record<string, string>>
    readonly answer: T
  },
): Promise<z.output<T>> {
  const { method, query = {}, answer } = asked
  const text = new URLSearchParams(query).toString()
  const request = { method: 'GET', headers: {} }
  return call(line, { method, query: text === '' ? '' : `?${text}`, request, answer, isRead: true })
}

interface Call<T extends z.ZodType> {
  readonly method: string
  readonly query: string
  readonly request: {
    readonly method: string
    readonly headers: Readonly<Record<string, string>>
    readonly body?: string
  }
  readonly answer: T
  readonly isRead: boolean
}

async function call<T extends z.ZodType>(
  { config, fetch, now }: Line,
  { method, query, request, answer, isRead }: Call<T>,
): Promise<z.output<T>> {
  const headers = { ...request.headers, authorization: `Bearer ${config.token}` }
  const url = `${config.url.replace(/\/$/, '')}/${method}${query}`
  const response = await fetch(url, { ...request, headers, isRead })
  const failure = classifyStatus(response.status, response.headers, now)
  if (failure) throw failure
  const body = await response.json()
  const no = refused.safeParse(body)
  if (no.success) throw refusal(no.data.error, isRead)
  const parsed = answer.safeParse(body)
  if (parsed.success) return parsed.data
  const malformed = { code: 'RESPONSE_MALFORMED', reason: 'the answer has another form' }
  throw isRead ? new RetryableError(malformed) : new UnknownOutcomeError(malformed)
}

/** Credentials can be renewed, scopes added: a later attempt gets through. */
const credentials = new Set([
  'account_inactive',
  'invalid_auth',
  'missing_scope',
  'not_authed',
  'token_expired',
  'token_revoked',
])
const passing = new Set(['ratelimited', 'rate_limited', 'request_timeout', 'service_unavailable'])
/** Slack: "It's possible some aspect of the operation succeeded before the error was raised." */
const inDoubt = new Set(['fatal_error', 'internal_error'])
const channels = new Set([
  'channel_not_found',
  'is_archived',
  'not_in_channel',
  'restricted_action',
])

function refusal(error: string, isRead: boolean): DeliveryError {
  const word = /^[a-z0-9_]{1,60}$/.test(error) ? error : 'something else'
  const reason = `Slack says ${word}`
  if (credentials.has(error)) return new RetryableError({ code: 'AUTH_REJECTED', reason })
  if (passing.has(error)) {
    return new RetryableError({ code: 'UPSTREAM_UNAVAILABLE', reason })
  }
  if (inDoubt.has(error)) {
    const failure = { code: 'UPSTREAM_UNAVAILABLE', reason }
    return isRead ? new RetryableError(failure) : new UnknownOutcomeError(failure)
  }
  if (channels.has(error)) {
    const hint = 'invite the app to the channel, or name another one'
    return new TerminalError({ code: 'CHANNEL_UNUSABLE', reason: `${reason}: ${hint}` })
  }
  return new TerminalError({ code: 'REQUEST_REJECTED', reason })
}
