import type { Env } from '../../orm/env.ts'
import { MissingValueError, userError } from '../../orm/errors.ts'
import { char, choice, field, many2one, one2many, related } from '../../orm/fields.ts'
import type { Change, ModelDefinition } from '../../orm/model.ts'
import type { Row, Values } from '../../orm/rows.ts'
import { messageMethods } from '../messages.ts'
import { assignMoves } from './assign-moves.ts'
import { confirmMoves } from './confirm-moves.ts'
import { cancelMoves } from './finish-moves.ts'
import { linesOf, removeLine } from './move-lines.ts'
import { movesOf } from './picking-moves.ts'
import { nextPickingName } from './picking-names.ts'
import { isReservedAt } from './quants.ts'
import type { Picking, PickingType, StockMove } from './stock-rows.ts'
import { validatePickings } from './validate-picking.ts'

/** stock.picking */
export const stockPicking: ModelDefinition = {
  name: 'stock.picking',
  label: 'Transfer',
  order: 'priority desc,scheduled_date,id desc',
  indexed: [
    'return_id',
    'backorder_id',
    'sale_id',
    'purchase_id',
    'origin',
    'name',
    'picking_type_id',
  ],
  fields: {
    location_id: many2one('stock.location', 'Source Location', { isRequired: true }),
    location_dest_id: many2one('stock.location', 'Destination Location', { isRequired: true }),
    picking_type_id: many2one('stock.picking.type', 'Operation Type', { isRequired: true }),
    name: char('Reference'),
    origin: char('Source Document'),
    note: field('html', 'Notes'),
    state: choice('Status', 'draft waiting confirmed assigned done cancel', {
      isComputedAndStored: true,
    }),
    move_type: choice('Shipping Policy', 'direct one', { isRequired: true }),
    priority: choice('Priority', '0 1'),
    partner_id: many2one('res.partner', 'Contact'),
    picking_type_code: related('selection', 'picking_type_id.code'),
    use_create_lots: related('boolean', 'picking_type_id.use_create_lots'),
    use_existing_lots: related('boolean', 'picking_type_id.use_existing_lots'),
    return_id: many2one('stock.picking', 'Return of'),
    return_ids: one2many('stock.picking.return_id', 'Returns'),
    backorder_id: many2one('stock.picking', 'Back Order of'),
    backorder_ids: one2many('stock.picking.backorder_id', 'Back Orders'),
    sale_id: many2one('sale.order', 'Sales Order', { isComputedAndStored: true }),
    purchase_id: many2one('purchase.order', 'Purchase Orders'),
    move_ids: one2many('stock.move.picking_id', 'Stock Moves'),
    move_line_ids: one2many('stock.move.line.picking_id', 'Operations'),
    repair_ids: one2many('repair.order.picking_id', 'Repair'),
    scheduled_date: field('datetime', 'Scheduled Date'),
    date_done: field('datetime', 'Date of Transfer'),
    company_id: many2one('res.company', 'Company', { isRequired: true }),
    user_id: many2one('res.users', 'Responsible'),
    carrier_id: many2one('delivery.carrier', 'Carrier'),
    carrier_tracking_ref: char('Tracking Reference'),
  },
  defaults: pickingDefaults,
  afterCreate: missPolicyOfGroup,
  beforeWrite,
  afterWrite,
  beforeUnlink: (env, row) => {
    const moves = movesOf(env, row as Picking)
    cancelMoves(env, moves)
    if (moves.length > 0) env.mayOrThrow(env.registry.get('stock.move'), 'unlink')
    for (const move of moves) env.delete('stock.move', move)
  },
  recompute: [
    {
      depends: [
        {
          model: 'stock.move',
          fields: ['state', 'sale_line_id', 'purchase_line_id'],
          via: 'picking_id',
        },
      ],
      run: (env, row) => refresh(env, row as Picking),
    },
  ],
  methods: {
    ...messageMethods,
    action_confirm: { params: [], run: (env, { ids }) => confirm(env, pickingsOf(env, ids)) },
    action_assign: { params: [], run: (env, { ids }) => assign(env, pickingsOf(env, ids)) },
    action_cancel: { params: [], run: (env, { ids }) => cancel(env, pickingsOf(env, ids)) },
    button_validate: {
      params: [],
      run: (env, { ids }) => validatePickings(env, pickingsOf(env, ids)),
    },
  },
}

function pickingsOf(env: Env, ids: readonly number[]): Picking[] {
  return ids.map((id) => env.get<Picking>('stock.picking', id))
}

