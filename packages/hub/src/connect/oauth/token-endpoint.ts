import {
  DeliveryError,
  type GuardedFetch,
  type GuardedResponse,
  header,
  type OAuthSettings,
  parseRetryAfter,
  RetryableError,
} from '@backhaul/sdk/connector'
import { z } from 'zod'

/** What a token endpoint gave. */
export interface GrantedTokens {
  readonly accessToken: string
  /** Null where it gave none: the one before stays. */
  readonly refreshToken: string | null
  readonly expiresInSeconds: number
  /** Of the refresh token; null where the answer does not say. */
  readonly refreshExpiresInSeconds: number | null
}

/** Why there are no tokens. Says nothing that the endpoint said in words: it could quote what was sent. */
export interface TokenRefusal {
  readonly code: 'AUTH_REJECTED' | 'UPSTREAM_UNAVAILABLE'
  readonly reason: string
  readonly retryAfterMs?: number | undefined
  /** The endpoint may have given new tokens that nobody has. */
  readonly isOutstanding: boolean
}

export type TokenAnswer =
  | { readonly ok: true; readonly tokens: GrantedTokens }
  | { readonly ok: false; readonly refusal: TokenRefusal }

/** Longer than any answer of a token endpoint should take, and shorter than what waits for it may. */
const timeLimitMs = 20_000
/** RFC 6749 recommends to say how long a token lives; for one of which that is not known, a short while. */
const unsaidLifeSeconds = 600

// Fields that systems add, and numbers that some of them send as texts.
const seconds = z.coerce.number().int().positive().max(400_000_000)
const tokenText = z
  .string()
  .min(1)
  .max(16_000)
  .regex(/^[\x21-\x7e]+$/)
const granted = z.object({
  access_token: tokenText,
  refresh_token: tokenText.nullish(),
  expires_in: seconds.nullish(),
  refresh_token_expires_in: seconds.nullish(),
  // The same, as some systems name it.
  x_refresh_token_expires_in: seconds.nullish(),
})

/** RFC 6749, section 5.2, in words for an operator. */
const errorWords: Readonly<Record<string, string>> = {
  invalid_client: 'the client id or its secret is not accepted',
  invalid_grant:
    'the refresh token or the code is refused: it ended, was revoked, or was used before',
  invalid_request: 'the request for a token is not understood',
  invalid_scope: 'a scope is refused',
  unauthorized_client: 'the client may not have tokens in this way',
  unsupported_grant_type: 'the system does not give tokens in this way',
}

/**
 * Asks a token endpoint (RFC 6749, section 3.2). Never throws.
 *
 * @param given.form - what is asked for, without who asks.
 */
export async function askForTokens(
  fetch: GuardedFetch,
  settings: OAuthSettings,
  { form, now }: { readonly form: Readonly<Record<string, string>>; readonly now: Date },
): Promise<TokenAnswer> {
  try {
    const signal = AbortSignal.timeout(timeLimitMs)
    const response = await fetch(settings.tokenUrl, { ...requestOf(settings, form), signal })
    return await read(response, now)
  } catch (error) {
    const isOutstanding = error instanceof DeliveryError && error.kind === 'unknown'
    const reason = `the token endpoint does not answer${error instanceof DeliveryError ? ` (${error.code})` : ''}`
    const retryAfterMs = error instanceof RetryableError ? error.retryAfterMs : undefined
    return refused({ code: 'UPSTREAM_UNAVAILABLE', reason, retryAfterMs, isOutstanding })
  }
}

function requestOf(settings: OAuthSettings, form: Readonly<Record<string, string>>) {
  const { clientId, clientSecret, clientAuthentication = 'basic', tokenParameters = {} } = settings
  const fields = new URLSearchParams({ ...form, ...tokenParameters })
  const headers: Record<string, string> = {
    accept: 'application/json',
    'content-type': 'application/x-www-form-urlencoded',
  }
  if (clientSecret !== undefined && clientAuthentication === 'basic') {
    // RFC 6749, section 2.3.1: both are form-encoded before they are joined.
    const pair = `${formEncoded(clientId)}:${formEncoded(clientSecret)}`
    headers['authorization'] = `Basic ${Buffer.from(pair).toString('base64')}`
  } else {
    fields.set('client_id', clientId)
    if (clientSecret !== undefined) fields.set('client_secret', clientSecret)
  }
  return { method: 'POST', headers, body: fields.toString() }
}

function formEncoded(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1)
}

async function read(response: GuardedResponse, now: Date): Promise<TokenAnswer> {
  const { status, headers } = response
  const isGranted = status >= 200 && status < 300
  const retryAfterMs = parseRetryAfter(header(headers, 'retry-after'), now)
  if (status === 429 || status >= 500) {
    const reason = `the token endpoint answers ${status}`
    // A gateway that says so may have passed the request on.
    return refused({
      code: 'UPSTREAM_UNAVAILABLE',
      reason,
      retryAfterMs,
      isOutstanding: status >= 500,
    })
  }
  const body = await response.json().catch(() => null)
  const parsed = granted.safeParse(body)
  if (isGranted && parsed.success) return { ok: true, tokens: tokensOf(parsed.data) }
  if (isGranted) {
    const reason = 'the answer of the token endpoint holds no token'
    return refused({ code: 'UPSTREAM_UNAVAILABLE', reason, retryAfterMs, isOutstanding: true })
  }
  const reason = refusalWords(body) ?? `the token endpoint answers ${status}`
  return refused({ code: 'AUTH_REJECTED', reason, retryAfterMs, isOutstanding: false })
}

function tokensOf(given: z.output<typeof granted>): GrantedTokens {
  return {
    accessToken: given.access_token,
    refreshToken: given.refresh_token ?? null,
    expiresInSeconds: given.expires_in ?? unsaidLifeSeconds,
    refreshExpiresInSeconds:
      given.refresh_token_expires_in ?? given.x_refresh_token_expires_in ?? null,
  }
}

function refusalWords(body: unknown): string | null {
  const { error } = (typeof body === 'object' && body !== null ? body : {}) as { error?: unknown }
  if (typeof error !== 'string' || !Object.hasOwn(errorWords, error)) return null
  return `${errorWords[error]} (${error})`
}

function refused(refusal: TokenRefusal): TokenAnswer {
  return { ok: false, refusal }
}
