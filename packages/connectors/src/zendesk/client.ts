import { classifyStatus, type GuardedResponse, RetryableError } from '@backhaul/sdk/connector'
import type { z } from 'zod'
import { bodyOf } from '../json-answer.ts'
import type { Caller as ApiCaller } from '../json-call.ts'
import type { Config } from './config.ts'

/** With what the API is called. */
export type Caller = ApiCaller<Config>

export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below `/api/v2`. */
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** A budget of the connector's limits. */
  readonly budget?: string
  /** Statuses beside 2xx that are answers and no failures. */
  readonly accepts?: readonly number[]
}

/**
 * Calls the API.
 *
 * @throws {RetryableError} on 401, 409, 429 and 5xx, after `Retry-After` where it was sent.
 * @throws {TerminalError} on any other 4xx.
 */
export async function call(
  { config, fetch, signal, now }: Caller,
  { method, path, query, body, headers, budget, accepts = [] }: Call,
): Promise<GuardedResponse> {
  const url = new URL(`/api/v2${path}`, config.url)
  for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, value)
  const response = await fetch(url, {
    method,
    headers: {
      accept: 'application/json',
      authorization: authorizationOf(config),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(budget === undefined ? {} : { budget }),
    signal,
  })
  const { status } = response
  if (accepts.includes(status)) return response
  // Somebody else has just written the same record: nothing of this was done.
  if (status === 409) throw new RetryableError({ code: 'CONFLICT', status })
  const failure = classifyStatus(status, response.headers, now)
  if (failure !== null) throw failure
  return response
}

/** Reads, as `schema` has it. @throws {RetryableError} RESPONSE_MALFORMED for anything else. */
export async function read<Schema extends z.ZodType>(
  caller: Caller,
  what: Omit<Call, 'method' | 'body'>,
  schema: Schema,
): Promise<z.output<Schema>> {
  const response = await call(caller, { ...what, method: 'GET' })
  return bodyOf(response, schema)
}

function authorizationOf({ email, token }: Config): string {
  if (email === undefined) return `Bearer ${token}`
  return `Basic ${Buffer.from(`${email}/token:${token}`).toString('base64')}`
}