function pickingDefaults(env: Env, values: Values): Values {
  const type = env.find<PickingType>('stock.picking.type', values['picking_type_id'])
  return {
    state: 'draft',
    move_type: 'direct',
    priority: '0',
    company_id: 1,
    location_id: type?.default_location_src_id ?? false,
    location_dest_id: type?.default_location_dest_id ?? false,
    scheduled_date: env.stamp.slice(0, 19),
    ...(type && !values['name'] && { name: nextPickingName(env, type.id) }),
  }
}

/**
 * Odoo 18 gives a transfer no shipping policy where its moves belong to a group that has one, as those of an order
 * do, and then misses it.
 */
function missPolicyOfGroup(env: Env, row: Row, given: Values): void {
  if (env.version !== 18 || given['move_type']) return
  if (movesOf(env, row as Picking).every((move) => !move.sale_line_id)) return
  throw new MissingValueError({ name: 'move_type', label: 'Shipping Policy' }, stockPicking)
}

function beforeWrite(env: Env, { row, values }: Change): Values {
  const picking = row as Picking
  const typeId = values['picking_type_id']
  if (!typeId) return values
  if (picking.state === 'done' || picking.state === 'cancel') {
    throw userError('Changing the operation type of this record is forbidden at this point.')
  }
  if (typeId === picking.picking_type_id) return values
  const type = env.get<PickingType>('stock.picking.type', typeId)
  return {
    ...values,
    name: nextPickingName(env, type.id),
    location_id: type.default_location_src_id,
    location_dest_id: type.default_location_dest_id,
  }
}

/** The moves go where their transfer goes, and give back what they held elsewhere. */
function afterWrite(env: Env, { row, values }: Change): void {
  const places = ['location_id', 'location_dest_id', 'partner_id'].filter((name) => values[name])
  if (places.length === 0) return
  const fresh = Object.fromEntries(places.map((name) => [name, values[name]]))
  for (const move of movesOf(env, row as Picking)) {
    const isMoved = 'location_id' in fresh && fresh['location_id'] !== move.location_id
    env.update('stock.move', move, fresh)
    if (move.state === 'done' || move.state === 'cancel') continue
    redirectLines(env, move, isMoved)
  }
}

function redirectLines(env: Env, move: StockMove, isMoved: boolean): void {
  if (isMoved && isReservedAt(env, move.location_id)) {
    const state = move.state
    for (const line of linesOf(env, move)) removeLine(env, line)
    env.settle('stock.move', move, { move_orig_ids: [] })
    if (state !== 'draft') assignMoves(env, [move])
    return
  }
  const { location_id, location_dest_id } = move
  for (const line of linesOf(env, move)) {
    env.update('stock.move.line', line, { location_id, location_dest_id })
  }
}

/** Keeps the state of a transfer, and the orders it is for, in step with its moves. */
function refresh(env: Env, picking: Picking): void {
  const moves = movesOf(env, picking)
  const orders = moves.map((move) => env.find('sale.order.line', move.sale_line_id)?.['order_id'])
  const purchases = moves.map(
    (move) => env.find('purchase.order.line', move.purchase_line_id)?.['order_id'],
  )
  env.settle('stock.picking', picking, {
    state: stateOf(env, picking, moves),
    sale_id: orders.find(Boolean) ?? false,
    purchase_id: purchases.find(Boolean) ?? picking.purchase_id,
  })
}

function stateOf(env: Env, picking: Picking, moves: readonly StockMove[]): string {
  const states = new Set(moves.map((move) => move.state))
  if (states.size === 0 || states.has('draft')) return 'draft'
  if (states.size === 1 && states.has('cancel')) return 'cancel'
  if ([...states].every((state) => state === 'cancel' || state === 'done')) return 'done'
  if (!isReservedAt(env, picking.location_id)) return 'assigned'
  if (states.has('assigned') || states.has('partially_available')) return 'assigned'
  return states.has('waiting') && !states.has('confirmed') ? 'waiting' : 'confirmed'
}

function confirm(env: Env, pickings: readonly Picking[]): true {
  for (const picking of pickings) {
    confirmMoves(env, movesOf(env, picking))
  }
  return true
}

function assign(env: Env, pickings: readonly Picking[]): true {
  confirm(
    env,
    pickings.filter((picking) => picking.state === 'draft'),
  )
  for (const picking of pickings) {
    const open = movesOf(env, picking).filter(
      ({ state }) => !['draft', 'cancel', 'done'].includes(state),
    )
    if (open.length === 0) throw userError('Nothing to check the availability for.')
    assignMoves(env, open)
  }
  return true
}

function cancel(env: Env, pickings: readonly Picking[]): true {
  for (const picking of pickings) {
    cancelMoves(env, movesOf(env, picking))
    env.flush()
    if (movesOf(env, picking).length === 0)
      env.settle('stock.picking', picking, { state: 'cancel' })
  }
  return true
}
