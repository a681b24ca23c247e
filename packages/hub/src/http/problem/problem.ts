import { type ErrorCode, errorCodes, type FieldProblem, HubError } from '../../platform/errors.ts'
import { isTransient, isUnavailable } from '../../store/database.ts'

/** An error as its sender reads it (RFC 9457), with our members. */
export interface Problem {
  /** Stable for each code, and an address of this hub that says more. */
  readonly type: string
  readonly title: string
  readonly status: number
  /** About this one occurrence. */
  readonly detail: string
  /** Names this occurrence. */
  readonly instance: string
  readonly code: ErrorCode
  /** Whether the same request may succeed when it is sent again unchanged. */
  readonly retryable: boolean
  /** Under which the hub's log has more. */
  readonly traceId: string
  /** What is wrong with which field of the body, or with which parameter. */
  readonly errors?: readonly FieldProblem[]
}

export const problemType = 'application/problem+json; charset=utf-8'

/** `SIGNATURE_INVALID` -> `/problems/signature-invalid`. */
export function problemPath(code: ErrorCode): string {
  return `/problems/${code.toLowerCase().replaceAll('_', '-')}`
}

const codeByName: ReadonlyMap<string, ErrorCode> = new Map(
  (Object.keys(errorCodes) as ErrorCode[]).map((code) => [problemPath(code), code]),
)

/** `/problems/signature-invalid` -> `SIGNATURE_INVALID`. */
export function codeOfPath(path: string): ErrorCode | undefined {
  return codeByName.get(path)
}

export function problemOf(error: HubError, traceId: string): Problem {
  const { code, status, title, retryable, message, problems } = error
  return {
    type: problemPath(code),
    title,
    status,
    detail: message,
    instance: `urn:trace:${traceId}`,
    code,
    retryable,
    traceId,
    ...(problems.length > 0 ? { errors: problems } : {}),
  }
}

/** Codes of fastify's own errors, by what they mean here. */
const frameworkCodes: Readonly<Record<string, { code: ErrorCode; message: string }>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: { code: 'PAYLOAD_TOO_LARGE', message: 'The body is too large.' },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    code: 'UNSUPPORTED_MEDIA_TYPE',
    message: 'Send JSON, as application/json.',
  },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    code: 'MALFORMED_BODY',
    message: 'The body is not as long as its Content-Length says.',
  },
  FST_ERR_CTP_EMPTY_JSON_BODY: { code: 'MALFORMED_BODY', message: 'The body is empty.' },
  FST_ERR_BAD_URL: { code: 'MALFORMED_REQUEST', message: 'The path is not a valid URL path.' },
}

/** Any error as one of ours. What is not known is INTERNAL, and says nothing of itself. */
export function asHubError(error: unknown): HubError {
  if (error instanceof HubError) return error
  if (isUnavailable(error)) {
    return new HubError('DATABASE_UNAVAILABLE', 'The database does not answer.', {
      retryAfterSeconds: 1,
      cause: error,
    })
  }
  if (isTransient(error)) {
    return new HubError('OVERLOADED', 'Others were changing the same records.', {
      retryAfterSeconds: 1,
      cause: error,
    })
  }
  const { code, statusCode } = (error ?? {}) as { code?: unknown; statusCode?: unknown }
  const known = typeof code === 'string' ? frameworkCodes[code] : undefined
  if (known !== undefined) return new HubError(known.code, known.message)
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500) {
    return new HubError('MALFORMED_REQUEST', 'The request is not well formed.', { cause: error })
  }
  return new HubError('INTERNAL', 'Something in the hub failed.', { cause: error })
}
