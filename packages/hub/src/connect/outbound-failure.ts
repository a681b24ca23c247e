import { networkFailure, TerminalError } from '@backhaul/sdk/connector'
import { HubError } from '../platform/errors.ts'

/** A request that the hub itself will not send: the same one would be refused again. */
export function refusedRequest(reason: string): TerminalError {
  return new TerminalError({ code: 'REQUEST_INVALID', reason })
}

export function targetNotAllowed(error: HubError): TerminalError {
  return new TerminalError({ code: error.code, reason: error.message, cause: error })
}

/** What a failed request means to its delivery. `error` is what undici, the socket or the look-up gave. */
export function toDeliveryError(
  error: unknown,
  request: { readonly isSent: boolean; readonly isRead: boolean },
): Error {
  if (error instanceof HubError) return targetNotAllowed(error)
  const code = systemCode(error)
  if (code === 'UND_ERR_INVALID_ARG') {
    return refusedRequest('the method, a header or the body cannot be sent')
  }
  if (code === 'UND_ERR_HEADERS_OVERFLOW') {
    return networkFailure({ ...request, code: 'RESPONSE_TOO_LARGE', cause: error })
  }
  const failure = request.isSent ? 'CONNECTION_LOST' : 'CONNECT_FAILED'
  return networkFailure({ ...request, code: failure, cause: error })
}

function systemCode(error: unknown): string | undefined {
  const code = (error as { readonly code?: unknown } | null)?.code
  return typeof code === 'string' ? code : undefined
}
