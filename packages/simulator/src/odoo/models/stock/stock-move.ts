import type { Env } from '../../orm/env.ts'
import { userError } from '../../orm/errors.ts'
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
import type { Change, ModelDefinition } from '../../orm/model.ts'
import { type Row, textOf, type Values } from '../../orm/rows.ts'
import { linkedIds } from '../../orm/values.ts'
import { convertUnits } from '../units.ts'
import { unreserveMoves } from './assign-moves.ts'
import {
  changeLine,
  countMove,
  linesOf,
  recomputeState,
  setQuantity,
  setSerials,
} from './move-lines.ts'
import type { Product, StockMove } from './stock-rows.ts'

/** stock.move */
export const stockMove: ModelDefinition = {
  name: 'stock.move',
  label: 'Stock Move',
  order: 'sequence,id',
  indexed: [
    'picking_id',
    'sale_line_id',
    'purchase_line_id',
    'origin_returned_move_id',
    'move_orig_ids',
    'product_id',
    'scrap_id',
  ],
  fields: {
    sequence: field('integer', 'Sequence'),
    state: choice('Status', 'draft waiting confirmed partially_available assigned done cancel'),
    picking_id: many2one('stock.picking', 'Transfer'),
    picking_type_id: related('many2one', 'picking_id.picking_type_id', {
      relation: 'stock.picking.type',
    }),
    picking_code: related('selection', 'picking_id.picking_type_id.code'),
    reference: related('char', 'picking_id.name'),
    origin: char('Source Document'),
    company_id: many2one('res.company', 'Company', { isRequired: true }),
    product_id: many2one('product.product', 'Product', { isRequired: true }),
    has_tracking: related('selection', 'product_id.tracking'),
    description_picking: field('text', 'Description Of Picking'),
    product_uom: many2one('uom.uom', 'Unit', { isRequired: true }),
    product_uom_qty: float('Demand', { isRequired: true }),
    product_qty: float('Real Quantity', { compute: realQuantity }),
    quantity: float('Quantity'),
    picked: boolean('Picked'),
    location_id: many2one('stock.location', 'Source Location', { isRequired: true }),
    location_dest_id: many2one('stock.location', 'Intermediate Location', { isRequired: true }),
    location_usage: related('selection', 'location_id.usage'),
    location_dest_usage: related('selection', 'location_dest_id.usage'),
    partner_id: related('many2one', 'picking_id.partner_id', { relation: 'res.partner' }),
    sale_line_id: many2one('sale.order.line', 'Sale Line'),
    purchase_line_id: many2one('purchase.order.line', 'Purchase Order Line'),
    bom_line_id: many2one('mrp.bom.line', 'BoM Line'),
    origin_returned_move_id: many2one('stock.move', 'Origin return move'),
    returned_move_ids: one2many('stock.move.origin_returned_move_id', 'All returned moves'),
    move_orig_ids: many2many('stock.move', 'Original Move'),
    move_dest_ids: many2many('stock.move', 'Destination Moves', {
      compute: (env, row) => env.by('stock.move', 'move_orig_ids', row.id).map(({ id }) => id),
    }),
    to_refund: boolean('Update quantities on SO/PO'),
    scrap_id: many2one('stock.scrap', 'Scrap operation'),
    repair_id: many2one('repair.order', 'Repair'),
    lot_ids: many2many('stock.lot', 'Serial Numbers', { compute: lotsOf }),
    move_line_ids: one2many('stock.move.line.move_id', 'Move lines'),
    date: field('datetime', 'Date Scheduled'),
    price_unit: float('Unit Price'),
    inventory_name: char('Inventory'),
  },
  forbidden: {
    unlink:
      'Inventory/Administrator\n\t- Manufacturing/User\n\t- Purchase/Administrator\n\t- Sales/Administrator',
  },
  displayName,
  defaults: moveDefaults,
  beforeWrite,
  afterWrite,
  beforeUnlink: refuseActive,
}

function realQuantity(env: Env, row: Row): number {
  const move = row as StockMove
  const { uom_id } = env.get<Product>('product.product', move.product_id)
  return convertUnits(env, move.product_uom_qty, { from: move.product_uom, to: uom_id })
}

function lotsOf(env: Env, row: Row): number[] {
  const lots = linesOf(env, row as StockMove).map((line) => line.lot_id)
  return [...new Set(lots)].filter((id): id is number => id !== false)
}

function displayName(env: Env, row: Row): string {
  const move = row as StockMove
  const origin = env.find('stock.picking', move.picking_id)?.['origin']
  const { default_code: code } = env.get<Product>('product.product', move.product_id)
  const [from, to] = [move.location_id, move.location_dest_id].map(
    (id) => env.get('stock.location', id)['name'] as string,
  )
  return `${origin ? `${textOf(origin)}/` : ''}${code ? `${code}: ` : ''}${from}>${to}`
}

function moveDefaults(env: Env, values: Values): Values {
  const picking = env.find('stock.picking', values['picking_id'])
  const product = env.find<Product>('product.product', values['product_id'])
  return {
    state: 'draft',
    sequence: 10,
    company_id: 1,
    product_uom_qty: 0,
    to_refund: env.version >= 19,
    date: env.stamp.slice(0, 19),
    origin: picking?.['origin'] ?? false,
    location_id: picking?.['location_id'] ?? false,
    location_dest_id: picking?.['location_dest_id'] ?? false,
    product_uom: product?.uom_id ?? false,
  }
}

/** Changing the demand below what is held back gives all of that back. */
function beforeWrite(env: Env, { row, values }: Change): Values {
  const move = row as StockMove
  if ('quantity' in values && move.state === 'cancel') {
    throw userError('You cannot change a cancelled stock move, create a new line instead.')
  }
  const isOpen = !['draft', 'done', 'cancel'].includes(move.state)
  const demand = values['product_uom_qty']
  if (isOpen && typeof demand === 'number' && demand !== move.product_uom_qty) {
    if (move.quantity > demand) unreserveMoves(env, [move])
    else if (move.state === 'assigned')
      env.settle('stock.move', move, { state: 'partially_available' })
  }
  const { quantity: _quantity, picked: _picked, ...rest } = values
  return rest
}

function afterWrite(env: Env, { row, values, given }: Change): void {
  const move = row as StockMove
  if ('lot_ids' in given) setSerials(env, move, linkedIds(given['lot_ids'], lotsOf(env, move)))
  if (typeof values['quantity'] === 'number') setQuantity(env, move, values['quantity'])
  const { picked } = values
  if (typeof picked === 'boolean') {
    for (const line of linesOf(env, move)) env.update('stock.move.line', line, { picked })
    env.settle('stock.move', move, { picked })
    countMove(env, move)
  }
  for (const name of ['location_id', 'location_dest_id']) {
    if (name in values) moveLinesTo(env, move, { [name]: values[name] })
  }
  // A demand below what was picked leaves the state as it was.
  if ('product_uom_qty' in values && move.quantity <= move.product_uom_qty)
    recomputeState(env, move)
}

function moveLinesTo(env: Env, move: StockMove, values: Values): void {
  for (const line of linesOf(env, move)) changeLine(env, line, values)
}

function refuseActive(env: Env, row: Row): void {
  const move = row as StockMove
  if (!['draft', 'cancel'].includes(move.state)) {
    throw userError('You can only delete draft or cancelled moves.')
  }
  for (const line of linesOf(env, move)) env.delete('stock.move.line', line)
}
