import { nameOf } from '../../orm/display-name.ts'
import type { Env } from '../../orm/env.ts'
import { validationError } from '../../orm/errors.ts'
import {
  boolean,
  char,
  choice,
  field,
  float,
  many2many,
  many2one,
  one2many,
  related,
} from '../../orm/fields.ts'
import type { ModelDefinition } from '../../orm/model.ts'
import type { Row } from '../../orm/rows.ts'
import { placeKey } from './quants.ts'
import type { MoveLine, Quant } from './stock-rows.ts'

const byStockAdmin = 'Inventory/Administrator'
const forbidden = { create: byStockAdmin, write: byStockAdmin, unlink: byStockAdmin }

const stockLocation: ModelDefinition = {
  name: 'stock.location',
  label: 'Inventory Locations',
  order: 'complete_name,id',
  indexed: ['location_id'],
  parent: 'location_id',
  forbidden,
  fields: {
    name: char('Location Name', { isRequired: true }),
    complete_name: char('Full Location Name'),
    usage: choice('Location Type', 'supplier view internal customer inventory production transit'),
    location_id: many2one('stock.location', 'Parent Location'),
    child_ids: one2many('stock.location.location_id', 'Contains'),
    company_id: many2one('res.company', 'Company'),
    parent_path: char('Parent Path', { compute: pathOf }),
    barcode: char('Barcode'),
    active: boolean('Active'),
  },
  displayName: (_env, row) => String(row['complete_name']),
  defaults: (env, values) => {
    const parent = env.find('stock.location', values['location_id'])
    const prefix = parent && parent['usage'] !== 'view' ? `${String(parent['complete_name'])}/` : ''
    const root = parent?.['usage'] === 'view' ? `${String(parent['name'])}/` : ''
    return {
      usage: 'internal',
      active: true,
      company_id: 1,
      complete_name: `${prefix || root}${String(values['name'])}`,
    }
  },
}

/** The ids of all locations above it, and its own. */
function pathOf(env: Env, row: Row): string {
  const parent = env.find('stock.location', row['location_id'])
  return `${parent ? pathOf(env, parent) : ''}${row.id}/`
}

const stockWarehouse: ModelDefinition = {
  name: 'stock.warehouse',
  label: 'Warehouse',
  forbidden,
  fields: {
    name: char('Warehouse'),
    code: char('Short Name'),
    company_id: many2one('res.company', 'Company'),
    view_location_id: many2one('stock.location', 'View Location'),
    lot_stock_id: many2one('stock.location', 'Location Stock'),
    in_type_id: many2one('stock.picking.type', 'In Type'),
    out_type_id: many2one('stock.picking.type', 'Out Type'),
    int_type_id: many2one('stock.picking.type', 'Internal Type'),
    reception_steps: choice('Incoming Shipments', 'one_step two_steps three_steps'),
    delivery_steps: choice('Outgoing Shipments', 'ship_only pick_ship pick_pack_ship'),
    active: boolean('Active', { compute: () => true }),
  },
}

const stockPickingType: ModelDefinition = {
  name: 'stock.picking.type',
  label: 'Picking Type',
  order: 'sequence,id',
  forbidden,
  fields: {
    name: char('Operation Type', { isRequired: true }),
    code: choice('Type of Operation', 'incoming outgoing internal repair_operation mrp_operation'),
    sequence: field('integer', 'Sequence'),
    sequence_code: char('Sequence Prefix'),
    sequence_id: many2one('ir.sequence', 'Reference Sequence'),
    warehouse_id: many2one('stock.warehouse', 'Warehouse'),
    default_location_src_id: many2one('stock.location', 'Source Location'),
    default_location_dest_id: many2one('stock.location', 'Destination Location'),
    return_picking_type_id: many2one('stock.picking.type', 'Operation Type for Returns'),
    create_backorder: choice('Create Backorder', 'ask always never'),
    reservation_method: choice('Reservation Method', 'at_confirm manual by_date'),
    use_create_lots: boolean('Create New Lots/Serial Numbers'),
    use_existing_lots: boolean('Use Existing Lots/Serial Numbers'),
    company_id: many2one('res.company', 'Company'),
    active: boolean('Active'),
  },
  displayName: (env, row) => {
    const warehouse = nameOf(env, 'stock.warehouse', row['warehouse_id'])
    return `${warehouse ? `${warehouse}: ` : ''}${String(row['name'])}`
  },
  defaults: () => ({
    active: true,
    company_id: 1,
    create_backorder: 'ask',
    reservation_method: 'at_confirm',
    use_create_lots: true,
    use_existing_lots: true,
  }),
  afterCreate: (env, type) => {
    const sequence = env.insert('ir.sequence', { prefix: `WH/${String(type['sequence_code'])}/` })
    env.update('stock.picking.type', type, { sequence_id: sequence.id })
  },
}

