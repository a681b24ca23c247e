import { nameOf } from '../../orm/display-name.ts'
import type { Env } from '../../orm/env.ts'
import { userError, valueError } from '../../orm/errors.ts'
import {
  boolean,
  char,
  choice,
  field,
  float,
  many2many,
  many2one,
  one2many,
} from '../../orm/fields.ts'
import type { ModelDefinition } from '../../orm/model.ts'
import type { Many2one, Row, Values } from '../../orm/rows.ts'
import { messageMethods } from '../messages.ts'
import { convertUnits } from '../units.ts'
import { finishMoves } from './finish-moves.ts'
import { addLine } from './move-lines.ts'
import { placeKey } from './quants.ts'
import type { Product, Quant, StockMove } from './stock-rows.ts'

interface Scrap extends Row {
  readonly product_id: number
  readonly product_uom_id: number
  readonly scrap_qty: number
  readonly lot_id: Many2one
  readonly picking_id: Many2one
  readonly location_id: number
  readonly scrap_location_id: number
  readonly origin: string | false
}

/** stock.scrap */
export const stockScrap: ModelDefinition = {
  name: 'stock.scrap',
  label: 'Scrap',
  order: 'id desc',
  indexed: ['origin', 'picking_id'],
  forbidden: { unlink: 'Inventory/Administrator' },
  fields: {
    name: char('Reference'),
    state: choice('Status', 'draft done'),
    origin: char('Source Document'),
    product_id: many2one('product.product', 'Product', { isRequired: true }),
    product_uom_id: many2one('uom.uom', 'Unit', { isRequired: true }),
    lot_id: many2one('stock.lot', 'Lot/Serial'),
    picking_id: many2one('stock.picking', 'Picking'),
    location_id: many2one('stock.location', 'Source Location', { isRequired: true }),
    scrap_location_id: many2one('stock.location', 'Scrap Location', { isRequired: true }),
    scrap_qty: float('Quantity', { isRequired: true }),
    scrap_reason_tag_ids: many2many('stock.scrap.reason.tag', 'Scrap Reason'),
    move_ids: one2many('stock.move.scrap_id', 'Move'),
    date_done: field('datetime', 'Date'),
    company_id: many2one('res.company', 'Company', { isRequired: true }),
    should_replenish: boolean('Replenish Quantities'),
  },
  defaults: scrapDefaults,
  methods: {
    ...messageMethods,
    action_validate: { params: [], run: (env, { ids }) => validate(env, ids) },
    do_scrap: {
      params: [],
      run: (env, { ids }) => scrap(env, env.get<Scrap>('stock.scrap', ids[0])),
    },
  },
}

function scrapDefaults(env: Env, values: Values): Values {
  const product = env.find<Product>('product.product', values['product_id'])
  const warehouse = [...env.table('stock.warehouse').rows.values()][0]
  const places = [...env.table('stock.location').rows.values()]
  const lost = places.find((place) => place['usage'] === 'inventory')
  return {
    name: 'New',
    state: 'draft',
    scrap_qty: 1,
    company_id: 1,
    product_uom_id: product?.uom_id ?? false,
    location_id: warehouse?.['lot_stock_id'] ?? false,
    scrap_location_id: lost?.id ?? false,
  }
}

/** Scraps, be the record done already or not. */
function validate(env: Env, ids: readonly number[]): unknown {
  if (ids.length !== 1) throw valueError(`Expected singleton: stock.scrap(${ids.join(', ')})`)
  const record = env.get<Scrap>('stock.scrap', ids[0])
  if (record.scrap_qty === 0) throw userError('You can only enter positive quantities.')
  const product = env.get<Product>('product.product', record.product_id)
  if (!product.is_storable) return scrap(env, record)
  const need = convertUnits(env, record.scrap_qty, {
    from: record.product_uom_id,
    to: product.uom_id,
  })
  const held = env.by<Quant>('stock.quant', 'place', placeKey(record))[0]?.quantity ?? 0
  return held < need ? notEnough(env, record) : scrap(env, record)
}

function scrap(env: Env, record: Scrap): true {
  const number = String(env.db.nextNumber('SP/')).padStart(5, '0')
  const { product_id, location_id, lot_id } = record
  const transfer = env.find('stock.picking', record.picking_id)
  const move = env.insert<StockMove>('stock.move', {
    product_id,
    location_id,
    scrap_id: record.id,
    picking_id: record.picking_id,
    origin: record.origin || transfer?.['name'] || record['name'],
    company_id: 1,
    product_uom: record.product_uom_id,
    product_uom_qty: record.scrap_qty,
    location_dest_id: record.scrap_location_id,
    state: 'confirmed',
    picked: true,
    date: env.stamp.slice(0, 19),
  })
  addLine(env, move, { quantity: record.scrap_qty, lot_id, picked: true })
  finishMoves(env, [move], true)
  const date_done = env.stamp.slice(0, 19)
  env.update('stock.scrap', record, { name: `SP/${number}`, state: 'done', date_done })
  return true
}

function notEnough(env: Env, record: Scrap): unknown {
  return {
    name: `${nameOf(env, 'product.product', record.product_id)}: Insufficient Quantity To Scrap`,
    view_mode: 'form',
    res_model: 'stock.warn.insufficient.qty.scrap',
    view_id: 1026,
    type: 'ir.actions.act_window',
    context: {
      ...env.context,
      default_product_id: record.product_id,
      default_location_id: record.location_id,
      default_scrap_id: record.id,
      default_quantity: record.scrap_qty,
      default_product_uom_name: nameOf(env, 'uom.uom', record.product_uom_id),
    },
    target: 'new',
  }
}

/** stock.scrap.reason.tag */
export const scrapReason: ModelDefinition = {
  name: 'stock.scrap.reason.tag',
  label: 'Scrap Reason Tag',
  forbidden: {
    create: 'Inventory/Administrator',
    write: 'Inventory/Administrator',
    unlink: 'Inventory/Administrator',
  },
  fields: { name: char('Name', { isRequired: true }) },
}
