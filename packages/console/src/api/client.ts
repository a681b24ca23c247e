import type { ZodMiniType } from 'zod/mini'
import { ApiProblem, problemBody } from './problem.ts'

/** Values of a query; what is undefined or empty is left out. */
export type Query = Readonly<
  Record<string, string | number | boolean | readonly string[] | undefined>
>

export interface ApiRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly query?: Query
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

/** An answer, with the tag that a change of the same resource has to name in `If-Match`. */
export interface Answer<Body> {
  readonly body: Body
  readonly etag: string | null
}

let csrfToken: string | null = null
let onSignedOut: () => void = () => {}

/** Kept in memory alone: whoever reads the page's storage does not find it. */
export function keepCsrfToken(token: string | null): void {
  csrfToken = token
}

/** Called when the hub no longer knows the session. */
export function whenSignedOut(listener: () => void): void {
  onSignedOut = listener
}

/** `/api/v1/returns` + `{limit: 50}` -> `/api/v1/returns?limit=50`. */
export function addressOf(path: string, query: Query = {}): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === '') continue
    for (const one of Array.isArray(value) ? value : [value]) search.append(name, String(one))
  }
  const text = search.toString()
  return text === '' ? path : `${path}?${text}`
}

/**
 * Asks the hub, and reads its answer by a schema.
 *
 * @throws {ApiProblem} for what the hub refuses, for an answer that is not as agreed (`UNEXPECTED_ANSWER`),
 * and where there is none (`OFFLINE`).
 */
export async function ask<Body>(
  path: string,
  schema: ZodMiniType<Body>,
  request: ApiRequest = {},
): Promise<Answer<Body>> {
  const response = await send(path, request)
  const read = schema.safeParse(await readJson(response))
  if (!read.success) throw unexpected(response)
  return { body: read.data, etag: response.headers.get('etag') }
}

/** As `ask`, for the body alone. */
export async function fetchBody<Body>(
  path: string,
  schema: ZodMiniType<Body>,
  request: ApiRequest = {},
): Promise<Body> {
  return (await ask(path, schema, request)).body
}

/** Sends what has no answer that would be read. @throws {ApiProblem} as `ask` does. */
export async function tell(path: string, request: ApiRequest): Promise<void> {
  await (await send(path, request)).body?.cancel()
}

async function send(path: string, request: ApiRequest): Promise<Response> {
  const { method = 'GET', query, body, headers, signal } = request
  let response: Response
  try {
    response = await fetch(addressOf(path, query), {
      method,
      credentials: 'same-origin',
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(method === 'GET' || csrfToken === null ? {} : { 'x-csrf-token': csrfToken }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    })
  } catch (error) {
    if (signal?.aborted === true) throw error
    throw offline()
  }
  if (response.ok) return response
  const problem = await readProblem(response)
  if (problem.code === 'UNAUTHENTICATED' && path !== '/api/v1/session') onSignedOut()
  throw problem
}

async function readProblem(response: Response): Promise<ApiProblem> {
  const read = problemBody.safeParse(await readJson(response))
  if (!read.success) return unexpected(response)
  const { status, code, title, detail, retryable, traceId, errors } = read.data
  const after = Number(response.headers.get('retry-after') ?? Number.NaN)
  return new ApiProblem({
    status,
    code,
    title,
    detail,
    isRetryable: retryable,
    traceId,
    retryAfterSeconds: Number.isFinite(after) ? after : null,
    fields: errors ?? [],
  })
}

async function readJson(response: Response): Promise<unknown> {
  if (response.status === 204) return null
  try {
    return await response.json()
  } catch {
    return undefined
  }
}

function unexpected({ status, headers }: Response): ApiProblem {
  return new ApiProblem({
    status,
    code: 'UNEXPECTED_ANSWER',
    title: 'Unexpected answer',
    detail: `The hub answered in a way that this page does not understand (status ${status}).`,
    isRetryable: status >= 500,
    traceId: headers.get('x-request-id'),
  })
}

function offline(): ApiProblem {
  return new ApiProblem({
    status: 0,
    code: 'OFFLINE',
    title: 'No connection',
    detail: 'The hub could not be reached.',
    isRetryable: true,
    traceId: null,
  })
}
