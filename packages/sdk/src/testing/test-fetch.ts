import { type ClientRequest, type IncomingMessage, request as send } from 'node:http'
import type { GuardedFetch, GuardedRequest, GuardedResponse } from '../connector/guarded-fetch.ts'
import { networkFailure, RetryableError, UnknownOutcomeError } from '../errors.ts'

const maxBodyBytes = 65_536

/** Sent with every request, so that the fake system sees which went another way. */
export const guardHeader = 'x-guarded'

/**
 * A guarded fetch for plain HTTP on loopback that keeps the contract of the hub's: bounded bodies, no
 * redirects followed, and failures below HTTP told apart by whether the request may have arrived.
 */
export function createTestFetch(signal: AbortSignal): GuardedFetch {
  return async (url, request) => {
    const isRead = request.isRead ?? ['GET', 'HEAD'].includes(request.method)
    const both = request.signal === undefined ? signal : AbortSignal.any([signal, request.signal])
    return exchange(new URL(url), { ...request, signal: both, isRead })
  }
}

type Exchange = GuardedRequest & { readonly signal: AbortSignal; readonly isRead: boolean }

function exchange(url: URL, exchanged: Exchange): Promise<GuardedResponse> {
  const { method, headers, body, signal, isRead } = exchanged
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(networkFailure({ code: 'TIMEOUT', isSent: false, isRead }))
      return
    }
    const outgoing: ClientRequest = send(url, {
      method,
      headers: { ...headers, [guardHeader]: '1' },
      agent: false,
      signal,
    })
    let isSent = false
    outgoing.on('socket', (socket) =>
      socket.once('connect', () => {
        isSent = true
      }),
    )
    outgoing.on('error', (cause) => {
      const lost = isSent ? 'CONNECTION_LOST' : 'CONNECT_FAILED'
      const code = signal.aborted ? 'TIMEOUT' : lost
      reject(networkFailure({ code, isSent, isRead, cause }))
    })
    outgoing.on('response', (incoming) => resolve(responseOf(incoming, exchanged)))
    outgoing.end(body)
  })
}

function responseOf(incoming: IncomingMessage, { signal, isRead }: Exchange): GuardedResponse {
  let whole: Promise<Buffer> | undefined
  const bytes = () => (whole ??= readBounded(incoming, { signal, isRead }))
  const text = async () => (await bytes()).toString('utf8')
  return {
    status: incoming.statusCode ?? 0,
    headers: incoming.headers,
    bytes,
    text,
    json: async () => parseJson(await text(), isRead),
  }
}

async function readBounded(
  incoming: IncomingMessage,
  { signal, isRead }: { readonly signal: AbortSignal; readonly isRead: boolean },
): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of incoming) {
      chunks.push(chunk as Buffer)
      length += (chunk as Buffer).length
      if (length > maxBodyBytes) break
    }
  } catch (cause) {
    const code = signal.aborted ? 'TIMEOUT' : 'CONNECTION_LOST'
    throw networkFailure({ code, isSent: true, isRead, cause })
  }
  if (length > maxBodyBytes) {
    throw networkFailure({ code: 'RESPONSE_TOO_LARGE', isSent: true, isRead })
  }
  return Buffer.concat(chunks)
}

function parseJson(text: string, isRead: boolean): unknown {
  try {
    return JSON.parse(text)
  } catch {
    const failure = { code: 'RESPONSE_MALFORMED' }
    throw isRead ? new RetryableError(failure) : new UnknownOutcomeError(failure)
  }
}
