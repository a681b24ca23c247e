import type { OAuthDefinition } from '@backhaul/sdk/connector'
import type { Config } from '../config.ts'
import { origin, tokenHeader } from './reach.ts'

/**
 * Tokens by the client credentials grant, for an app of the shop's own organization: good for a day (shopify.dev,
 * "Using the client credentials grant", read 2026-11-23). An app with a lasting token needs none.
 */
export const oauth: OAuthDefinition<Config> = {
  settings(config) {
    const { accessToken, clientId, clientSecret } = config
    if (accessToken !== undefined || clientId === undefined) return null
    return {
      grant: 'client_credentials',
      tokenUrl: `${origin(config)}/admin/oauth/access_token`,
      clientId,
      clientSecret,
      clientAuthentication: 'body',
      origins: [origin(config)],
    }
  },
  rotation: 'never',
  present: { header: tokenHeader, prefix: '' },
}