const stockLot: ModelDefinition = {
  name: 'stock.lot',
  label: 'Lot/Serial',
  order: 'name,id',
  indexed: ['name', 'product_id'],
  fields: {
    name: char('Lot/Serial Number', { isRequired: true }),
    ref: char('Internal Reference'),
    product_id: many2one('product.product', 'Product', { isRequired: true }),
    company_id: many2one('res.company', 'Company'),
    product_qty: float('On Hand Quantity', { compute: onHand }),
    location_id: many2one('stock.location', 'Location', { compute: onlyPlace }),
    quant_ids: one2many('stock.quant.lot_id', 'Quants'),
    delivery_ids: many2many('stock.picking', 'Transfers', {
      compute: deliveriesOf,
      isUnsearchable: true,
    }),
    partner_ids: many2many('res.partner', 'Partners', { compute: customersOf }),
    sale_order_ids: many2many('sale.order', 'Sales Orders', {
      compute: ordersOf,
      isUnsearchable: true,
    }),
    note: field('html', 'Description'),
  },
  defaults: (env, values) => {
    refuseTwin(env, values)
    return { company_id: 1 }
  },
}

function refuseTwin(env: Env, values: { readonly [field: string]: unknown }): void {
  const { name, product_id } = values
  const twin = env.by('stock.lot', 'name', name).find((lot) => lot['product_id'] === product_id)
  if (!twin) return
  throw validationError(
    'The combination of lot/serial number and product must be unique within a company including when no company is defined.\n' +
      'The following combinations contain duplicates:\n' +
      ` - Product: ${nameOf(env, 'product.product', product_id)}, Lot/Serial Number: ${String(name)}`,
  )
}

const quantsOf = (env: Env, lot: Row): Quant[] => env.by<Quant>('stock.quant', 'lot_id', lot.id)

const usageOf = (env: Env, locationId: number): unknown =>
  env.get('stock.location', locationId)['usage']

function onHand(env: Env, row: Row): number {
  return quantsOf(env, row)
    .filter((quant) => ['internal', 'transit'].includes(String(usageOf(env, quant.location_id))))
    .reduce((sum, { quantity }) => sum + quantity, 0)
}

/** The place of a lot that is in one place only. */
function onlyPlace(env: Env, row: Row): unknown {
  const places = quantsOf(env, row).filter((quant) => quant.quantity > 0)
  return places.length === 1 ? (places[0] as Quant).location_id : false
}

function deliveryLines(env: Env, lot: Row): MoveLine[] {
  return env
    .by<MoveLine>('stock.move.line', 'lot_id', lot.id)
    .filter((line) => usageOf(env, line.location_dest_id) === 'customer')
    .filter((line) => env.find('stock.move', line.move_id)?.['state'] === 'done')
}

function deliveriesOf(env: Env, row: Row): number[] {
  const ids = deliveryLines(env, row).map((line) => line.picking_id)
  return [...new Set(ids)].filter((id): id is number => id !== false).toReversed()
}

function customersOf(env: Env, row: Row): number[] {
  const ids = deliveriesOf(env, row).map((id) => env.get('stock.picking', id)['partner_id'])
  return [...new Set(ids)].filter((id): id is number => typeof id === 'number')
}

function ordersOf(env: Env, row: Row): number[] {
  const ids = deliveriesOf(env, row).map((id) => env.get('stock.picking', id)['sale_id'])
  return [...new Set(ids)].filter((id): id is number => typeof id === 'number')
}

const stockQuant: ModelDefinition = {
  name: 'stock.quant',
  label: 'Quants',
  indexed: ['product_id', 'lot_id', 'location_id', 'place'],
  forbidden: { unlink: byStockAdmin },
  fields: {
    product_id: many2one('product.product', 'Product', { isRequired: true }),
    location_id: many2one('stock.location', 'Location', { isRequired: true }),
    lot_id: many2one('stock.lot', 'Lot/Serial Number'),
    quantity: float('Quantity'),
    reserved_quantity: float('Reserved Quantity'),
    inventory_quantity: float('Counted Quantity'),
    available_quantity: float('Available Quantity', {
      compute: (_env, row) => (row as Quant).quantity - (row as Quant).reserved_quantity,
    }),
    product_uom_id: related('many2one', 'product_id.uom_id', { relation: 'uom.uom' }),
    company_id: related('many2one', 'location_id.company_id', { relation: 'res.company' }),
    in_date: field('datetime', 'Incoming Date'),
  },
  defaults: (_env, values) => ({ place: placeKey({ lot_id: false, ...values } as Quant) }),
  methods: {
    action_apply_inventory: {
      params: [],
      run: (env, { ids }) => {
        for (const id of ids) {
          const quant = env.get('stock.quant', id)
          env.update('stock.quant', quant, { quantity: quant['inventory_quantity'] })
        }
        return null
      },
    },
  },
}

/** What is about places and lots. */
export const stockPlaces: readonly ModelDefinition[] = [
  stockLocation,
  stockWarehouse,
  stockPickingType,
  stockLot,
  stockQuant,
]
