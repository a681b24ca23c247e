import { defineConnector } from '@backhaul/sdk/connector'
import { openReturnsSeconds, pullChanges, pullOpenReturns } from './changes/poll-changes.ts'
import { readBucket } from './client/failures.ts'
import { oauth } from './client/oauth.ts'
import { config } from './config.ts'
import { linkOf } from './link-of.ts'
import { issueRefund } from './refunds/issue-refund.ts'
import { updateReturn } from './returns/update-return.ts'
import { check } from './setup/check.ts'
import { diagnose } from './setup/diagnose.ts'
import { setup } from './setup/plan.ts'
import { webhooks } from './webhooks.ts'

/**
 * A Shopify shop, over its Admin GraphQL API.
 *
 * In:  returns and refunds, by polls over orders that have changed; webhooks only hint at them.
 * Out: what became of a return (`channel.update`); refunds (`refund.issue`), where the shop plays payments.
 * Source: schema of version 2026-10; shopify.dev, read 2026-11-23.
 */
export default defineConnector({
  key: 'shopify',
  title: 'Shopify',
  sdkVersion: 1,
  config,
  roles: ['channel', 'payments'],
  // An update is several calls, each after reading what the one before it did.
  limits: { timeoutMs: 60_000, concurrency: 4, readBody: readBucket },
  delivers: {
    'channel.update': updateReturn,
    'refund.issue': issueRefund,
  },
  webhooks,
  polls: {
    changes: { everySeconds: 60, pull: pullChanges },
    'open-returns': { everySeconds: openReturnsSeconds, pull: pullOpenReturns },
  },
  oauth,
  setup,
  diagnose,
  linkOf,
  check,
})
