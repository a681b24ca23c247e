import type { Env } from '../../orm/env.ts'
import { userError } from '../../orm/errors.ts'
import { boolean, char, field, float, many2one, related } from '../../orm/fields.ts'
import type { Change, ModelDefinition } from '../../orm/model.ts'
import type { Row, Values } from '../../orm/rows.ts'
import { convertUnits } from '../units.ts'
import { changeLine, countMove, lineDefaults, removeLine, settleNewLine } from './move-lines.ts'
import type { MoveLine, Product, StockMove } from './stock-rows.ts'

/** stock.move.line */
export const stockMoveLine: ModelDefinition = {
  name: 'stock.move.line',
  label: 'Product Moves (Stock Move Line)',
  indexed: ['move_id', 'picking_id', 'lot_id', 'product_id'],
  fields: {
    move_id: many2one('stock.move', 'Stock Operation'),
    picking_id: many2one('stock.picking', 'Transfer'),
    company_id: many2one('res.company', 'Company'),
    product_id: many2one('product.product', 'Product', { isRequired: true }),
    product_uom_id: many2one('uom.uom', 'Unit', { isRequired: true }),
    quantity: float('Quantity'),
    quantity_product_uom: float('Quantity in Product UoM', { compute: inProductUnit }),
    picked: boolean('Picked'),
    lot_id: many2one('stock.lot', 'Lot/Serial Number'),
    lot_name: char('Lot/Serial Number Name'),
    location_id: many2one('stock.location', 'From', { isRequired: true }),
    location_dest_id: many2one('stock.location', 'To', { isRequired: true }),
    location_usage: related('selection', 'location_id.usage'),
    location_dest_usage: related('selection', 'location_dest_id.usage'),
    state: related('selection', 'move_id.state'),
    reference: char('Reference', { compute: referenceOf }),
    origin: related('char', 'move_id.origin'),
    tracking: related('selection', 'product_id.tracking'),
    date: field('datetime', 'Date'),
  },
  defaults: (env, values) => {
    const move = env.find<StockMove>('stock.move', values['move_id'])
    return { ...(move && lineDefaults(env, move)), company_id: 1, reserved: 0 }
  },
  afterCreate: (env, row) => {
    const line = row as MoveLine
    const move = env.find<StockMove>('stock.move', line.move_id)
    if (move) settleNewLine(env, move, line)
  },
  beforeWrite,
  afterWrite: (env, { row }) => {
    const move = env.find<StockMove>('stock.move', row['move_id'])
    if (move) countMove(env, move)
  },
  beforeUnlink: (env, row) => {
    const line = row as MoveLine
    const { state } = env.get<StockMove>('stock.move', line.move_id)
    if (state === 'done' || state === 'cancel') {
      throw userError(
        "Deleting product moves after the transfer is done?\n\nThat would be like going back in time to revert all operations triggered after this move. Who knows what the end result would be, So let's not do it.\n\nTry changing the “done” quantity to 0 instead.",
      )
    }
    removeLine(env, line)
  },
}

function referenceOf(env: Env, row: Row): unknown {
  const move = env.find<StockMove>('stock.move', row['move_id'])
  const source =
    env.find('stock.picking', row['picking_id']) ?? env.find('stock.scrap', move?.scrap_id)
  return source?.['name'] ?? (move?.['inventory_name'] || false)
}

function inProductUnit(env: Env, row: Row): number {
  const line = row as MoveLine
  const { uom_id } = env.get<Product>('product.product', line.product_id)
  return convertUnits(env, line.quantity, { from: line.product_uom_id, to: uom_id })
}

const moved = ['quantity', 'lot_id', 'location_id', 'location_dest_id', 'product_uom_id']

/** What says where goods lie is changed together with what is held back there. */
function beforeWrite(env: Env, { row, values }: Change): Values {
  const line = row as MoveLine
  if (moved.some((name) => name in values) && env.find('stock.move', line.move_id)) {
    changeLine(env, line, values)
    return {}
  }
  return values
}
