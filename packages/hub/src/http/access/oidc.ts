import * as client from 'openid-client'
import { z } from 'zod'
import type { Identity } from '../../pipeline/accounts/sign-in-by-identity.ts'
import type { HubConfig } from '../../platform/config/schema.ts'

/** What a browser keeps between leaving for the identity provider and coming back. */
export const journey = z.object({
  verifier: z.string().max(200),
  state: z.string().max(200),
  nonce: z.string().max(200),
  to: z.string().max(2_000),
})
export type Journey = z.infer<typeof journey>

/** Speaks with the identity provider: authorization code with PKCE, state and nonce (OpenID Connect Core 1.0). */
export interface Oidc {
  /** Where the browser is sent, and what it has to keep. @throws what discovery throws. */
  readonly begin: (to: string) => Promise<{ readonly url: string; readonly journey: Journey }>
  /** Who came back at `url`. @throws for whatever was not meant for this journey, or is not signed as it must be. */
  readonly finish: (url: URL, journey: Journey) => Promise<Identity>
}

export const oidcPath = '/auth/oidc'
const timeoutSeconds = 10

const claims = z.looseObject({
  sub: z.string().min(1).max(300),
  email: z.string().max(254).optional(),
  email_verified: z.boolean().optional(),
  name: z.string().max(100).optional(),
})

/** Null where no identity provider is configured. */
export function createOidc(
  config: Pick<HubConfig, 'oidc' | 'publicUrl' | 'host' | 'port'>,
): Oidc | null {
  const { issuer, clientId, clientSecret, scopes, groupsClaim } = config.oidc
  if (issuer === undefined) return null
  const server = new URL(issuer)
  const base = config.publicUrl ?? `http://${config.host}:${config.port}`
  const redirectUri = `${base.replace(/\/$/, '')}${oidcPath}/callback`
  let discovered: Promise<client.Configuration> | undefined

  /** Asked for once; one that failed is asked for again the next time. */
  function discover(): Promise<client.Configuration> {
    discovered ??= client
      .discovery(server, clientId, clientSecret, undefined, {
        timeout: timeoutSeconds,
        // On this machine, and where somebody has written http on purpose.
        ...(server.protocol === 'http:' ? { execute: [client.allowInsecureRequests] } : {}),
      })
      .catch((error: unknown) => {
        discovered = undefined
        throw error
      })
    return discovered
  }

  return {
    async begin(to) {
      const provider = await discover()
      const verifier = client.randomPKCECodeVerifier()
      const [state, nonce] = [client.randomState(), client.randomNonce()]
      const url = client.buildAuthorizationUrl(provider, {
        redirect_uri: redirectUri,
        scope: scopes,
        state,
        nonce,
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      })
      return { url: url.href, journey: { verifier, state, nonce, to } }
    },
    async finish(url, { verifier, state, nonce }) {
      const tokens = await client.authorizationCodeGrant(
        await discover(),
        // As the provider was told, whatever stands between the browser and this process.
        new URL(url.search, redirectUri),
        {
          pkceCodeVerifier: verifier,
          expectedState: state,
          expectedNonce: nonce,
          idTokenExpected: true,
        },
      )
      const said = claims.parse(tokens.claims())
      return {
        issuer,
        subject: said.sub,
        email: said.email ?? null,
        isEmailVerified: said.email_verified === true,
        name: said.name ?? null,
        groups: groupsIn(said[groupsClaim]),
      }
    },
  }
}

function groupsIn(claim: unknown): string[] {
  const read = z.union([z.string(), z.array(z.string())]).safeParse(claim)
  if (!read.success) return []
  return typeof read.data === 'string' ? [read.data] : read.data
}
