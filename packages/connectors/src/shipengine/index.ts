import { defineConnector } from '@backhaul/sdk/connector'
import { check } from './check.ts'
import { config } from './config.ts'
import { createLabel } from './create-label.ts'
import { labels, trackWebhook } from './tracking.ts'
import { voidLabel } from './void-label.ts'

/**
 * ShipEngine, which is called ShipStation API now, in its versions 1 and 2.
 *
 * In:  webhook `track`, signed with RSA-SHA256 over time and raw body; the poll `labels` for what got lost.
 * Out: `label.create` as a return label, `label.void`.
 * Source: OpenAPI 1.1.202010261510 of ShipEngine, and https://docs.shipstation.com, read 2026-11-23.
 */
export default defineConnector({
  key: 'shipengine',
  title: 'ShipStation API (ShipEngine)',
  sdkVersion: 1,
  config,
  roles: ['carrier'],
  // The account has 200 calls a minute; others of its users need some.
  limits: { timeoutMs: 90_000, requestsPerMinute: 150 },
  webhooks: { track: trackWebhook },
  delivers: { 'label.create': createLabel, 'label.void': voidLabel },
  polls: { labels },
  check,
})
