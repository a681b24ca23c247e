import type { HeaderValues } from '../headers.ts'

export interface GuardedRequest {
  readonly method: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  /** Ends the request early. The delivery's own signal always does, too. */
  readonly signal?: AbortSignal
  /**
   * Whether the request changes nothing over there. By default a GET or HEAD does not; set it for a POST that
   * only asks (a GraphQL query, an RPC read), so that its failure is retried and not read back.
   */
  readonly isRead?: boolean
  /** The budget of the connector's limits that the request draws from, beside what is allowed altogether. */
  readonly budget?: string
}

export interface GuardedResponse {
  /** Any status, 3xx among them: redirects are never followed. */
  readonly status: number
  readonly headers: HeaderValues
  readonly text: () => Promise<string>
  /** Throws a delivery error with the code RESPONSE_MALFORMED when the body is no JSON. */
  readonly json: () => Promise<unknown>
  readonly bytes: () => Promise<Uint8Array>
}

/**
 * The only way out for a connector. The hub limits its rate, checks the address, bounds time and body,
 * follows no redirect, and throws `networkFailure(…)` for whatever goes wrong below HTTP; a body that is
 * over the limit or breaks off throws it from `text`, `json` and `bytes`.
 */
export type GuardedFetch = (url: string | URL, request: GuardedRequest) => Promise<GuardedResponse>
