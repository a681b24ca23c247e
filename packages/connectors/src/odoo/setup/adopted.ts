import { z } from 'zod'
import { many2one } from '../client/values.ts'
import { isAside, locationRow } from './location-row.ts'
import type { Site } from './site.ts'
import type { Warehouse } from './warehouse.ts'

/** What somebody has prepared by hand, and we make no second one of. */
export interface Adopted {
  readonly returnsType: number
  readonly quarantine: number
}

const returnedBy = z.object({ id: z.int(), return_picking_type_id: many2one })
const typeRow = z.object({
  id: z.int(),
  active: z.boolean(),
  code: z.string(),
  default_location_dest_id: many2one,
})

/**
 * The operation type that deliveries are returned by, where it is for returns only and leads to a place beside the
 * stock. Out of the box Odoo returns them by the type of receipts, into the stock.
 */
export async function findAdopted({ reader }: Site, warehouse: Warehouse): Promise<Adopted | null> {
  const { out_type_id: out, in_type_id: receipts } = warehouse
  const [deliveries] = await reader.read('stock.picking.type', [out.id], returnedBy)
  const returns = deliveries?.return_picking_type_id ?? null
  if (returns === null || returns.id === receipts.id) return null
  const [type] = await reader.read('stock.picking.type', [returns.id], typeRow)
  const target = type?.default_location_dest_id ?? null
  if (target === null || type?.active !== true || type.code !== 'incoming') return null
  const [location] = await reader.read('stock.location', [target.id], locationRow)
  const isFit =
    location?.active === true && location.usage === 'internal' && isAside(location, warehouse)
  return isFit ? { returnsType: returns.id, quarantine: target.id } : null
}
