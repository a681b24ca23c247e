import { defineConnector } from '@backhaul/sdk/connector'
import { check } from './check.ts'
import { config } from './config.ts'
import { createLabel } from './create-label.ts'
import { renewal } from './subscribe.ts'
import { trackAlert } from './track-alert.ts'
import { voidLabel } from './void-label.ts'

/**
 * UPS itself: return labels of its Shipping API, scans of Track Alert v2.
 *
 * In:  webhook `track-alert`, with the credential that was registered with UPS.
 * Out: `label.create` as a return shipment, `label.void`.
 * Source: OpenAPI descriptions of UPS-API/api-documentation (Shipping, UPSTrackAlert, OAuthClientCredentials), 2026-07-21.
 */
export default defineConnector({
  key: 'ups',
  title: 'UPS',
  sdkVersion: 1,
  config,
  roles: ['carrier'],
  limits: { timeoutMs: 90_000 },
  oauth: {
    settings: ({ url, clientId, clientSecret }) => ({
      grant: 'client_credentials',
      tokenUrl: `${url}/security/v1/oauth/token`,
      clientId,
      clientSecret,
      clientAuthentication: 'basic',
      origins: [new URL(url).origin],
    }),
    rotation: 'never',
  },
  webhooks: { 'track-alert': trackAlert },
  delivers: { 'label.create': createLabel, 'label.void': voidLabel },
  presence: renewal,
  check,
})
