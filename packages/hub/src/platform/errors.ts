/**
 * Every code the hub answers or stores: its HTTP status, its one-line title, and whether the same
 * request may succeed when it is sent again unchanged. The errors reference is made from it.
 */
export const errorCodes = {
  MALFORMED_BODY: {
    status: 400,
    title: 'The body could not be read as the format it claims to be.',
    retryable: false,
  },
  MALFORMED_REQUEST: {
    status: 400,
    title: 'A path, query or header value is not well formed.',
    retryable: false,
  },
  IDEMPOTENCY_KEY_MISSING: {
    status: 400,
    title: 'This request needs an Idempotency-Key header.',
    retryable: false,
  },
  UNAUTHENTICATED: {
    status: 401,
    title: 'The request carries no valid credential.',
    retryable: false,
  },
  SIGNATURE_INVALID: {
    status: 401,
    title: 'The signature does not match the bytes that were sent.',
    retryable: false,
  },
  FORBIDDEN: {
    status: 403,
    title: 'The credential does not allow this.',
    retryable: false,
  },
  TARGET_NOT_ALLOWED: {
    status: 403,
    title: 'The outbound address is private, and was not allowed by an administrator.',
    retryable: false,
  },
  NOT_FOUND: {
    status: 404,
    title: 'There is no such resource.',
    retryable: false,
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    title: 'The resource does not know this method.',
    retryable: false,
  },
  REQUEST_TIMEOUT: {
    status: 408,
    title: 'The request took too long to arrive.',
    retryable: true,
  },
  CONFLICT: {
    status: 409,
    title: 'The resource is in a state that does not allow this.',
    retryable: false,
  },
  MESSAGE_ID_REUSED: {
    status: 409,
    title:
      'A message with this id and another body was taken in before; this one is kept as a conflict.',
    retryable: false,
  },
  CANNOT_REFRESH: {
    status: 409,
    title: 'The system cannot be asked about this return.',
    retryable: false,
  },
  CONNECTION_DISABLED: {
    status: 409,
    title: 'The connection is disabled.',
    retryable: false,
  },
  IDEMPOTENCY_KEY_IN_USE: {
    status: 409,
    title: 'A request with this Idempotency-Key is still running.',
    retryable: true,
  },
  PRECONDITION_FAILED: {
    status: 412,
    title: 'The resource has changed since it was read.',
    retryable: false,
  },
  PAYLOAD_TOO_LARGE: {
    status: 413,
    title: 'The body is larger than this endpoint takes.',
    retryable: false,
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    title: 'The content type is not one that this endpoint reads.',
    retryable: false,
  },
  VALIDATION_FAILED: {
    status: 422,
    title: 'The request is well formed, but its content is not acceptable.',
    retryable: false,
  },
  IDEMPOTENCY_KEY_REUSED: {
    status: 422,
    title: 'This Idempotency-Key was used before with a different request.',
    retryable: false,
  },
  MAPPING_FAILED: {
    status: 422,
    title: 'The mapping could not make an event of the message.',
    retryable: false,
  },
  PRECONDITION_REQUIRED: {
    status: 428,
    title: 'This request needs an If-Match header.',
    retryable: false,
  },
  RATE_LIMITED: {
    status: 429,
    title: 'Too many requests.',
    retryable: true,
  },
  HEADERS_TOO_LARGE: {
    status: 431,
    title: 'The header fields are larger than the hub takes.',
    retryable: false,
  },
  INTERNAL: {
    status: 500,
    title: 'The hub failed. The log holds the cause under the same trace id.',
    retryable: true,
  },
  SECRET_UNREADABLE: {
    status: 500,
    title: 'A stored secret cannot be opened with the keys the hub was given.',
    retryable: false,
  },
  EMBEDDED_DATABASE_FAILED: {
    status: 500,
    title: 'The embedded database cannot be set up or started.',
    retryable: false,
  },
  SYSTEM_OF_RECORD_SILENT: {
    status: 503,
    title: 'The system that keeps the orders does not answer.',
    retryable: true,
  },
  DATABASE_UNSAFE: {
    status: 503,
    title: 'The database server could lose what it acknowledged.',
    retryable: false,
  },
  MIGRATION_CHANGED: {
    status: 503,
    title: 'The database was migrated by another version of the hub.',
    retryable: false,
  },
  DATABASE_UNAVAILABLE: {
    status: 503,
    title: 'The database does not answer.',
    retryable: true,
  },
  CONNECTION_UNUSABLE: {
    status: 503,
    title: 'The configuration of the connection cannot be used until somebody repairs it.',
    retryable: true,
  },
  OVERLOADED: {
    status: 503,
    title: 'The hub has more work than it can take.',
    retryable: true,
  },
  SHUTTING_DOWN: {
    status: 503,
    title: 'The hub is shutting down.',
    retryable: true,
  },
} as const satisfies Record<string, ErrorCodeSpec>

export type ErrorCode = keyof typeof errorCodes

type ErrorCodeSpec = {
  readonly status: number
  readonly title: string
  readonly retryable: boolean
}

/** One field that is wrong, as a problem document lists it. */
export type FieldProblem = {
  /** An RFC 6901 pointer into the body, such as `/lines/0/quantity`; empty for the body as a whole. */
  readonly pointer: string
  readonly code: string
  readonly message: string
}

export type HubErrorOptions = {
  readonly details?: Readonly<Record<string, string>>
  readonly problems?: readonly FieldProblem[]
  readonly retryAfterSeconds?: number
  readonly cause?: unknown
}

/**
 * An operating failure, told apart by `code`, never by its message. A broken invariant is an
 * AssertionError instead, and ends the process.
 */
export class HubError extends Error {
  override readonly name = 'HubError'
  readonly code: ErrorCode
  /** Ids and names for the log. Never a payload, a secret or a customer's data. */
  readonly details: Readonly<Record<string, string>>
  /** What is wrong with which field; empty where the request as a whole is refused. */
  readonly problems: readonly FieldProblem[]
  /** How long the sender should wait, where the hub knows it. */
  readonly retryAfterSeconds: number | undefined

  constructor(code: ErrorCode, message: string, options: HubErrorOptions = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause })
    this.code = code
    this.details = options.details ?? {}
    this.problems = options.problems ?? []
    this.retryAfterSeconds = options.retryAfterSeconds
  }

  get status(): number {
    return errorCodes[this.code].status
  }

  get title(): string {
    return errorCodes[this.code].title
  }

  get retryable(): boolean {
    return errorCodes[this.code].retryable
  }
}
