import { createHmac } from 'node:crypto'
import type { DoubleAnswer, DoubleRequest } from '../double/index.ts'

export interface Keys {
  readonly consumerKey: string
  readonly consumerSecret: string
  readonly mayWrite: boolean
}

/** An error of WordPress. */
export function wpError(status: number, code: string, message: string): DoubleAnswer {
  return { status, body: { code, message, data: { status } } }
}

const windowSeconds = 15 * 60

/**
 * OAuth 1.0a with one leg, as over plain HTTP: Basic is not looked at there. A nonce counts once within 15 minutes.
 */
export class Doorkeeper {
  readonly #keys: Keys
  readonly #now: () => Date
  readonly #nonces = new Map<string, number>()
  readonly #baseUrl: () => string

  constructor(keys: Keys, { now, baseUrl }: { now: () => Date; baseUrl: () => string }) {
    this.#keys = keys
    this.#now = now
    this.#baseUrl = baseUrl
  }

  readonly refuse = (request: DoubleRequest): DoubleAnswer | null => {
    if (!request.path.startsWith('/wp-json/wc/')) return null
    const { query } = request
    if (query.get('oauth_consumer_key') === null) {
      return wpError(401, 'woocommerce_rest_cannot_view', 'Sorry, you cannot list resources.')
    }
    const wrong = this.#wrongWith(request)
    if (wrong !== null) return wpError(401, 'woocommerce_rest_authentication_error', wrong)
    return null
  }

  #wrongWith(request: DoubleRequest): string | null {
    const { query, method } = request
    if (query.get('oauth_consumer_key') !== this.#keys.consumerKey) {
      return 'Consumer key is invalid.'
    }
    if (this.#signature(request) !== query.get('oauth_signature')) {
      return 'Invalid signature - provided signature does not match.'
    }
    const second = Math.floor(this.#now().getTime() / 1_000)
    const signedAt = Number(query.get('oauth_timestamp'))
    if (!(Math.abs(second - signedAt) <= windowSeconds)) return 'Invalid timestamp.'
    const nonce = query.get('oauth_nonce') ?? ''
    if (this.#nonces.has(nonce)) return 'Invalid nonce - nonce has already been used.'
    this.#nonces.set(nonce, signedAt)
    const isWrite = method !== 'GET' && method !== 'HEAD'
    return isWrite && !this.#keys.mayWrite
      ? 'The API key provided does not have write permissions.'
      : null
  }

  #signature({ method, path, query }: DoubleRequest): string {
    const pairs = [...query]
      .filter(([name]) => name !== 'oauth_signature')
      .toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    const url = `${this.#baseUrl()}${path}`
    const base = [method, encoded(url), encoded(pairs.join('&'))].join('&')
    return createHmac('sha256', `${this.#keys.consumerSecret}&`).update(base).digest('base64')
  }
}

function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
