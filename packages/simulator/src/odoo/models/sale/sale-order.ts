import type { Env } from '../../orm/env.ts'
import { userError } from '../../orm/errors.ts'
import {
  boolean,
  char,
  choice,
  field,
  many2many,
  many2one,
  money,
  one2many,
} from '../../orm/fields.ts'
import type { ModelDefinition } from '../../orm/model.ts'
import { orderIds } from '../../orm/order.ts'
import type { Row, Values } from '../../orm/rows.ts'
import { totalsOf } from '../account/taxes.ts'
import { messageMethods } from '../messages.ts'
import { confirmMoves } from '../stock/confirm-moves.ts'
import { cancelMoves } from '../stock/finish-moves.ts'
import { addOrderedMove, movesOf } from '../stock/picking-moves.ts'
import { nextPickingName } from '../stock/picking-names.ts'
import type { Picking, PickingType, Product, StockMove } from '../stock/stock-rows.ts'
import type { SaleLine, SaleOrder } from './sale-rows.ts'

/** sale.order */
export const saleOrder: ModelDefinition = {
  name: 'sale.order',
  label: 'Sales Order',
  order: 'date_order desc,id desc',
  indexed: ['name', 'client_order_ref', 'origin', 'partner_id', 'state'],
  forbidden: { unlink: 'Sales/Administrator' },
  fields: {
    name: char('Order Reference'),
    partner_id: many2one('res.partner', 'Customer', { isRequired: true }),
    partner_invoice_id: many2one('res.partner', 'Invoice Address', { isRequired: true }),
    partner_shipping_id: many2one('res.partner', 'Delivery Address', { isRequired: true }),
    state: choice('Status', 'draft sent sale cancel'),
    locked: boolean('Locked'),
    client_order_ref: char('Customer Reference'),
    origin: char('Source Document'),
    note: field('html', 'Terms and conditions'),
    date_order: field('datetime', 'Order Date'),
    currency_id: many2one('res.currency', 'Currency'),
    company_id: many2one('res.company', 'Company', { isRequired: true }),
    pricelist_id: many2one('product.pricelist', 'Pricelist'),
    warehouse_id: many2one('stock.warehouse', 'Warehouse'),
    order_line: one2many('sale.order.line.order_id', 'Order Lines'),
    picking_ids: one2many('stock.picking.sale_id', 'Transfers'),
    invoice_ids: many2many('account.move', 'Invoices', {
      compute: invoicesOf,
      searchAs: 'order_line.invoice_lines.move_id',
    }),
    invoice_status: choice('Invoice Status', '', {
      selection: ['upselling', 'invoiced', 'to invoice', 'no'],
      isComputedAndStored: true,
    }),
    delivery_status: choice('Delivery Status', 'pending started partial full', {
      isComputedAndStored: true,
    }),
    amount_untaxed: money('Untaxed Amount', { isComputedAndStored: true }),
    amount_tax: money('Taxes', { isComputedAndStored: true }),
    amount_total: money('Total', { isComputedAndStored: true }),
    duplicated_order_ids: many2many('sale.order', 'Duplicated Order', { compute: doublesOf }),
    user_id: many2one('res.users', 'Salesperson'),
  },
  defaults: orderDefaults,
  recompute: [
    {
      depends: [
        {
          model: 'sale.order.line',
          fields: ['price_subtotal', 'price_total', 'tax_ids', 'invoice_status', 'qty_delivered'],
          via: 'order_id',
        },
        { model: 'stock.picking', fields: ['state'], via: 'sale_id' },
        { model: 'sale.order', fields: ['state'], via: 'id' },
      ],
      run: (env, row) => settleOrder(env, row as SaleOrder),
    },
  ],
  methods: {
    ...messageMethods,
    action_confirm: { params: [], run: (env, { ids }) => confirm(env, ordersOf(env, ids)) },
    action_cancel: { params: [], run: (env, { ids }) => cancel(env, ordersOf(env, ids)) },
    action_draft: {
      params: [],
      run: (env, { ids }) => {
        for (const order of ordersOf(env, ids)) env.update('sale.order', order, { state: 'draft' })
        return true
      },
    },
  },
}

const ordersOf = (env: Env, ids: readonly number[]): SaleOrder[] =>
  ids.map((id) => env.get<SaleOrder>('sale.order', id))

const linesOf = (env: Env, order: Row): SaleLine[] =>
  env.by<SaleLine>('sale.order.line', 'order_id', order.id)

function orderDefaults(env: Env, values: Values): Values {
  const partner = env.find('res.partner', values['partner_id'])
  return {
    state: 'draft',
    date_order: env.stamp.slice(0, 19),
    currency_id: 1,
    company_id: 1,
    warehouse_id: 1,
    invoice_status: 'no',
    ...(partner && {
      name: `S${String(env.db.nextNumber('S')).padStart(5, '0')}`,
      partner_invoice_id: addressOf(env, partner, 'invoice'),
      partner_shipping_id: addressOf(env, partner, 'delivery'),
    }),
  }
}

