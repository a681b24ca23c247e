import { once } from 'node:events'
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

/** How a double answers one request: properly, or with one of the faults that real systems have. */
export type Reply =
  | {
      readonly kind: 'answer'
      readonly status: number
      readonly headers?: OutgoingHttpHeaders
      readonly body?: string
      /** Waits so long after the request was read. */
      readonly delayMs?: number
      /** Sent as `Retry-After`: seconds for a number, an HTTP date for a date. */
      readonly retryAfter?: number | Date
    }
  /** Keeps the connection and never answers. */
  | { readonly kind: 'hang'; readonly when: FaultMoment }
  /** Cuts the connection without an answer. */
  | { readonly kind: 'drop'; readonly when: FaultMoment }
  /** Promises the length of `body`, sends half of it, then cuts the connection or sends no more. */
  | { readonly kind: 'half_body'; readonly body: string; readonly end: 'drop' | 'hang' }
  /** Sends a body without end, as fast as it is read. */
  | { readonly kind: 'endless_body' }

/** `before_body`: once the request's head is there, its body left unread. */
export type FaultMoment = 'before_body' | 'after_body'

const endlessChunk = Buffer.alloc(65_536, 'x')

/** Says whether the request's body is read before `reply` takes effect. */
export function readsBody(reply: Reply): boolean {
  return !('when' in reply) || reply.when === 'after_body'
}

/** Answers by `reply`. Ends when there is no more to send; a hanging connection stays open. */
export async function sendReply(response: ServerResponse, reply: Reply): Promise<void> {
  switch (reply.kind) {
    case 'answer':
      if (reply.delayMs) await sleep(reply.delayMs, undefined, { ref: false })
      response.writeHead(reply.status, answerHeaders(reply)).end(reply.body)
      return
    case 'hang':
      return
    case 'drop':
      response.destroy()
      return
    case 'half_body':
      await sendHalf(response, reply)
      return
    case 'endless_body':
      await sendWithoutEnd(response)
  }
}

function answerHeaders(reply: Extract<Reply, { kind: 'answer' }>): OutgoingHttpHeaders {
  const { headers = {}, retryAfter } = reply
  if (retryAfter === undefined) return headers
  const value = typeof retryAfter === 'number' ? String(retryAfter) : retryAfter.toUTCString()
  return { ...headers, 'retry-after': value }
}

async function sendHalf(
  response: ServerResponse,
  { body, end }: Extract<Reply, { kind: 'half_body' }>,
): Promise<void> {
  const bytes = Buffer.from(body)
  response.writeHead(200, { 'content-length': bytes.length })
  const half = bytes.subarray(0, Math.floor(bytes.length / 2))
  await new Promise<void>((resolve) => {
    response.write(half, () => resolve())
  })
  if (end === 'drop') response.destroy()
}

async function sendWithoutEnd(response: ServerResponse): Promise<void> {
  const closed = new AbortController()
  response.once('close', () => closed.abort())
  response.writeHead(200)
  while (!response.destroyed) {
    if (response.write(endlessChunk)) continue
    // Aborted when the reader goes away, which is how this ends.
    await once(response, 'drain', { signal: closed.signal }).catch(() => undefined)
  }
}
