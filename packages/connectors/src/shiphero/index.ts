import { type CheckReport, type ConnectionCheck, defineConnector } from '@backhaul/sdk/connector'
import { z } from 'zod'
import { ask } from './call.ts'
import { type Config, config } from './config.ts'
import { returnUpdateWebhook } from './return-update.ts'
import { cancelReceipt, expectReceipt } from './returns.ts'

const account = z.object({ account: z.object({ data: z.object({ email: z.string().nullish() }) }) })

async function check(connection: ConnectionCheck<Config>): Promise<CheckReport> {
  const query = 'query { account { data { email } } }'
  const found = await ask(connection, { query, variables: {}, data: account, isRead: true })
  const { webhookSecrets } = connection.config
  const notes =
    webhookSecrets.length === 0 ? ['Nothing is heard of it: it has no webhook secret.'] : []
  return { account: found.account.data.email ?? undefined, notes }
}

/**
 * ShipHero, a warehouse system and 3PL.
 *
 * In:  webhook `return-update`.
 * Out: returns of orders, and that they are canceled.
 * Source: GraphQL schema and webhooks at https://developer.shiphero.com, read 2026-11-23. Credits: 4,004, and 60 more each
 * second; 7,000 requests in five minutes.
 */
export default defineConnector({
  key: 'shiphero',
  title: 'ShipHero',
  sdkVersion: 1,
  config,
  roles: ['wms'],
  limits: { timeoutMs: 60_000, requestsPerMinute: 240, concurrency: 2 },
  webhooks: { 'return-update': returnUpdateWebhook },
  delivers: { 'receipt.expect': expectReceipt, 'receipt.cancel': cancelReceipt },
  check,
})
