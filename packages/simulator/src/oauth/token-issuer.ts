import { createHash, randomBytes } from 'node:crypto'
import type { DoubleAnswer, DoubleRequest } from '../double/request.ts'
import type { Route } from '../double/routes.ts'

export interface TokenIssuerOptions {
  readonly clientId?: string
  readonly clientSecret?: string
  /** Of an access token, in seconds; 1,800 when left out. */
  readonly lifeSeconds?: number
  /**
   * What using a refresh token does to it: `never` keeps it, `graceful` takes it for half an hour more, `single_use`
   * refuses it from then on, and a second use ends what came of it as well (RFC 9700, section 4.14).
   */
  readonly rotation?: 'never' | 'graceful' | 'single_use'
  /** Told with each refresh token where it is set. */
  readonly refreshSeconds?: number
  /** Added to the address that a person is sent back to. */
  readonly callbackParameters?: Readonly<Record<string, string>>
  readonly now?: () => Date
}

interface Refresh {
  usedAtMs: number | null
  readonly family: number
}

interface Code {
  readonly challenge: string
  readonly redirectUri: string
  readonly untilMs: number
}

const graceMs = 30 * 60_000
const codeLifeMs = 60_000

/**
 * Gives and checks the tokens of a double as RFC 6749 has it, in memory. Clients authenticate by Basic or in the
 * form.
 */
export class TokenIssuer {
  readonly #options: TokenIssuerOptions
  readonly #access = new Map<string, number>()
  readonly #refreshes = new Map<string, Refresh>()
  readonly #codes = new Map<string, Code>()
  readonly #given: Record<string, number> = {}
  readonly #secrets: string[] = []
  #families = 0

  constructor(options: TokenIssuerOptions = {}) {
    this.#options = options
    this.#secrets.push(this.#client().secret)
  }

  /** `POST /oauth/token`, and `GET /oauth/authorize`, where a person agrees at once. */
  get routes(): readonly Route[] {
    return [
      ['POST', '/oauth/token', (request) => this.#answer(request)],
      ['GET', '/oauth/authorize', (request) => this.#consent(request)],
    ]
  }

  /** 401 for what carries no token that is good now; null lets it in. */
  readonly authorize = ({ path, headers }: DoubleRequest): DoubleAnswer | null => {
    if (path.startsWith('/oauth/')) return null
    const bearer = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? ''
    const isGood = (this.#access.get(bearer) ?? 0) > this.#nowMs()
    return isGood ? null : refusal('invalid_token', 401)
  }

  /** A refresh token, as a person would get it from a vendor's page. */
  agree(): string {
    this.#families += 1
    return this.#newRefresh(this.#families)
  }

  /** How often tokens were given, by grant. */
  given(): Readonly<Record<string, number>> {
    return { ...this.#given }
  }

  /** All access tokens are refused from now on, long before they end. */
  dropAccessTokens(): void {
    this.#access.clear()
  }

  /** The person takes it back. */
  revoke(): void {
    this.#access.clear()
    this.#refreshes.clear()
  }

  /** Every text that must never be seen elsewhere. */
  secrets(): readonly string[] {
    return [...this.#secrets]
  }

  #client(): { readonly id: string; readonly secret: string } {
    const { clientId = 'backhaul', clientSecret = 'client-s3cret' } = this.#options
    return { id: clientId, secret: clientSecret }
  }

  #nowMs(): number {
    return (this.#options.now?.() ?? new Date()).getTime()
  }

  #fresh(prefix: string): string {
    const text = `${prefix}_${randomBytes(24).toString('base64url')}`
    this.#secrets.push(text)
    return text
  }

  #newRefresh(family: number): string {
    const made = this.#fresh('rt')
    this.#refreshes.set(made, { usedAtMs: null, family })
    return made
  }

  #grant(kind: string, refreshToken: string | null): DoubleAnswer {
    const { lifeSeconds = 1_800, refreshSeconds } = this.#options
    this.#given[kind] = (this.#given[kind] ?? 0) + 1
    const made = this.#fresh('at')
    this.#access.set(made, this.#nowMs() + lifeSeconds * 1_000)
    const life =
      refreshToken === null || refreshSeconds === undefined
        ? {}
        : { refresh_token_expires_in: refreshSeconds }
    return {
      status: 200,
      headers: { 'cache-control': 'no-store' },
      body: {
        access_token: made,
        token_type: 'Bearer',
        expires_in: lifeSeconds,
        ...(refreshToken === null ? {} : { refresh_token: refreshToken }),
        ...life,
      },
    }
  }

  #refresh(used: string): DoubleAnswer {
    const { rotation = 'single_use' } = this.#options
    const known = this.#refreshes.get(used)
    if (known === undefined) return refusal('invalid_grant')
    if (rotation === 'never') return this.#grant('refresh_token', used)
    const isGraced =
      rotation === 'graceful' && known.usedAtMs !== null && this.#nowMs() - known.usedAtMs < graceMs
    if (known.usedAtMs !== null && !isGraced) {
      for (const [other, { family }] of this.#refreshes) {
        if (family === known.family) this.#refreshes.delete(other)
      }
      return refusal('invalid_grant')
    }
    known.usedAtMs ??= this.#nowMs()
    return this.#grant('refresh_token', this.#newRefresh(known.family))
  }

  #exchange(form: URLSearchParams): DoubleAnswer {
    const code = form.get('code') ?? ''
    const known = this.#codes.get(code)
    this.#codes.delete(code)
    const verifier = form.get('code_verifier') ?? ''
    const isGood =
      known !== undefined &&
      known.untilMs > this.#nowMs() &&
      known.challenge === createHash('sha256').update(verifier).digest('base64url') &&
      known.redirectUri === form.get('redirect_uri')
    return isGood ? this.#grant('authorization_code', this.agree()) : refusal('invalid_grant')
  }

  #answer(request: DoubleRequest): DoubleAnswer {
    const form = request.form()
    if (!this.#isClient(request, form)) return refusal('invalid_client', 401)
    switch (form.get('grant_type')) {
      case 'client_credentials':
        return this.#grant('client_credentials', null)
      case 'refresh_token':
        return this.#refresh(form.get('refresh_token') ?? '')
      case 'authorization_code':
        return this.#exchange(form)
      default:
        return refusal('unsupported_grant_type')
    }
  }

  #isClient({ headers }: DoubleRequest, form: URLSearchParams): boolean {
    const { id, secret } = this.#client()
    if (headers.authorization !== undefined) {
      return headers.authorization === `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`
    }
    return form.get('client_id') === id && form.get('client_secret') === secret
  }

  #consent({ query }: DoubleRequest): DoubleAnswer {
    const redirectUri = query.get('redirect_uri') ?? ''
    const challenge = query.get('code_challenge') ?? ''
    const isAsked =
      query.get('response_type') === 'code' &&
      query.get('client_id') === this.#client().id &&
      query.get('code_challenge_method') === 'S256' &&
      challenge !== ''
    if (!isAsked || !URL.canParse(redirectUri)) return { status: 400, body: 'bad request' }
    const code = this.#fresh('code')
    this.#codes.set(code, { challenge, redirectUri, untilMs: this.#nowMs() + codeLifeMs })
    const back = new URL(redirectUri)
    const answers = { code, state: query.get('state') ?? '', ...this.#options.callbackParameters }
    for (const [name, value] of Object.entries(answers)) back.searchParams.set(name, value)
    return { status: 302, headers: { location: back.href } }
  }
}

function refusal(error: string, status = 400): DoubleAnswer {
  return { status, body: { error, error_description: 'It is not good, or no longer.' } }
}
