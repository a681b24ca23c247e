import {
  type GuardedFetch,
  type GuardedResponse,
  RetryableError,
  UnknownOutcomeError,
} from '@backhaul/sdk/connector'
import { z } from 'zod'
import { type Call, toArguments, toJson2 } from './call.ts'
import { type FailedCall, failureOf, failureOfPage, serverError } from './failures.ts'

/** Where calls go, and as whom. */
export interface Endpoint {
  readonly url: string
  readonly database: string
  readonly login: string
  readonly key: string
}

/** What a request is sent with. */
export interface Wire {
  readonly fetch: GuardedFetch
  readonly signal: AbortSignal
  readonly now: Date
}

/** @returns the bare result of the method; null for None. */
export type SendCall = (endpoint: Endpoint, call: Call, wire: Wire) => Promise<unknown>

/** Odoo 19 and later: `POST /json/2/<model>/<method>`. */
export const sendJson2: SendCall = async (endpoint, call, wire) => {
  const path = `/json/2/${encodeURIComponent(call.model)}/${encodeURIComponent(call.method)}`
  const headers = {
    authorization: `bearer ${endpoint.key}`,
    'x-odoo-database': endpoint.database,
  }
  const { isRead } = call
  const response = await post({ endpoint, path, headers, body: toJson2(call), isRead }, wire)
  if (response.status >= 200 && response.status < 300) return response.json()
  throw await failureOfResponse(response, { call: nameOf(call), isRead, now: wire.now })
}

/** A call of a service below a model: `common.version`, `object.execute_kw`. */
export interface RpcRequest {
  readonly service: string
  readonly method: string
  readonly args: readonly unknown[]
  /** For errors: what was called. */
  readonly call: string
  readonly isRead: boolean
}

const rpcAnswer = z.object({
  result: z.unknown().optional(),
  error: z.object({ data: serverError.optional().catch(undefined) }).optional(),
})

/**
 * Odoo 17 and 18, and 19 as a fallback: `POST /jsonrpc`. An error comes with the status 200, and a method that
 * returns None with neither result nor error.
 */
export async function sendRpc(
  endpoint: Pick<Endpoint, 'url'>,
  { call, isRead, ...params }: RpcRequest,
  wire: Wire,
): Promise<unknown> {
  const body = { jsonrpc: '2.0', id: 1, method: 'call', params }
  const response = await post({ endpoint, path: '/jsonrpc', headers: {}, body, isRead }, wire)
  const { status, headers } = response
  if (status !== 200) throw await failureOfResponse(response, { call, isRead, now: wire.now })
  const answer = rpcAnswer.safeParse(await response.json())
  const failure = { code: 'RESPONSE_MALFORMED', status, reason: call }
  const malformed = isRead ? new RetryableError(failure) : new UnknownOutcomeError(failure)
  if (!answer.success) throw malformed
  const { error, result } = answer.data
  if (error === undefined) return result ?? null
  if (error.data === undefined) throw malformed
  throw failureOf(error.data, { call, isRead, status, headers, now: wire.now })
}

/** `execute_kw` as a user whose number is known. */
export function sendJsonRpcAs(uid: number): SendCall {
  return (endpoint, call, wire) => {
    const { args, kwargs } = toArguments(call)
    const { database, key } = endpoint
    const all = [database, uid, key, call.model, call.method, args, kwargs]
    const { isRead } = call
    const request = { service: 'object', method: 'execute_kw', args: all }
    return sendRpc(endpoint, { ...request, call: nameOf(call), isRead }, wire)
  }
}

function nameOf({ model, method }: Call): string {
  return `${model}.${method}`
}

interface Post {
  readonly endpoint: Pick<Endpoint, 'url'>
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Readonly<Record<string, unknown>>
  readonly isRead: boolean
}

function post(
  { endpoint: { url }, path, headers, body, isRead }: Post,
  { fetch, signal }: Wire,
): Promise<GuardedResponse> {
  return fetch(new URL(path, url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
    signal,
    isRead,
  })
}

/** The status says least: 500 is mostly a mistake of ours or a warning, so the name of the exception decides. */
async function failureOfResponse(
  response: GuardedResponse,
  about: Omit<FailedCall, 'status' | 'headers'>,
): Promise<Error> {
  const { status, headers } = response
  const failed = { ...about, status, headers }
  // A body that breaks off, or is no JSON, says nothing: the status has come.
  const parsed = serverError.safeParse(await response.json().catch(() => null))
  return parsed.success ? failureOf(parsed.data, failed) : failureOfPage(failed)
}
