import type { HeaderValues } from '../headers.ts'

/** One inbound request, as it was received. */
export interface WebhookRequest {
  readonly method: string
  /** Absolute, and exactly as the sender addressed it: some vendors sign it. */
  readonly url: string
  readonly headers: HeaderValues
  readonly rawBody: Uint8Array
  /** What may have signed it: one secret, or two while one replaces the other. */
  readonly secrets: readonly string[]
  readonly now: Date
}

export type RefusalReason =
  | 'bad_signature'
  | 'duplicate_header'
  | 'malformed'
  | 'missing_header'
  /** Nothing in `secrets` can be used: the connection is misconfigured. */
  | 'no_secret'
  | 'stale'

export interface Refusal {
  readonly ok: false
  readonly reason: RefusalReason
}

export type Verdict =
  | {
      readonly ok: true
      /** Our clock minus the signed timestamp, where one is signed. Large ones deserve a warning. */
      readonly skewSeconds?: number
    }
  | Refusal

/** A request to be signed, by us or by a double of the vendor. */
export interface UnsignedRequest {
  readonly method: string
  readonly url: string
  readonly body: string | Uint8Array
  readonly secret: string
  readonly now: Date
  /** The message id, where the scheme signs one. */
  readonly id?: string
}

export interface SignedRequest {
  /** Only the headers that the scheme adds. */
  readonly headers: Readonly<Record<string, string>>
  readonly url: string
  /** The body to send: the given one, except where the scheme signs inside the body. */
  readonly body: Uint8Array
}

/** How one system proves that a request is its own. Neither function throws on what a sender controls. */
export interface SignatureScheme {
  readonly verify: (request: WebhookRequest) => Verdict
  /** @throws {TypeError} when `secret` cannot be a key of this scheme. */
  readonly sign: (request: UnsignedRequest) => SignedRequest
}

export const accepted: Verdict = { ok: true }

export function refused(reason: RefusalReason): Refusal {
  return { ok: false, reason }
}

/** Tells a refusal from what was being looked for. */
export function isRefusal(value: object): value is Refusal {
  return 'ok' in value && value.ok === false
}
