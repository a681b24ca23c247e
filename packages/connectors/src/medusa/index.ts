import { defineConnector } from '@backhaul/sdk/connector'
import { changes } from './changes.ts'
import { updateChannel } from './channel-update.ts'
import { check } from './check.ts'
import { config } from './config.ts'
import { issueRefund } from './issue-refund.ts'
import { webhooks } from './webhooks.ts'

/**
 * Medusa 2, a shop with returns of its own.
 *
 * In:  returns, receipts and refunds by a poll over orders; webhook `event` of a subscriber only hints at it.
 * Out: `channel.update` makes, books in and cancels returns, `refund.issue` refunds a payment.
 * Source: Medusa 2.18.0, its source and a server of it, 2026-11-23.
 */
export default defineConnector({
  key: 'medusa',
  title: 'Medusa',
  sdkVersion: 1,
  config,
  roles: ['channel', 'payments'],
  // A step is several calls, each a workflow of the shop's.
  limits: { timeoutMs: 60_000, concurrency: 4 },
  webhooks,
  polls: { changes },
  delivers: { 'channel.update': updateChannel, 'refund.issue': issueRefund },
  check,
})
