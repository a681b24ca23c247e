import { classifyStatus, type GuardedResponse, RetryableError } from '@backhaul/sdk/connector'
import type { z } from 'zod'
import { bodyOf } from '../json-answer.ts'
import type { Caller as ApiCaller } from '../json-call.ts'
import type { Config } from './config.ts'

/** With what the API is called. */
export type Caller = ApiCaller<Config>

export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Below `/api/v2`. */
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly body?: unknown
  /** A budget of the connector's limits. */
  readonly budget?: string
  /** Statuses beside 2xx that are answers and no failures. */
  readonly accepts?: readonly number[]
}

/**
 * Calls the API.
 *
 * @throws {RetryableError} on 401, 429 and 5xx, after `Retry-After` where it was sent.
 * @throws {TerminalError} on any other 4xx.
 */
export async function call(
  { config, fetch, signal, now }: Caller,
  { method, path, query, body, budget, accepts = [] }: Call,
): Promise<GuardedResponse> {
  const url = new URL(`/api/v2${path}`, config.url)
  for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, value)
  const response = await fetch(url, {
    method,
    headers: {
      accept: 'application/json',
      authorization: `Basic ${Buffer.from(`${config.apiKey}:X`).toString('base64')}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(budget === undefined ? {} : { budget }),
    signal,
  })
  const { status } = response
  if (accepts.includes(status)) return response
  const failure = classifyStatus(status, response.headers, now)
  if (failure !== null) throw failure
  return response
}

/** Reads, as `schema` has it; null for a 404. @throws {RetryableError} RESPONSE_MALFORMED for anything else. */
export async function readOrNull<Schema extends z.ZodType>(
  caller: Caller,
  what: Omit<Call, 'method' | 'body' | 'accepts'>,
  schema: Schema,
): Promise<z.output<Schema> | null> {
  const response = await call(caller, { ...what, method: 'GET', accepts: [404] })
  if (response.status === 404) return null
  return bodyOf(response, schema)
}

/** The same of what has to be there. */
export async function read<Schema extends z.ZodType>(
  caller: Caller,
  what: Omit<Call, 'method' | 'body' | 'accepts'>,
  schema: Schema,
): Promise<z.output<Schema>> {
  const found = await readOrNull(caller, what, schema)
  if (found !== null) return found
  const reason = 'the address of the account may be another one'
  throw new RetryableError({ code: 'REQUEST_REJECTED', status: 404, reason })
}
