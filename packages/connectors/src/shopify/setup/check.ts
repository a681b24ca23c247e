import type { CheckReport, ConnectionCheck } from '@backhaul/sdk/connector'
import type { Config } from '../config.ts'
import { missingTopics, readInstallation } from './installation.ts'
import { shopifyTopics } from './topics.ts'

/** Asks who we are. Notices subscriptions that Shopify has deleted, which it tells nobody about. */
export async function check(connection: ConnectionCheck<Config>): Promise<CheckReport> {
  const installation = await readInstallation(connection)
  const { shop, missingScopes } = installation
  const missing = missingTopics(installation)
  return {
    account: `${shop.name} (${shop.myshopifyDomain})`,
    notes: [
      ...missingScopes.map((scope) => `The app lacks the scope ${scope}.`),
      ...(missing.length === 0 ? [] : [noteOn(missing)]),
    ],
  }
}

function noteOn(missing: readonly string[]): string {
  if (missing.length === shopifyTopics.length) {
    return 'Shopify tells nothing by webhook: run the set-up. Until then changes are found by asking.'
  }
  return `Shopify no longer tells of ${missing.join(', ')}: run the set-up again.`
}
