import { defineConnector } from '@backhaul/sdk/connector'
import { changes } from './changes.ts'
import { check } from './check.ts'
import { config, oauth } from './config.ts'
import { draftCredit } from './draft-credit.ts'
import { issueRefund } from './issue-refund.ts'
import { postCredit } from './post-credit.ts'
import { notifications } from './webhook.ts'

/**
 * Xero, as the books that a company's returns are credited in.
 *
 * In:  credit notes that people change, by a poll; webhooks only hint at them.
 * Out: credit notes, posted and set off against their invoice; payments of refunds, where finance pays.
 * Source: Xero Accounting API and Webhooks, OpenAPI 16.1.0, read 2026-11-23.
 */
export default defineConnector({
  key: 'xero',
  title: 'Xero',
  sdkVersion: 1,
  config,
  roles: ['finance'],
  // Of one organization: 60 calls a minute, five at a time.
  limits: { timeoutMs: 60_000, requestsPerMinute: 60, concurrency: 5 },
  delivers: {
    'credit.draft': draftCredit,
    'credit.post': postCredit,
    'refund.issue': issueRefund,
  },
  webhooks: { notifications },
  polls: { changes },
  oauth,
  check,
})
