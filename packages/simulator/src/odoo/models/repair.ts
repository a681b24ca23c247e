import { nameOf } from '../orm/display-name.ts'
import type { Env } from '../orm/env.ts'
import { userError } from '../orm/errors.ts'
import { boolean, char, choice, field, float, many2many, many2one } from '../orm/fields.ts'
import type { ModelDefinition } from '../orm/model.ts'
import { createRecord } from '../orm/records.ts'
import type { Many2one, Row, Values } from '../orm/rows.ts'
import { messageMethods } from './messages.ts'
import { finishMoves } from './stock/finish-moves.ts'
import { addLine } from './stock/move-lines.ts'
import { nextPickingName } from './stock/picking-names.ts'
import { placeKey } from './stock/quants.ts'
import type { PickingType, Product, Quant, StockMove } from './stock/stock-rows.ts'

interface Repair extends Row {
  state: string
  product_id: Many2one
  product_uom: Many2one
  product_qty: number
  lot_id: Many2one
  partner_id: Many2one
  product_location_src_id: number
  product_location_dest_id: number
  picking_type_id: number
}

/** repair.order */
export const repairOrder: ModelDefinition = {
  name: 'repair.order',
  label: 'Repair Order',
  order: 'priority desc,create_date desc',
  indexed: ['picking_id', 'lot_id'],
  fields: {
    name: char('Repair Reference'),
    priority: choice('Priority', '0 1'),
    state: choice('Status', 'draft confirmed under_repair done cancel'),
    product_id: many2one('product.product', 'Product to Repair'),
    product_qty: float('Product Quantity'),
    product_uom: many2one('uom.uom', 'Unit'),
    lot_id: many2one('stock.lot', 'Lot/Serial'),
    partner_id: many2one('res.partner', 'Customer'),
    picking_id: many2one('stock.picking', 'Return'),
    picking_type_id: many2one('stock.picking.type', 'Operation Type'),
    under_warranty: boolean('Under Warranty'),
    location_id: many2one('stock.location', 'Component Source Location'),
    product_location_src_id: many2one('stock.location', 'Product Source Location'),
    product_location_dest_id: many2one('stock.location', 'Product Destination Location'),
    internal_notes: field('html', 'Internal Notes'),
    move_id: many2one('stock.move', 'Inventory Move'),
    sale_order_id: many2one('sale.order', 'Sale Order'),
    tag_ids: many2many('repair.tags', 'Tags'),
    schedule_date: field('datetime', 'Scheduled Date'),
    company_id: many2one('res.company', 'Company'),
  },
  defaults: repairDefaults,
  methods: {
    ...messageMethods,
    action_validate: { params: [], run: (env, { ids }) => validate(env, repair(env, ids)) },
    action_repair_start: {
      params: [],
      run: (env, { ids }) => {
        // Whatever state it is in, done and canceled too.
        const one = repair(env, ids)
        env.update('repair.order', one, { state: 'under_repair' })
        return true
      },
    },
    action_repair_end: { params: [], run: (env, { ids }) => end(env, repair(env, ids)) },
    action_repair_cancel: { params: [], run: (env, { ids }) => cancel(env, repair(env, ids)) },
    action_create_sale_order: { params: [], run: (env, { ids }) => quote(env, repair(env, ids)) },
  },
}

/** repair.tags */
export const repairTags: ModelDefinition = {
  name: 'repair.tags',
  label: 'Repair Tags',
  fields: { name: char('Tag Name') },
}

const repair = (env: Env, ids: readonly number[]): Repair => env.get<Repair>('repair.order', ids[0])

function repairDefaults(env: Env, values: Values): Values {
  const types = [...env.table('stock.picking.type').rows.values()] as PickingType[]
  const type = types.find((one) => one.code === 'repair_operation')
  const source = type?.default_location_src_id ?? false
  const product = env.find<Product>('product.product', values['product_id'])
  return {
    state: 'draft',
    priority: '0',
    product_qty: 1,
    product_uom: product?.uom_id ?? false,
    picking_type_id: type?.id ?? false,
    location_id: source,
    product_location_src_id: source,
    product_location_dest_id: source,
    company_id: 1,
    schedule_date: env.stamp.slice(0, 19),
    name: type ? nextPickingName(env, type.id) : 'New',
  }
}

/** Confirms, or answers a question where the piece is not at its source. */
function validate(env: Env, one: Repair): unknown {
  if (one.product_qty < 0) throw userError('You can not enter negative quantities.')
  if (one.product_id && held(env, one) < one.product_qty) return notEnough(env, one)
  env.update('repair.order', one, { state: 'confirmed' })
  return true
}

function held(env: Env, one: Repair): number {
  const { lot_id, product_location_src_id: location_id } = one
  const place = { product_id: Number(one.product_id), lot_id, location_id }
  return env.by<Quant>('stock.quant', 'place', placeKey(place))[0]?.quantity ?? 0
}

function notEnough(env: Env, one: Repair): unknown {
  return {
    name: `${nameOf(env, 'product.product', one.product_id)}: Insufficient Quantity To Repair`,
    view_mode: 'form',
    res_model: 'stock.warn.insufficient.qty.repair',
    view_id: 1426,
    type: 'ir.actions.act_window',
    context: {
      ...env.context,
      default_product_id: one.product_id,
      default_location_id: one.product_location_src_id,
      default_repair_id: one.id,
      default_quantity: one.product_qty,
      default_product_uom_name: nameOf(env, 'uom.uom', one.product_uom),
    },
    target: 'new',
  }
}

function end(env: Env, one: Repair): true {
  if (one.state !== 'under_repair') {
    throw userError('Repair must be under repair in order to end reparation.')
  }
  if (one.product_id) {
    const product = env.get<Product>('product.product', one.product_id)
    if (product.tracking !== 'none' && !one.lot_id) {
      throw userError(
        `Serial number is required for product to repair : ${nameOf(env, 'product.product', product.id)}`,
      )
    }
    moveRepaired(env, one)
  }
  env.update('repair.order', one, { state: 'done' })
  return true
}

function moveRepaired(env: Env, one: Repair): void {
  const { product_id, product_qty, lot_id } = one
  const move = env.insert<StockMove>('stock.move', {
    product_id,
    product_uom: one.product_uom,
    product_uom_qty: product_qty,
    company_id: 1,
    location_id: one.product_location_src_id,
    location_dest_id: one.product_location_dest_id,
    state: 'confirmed',
    picked: true,
    origin: one['name'],
    date: env.stamp.slice(0, 19),
  })
  addLine(env, move, { quantity: product_qty, lot_id, picked: true })
  finishMoves(env, [move], true)
  env.update('repair.order', one, { move_id: move.id })
}

function cancel(env: Env, one: Repair): true {
  if (one.state === 'done')
    throw userError("You cannot cancel a Repair Order that's already been completed")
  env.update('repair.order', one, { state: 'cancel' })
  return true
}

function quote(env: Env, one: Repair): unknown {
  if (one['sale_order_id']) {
    throw userError(
      'You cannot create a quotation for a repair order that is already linked to an existing sale order.',
    )
  }
  if (!one.partner_id) {
    throw userError(
      'You need to define a customer for a repair order in order to create an associated quotation.',
    )
  }
  const order = createRecord(env, 'sale.order', { partner_id: one.partner_id })
  env.update('repair.order', one, { sale_order_id: order.id })
  return {
    type: 'ir.actions.act_window',
    res_model: 'sale.order',
    views: [[false, 'form']],
    res_id: order.id,
  }
}
