import { defineConnector } from '@backhaul/sdk/connector'
import { changes } from './changes.ts'
import { check } from './check.ts'
import { config, oauth } from './config.ts'
import { draftCredit } from './draft-credit.ts'
import { issueRefund } from './issue-refund.ts'
import { postCredit } from './post-credit.ts'
import { presence } from './presence.ts'
import { notifications } from './webhook.ts'

/**
 * QuickBooks Online, as the books that a company's returns are credited in.
 *
 * In:  credit memos and refund receipts that people change, by change data capture; webhooks only hint at them.
 * Out: credit memos, set off against their invoice; refund receipts, where finance pays.
 * Source: QuickBooks Online Accounting API v3; see the README for what was and was not verified.
 */
export default defineConnector({
  key: 'quickbooks',
  title: 'QuickBooks Online',
  sdkVersion: 1,
  config,
  roles: ['finance'],
  // Of one company: 500 calls a minute, ten at a time.
  limits: { timeoutMs: 60_000, requestsPerMinute: 500, concurrency: 10 },
  delivers: {
    'credit.draft': draftCredit,
    'credit.post': postCredit,
    'refund.issue': issueRefund,
  },
  webhooks: { notifications },
  polls: { changes },
  presence,
  accountOf: ({ realmId }) => realmId,
  oauth,
  check,
})
