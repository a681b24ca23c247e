import { z } from 'zod'
import { reference } from '../client/values.ts'
import type { Config, WarehousePlaces } from '../config.ts'

export const warehouseRow = z.object({
  id: z.int(),
  name: z.string(),
  code: z.string(),
  company_id: reference,
  view_location_id: reference,
  lot_stock_id: reference,
  in_type_id: reference,
  out_type_id: reference,
  int_type_id: reference,
})
export type Warehouse = z.output<typeof warehouseRow>

/** What the connection is configured with for a warehouse, and under which name of the hub's. */
export function configuredPlaces(
  { warehouses }: Pick<Config, 'warehouses'>,
  { lot_stock_id, int_type_id }: Warehouse,
): { readonly name: string; readonly places: WarehousePlaces } | null {
  const found = Object.entries(warehouses).find(
    ([, { stock, internalType }]) => stock === lot_stock_id.id || internalType === int_type_id.id,
  )
  return found === undefined ? null : { name: found[0], places: found[1] }
}
