import type { Env } from '../../orm/env.ts'
import { userError } from '../../orm/errors.ts'
import { boolean, float, many2one, one2many, related } from '../../orm/fields.ts'
import type { ModelDefinition } from '../../orm/model.ts'
import type { Many2one, Row, Values } from '../../orm/rows.ts'
import { assignMoves, unreserveMoves } from './assign-moves.ts'
import { confirmMoves } from './confirm-moves.ts'
import { movesOf } from './picking-moves.ts'
import { nextPickingName } from './picking-names.ts'
import type { Picking, PickingType, StockMove } from './stock-rows.ts'

interface ReturnLine extends Row {
  readonly product_id: number
  readonly quantity: number
  readonly move_id: Many2one
  readonly to_refund: boolean
}

/** stock.return.picking */
export const returnWizard: ModelDefinition = {
  name: 'stock.return.picking',
  label: 'Return Picking',
  fields: {
    picking_id: many2one('stock.picking', 'Picking'),
    picking_type_code: related('selection', 'picking_id.picking_type_code'),
    product_return_moves: one2many('stock.return.picking.line.wizard_id', 'Moves'),
    company_id: related('many2one', 'picking_id.company_id', { relation: 'res.company' }),
  },
  defaults: (env) => ({
    picking_id:
      env.context['active_model'] === 'stock.picking' ? (env.context['active_id'] ?? false) : false,
  }),
  afterCreate: proposeLines,
  methods: {
    create_returns: {
      params: [],
      until: 17,
      run: (env, { ids }) => createReturns(env, one(env, ids)),
    },
    action_create_returns: {
      params: [],
      since: 18,
      run: (env, { ids }) => createReturns(env, one(env, ids)),
    },
    action_create_returns_all: {
      params: [],
      since: 19,
      run: (env, { ids }) => {
        const wizard = one(env, ids)
        for (const line of linesOf(env, wizard)) {
          const quantity = notYetBack(env, line)
          env.update('stock.return.picking.line', line, { quantity })
        }
        return createReturns(env, wizard)
      },
    },
    action_create_exchanges: {
      params: [],
      since: 18,
      run: (env, { ids }) => createExchanges(env, one(env, ids)),
    },
  },
}

/** stock.return.picking.line */
export const returnWizardLine: ModelDefinition = {
  name: 'stock.return.picking.line',
  label: 'Return Picking Line',
  indexed: ['wizard_id'],
  fields: {
    wizard_id: many2one('stock.return.picking', 'Wizard'),
    product_id: many2one('product.product', 'Product', { isRequired: true }),
    quantity: float('Quantity'),
    move_id: many2one('stock.move', 'Move'),
    move_quantity: related('float', 'move_id.quantity'),
    uom_id: related('many2one', 'move_id.product_uom', { relation: 'uom.uom' }),
    to_refund: boolean('Update quantities on SO/PO'),
  },
  defaults: () => ({ to_refund: true }),
}

function one(env: Env, ids: readonly number[]): Row {
  return env.get('stock.return.picking', ids[0])
}

const linesOf = (env: Env, wizard: Row): ReturnLine[] =>
  env.by<ReturnLine>('stock.return.picking.line', 'wizard_id', wizard.id)

/** Lines for every move, unless lines were given: 0 pieces each, which 17 filled in. */
function proposeLines(env: Env, wizard: Row, given: Values): void {
  const picking = env.find<Picking>('stock.picking', wizard['picking_id'])
  if (!picking) return
  if (picking.state !== 'done' && !picking.sale_id) {
    throw userError('You may only return Done pickings.')
  }
  // 17 computes the location together with the lines: whoever gives the lines has to give it as well.
  if (given['product_return_moves']) return
  if (env.version === 17 && !given['location_id']) {
    env.update('stock.return.picking', wizard, { location_id: picking.location_id })
  }
  for (const move of movesOf(env, picking)) {
    if (move.state === 'cancel' || move.scrap_id) continue
    const { id: move_id, product_id } = move
    const quantity = env.version === 17 ? remaining(env, move) : 0
    const values = { wizard_id: wizard.id, product_id, move_id, quantity, to_refund: true }
    env.insert('stock.return.picking.line', values)
  }
}

function remaining(env: Env, move: StockMove): number {
  const returns = env
    .by<StockMove>('stock.move', 'origin_returned_move_id', move.id)
    .filter((back) => back.state !== 'cancel')
  return returns.reduce((left, { product_uom_qty }) => left - product_uom_qty, move.quantity)
}

/** What left with a line's move, less what its returns by the wizard hold. */
function notYetBack(env: Env, line: ReturnLine): number {
  const move = env.find<StockMove>('stock.move', line.move_id)
  if (!move) return 0
  const returns = env
    .by<StockMove>('stock.move', 'move_orig_ids', move.id)
    .filter((back) => back.origin_returned_move_id === move.id)
  return returns.reduce((left, { quantity }) => left - quantity, move.quantity)
}

