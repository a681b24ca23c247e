import {
  classifyStatus,
  DeliveryError,
  type GuardedFetch,
  type GuardedResponse,
  RetryableError,
  TerminalError,
  UnknownOutcomeError,
} from '@backhaul/sdk/connector'
import type { z } from 'zod'

/** What a call to an API is made with: a delivery, a page of a poll, a test of the connection. */
export interface Caller<Config> {
  readonly config: Config
  readonly fetch: GuardedFetch
  readonly signal: AbortSignal
  readonly now: Date
}

export interface JsonCall<Answer extends z.ZodType> {
  readonly method: 'DELETE' | 'GET' | 'POST' | 'PUT'
  /** Below the address of the API, with its query. */
  readonly path: string
  readonly body?: unknown
  readonly answer: Answer
  /** A POST that only asks. */
  readonly isRead?: boolean
}

interface Dialect {
  readonly headers: Readonly<Record<string, string>>
  /** What a refusal says that may be shown: codes and names of fields, no sentence that may repeat an address. */
  readonly reasonOf: (refusal: unknown) => string | undefined
}

/**
 * Calls an API that takes and answers JSON.
 *
 * @throws {RetryableError} on 401, 408, 425, 429 and 5xx, after `Retry-After` where it was sent.
 * @throws {TerminalError} on any other 4xx, with what the dialect reads of it.
 * @throws {UnknownOutcomeError} when a write went out and its answer cannot be read.
 */
export async function callJson<Answer extends z.ZodType>(
  caller: Caller<{ readonly url: string; readonly timeoutMs: number }>,
  dialect: Dialect,
  { method, path, body, answer, isRead = method === 'GET' }: JsonCall<Answer>,
): Promise<z.output<Answer>> {
  const { config, fetch, now, signal } = caller
  const type = body === undefined ? {} : { 'content-type': 'application/json' }
  const response = await fetch(`${config.url}${path}`, {
    method,
    headers: { accept: 'application/json', ...type, ...dialect.headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.any([signal, AbortSignal.timeout(config.timeoutMs)]),
    isRead,
  })
  const failure = classifyStatus(response.status, response.headers, now)
  if (failure !== null) throw await explained(failure, response, dialect)
  const parsed = answer.safeParse(await response.json())
  if (parsed.success) return parsed.data
  const malformed = { code: 'RESPONSE_MALFORMED', status: response.status }
  throw isRead ? new RetryableError(malformed) : new UnknownOutcomeError(malformed)
}

/** Null in place of what a 404 says that there is not. */
export async function orNull<Found>(looking: Promise<Found>): Promise<Found | null> {
  try {
    return await looking
  } catch (error) {
    if (error instanceof DeliveryError && error.status === 404) return null
    throw error
  }
}

async function explained(
  failure: DeliveryError,
  response: GuardedResponse,
  { reasonOf }: Dialect,
): Promise<DeliveryError> {
  if (!(failure instanceof TerminalError) || failure.code !== 'REQUEST_REJECTED') return failure
  const { code, status } = failure
  const said: unknown = await response.json().catch(() => null)
  return new TerminalError({ code, status, reason: reasonOf(said) })
}
