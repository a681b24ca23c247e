import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Configuration, Provider } from 'oidc-provider'

/** Somebody whom the provider knows. */
export interface Known {
  readonly email?: string
  readonly isEmailVerified?: boolean
  readonly name?: string
  readonly groups?: readonly string[]
}

/** A real OpenID Connect provider on the loopback address, at whose page whoever comes is signed in at once. */
export interface IdentityProvider {
  readonly issuer: string
  readonly people: Map<string, Known>
  /** Who sits before the browser. */
  visitor: string
  close(): Promise<void>
}

export const clientId = 'backhaul'
export const clientSecret = 'a-secret-between-the-two'

/** @param redirectUri - of the hub. */
export async function startIdentityProvider(redirectUri: string): Promise<IdentityProvider> {
  const people = new Map<string, Known>()
  const server = createServer()
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const provider = new Provider(issuer, configurationOf(people, redirectUri))
  const state = {
    issuer,
    people,
    visitor: '',
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  const callback = provider.callback()
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (request.url?.startsWith('/interaction/') === true) {
      void finish(provider, { request, response, accountId: state.visitor })
    } else void callback(request, response)
  })
  return state
}

function configurationOf(people: Map<string, Known>, redirectUri: string): Configuration {
  return {
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uris: [redirectUri],
        response_types: ['code'],
        grant_types: ['authorization_code'],
      },
    ],
    pkce: { required: () => true },
    cookies: { keys: ['only for tests'] },
    // As many providers do: what is asked for is in the id token itself.
    conformIdTokenClaims: false,
    claims: { openid: ['sub', 'groups'], email: ['email', 'email_verified'], profile: ['name'] },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    features: { devInteractions: { enabled: false } },
    findAccount: (_context, accountId) => {
      const known = people.get(accountId) ?? {}
      return {
        accountId,
        claims: () => ({
          sub: accountId,
          email: known.email,
          email_verified: known.isEmailVerified ?? true,
          name: known.name,
          groups: [...(known.groups ?? [])],
        }),
      }
    },
  }
}

async function finish(
  provider: Provider,
  given: {
    readonly request: IncomingMessage
    readonly response: ServerResponse
    readonly accountId: string
  },
): Promise<void> {
  const { request, response, accountId } = given
  const { prompt, params } = await provider.interactionDetails(request, response)
  if (prompt.name === 'login') {
    await provider.interactionFinished(request, response, { login: { accountId } })
    return
  }
  const grant = new provider.Grant({ accountId, clientId: String(params['client_id']) })
  grant.addOIDCScope(String(params['scope']))
  await provider.interactionFinished(request, response, {
    consent: { grantId: await grant.save() },
  })
}
