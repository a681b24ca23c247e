import {
  classifyStatus,
  type DeliveryError,
  type GuardedFetch,
  type GuardedResponse,
  RetryableError,
  TerminalError,
} from '@backhaul/sdk/connector'
import type { Config } from './config.ts'
import { problem } from './contract.ts'

/** What a call is made with: that of a delivery, a poll or a check. */
export interface Caller {
  readonly config: Config
  readonly fetch: GuardedFetch
  readonly now: Date
}

export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT'
  /** Steps below the address of the connection; each is one segment, whatever it holds. */
  readonly path: readonly string[]
  readonly query?: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly key?: string
}

/**
 * Calls the warehouse; with the next token where the first is refused.
 *
 * @throws {DeliveryError} by the status, with the code that the warehouse gave: `WAREHOUSE_<CODE>` for a refusal.
 */
export async function callWarehouse(caller: Caller, call: Call): Promise<GuardedResponse> {
  const { token, nextToken } = caller.config
  const first = await send(caller, { call, token })
  const isRefused = first.status === 401 && nextToken !== undefined
  const response = isRefused ? await send(caller, { call, token: nextToken }) : first
  const failure = classifyStatus(response.status, response.headers, caller.now)
  if (failure === null) return response
  throw await withCode(failure, response)
}

function send(
  { config, fetch }: Caller,
  { call, token }: { readonly call: Call; readonly token: string },
): Promise<GuardedResponse> {
  const { method, path, query = {}, body, key } = call
  const url = new URL(config.url)
  const base = url.pathname.replace(/\/$/, '')
  url.pathname = [base, ...path.map(encodeURIComponent)].join('/')
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  return fetch(url, {
    method,
    headers: {
      accept: 'application/json',
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(key === undefined ? {} : { 'idempotency-key': key }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(config.timeoutMs),
  })
}

/** A refusal is named by what the warehouse says for programs; what it says for people may hold anything. */
async function withCode(failure: DeliveryError, response: GuardedResponse): Promise<DeliveryError> {
  if (!(failure instanceof TerminalError) || failure.code !== 'REQUEST_REJECTED') return failure
  const said = problem.safeParse(await response.json().catch(() => null))
  const code = said.success ? said.data.code : undefined
  if (code === undefined) return failure
  return new TerminalError({
    code: `WAREHOUSE_${code.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`,
    status: failure.status,
  })
}

/** @throws {RetryableError} RESPONSE_MALFORMED: a read that came out wrong may come out well another time. */
export function malformed(reason: string): RetryableError {
  return new RetryableError({ code: 'RESPONSE_MALFORMED', reason })
}
