import { z } from 'zod'
import { getOrCreate } from '../client/get-or-create.ts'
import type { Odoo } from '../client/odoo.ts'
import { many2one } from '../client/values.ts'
import { findAdopted } from './adopted.ts'
import { type Fault, lookAt, mend } from './faults.ts'
import { findLocation } from './locations.ts'
import { forget, recall, remember } from './memory.ts'
import { findOurs, setupKey } from './ours.ts'
import { differs, type Look, missing, type Part, present, type Workplace } from './part.ts'
import type { Site } from './site.ts'
import { countOf } from './use.ts'
import { configuredPlaces, type Warehouse } from './warehouse.ts'

const typeRow = z.object({
  id: z.int(),
  display_name: z.string(),
  active: z.boolean(),
  code: z.string(),
  default_location_src_id: many2one,
  default_location_dest_id: many2one,
  return_picking_type_id: many2one,
  use_create_lots: z.boolean(),
  use_existing_lots: z.boolean(),
  sequence_id: many2one,
})
type OperationType = z.output<typeof typeRow>

interface Found {
  readonly id: number
  readonly isOurs: boolean
  readonly type: OperationType
}

async function readType(odoo: Odoo, id: number): Promise<OperationType | null> {
  const [type = null] = await odoo.read('stock.picking.type', [id], typeRow)
  return type
}

/**
 * The returns' operation type that the connection is configured with, or else the one that the set-up made, or the
 * one that deliveries are returned by already.
 */
export async function findReturnsType(site: Site, warehouse: Warehouse): Promise<Found | null> {
  const ours = await findOurs(site, nameOf(warehouse), {
    model: 'stock.picking.type',
    domain: [['company_id', '=', warehouse.company_id.id]],
  })
  const configured = configuredPlaces(site.config, warehouse)?.places.returnsType ?? null
  const isNew = configured === null && ours === null
  const adopted = isNew ? await findAdopted(site, warehouse) : null
  const wanted = [configured, ours, adopted?.returnsType ?? null].filter((id) => id !== null)
  const rows = await site.reader.read('stock.picking.type', wanted, typeRow)
  const type = rows.find(({ id }) => id === configured) ?? rows[0]
  return type === undefined ? null : { id: type.id, isOurs: type.id === ours, type }
}

function nameOf({ id }: Warehouse): string {
  return `wh${id}_returns`
}

/** Return transfers get an operation type of their own, so that they can be told from what vendors deliver. */
export function returnsTypePart(warehouse: Warehouse): Part {
  const { code } = warehouse
  return {
    key: `warehouse-${warehouse.id}-returns-type`,
    title: `Operation type of returns (${code})`,
    async look(site) {
      const found = await findReturnsType(site, warehouse)
      if (found === null) {
        return missing('Customer Returns: from customers into quarantine, known serials only.')
      }
      const faults = await faultsOf(site, warehouse, found)
      return lookAt(found, found.type.display_name, faults)
    },
    async make(place) {
      const { site, admin } = place
      const found = await findReturnsType(site, warehouse)
      if (found === null) return create(place, warehouse)
      const faults = await faultsOf(site, warehouse, found)
      return mend(admin, 'stock.picking.type', { ...found, faults })
    },
    takeBack: (place) => takeBack(place, warehouse),
  }
}

/** An unknown serial has to be refused: a type that creates serials would take the goods of anybody. */
async function faultsOf(site: Site, warehouse: Warehouse, { type }: Found): Promise<Fault[]> {
  const quarantine = await findLocation(site, warehouse, 'quarantine')
  const isQuarantined = quarantine !== null && type.default_location_dest_id?.id === quarantine.id
  return [
    ...(type.active ? [] : [{ text: 'it is archived', values: { active: true } }]),
    ...(type.code === 'incoming'
      ? []
      : [{ text: 'it is not for receipts', values: { code: 'incoming' } }]),
    ...(isQuarantined || quarantine === null
      ? []
      : [
          {
            text: `it leads to ${type.default_location_dest_id?.name ?? 'no location'} and not into quarantine`,
            values: { default_location_dest_id: quarantine.id },
          },
        ]),
    ...(type.use_create_lots
      ? [{ text: 'it takes serials that nobody knows', values: { use_create_lots: false } }]
      : []),
    ...(type.use_existing_lots
      ? []
      : [{ text: 'it takes no known serials', values: { use_existing_lots: true } }]),
  ]
}

async function create({ site, admin }: Workplace, warehouse: Warehouse): Promise<void> {
  const quarantine = await findLocation(site, warehouse, 'quarantine')
  const deliveries = await readType(admin, warehouse.out_type_id.id)
  await getOrCreate(admin, 'stock.picking.type', {
    key: setupKey(site.config, nameOf(warehouse)),
    values: {
      name: 'Customer Returns',
      code: 'incoming',
      sequence_code: 'RET',
      'warehouse_id/.id': warehouse.id,
      'company_id/.id': warehouse.company_id.id,
      'default_location_src_id/.id': deliveries?.default_location_dest_id?.id ?? null,
      'default_location_dest_id/.id': quarantine?.id ?? null,
      // A return of a return leaves as a delivery does.
      'return_picking_type_id/.id': warehouse.out_type_id.id,
      use_create_lots: false,
      use_existing_lots: true,
      create_backorder: 'ask',
    },
  })
}

