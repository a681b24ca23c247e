import { z } from 'zod'
import type { Warehouse } from './warehouse.ts'

export const locationRow = z.object({
  id: z.int(),
  complete_name: z.string(),
  usage: z.string(),
  active: z.boolean(),
  /** Ids of all locations above it and of itself: `4/5/17/`. */
  parent_path: z.string(),
})
export type Location = z.output<typeof locationRow>

/**
 * Whether a location lies in the warehouse beside its stock. Below the stock goods would be promised to new orders;
 * outside of the warehouse they would leave it on paper.
 */
export function isAside(location: Location, warehouse: Warehouse): boolean {
  const above = location.parent_path.split('/').map(Number)
  return above.includes(warehouse.view_location_id.id) && !above.includes(warehouse.lot_stock_id.id)
}
