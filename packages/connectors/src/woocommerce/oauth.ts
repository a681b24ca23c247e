import { createHmac } from 'node:crypto'

export interface OauthRequest {
  readonly method: string
  /** Without a query. */
  readonly url: string
  readonly query: Readonly<Record<string, string>>
  readonly consumerKey: string
  readonly consumerSecret: string
  /** Never the same twice within 15 minutes. */
  readonly nonce: string
  readonly now: Date
}

/**
 * Signs a request of OAuth 1.0a with one leg (RFC 5849, no token), as WooCommerce wants it over plain HTTP: in the
 * query, with HMAC-SHA256. A body in JSON is not signed.
 *
 * Source: WooCommerce 10 `WC_REST_Authentication::check_oauth_signature`, read 2026-11-23: the address is that of the
 * shop as WordPress knows it, times may differ by 15 minutes.
 *
 * @returns the whole query.
 */
export function signedQuery(request: OauthRequest): Record<string, string> {
  const { method, url, query, consumerKey, consumerSecret, nonce, now } = request
  const params: Record<string, string> = {
    ...query,
    oauth_consumer_key: consumerKey,
    oauth_nonce: nonce,
    oauth_signature_method: 'HMAC-SHA256',
    oauth_timestamp: String(Math.floor(now.getTime() / 1_000)),
  }
  const pairs = Object.keys(params)
    .toSorted()
    .map((name) => `${encoded(name)}=${encoded(params[name] ?? '')}`)
  const base = [method.toUpperCase(), encoded(url), encoded(pairs.join('&'))].join('&')
  const signature = createHmac('sha256', `${consumerSecret}&`).update(base).digest('base64')
  return { ...params, oauth_signature: signature }
}

/** RFC 3986: nothing but letters, digits and `-._~` stays as it is. */
function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
