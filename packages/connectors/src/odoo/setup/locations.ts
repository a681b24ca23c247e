import { getOrCreate } from '../client/get-or-create.ts'
import { findAdopted } from './adopted.ts'
import type { Fault } from './faults.ts'
import { lookAt, mend } from './faults.ts'
import { isAside, type Location, locationRow } from './location-row.ts'
import { findOurs, setupKey } from './ours.ts'
import { differs, type Look, missing, type Part, present, type Workplace } from './part.ts'
import type { Site } from './site.ts'
import { countOf } from './use.ts'
import { configuredPlaces, type Warehouse } from './warehouse.ts'

/** Where returned goods wait, and for what. */
const locationKinds = {
  quarantine: { name: 'Returns Quarantine', purpose: 'returned goods wait for inspection' },
  repair: { name: 'Returns for Repair', purpose: 'goods wait for their repair' },
  vendor: { name: 'Returns to Vendor', purpose: 'goods wait that go back to a vendor' },
} as const
export type LocationKind = keyof typeof locationKinds

interface Found {
  readonly id: number
  readonly isOurs: boolean
  readonly location: Location
}

/**
 * The location that the connection is configured with, or else the one that the set-up made, or for quarantine the
 * one that returns lead to already.
 */
export async function findLocation(
  site: Site,
  warehouse: Warehouse,
  kind: LocationKind,
): Promise<Found | null> {
  const { reader, config } = site
  const ours = await findOurs(site, nameOf(warehouse, kind), {
    model: 'stock.location',
    domain: [['company_id', '=', warehouse.company_id.id]],
  })
  const configured = configuredPlaces(config, warehouse)?.places[kind] ?? null
  const isNew = configured === null && ours === null
  const adopted = isNew && kind === 'quarantine' ? await findAdopted(site, warehouse) : null
  const wanted = [configured, ours, adopted?.quarantine ?? null].filter((id) => id !== null)
  const rows = await reader.read('stock.location', wanted, locationRow)
  const location = rows.find(({ id }) => id === configured) ?? rows[0]
  return location === undefined ? null : { id: location.id, isOurs: location.id === ours, location }
}

export function locationPart(warehouse: Warehouse, kind: LocationKind): Part {
  const { name, purpose } = locationKinds[kind]
  const { code } = warehouse
  return {
    key: `warehouse-${warehouse.id}-${kind}`,
    title: `${name} (${code})`,
    async look(site) {
      const found = await findLocation(site, warehouse, kind)
      if (found === null) return missing(`A location beside ${code}'s stock where ${purpose}.`)
      return lookAt(found, found.location.complete_name, faultsOf(found.location, warehouse))
    },
    make: (place) => make(place, warehouse, kind),
    takeBack: (place) => takeBack(place, warehouse, kind),
  }
}

function nameOf({ id }: Warehouse, kind: LocationKind): string {
  return `wh${id}_${kind}`
}

function faultsOf(location: Location, warehouse: Warehouse): Fault[] {
  const { view_location_id: root, lot_stock_id: stock } = warehouse
  return [
    ...(location.active ? [] : [{ text: 'it is archived', values: { active: true } }]),
    ...(location.usage === 'internal'
      ? []
      : [{ text: 'it is not an internal location', values: { usage: 'internal' } }]),
    ...(isAside(location, warehouse)
      ? []
      : [
          {
            text: `it does not lie in ${root.name} beside ${stock.name}, so what is in it is promised to new orders or counts elsewhere`,
            values: { location_id: root.id },
          },
        ]),
  ]
}

async function make(
  { site, admin }: Workplace,
  warehouse: Warehouse,
  kind: LocationKind,
): Promise<void> {
  const found = await findLocation(site, warehouse, kind)
  if (found !== null) {
    return mend(admin, 'stock.location', { ...found, faults: faultsOf(found.location, warehouse) })
  }
  await getOrCreate(admin, 'stock.location', {
    key: setupKey(site.config, nameOf(warehouse, kind)),
    values: {
      name: locationKinds[kind].name,
      usage: 'internal',
      'location_id/.id': warehouse.view_location_id.id,
      'company_id/.id': warehouse.company_id.id,
    },
  })
}

/** A location is deleted with all that lies below it, so one that others have divided up stays. */
async function takeBack(
  { site, admin }: Workplace,
  warehouse: Warehouse,
  kind: LocationKind,
): Promise<Look> {
  const found = await findLocation(site, warehouse, kind)
  if (found === null) return missing('There is none.')
  const { id, isOurs, location } = found
  const name = location.complete_name
  if (!isOurs) return present(`${name} was not made by the set-up, and stays.`)
  const goods = await countOf(admin, 'stock.quant', [
    ['location_id', 'child_of', id],
    ['quantity', '!=', 0],
  ])
  const below = await countOf(admin, 'stock.location', [['location_id', '=', id]])
  if (goods + below > 0) return differs(`${name} stays: goods or other locations are in it.`)
  const moves = await countOf(admin, 'stock.move', [
    '|',
    ['location_id', '=', id],
    ['location_dest_id', '=', id],
  ])
  const lines = await countOf(admin, 'stock.move.line', [
    '|',
    ['location_id', '=', id],
    ['location_dest_id', '=', id],
  ])
  if (moves + lines > 0) {
    await admin.act('stock.location', 'write', { ids: [id], named: { vals: { active: false } } })
    return differs(`${name} is archived, since transfers name it.`)
  }
  await admin.act('stock.location', 'unlink', { ids: [id] })
  return missing(`${name} is deleted.`)
}
