import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'

/** A request as a double sees it. */
export interface DoubleRequest {
  readonly method: string
  /** Without the query. */
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  /** What stands in the path where the route has `:name`, decoded. */
  readonly params: Readonly<Record<string, string>>
  /** The body as JSON; undefined where it is none. */
  readonly json: () => unknown
  /** The body as a form. */
  readonly form: () => URLSearchParams
}

/** What a double answers. A `body` that is neither text nor bytes goes as JSON. */
export interface DoubleAnswer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** Null when the sender goes away before its end. */
export async function readRequest(incoming: IncomingMessage): Promise<DoubleRequest | null> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of incoming) chunks.push(chunk as Buffer)
  } catch {
    return null
  }
  const { method = 'GET', url = '/', headers } = incoming
  const { pathname, searchParams } = new URL(url, 'http://double.invalid')
  const body = Buffer.concat(chunks)
  return {
    method,
    path: pathname,
    query: searchParams,
    headers,
    body,
    params: {},
    json: () => jsonOf(body),
    form: () => new URLSearchParams(body.toString()),
  }
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString())
  } catch {
    return undefined
  }
}
