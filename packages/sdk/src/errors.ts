import type { ExceptionCode } from './canonical/index.ts'

/**
 * Codes that the hub and the shared helpers give to a failed delivery. A connector may add its own,
 * in the same form, for what only its system can answer.
 */
export const deliveryCodes = [
  'AUTH_REJECTED',
  'CONNECTION_LOST',
  'CONNECTOR_DEFECT',
  'CONNECT_FAILED',
  'ENDPOINT_GONE',
  'RATE_LIMITED',
  'REDIRECT_REFUSED',
  'REQUEST_REJECTED',
  'RESPONSE_MALFORMED',
  'RESPONSE_TOO_LARGE',
  'TIMEOUT',
  'UPSTREAM_UNAVAILABLE',
] as const
export type DeliveryCode = (typeof deliveryCodes)[number]

export interface DeliveryFailure {
  /** SCREAMING_SNAKE; what a program reads. */
  readonly code: string
  /** HTTP status of the answer, where there was one. */
  readonly status?: number | undefined
  /** For an operator; becomes one line of at most 300 characters. Never a payload, a secret or a customer's data. */
  readonly reason?: string | undefined
  /** What is wrong with the return by this; the hub's own code for what is wrong with the delivery when left out. */
  readonly exception?: ExceptionCode | undefined
  readonly cause?: unknown
}

const maxReasonLength = 300

/**
 * A delivery that did not succeed, told apart by class and `code`, never by its message. What a handler
 * throws and is not one of the three classes below is a defect of the connector, and its outcome unknown.
 */
export abstract class DeliveryError extends Error {
  abstract readonly kind: 'retryable' | 'terminal' | 'unknown'
  readonly code: string
  readonly status: number | undefined
  readonly reason: string | undefined
  readonly exception: ExceptionCode | undefined

  constructor({ code, status, reason, exception, cause }: DeliveryFailure) {
    const shortReason = reason === undefined ? undefined : toOneLine(reason)
    super(describe(code, status, shortReason), cause === undefined ? undefined : { cause })
    this.code = code
    this.status = status
    this.reason = shortReason
    this.exception = exception
  }
}

/** The effect did not happen, or repeating it is harmless: the same command goes out again later. */
export class RetryableError extends DeliveryError {
  override readonly name = 'RetryableError'
  override readonly kind = 'retryable'
  /** The earliest next attempt, as the system asked for it; undefined leaves it to the hub's schedule. */
  readonly retryAfterMs: number | undefined

  constructor(failure: DeliveryFailure & { readonly retryAfterMs?: number | undefined }) {
    super(failure)
    this.retryAfterMs = failure.retryAfterMs
  }
}

/** The effect did not happen, and the same command would fail again: a person has to look. */
export class TerminalError extends DeliveryError {
  override readonly name = 'TerminalError'
  override readonly kind = 'terminal'
  /** The receiver wants nothing more from us (410 Gone): the hub disables the connection. */
  readonly disablesConnection: boolean

  constructor(failure: DeliveryFailure & { readonly disablesConnection?: boolean }) {
    super(failure)
    this.disablesConnection = failure.disablesConnection ?? false
  }
}

/**
 * The request went out and no answer says whether it had its effect. Never blindly repeated: the hub
 * reads back where the connector can, and otherwise relies on the declared write idempotency.
 */
export class UnknownOutcomeError extends DeliveryError {
  override readonly name = 'UnknownOutcomeError'
  override readonly kind = 'unknown'
}

export interface NetworkFailure {
  readonly code: 'CONNECT_FAILED' | 'CONNECTION_LOST' | 'RESPONSE_TOO_LARGE' | 'TIMEOUT'
  /** Whether any byte of the request may have reached the other side. */
  readonly isSent: boolean
  /** Whether the request only reads, so that it has no effect to be in doubt about. */
  readonly isRead: boolean
  readonly cause?: unknown
}

/**
 * The class of a bare network failure. Before the request was sent nothing can have happened, and a read
 * changes nothing: both may be repeated. After a write was sent its outcome is unknown.
 */
export function networkFailure(failure: NetworkFailure): RetryableError | UnknownOutcomeError {
  const { code, isSent, isRead, cause } = failure
  return isSent && !isRead
    ? new UnknownOutcomeError({ code, cause })
    : new RetryableError({ code, cause })
}

function describe(code: string, status: number | undefined, reason: string | undefined): string {
  const withStatus = status === undefined ? code : `${code} (HTTP ${status})`
  return reason === undefined ? withStatus : `${withStatus}: ${reason}`
}

/** Systems put line breaks and worse into what they call a message. */
function toOneLine(text: string): string {
  const oneLine = text.slice(0, 2 * maxReasonLength).replaceAll(/[\p{Cc}\s]+/gu, ' ')
  const short = oneLine.trim().slice(0, maxReasonLength)
  // A pair of surrogates that was cut in two is no text.
  return short.replaceAll(/\p{Surrogate}/gu, '\uFFFD')
}
