import { defineConnector } from '@backhaul/sdk/connector'
import { changes } from './changes.ts'
import { check } from './check.ts'
import { config } from './config.ts'
import { issueRefund } from './issue-refund.ts'
import { events } from './webhook.ts'

/**
 * Stripe, as who moves the money of refunds.
 *
 * In:  how refunds go on, by a poll of events; webhooks only hint at them.
 * Out: refunds of payments.
 * Source: Stripe API; see the README for what was and was not verified.
 */
export default defineConnector({
  key: 'stripe',
  title: 'Stripe',
  sdkVersion: 1,
  config,
  roles: ['payments'],
  // 100 calls a second in live mode, 25 in test mode: the lower of both.
  limits: { timeoutMs: 60_000, requestsPerMinute: 1_500 },
  delivers: { 'refund.issue': issueRefund },
  webhooks: { events },
  polls: { changes },
  check,
})
