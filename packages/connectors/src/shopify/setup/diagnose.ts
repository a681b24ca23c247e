import type { Diagnose, Finding } from '@backhaul/sdk/connector'
import type { Config } from '../config.ts'
import { type Installation, missingTopics, readInstallation } from './installation.ts'
import { hubTopic } from './topics.ts'

/** Scopes that lack, and webhooks that nobody is told by any more. */
export const diagnose: Diagnose<Config> = async (context) => {
  const installation = await readInstallation(context)
  const { config, webhooks, connectionId } = context
  const own = installation.subscriptions.filter(({ uri }) =>
    uri.includes(`/webhooks/${connectionId}/`),
  )
  const stale = own.filter(({ uri }) => webhooks !== null && !webhooks.isCurrent(hubTopic, uri))
  return [
    onScopes(installation),
    onWebhooks({ ...installation, subscriptions: own }, stale.length),
    ...(config.restockLocation === undefined ? [] : [onStock]),
  ]
}

function onScopes({ missingScopes }: Installation): Finding {
  const title = 'Scopes of the app'
  if (missingScopes.length === 0) return { level: 'ok', title, detail: 'It may do all it has to.' }
  const detail = `Add ${missingScopes.join(', ')} to the app, and install its new version in the shop.`
  return { level: 'problem', title, detail }
}

function onWebhooks(own: Installation, stale: number): Finding {
  const title = 'Webhooks'
  const missing = missingTopics(own)
  if (missing.length === 0 && stale === 0) {
    return { level: 'ok', title, detail: 'Shopify tells the hub of every change.' }
  }
  const parts = [
    ...(missing.length === 0
      ? []
      : [`Not subscribed, or deleted by Shopify: ${missing.join(', ')}.`]),
    ...(stale === 0 ? [] : [`${stale} go to an address that is no longer taken.`]),
  ]
  const detail = `${parts.join(' ')} Run the set-up; until then changes are found by asking.`
  return { level: 'warning', title, detail }
}

const onStock: Finding = {
  level: 'warning',
  title: 'Stock',
  detail:
    'Restocked goods are counted in Shopify: leave restockLocation out if the ERP tells Shopify its stock.',
}
