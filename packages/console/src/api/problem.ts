import { array, boolean, number, object, optional, string } from 'zod/mini'

/** What the hub says about a request that failed (RFC 9457). */
export const problemBody = object({
  title: string(),
  status: number(),
  detail: string(),
  code: string(),
  retryable: boolean(),
  traceId: string(),
  errors: optional(array(object({ pointer: string(), code: string(), message: string() }))),
})

/** A request that the hub refused, or that did not come through (`code` is then `OFFLINE`, `status` 0). */
export class ApiProblem extends Error {
  readonly status: number
  readonly code: string
  readonly title: string
  readonly isRetryable: boolean
  /** Under which the hub's log has more; null where the hub was not reached. */
  readonly traceId: string | null
  /** After which a repeat may succeed. */
  readonly retryAfterSeconds: number | null
  readonly fields: readonly { readonly pointer: string; readonly message: string }[]

  constructor(given: {
    readonly status: number
    readonly code: string
    readonly title: string
    readonly detail: string
    readonly isRetryable: boolean
    readonly traceId: string | null
    readonly retryAfterSeconds?: number | null
    readonly fields?: readonly { readonly pointer: string; readonly message: string }[]
  }) {
    super(given.detail)
    this.name = 'ApiProblem'
    this.status = given.status
    this.code = given.code
    this.title = given.title
    this.isRetryable = given.isRetryable
    this.traceId = given.traceId
    this.retryAfterSeconds = given.retryAfterSeconds ?? null
    this.fields = given.fields ?? []
  }
}