/** The address of a kind that a partner, or the company it belongs to, has; else its own. */
function addressOf(env: Env, partner: Row, type: string): number {
  for (const owner of new Set([partner.id, partner['commercial_partner_id']])) {
    const found = env.by('res.partner', 'parent_id', owner).find((one) => one['type'] === type)
    if (found) return found.id
  }
  return partner.id
}

function invoicesOf(env: Env, row: Row): number[] {
  const lines = linesOf(env, row).flatMap(({ id }) =>
    env.by('account.move.line', 'sale_line_ids', id),
  )
  const ids = new Set(lines.map((line) => line['move_id']))
  const moves = [...ids].map((id) => env.get('account.move', id))
  return orderIds(env, { model: env.registry.get('account.move') }, moves)
}

/** A draft knows of other orders of the customer under the same reference. */
function doublesOf(env: Env, row: Row): number[] {
  const order = row as SaleOrder
  if (order.state !== 'draft' || !order.client_order_ref) return []
  return env
    .by<SaleOrder>('sale.order', 'client_order_ref', order.client_order_ref)
    .filter((other) => other !== order && other.state !== 'cancel')
    .filter((other) => other.partner_id === order.partner_id)
    .map(({ id }) => id)
}

function settleOrder(env: Env, order: SaleOrder): void {
  const lines = linesOf(env, order).filter((line) => !line.display_type)
  const totals = totalsOf(
    env,
    lines.map((line) => ({
      quantity: line.product_uom_qty,
      price_unit: line.price_unit,
      discount: line.discount,
      tax_ids: line.tax_ids,
    })),
  )
  env.settle('sale.order', order, {
    amount_untaxed: totals.untaxed,
    amount_tax: totals.tax,
    amount_total: totals.total,
    invoice_status: order.state === 'sale' ? invoiceStatus(lines) : 'no',
    delivery_status: deliveryStatus(env, order, lines),
  })
}

function invoiceStatus(lines: readonly SaleLine[]): string {
  const statuses = new Set(lines.map((line) => line.invoice_status))
  if (statuses.has('to invoice')) return 'to invoice'
  return statuses.size === 1 && statuses.has('invoiced') ? 'invoiced' : 'no'
}

function deliveryStatus(env: Env, order: SaleOrder, lines: readonly SaleLine[]): unknown {
  const states = env.by('stock.picking', 'sale_id', order.id).map(({ state }) => state)
  if (states.every((state) => state === 'cancel')) return false
  if (states.every((state) => state === 'done' || state === 'cancel')) return 'full'
  if (!states.includes('done')) return 'pending'
  return lines.some((line) => line.qty_delivered !== 0) ? 'partial' : 'started'
}

function confirm(env: Env, orders: readonly SaleOrder[]): true {
  for (const order of orders) {
    if (order.state !== 'draft' && order.state !== 'sent') {
      throw userError('Some orders are not in a state requiring confirmation.')
    }
    env.update('sale.order', order, { state: 'sale', date_order: env.stamp.slice(0, 19) })
    deliver(env, order)
  }
  return true
}

/** Makes the delivery of what is not a service, in the product's unit. */
function deliver(env: Env, order: SaleOrder): void {
  const lines = linesOf(env, order).filter(
    (line) =>
      line.product_id && env.get<Product>('product.product', line.product_id).type !== 'service',
  )
  if (lines.length === 0) return
  const warehouse = env.get('stock.warehouse', order['warehouse_id'])
  const type = env.get<PickingType>('stock.picking.type', warehouse['out_type_id'])
  const customers = [...env.table('stock.location').rows.values()].find(
    (one) => one['usage'] === 'customer',
  )
  const location_dest_id = customers?.id ?? type.default_location_dest_id
  const picking = env.insert<Picking>('stock.picking', {
    state: 'draft',
    move_type: 'direct',
    priority: '0',
    company_id: 1,
    name: nextPickingName(env, type.id),
    origin: order.name,
    partner_id: order.partner_shipping_id,
    picking_type_id: type.id,
    location_id: type.default_location_src_id,
    location_dest_id,
    scheduled_date: env.stamp.slice(0, 19),
  })
  env.announce('stock.picking', picking, true)
  env.announce('stock.picking', picking, false)
  confirmMoves(
    env,
    lines.map((line) => deliveryMove(env, picking, line)),
  )
}

function deliveryMove(env: Env, picking: Picking, line: SaleLine): StockMove {
  return addOrderedMove(env, picking, {
    productId: line.product_id,
    quantity: line.product_uom_qty,
    unitId: line.product_uom_id,
    line: { sale_line_id: line.id },
  })
}

function cancel(env: Env, orders: readonly SaleOrder[]): true {
  for (const order of orders) {
    if (order['locked'])
      throw userError('You cannot cancel a locked order. Please unlock it first.')
    for (const picking of env.by<Picking>('stock.picking', 'sale_id', order.id)) {
      cancelMoves(
        env,
        movesOf(env, picking).filter(({ state }) => state !== 'done'),
      )
    }
    env.update('sale.order', order, { state: 'cancel' })
  }
  return true
}
