import {
  classifyStatus,
  type GuardedFetch,
  type GuardedResponse,
  header,
  RetryableError,
  TerminalError,
} from '@backhaul/sdk/connector'
import { z } from 'zod'
import type { Config } from './config.ts'

/** What a call needs of a delivery, a page, a check or a set-up. */
export interface Caller {
  readonly config: Config
  readonly fetch: GuardedFetch
  readonly now: Date
  /** In place of the connection's own token, for a set-up. */
  readonly adminKey?: string | null
}

export interface Answer {
  readonly status: number
  readonly body: unknown
}

interface Call {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly send?: unknown
  /** A POST that only asks. */
  readonly isRead?: boolean
  /** Statuses that are an answer and no failure. */
  readonly allow?: readonly number[]
}

/**
 * One call of the API. Of a refusal only the name of the limit and of the category is read, never its message: HubSpot
 * quotes what it was sent.
 *
 * @throws {DeliveryError} for every status that is neither 2xx nor allowed.
 */
export async function call(caller: Caller, what: Call): Promise<Answer> {
  const { method = 'GET', path, query = {}, send, allow = [] } = what
  const { config, fetch, now } = caller
  const isRead = method === 'GET' || what.isRead === true
  const url = new URL(`${config.url.replace(/\/+$/, '')}${path}`)
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  const response = await fetch(url, {
    method,
    isRead,
    headers: {
      accept: 'application/json',
      authorization: `Bearer ${caller.adminKey ?? config.token}`,
      ...(send === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(send === undefined ? {} : { body: JSON.stringify(send) }),
  })
  const { status } = response
  if (allow.includes(status)) return { status, body: null }
  const failure = classifyStatus(status, response.headers, now)
  if (failure === null) return { status, body: await bodyOf(response, isRead) }
  if (status === 429) throw await rateLimited(response, failure)
  if (status === 403) throw await forbidden(response, failure)
  throw failure
}

/** Below `/crm/<area>/<version>`. */
export function crm({ version }: Config, area: 'objects' | 'pipelines' | 'properties'): string {
  return `/crm/${area}/${version}`
}

async function bodyOf(response: GuardedResponse, isRead: boolean): Promise<unknown> {
  const text = await response.text()
  try {
    return JSON.parse(text)
  } catch (cause) {
    // A write that was answered by anything but JSON: its effect is looked up.
    if (!isRead) return null
    const reason = 'HubSpot answered no JSON.'
    throw new RetryableError({ code: 'RESPONSE_MALFORMED', reason, cause })
  }
}

const refusal = z.looseObject({
  policyName: z.string().max(40).optional(),
  category: z.string().max(40).optional(),
})

async function refusalOf(response: GuardedResponse): Promise<z.output<typeof refusal>> {
  const body: unknown = await response.json().catch(() => null)
  const parsed = refusal.safeParse(body)
  return parsed.success ? parsed.data : {}
}

const hourMs = 3_600_000

/** HubSpot says how long its window is, and seldom `Retry-After`. A day's share is not given back within seconds. */
async function rateLimited<Failure>(
  response: GuardedResponse,
  failure: Failure,
): Promise<Failure | RetryableError> {
  if (failure instanceof RetryableError && failure.retryAfterMs !== undefined) return failure
  const { policyName } = await refusalOf(response)
  const window = header(response.headers, 'x-hubspot-ratelimit-interval-milliseconds') ?? ''
  const windowMs = /^\d{1,7}$/.test(window) ? Number(window) : undefined
  const retryAfterMs = policyName === 'DAILY' ? hourMs : windowMs
  return new RetryableError({ code: 'RATE_LIMITED', status: 429, retryAfterMs })
}

async function forbidden<Failure>(
  response: GuardedResponse,
  failure: Failure,
): Promise<Failure | TerminalError> {
  const { category } = await refusalOf(response)
  if (category !== 'MISSING_SCOPES') return failure
  const reason = 'The private app lacks a scope; "test connection" says which.'
  return new TerminalError({ code: 'SCOPE_MISSING', status: 403, reason })
}

/** @throws {RetryableError} when what was read has another shape: nothing was changed by reading. */
export function readAs<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  const at = parsed.error.issues[0]?.path.join('.') ?? ''
  const reason = `HubSpot answered in another shape than expected${at === '' ? '' : `, at ${at}`}.`
  throw new RetryableError({ code: 'RESPONSE_MALFORMED', reason })
}
