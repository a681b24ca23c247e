import type { CheckReport, ConnectionCheck } from '@backhaul/sdk/connector'
import { z } from 'zod'
import type { Config } from './config.ts'
import { order, shopWebhook } from './shapes.ts'
import { Shop } from './shop.ts'
import { isOurs } from './webhook-names.ts'

const site = z.looseObject({
  name: z.string().max(200).default(''),
  namespaces: z.array(z.string()).default([]),
})

/** Reads an order, which proves the key, and looks whether the shop still calls. Whether it may write is not tried. */
export async function check(connection: ConnectionCheck<Config>): Promise<CheckReport> {
  const shop = new Shop(connection)
  const { name, namespaces } = await shop.readSite(site)
  const { items, pages } = await shop.readPage('/orders', z.array(order), { per_page: '1' })
  const known = await shop.readAll('/webhooks', z.array(shopWebhook))
  return {
    account: `${name === '' ? 'WooCommerce' : name}, ${connection.config.url}`,
    notes: [
      ...(namespaces.includes('wc/v3') ? [] : ['The shop does not offer wc/v3.']),
      ...(items.length === 0 && pages <= 1 ? ['The shop has no orders that this key sees.'] : []),
      ...webhookNotes(known.filter(isOurs)),
    ],
  }
}

function webhookNotes(ours: readonly z.output<typeof shopWebhook>[]): string[] {
  if (ours.length === 0) return ['No webhook calls the hub: the poll alone reads. Run the set-up.']
  return ours
    .filter(({ status }) => status !== 'active')
    .map(({ id, topic, status }) => {
      const why = status === 'disabled' ? 'after failed deliveries, or by somebody' : 'by somebody'
      return `Webhook ${id} (${topic}) is ${status}, ${why}. Run the set-up to mend it.`
    })
}
