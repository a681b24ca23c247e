import type { GuardedFetch, GuardedRequest, OAuthDefinition } from '@backhaul/sdk/connector'
import type { TokenKeeper } from './token-keeper.ts'
import type { UsableToken } from './token-source.ts'

export interface Authorization {
  readonly keeper: Pick<TokenKeeper, 'token' | 'renew'>
  readonly origins: readonly string[]
  readonly present: OAuthDefinition<unknown>['present']
}

const bearer = { header: 'Authorization', prefix: 'Bearer ' }

/**
 * Puts the token of a connection on its requests. A request to another origin, and one that carries the header
 * already, go out as they are. One that is answered with 401 had no effect: it goes out once more with another
 * token, where there is one.
 *
 * @param signal - of the attempt that the requests belong to.
 */
export function authorizedFetch(
  fetch: GuardedFetch,
  { keeper, origins, present = bearer }: Authorization,
  signal?: AbortSignal,
): GuardedFetch {
  const allowed = new Set(origins.map((origin) => new URL(origin).origin))
  return async (url, request) => {
    const { origin } = new URL(url)
    if (!allowed.has(origin) || carries(request, present.header)) return fetch(url, request)
    const ending = request.signal ?? signal
    const withToken = ({ value }: UsableToken): GuardedRequest => ({
      ...request,
      headers: { ...request.headers, [present.header]: `${present.prefix}${value}` },
    })
    const token = await keeper.token(ending)
    const answer = await fetch(url, withToken(token))
    if (answer.status !== 401) return answer
    const other = await keeper.renew(token, ending)
    return other === null ? answer : fetch(url, withToken(other))
  }
}

function carries({ headers = {} }: GuardedRequest, name: string): boolean {
  return Object.keys(headers).some((one) => one.toLowerCase() === name.toLowerCase())
}