async function takeBack({ site, admin }: Workplace, warehouse: Warehouse): Promise<Look> {
  const found = await findReturnsType(site, warehouse)
  if (found === null) return missing('There is none.')
  const { id, isOurs, type } = found
  if (!isOurs) return present(`${type.display_name} was not made by the set-up, and stays.`)
  const open = await countOf(admin, 'stock.picking', [
    ['picking_type_id', '=', id],
    ['state', 'not in', ['done', 'cancel']],
  ])
  if (open > 0) return differs(`${type.display_name} stays: ${open} of its transfers are open.`)
  const transfers = await countOf(admin, 'stock.picking', [['picking_type_id', '=', id]])
  const moves = await countOf(admin, 'stock.move', [['picking_type_id', '=', id]])
  if (transfers + moves > 0) {
    const vals = { active: false }
    await admin.act('stock.picking.type', 'write', { ids: [id], named: { vals } })
    return differs(`${type.display_name} is archived, since transfers are of it.`)
  }
  await admin.act('stock.picking.type', 'unlink', { ids: [id] })
  // Odoo makes a number sequence with a type, and leaves it behind.
  if (type.sequence_id !== null) {
    await admin.act('ir.sequence', 'unlink', { ids: [type.sequence_id.id] })
  }
  return missing(`${type.display_name} is deleted.`)
}

/** So that a return that somebody makes in Odoo from a delivery lands in quarantine, too. */
export function returnsOfDeliveriesPart(warehouse: Warehouse): Part {
  const name = `wh${warehouse.id}_return_type_before`
  const { out_type_id: out, code } = warehouse
  return {
    key: `warehouse-${warehouse.id}-returns-of-deliveries`,
    title: `Returns that are made in Odoo (${code})`,
    async look({ reader, ...site }) {
      const returns = await findReturnsType({ reader, ...site }, warehouse)
      const current = (await readType(reader, out.id))?.return_picking_type_id ?? null
      const words = `${out.name} are returned by ${current?.name ?? 'no type of their own'}`
      return returns !== null && current?.id === returns.id
        ? present(`${words}.`)
        : differs(`${words}; that would be the operation type of returns.`)
    },
    async make({ site, admin }) {
      const returns = await findReturnsType(site, warehouse)
      const before = (await readType(admin, out.id))?.return_picking_type_id ?? null
      if (returns === null || before?.id === returns.id) return
      await remember(site, admin, { name, value: String(before?.id ?? 'none') })
      const vals = { return_picking_type_id: returns.id }
      await admin.act('stock.picking.type', 'write', { ids: [out.id], named: { vals } })
    },
    async takeBack({ site, admin }) {
      const returns = await findReturnsType(site, warehouse)
      const current = (await readType(admin, out.id))?.return_picking_type_id ?? null
      const before = await recall(site, admin, name)
      if (before === null) return present(`${out.name} were returned like this before.`)
      if (returns === null || current?.id !== returns.id) {
        await forget(site, admin, name)
        return missing('Somebody has changed it since.')
      }
      const earlier = before === 'none' ? null : await readType(admin, Number(before))
      const vals = { return_picking_type_id: earlier?.id ?? false }
      await admin.act('stock.picking.type', 'write', { ids: [out.id], named: { vals } })
      await forget(site, admin, name)
      return missing(`${out.name} are returned by ${earlier?.display_name ?? 'no type'} again.`)
    },
  }
}

/** Odoo keeps internal transfers archived until several locations are used. Restocking needs them. */
export function internalTransfersPart(warehouse: Warehouse): Part {
  const name = `wh${warehouse.id}_internal_transfers_before`
  const { int_type_id: internal, code } = warehouse
  const write = (admin: Odoo, active: boolean) =>
    admin.act('stock.picking.type', 'write', { ids: [internal.id], named: { vals: { active } } })
  return {
    key: `warehouse-${warehouse.id}-internal-transfers`,
    title: `Internal transfers (${code})`,
    async look({ reader }) {
      const isActive = (await readType(reader, internal.id))?.active === true
      const needed = 'goods go from quarantine into stock by it'
      return isActive
        ? present(`${internal.name} (id ${internal.id})`)
        : differs(`${internal.name} (id ${internal.id}) is archived; ${needed}.`)
    },
    async make({ site, admin }) {
      if ((await readType(admin, internal.id))?.active !== false) return
      await remember(site, admin, { name, value: 'archived' })
      await write(admin, true)
    },
    async takeBack({ site, admin }) {
      if ((await recall(site, admin, name)) === null) {
        return present(`${internal.name} was active before.`)
      }
      const open = await countOf(admin, 'stock.picking', [
        ['picking_type_id', '=', internal.id],
        ['state', 'not in', ['done', 'cancel']],
      ])
      if (open > 0) return differs(`${internal.name} stays: ${open} transfers are open.`)
      await write(admin, false)
      await forget(site, admin, name)
      return missing(`${internal.name} is archived again.`)
    },
  }
}
