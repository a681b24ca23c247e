import type { CheckReport, ConnectionCheck } from '@backhaul/sdk/connector'
import { z } from 'zod'
import { Shop } from './client.ts'
import type { Config } from './config.ts'

const stores = z.object({ stores: z.array(z.looseObject({ name: z.string().max(200) })) })
const orders = z.object({ orders: z.array(z.looseObject({ id: z.string() })) })

/** Who the shop is, and whether the key may read orders. A secret key of Medusa may do everything. */
export async function check(connection: ConnectionCheck<Config>): Promise<CheckReport> {
  const shop = new Shop(connection)
  const { config } = connection
  const [store] = (await shop.read('/stores', stores, [['limit', '1']])).stores
  await shop.read('/orders', orders, [
    ['limit', '1'],
    ['fields', 'id'],
  ])
  return {
    account: `${store?.name ?? 'Medusa'}, ${config.url}`,
    notes: [
      ...(config.webhookSecret === undefined
        ? ['No subscriber wakes the poll: news comes within a minute.']
        : []),
      ...(config.receive !== 'never' && config.location === undefined
        ? ['No location is configured: returns that are made here restock nothing.']
        : []),
    ],
  }
}
