import { defineConnector } from '@backhaul/sdk/connector'
import { changes } from './changes.ts'
import { updateChannel } from './channel-update.ts'
import { check } from './check.ts'
import { config } from './config.ts'
import { issueRefund } from './issue-refund.ts'
import { setup } from './setup.ts'
import { webhooks } from './webhooks.ts'

/**
 * WooCommerce, a shop that knows refunds and no returns.
 *
 * In:  orders by a poll: returns that are asked for by a status, meta or a note, and refunds that people made.
 *      Webhooks `order.updated` and `action.woocommerce_order_refunded` only hint at it.
 * Out: `channel.update` as a note and meta of the order, `refund.issue` as a refund.
 * Source: WooCommerce REST API v3 and the source of WooCommerce 10, read 2026-11-23.
 */
export default defineConnector({
  key: 'woocommerce',
  title: 'WooCommerce',
  sdkVersion: 1,
  config,
  roles: ['channel', 'payments'],
  // No limit of its own; hosts have theirs. A gateway may take its time.
  limits: { timeoutMs: 60_000, concurrency: 4 },
  webhooks,
  polls: { changes },
  delivers: { 'channel.update': updateChannel, 'refund.issue': issueRefund },
  setup,
  check,
})
