import { defineConnector } from '@backhaul/sdk/connector'
import { check } from './check.ts'
import { config } from './config.ts'
import { createLabel } from './create-label.ts'
import { trackers, trackerWebhook } from './tracking.ts'
import { voidLabel } from './void-label.ts'

/**
 * EasyPost, which sells the labels of many carriers and tracks their parcels.
 *
 * In:  webhook `tracker`, signed with HMAC-SHA256 over the raw body; the poll `trackers` for what got lost.
 * Out: `label.create` as a return shipment that is made and bought, `label.void` as its refund.
 * Source: EasyPost API reference and guides, https://docs.easypost.com, read 2026-11-23.
 */
export default defineConnector({
  key: 'easypost',
  title: 'EasyPost',
  sdkVersion: 1,
  config,
  roles: ['carrier'],
  // Lists take five calls a second; what is bought has no limit of its own that is published.
  limits: { timeoutMs: 90_000, requestsPerMinute: 240 },
  webhooks: { tracker: trackerWebhook },
  delivers: { 'label.create': createLabel, 'label.void': voidLabel },
  polls: { trackers },
  check,
})
