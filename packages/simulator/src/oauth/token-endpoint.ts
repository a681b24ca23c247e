import { type HttpDouble, startHttpDouble } from '../double/http-double.ts'
import { TokenIssuer, type TokenIssuerOptions } from './token-issuer.ts'

/** A system that does nothing but give tokens and take them: `GET /account`, `POST /things`. */
export interface TokenEndpoint {
  readonly http: HttpDouble
  readonly issuer: TokenIssuer
  /** How many things were made. */
  readonly made: () => number
  close(): Promise<void>
}

/** Starts one on a free port of the loopback address. */
export async function startTokenEndpoint(options: TokenIssuerOptions = {}): Promise<TokenEndpoint> {
  const issuer = new TokenIssuer(options)
  let made = 0
  const http = await startHttpDouble({
    routes: [
      ...issuer.routes,
      ['GET', '/account', () => ({ status: 200, body: { account: 'Example Ltd' } })],
      [
        'POST',
        '/things',
        () => {
          made += 1
          return { status: 201, body: { id: made } }
        },
      ],
    ],
    authorize: issuer.authorize,
    actions: { revoke: () => issuer.revoke(), dropAccessTokens: () => issuer.dropAccessTokens() },
  })
  return { http, issuer, made: () => made, close: () => http.close() }
}
