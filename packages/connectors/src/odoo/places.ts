import { TerminalError } from '@backhaul/sdk/connector'
import type { Config, WarehousePlaces } from './config.ts'

/** The company in Odoo; null leaves it to the user's own. */
export function companyIdOf({ companies }: Config, company: string | undefined): number | null {
  const named = company === undefined ? undefined : companies[company]
  return named ?? companies['*'] ?? null
}

/** The hub's name of a company in Odoo; null where none is configured. */
export function companyCodeOf({ companies }: Config, companyId: number): string | null {
  const named = Object.entries(companies).find(([name, id]) => id === companyId && name !== '*')
  return named?.[0] ?? null
}

/**
 * Where the goods of a warehouse go.
 *
 * @throws {TerminalError} NOT_CONFIGURED when nothing is known of the warehouse.
 */
export function placesOf(config: Config, warehouse: string | undefined): WarehousePlaces {
  const { warehouses, defaultWarehouse = '*' } = config
  const places = warehouses[warehouse ?? defaultWarehouse] ?? warehouses['*']
  if (places) return places
  const reason = `No places in Odoo are configured for the warehouse ${warehouse ?? defaultWarehouse}.`
  throw new TerminalError({ code: 'NOT_CONFIGURED', reason })
}
