import type { CheckReport, ConnectionCheck } from '@backhaul/sdk/connector'
import { Odoo } from '../client/odoo.ts'
import type { Config } from '../config.ts'
import { keyExpiry } from './credentials.ts'
import { ownUser } from './site.ts'

/**
 * Asks who we are: the cheapest call that proves address, database, login and key (recording 01). What is
 * missing beyond that, `diagnose` finds.
 */
export async function check({
  config,
  fetch,
  signal,
  now,
}: ConnectionCheck<Config>): Promise<CheckReport> {
  const own = await Odoo.open({ config, fetch, signal, now })
  const user = await ownUser(own)
  const end = await keyExpiry(own, user.id)
  const report = {
    account: `${user.name} (${user.login}), ${config.database}, Odoo ${own.server.name}`,
    notes:
      Object.keys(config.warehouses).length > 0
        ? []
        : ['No places of a warehouse are configured: run the set-up.'],
    credentialExpiresAt: end ?? undefined,
  }
  return report
}