/** Makes one more return, every time; earlier ones that are open lose what they held. */
function createReturns(env: Env, wizard: Row): unknown {
  const picking = env.get<Picking>('stock.picking', wizard['picking_id'])
  const lines = linesOf(env, wizard)
  for (const line of lines) {
    const earlier = env.by<StockMove>('stock.move', 'move_orig_ids', line.move_id)
    unreserveMoves(env, earlier)
  }
  const back = copyPicking(env, { picking, wizard })
  const wanted = lines.filter((line) => line.quantity !== 0)
  if (wanted.length === 0) throw userError('Please specify at least one non-zero quantity.')
  for (const line of wanted) {
    const move = copyMove(env, back, line)
    if (env.version === 17) env.update('stock.move', move, endsOf17(env, { wizard, line }))
  }
  confirmMoves(env, movesOf(env, back))
  assignMoves(env, movesOf(env, back))
  return {
    name: 'Returned Picking',
    view_mode: 'form',
    res_model: 'stock.picking',
    res_id: back.id,
    type: 'ir.actions.act_window',
    context: env.context,
  }
}

/** From where to where 17 sends the goods of a line, whatever the transfer says. */
function endsOf17(
  env: Env,
  { wizard, line }: { readonly wizard: Row; readonly line: ReturnLine },
): Values {
  const move = env.get<StockMove>('stock.move', line.move_id)
  return {
    location_id: move.location_dest_id,
    location_dest_id: wizard['location_id'] || move.location_id,
  }
}

function copyPicking(
  env: Env,
  { picking, wizard }: { readonly picking: Picking; readonly wizard: Row },
): Picking {
  const type = env.get<PickingType>('stock.picking.type', picking.picking_type_id)
  const backType = env.find<PickingType>('stock.picking.type', type.return_picking_type_id) ?? type
  const isIncoming = type.return_picking_type_id !== false && backType.code === 'incoming'
  const back = env.insert<Picking>('stock.picking', {
    state: 'draft',
    move_type: 'direct',
    priority: '0',
    company_id: 1,
    partner_id: picking.partner_id,
    picking_type_id: backType.id,
    name: nextPickingName(env, backType.id),
    return_id: picking.id,
    origin: `Return of ${picking.name || ''}`,
    location_id: picking.location_dest_id,
    location_dest_id:
      env.version === 17
        ? wizard['location_id'] || picking.location_dest_id
        : isIncoming
          ? backType.default_location_dest_id
          : picking.location_id,
    scheduled_date: env.stamp.slice(0, 19),
  })
  env.announce('stock.picking', back, true)
  env.announce('stock.picking', back, false)
  return back
}

function copyMove(env: Env, back: Picking, line: ReturnLine): StockMove {
  const move = env.find<StockMove>('stock.move', line.move_id)
  const { id: _id, ...copied } = move ?? { id: 0 }
  return env.insert<StockMove>('stock.move', {
    ...copied,
    company_id: 1,
    product_id: line.product_id,
    product_uom: move?.product_uom ?? env.get('product.product', line.product_id)['uom_id'],
    product_uom_qty: line.quantity,
    quantity: 0,
    picked: false,
    state: 'draft',
    picking_id: back.id,
    location_id: back.location_id,
    location_dest_id: back.location_dest_id,
    origin_returned_move_id: line.move_id,
    move_orig_ids: move ? [move.id] : [],
    to_refund: line.to_refund,
    date: env.stamp.slice(0, 19),
  })
}

/** A return and, for what was delivered, a new delivery of the same: ready to leave before anything came back. */
function createExchanges(env: Env, wizard: Row): unknown {
  const action = createReturns(env, wizard)
  const picking = env.get<Picking>('stock.picking', wizard['picking_id'])
  const { partner_id, origin, picking_type_id, location_id, location_dest_id } = picking
  const again = env.insert<Picking>('stock.picking', {
    partner_id,
    origin,
    picking_type_id,
    location_id,
    location_dest_id,
    state: 'draft',
    move_type: 'direct',
    priority: '0',
    company_id: 1,
    name: nextPickingName(env, picking_type_id),
    scheduled_date: env.stamp.slice(0, 19),
  })
  for (const line of linesOf(env, wizard)) {
    if (line.quantity === 0) continue
    const move = copyMove(env, again, line)
    env.update('stock.move', move, {
      origin_returned_move_id: false,
      move_orig_ids: [],
      location_id,
      location_dest_id,
      to_refund: env.version >= 19,
    })
  }
  confirmMoves(env, movesOf(env, again))
  return action
}
