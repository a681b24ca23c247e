import type { Disposition } from '@backhaul/sdk/canonical'
import type { WarehousePlaces } from '../config.ts'

/** What a decision about goods means for where they stand. */
export type Destination =
  | { readonly act: 'move'; readonly to: 'stock' | 'secondGrade' | 'repair' | 'vendor' }
  /** Written off. */
  | { readonly act: 'scrap' }
  /** They wait where they are for what follows. */
  | { readonly act: 'stay' }
  /** There are no goods. */
  | { readonly act: 'none' }

// biome-ignore format: a table
export const destinations: Readonly<Record<Disposition, Destination>> = {
  restock_a: { act: 'move', to: 'stock' },
  exchange_only: { act: 'move', to: 'stock' },
  restock_b: { act: 'move', to: 'secondGrade' },
  repair_own: { act: 'move', to: 'repair' },
  refurbish: { act: 'move', to: 'repair' },
  repair_vendor: { act: 'move', to: 'vendor' },
  rtv: { act: 'move', to: 'vendor' },
  scrap: { act: 'scrap' },
  recycle: { act: 'scrap' },
  hazmat_disposal: { act: 'scrap' },
  donate: { act: 'scrap' },
  liquidate: { act: 'scrap' },
  parts_harvest: { act: 'scrap' },
  quarantine: { act: 'stay' },
  core_bank: { act: 'stay' },
  unidentified_hold: { act: 'stay' },
  // The goods leave with `goods.send_back`.
  send_back_to_customer: { act: 'stay' },
  keep_by_customer: { act: 'none' },
  missing: { act: 'none' },
}

/** Null where the warehouse has no such place: then the goods stay in quarantine, from where nothing is sold. */
export function placeOf(places: WarehousePlaces, code: Disposition): number | null {
  const destination = destinations[code]
  return destination.act === 'move' ? (places[destination.to] ?? null) : null
}
