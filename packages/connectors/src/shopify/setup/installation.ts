import { z } from 'zod'
import type { Reach } from '../client/reach.ts'
import { Shopify } from '../client/shopify.ts'
import { installationQuery } from '../documents/reads.ts'
import { pageInfo } from '../returns/shop-return.ts'
import { scopes, shopifyTopics } from './topics.ts'

const subscription = z.object({ id: z.string(), topic: z.string(), uri: z.string() })
export type Subscription = z.output<typeof subscription>

const answer = z.object({
  shop: z.object({ name: z.string(), myshopifyDomain: z.string(), currencyCode: z.string() }),
  currentAppInstallation: z.object({
    accessScopes: z.array(z.object({ handle: z.string() })),
  }),
  webhookSubscriptions: z.object({ pageInfo, nodes: z.array(subscription) }),
})

/** Our app in the shop. */
export interface Installation {
  readonly shop: { readonly name: string; readonly myshopifyDomain: string }
  readonly missingScopes: readonly string[]
  /** Of this app and made through the API; those of the app's own configuration are not shown. */
  readonly subscriptions: readonly Subscription[]
}

const maxPages = 10

export async function readInstallation(reach: Reach): Promise<Installation> {
  const shopify = new Shopify(reach)
  const subscriptions: Subscription[] = []
  let after: string | null = null
  for (let page = 0; ; page += 1) {
    const found: z.output<typeof answer> = await shopify.read(installationQuery, { after }, answer)
    subscriptions.push(...found.webhookSubscriptions.nodes)
    const { hasNextPage, endCursor } = found.webhookSubscriptions.pageInfo
    if (!hasNextPage || page === maxPages) {
      const granted = new Set(found.currentAppInstallation.accessScopes.map(({ handle }) => handle))
      const missingScopes = scopes.filter((scope) => !granted.has(scope))
      return { shop: found.shop, missingScopes, subscriptions }
    }
    after = endCursor ?? null
  }
}

/** Topics that nobody has subscribed to, or that Shopify has deleted after failures. */
export function missingTopics({ subscriptions }: Installation): readonly string[] {
  const there = new Set(subscriptions.map(({ topic }) => topic))
  return shopifyTopics.filter((topic) => !there.has(topic))
}
