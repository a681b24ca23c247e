import {
  type DeliveryError,
  type NetworkFailure,
  networkFailure,
  RetryableError,
  TerminalError,
  UnknownOutcomeError,
} from '@backhaul/sdk/connector'
import { HubError } from '../platform/errors.ts'

/** A request that the hub itself will not send: the same one would be refused again. */
export function refusedRequest(reason: string): TerminalError {
  return new TerminalError({ code: 'REQUEST_INVALID', reason })
}

export function targetNotAllowed(error: HubError): TerminalError {
  return new TerminalError({ code: error.code, reason: error.message, cause: error })
}

/** A network failure of the class that the sdk gives it, with a line for the operator. */
export function requestFailure(failure: NetworkFailure, reason: string): DeliveryError {
  const { code, cause } = failure
  return networkFailure(failure).kind === 'unknown'
    ? new UnknownOutcomeError({ code, reason, cause })
    : new RetryableError({ code, reason, cause })
}

/** What a failed request means to its delivery. `error` is what undici, the socket or the look-up gave. */
export function toDeliveryError(
  error: unknown,
  request: { readonly isSent: boolean; readonly isRead: boolean },
): DeliveryError {
  if (error instanceof HubError) return targetNotAllowed(error)
  const systemCode = codeOf(error)
  if (systemCode === 'UND_ERR_INVALID_ARG') {
    return refusedRequest('the method, a header or the body cannot be sent')
  }
  const reason = reasons.get(systemCode) ?? systemCode
  if (systemCode === 'UND_ERR_HEADERS_OVERFLOW') {
    return requestFailure({ ...request, code: 'RESPONSE_TOO_LARGE', cause: error }, reason)
  }
  const code = request.isSent ? 'CONNECTION_LOST' : 'CONNECT_FAILED'
  return requestFailure({ ...request, code, cause: error }, reason)
}

/** In words what happens often; the rest, such as what is wrong with a certificate, by its code. */
const reasons: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'nothing listens at the address'],
  ['ECONNRESET', 'the other side cut the connection'],
  ['UND_ERR_SOCKET', 'the other side closed the connection'],
  ['ENOTFOUND', 'the name does not exist'],
  ['EAI_AGAIN', 'the name could not be looked up'],
  ['EHOSTUNREACH', 'no way leads to the address'],
  ['ENETUNREACH', 'no way leads to the address'],
  ['ETIMEDOUT', 'no connection came about in time'],
  ['UND_ERR_CONNECT_TIMEOUT', 'no connection came about in time'],
  ['UND_ERR_HEADERS_OVERFLOW', 'the headers of the answer are too large'],
  ['CERT_HAS_EXPIRED', 'its certificate has expired'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'its certificate is signed by nobody the hub trusts'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'its certificate is signed by nobody the hub trusts'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'its certificate is signed by nobody the hub trusts'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'its certificate is for another name'],
])

function codeOf(error: unknown): string {
  const code = (error as { readonly code?: unknown } | null)?.code
  return typeof code === 'string' ? code : 'it failed without a code'
}
