import { nameOf } from '../orm/display-name.ts'
import type { Env } from '../orm/env.ts'
import { char, choice, field, float, many2many, many2one, money, one2many } from '../orm/fields.ts'
import type { ModelDefinition } from '../orm/model.ts'
import { orderIds } from '../orm/order.ts'
import { createRecord } from '../orm/records.ts'
import type { Many2one, Row, Values } from '../orm/rows.ts'
import type { InvoiceLine } from './account/account-rows.ts'
import { totalsOf, totalsOfLine } from './account/taxes.ts'
import { messageMethods } from './messages.ts'
import { confirmMoves } from './stock/confirm-moves.ts'
import { addOrderedMove } from './stock/picking-moves.ts'
import { nextPickingName } from './stock/picking-names.ts'
import type { Picking, PickingType, Product, StockMove } from './stock/stock-rows.ts'
import { convertUnits } from './units.ts'

interface PurchaseOrder extends Row {
  name: string
  state: string
  partner_id: number
}

interface PurchaseLine extends Row {
  order_id: number
  product_id: Many2one
  product_uom_id: Many2one
  product_qty: number
  price_unit: number
  discount: number
  tax_ids: readonly number[]
  name: string
  qty_received: number
  qty_invoiced: number
  qty_to_invoice: number
}

const purchaseOrder: ModelDefinition = {
  name: 'purchase.order',
  label: 'Purchase Order',
  order: 'priority desc,id desc',
  indexed: ['name', 'partner_id'],
  fields: {
    name: char('Order Reference'),
    priority: choice('Priority', '0 1'),
    state: choice('Status', '', {
      selection: ['draft', 'sent', 'to approve', 'purchase', 'cancel'],
    }),
    partner_id: many2one('res.partner', 'Vendor', { isRequired: true }),
    partner_ref: char('Vendor Reference'),
    origin: char('Source'),
    date_order: field('datetime', 'Order Deadline'),
    currency_id: many2one('res.currency', 'Currency'),
    company_id: many2one('res.company', 'Company'),
    order_line: one2many('purchase.order.line.order_id', 'Order Lines'),
    picking_ids: one2many('stock.picking.purchase_id', 'Receptions'),
    invoice_ids: many2many('account.move', 'Bills', {
      compute: billsOf,
      searchAs: 'order_line.invoice_lines.move_id',
    }),
    invoice_status: choice('Billing Status', '', { selection: ['no', 'to invoice', 'invoiced'] }),
    amount_untaxed: money('Untaxed Amount'),
    amount_tax: money('Taxes'),
    amount_total: money('Total'),
  },
  defaults: (env, values) => ({
    state: 'draft',
    priority: '0',
    date_order: env.stamp.slice(0, 19),
    currency_id: 1,
    company_id: 1,
    invoice_status: 'no',
    ...(values['partner_id'] !== undefined && {
      name: `P${String(env.db.nextNumber('P')).padStart(5, '0')}`,
    }),
  }),
  recompute: [
    {
      depends: [
        {
          model: 'purchase.order.line',
          fields: ['price_subtotal', 'qty_to_invoice', 'qty_invoiced'],
          via: 'order_id',
        },
        { model: 'purchase.order', fields: ['state'], via: 'id' },
      ],
      run: (env, row) => settleOrder(env, row as PurchaseOrder),
    },
  ],
  methods: {
    ...messageMethods,
    button_confirm: {
      params: [],
      run: (env, { ids }) => {
        for (const id of ids) confirm(env, env.get<PurchaseOrder>('purchase.order', id))
        return true
      },
    },
    action_create_invoice: {
      params: [],
      run: (env, { ids }) => createBill(env, env.get<PurchaseOrder>('purchase.order', ids[0])),
    },
  },
}

const purchaseLine: ModelDefinition = {
  name: 'purchase.order.line',
  label: 'Purchase Order Line',
  order: 'order_id,sequence,id',
  indexed: ['order_id'],
  fields: {
    order_id: many2one('purchase.order', 'Order Reference', { isRequired: true }),
    name: char('Description', { isRequired: true }),
    sequence: field('integer', 'Sequence'),
    product_id: many2one('product.product', 'Product'),
    product_uom_id: many2one('uom.uom', 'Unit'),
    product_qty: float('Quantity'),
    product_uom_qty: float('Total Quantity', { compute: inProductUnit }),
    price_unit: float('Unit Price'),
    discount: float('Discount (%)'),
    tax_ids: many2many('account.tax', 'Taxes'),
    price_subtotal: money('Subtotal'),
    price_total: money('Total'),
    qty_received: float('Received Qty'),
    qty_invoiced: float('Billed Qty'),
    qty_to_invoice: float('To Invoice Quantity'),
    move_ids: one2many('stock.move.purchase_line_id', 'Reservation'),
    invoice_lines: one2many('account.move.line.purchase_line_id', 'Bill Lines'),
  },
  defaults: (env, values) => {
    const product = env.find<Product>('product.product', values['product_id'])
    return {
      sequence: 10,
      product_qty: 1,
      ...(product && {
        name: nameOf(env, 'product.product', product.id),
        product_uom_id: product.uom_id,
        price_unit: product.standard_price,
        tax_ids: product.supplier_taxes_id,
      }),
    }
  },
  recompute: [
    {
      depends: [
        {
          model: 'purchase.order.line',
          fields: ['product_qty', 'price_unit', 'tax_ids'],
          via: 'id',
        },
        {
          model: 'stock.move',
          fields: ['state', 'quantity'],
          touched: ['purchase_line_id'],
          via: 'purchase_line_id',
        },
        {
          model: 'account.move.line',
          fields: ['quantity', 'parent_state'],
          via: 'purchase_line_id',
        },
        { model: 'purchase.order', fields: ['state'], via: 'order_line' },
      ],
      run: (env, row) => settleLine(env, row as PurchaseLine),
    },
  ],
}

const linesOf = (env: Env, order: Row): PurchaseLine[] =>
  env.by<PurchaseLine>('purchase.order.line', 'order_id', order.id)

function billsOf(env: Env, row: Row): number[] {
  const lines = linesOf(env, row).flatMap(({ id }) =>
    env.by('account.move.line', 'purchase_line_id', id),
  )
  const moves = [...new Set(lines.map((line) => line['move_id']))].map((id) =>
    env.get('account.move', id),
  )
  return orderIds(env, { model: env.registry.get('account.move') }, moves)
}

function inProductUnit(env: Env, row: Row): number {
  const line = row as PurchaseLine
  const product = env.find<Product>('product.product', line.product_id)
  const units = { from: line.product_uom_id, to: product?.uom_id ?? line.product_uom_id }
  return convertUnits(env, line.product_qty, units)
}

const pricedLine = (line: PurchaseLine) => ({
  quantity: line.product_qty,
  price_unit: line.price_unit,
  discount: line.discount,
  tax_ids: line.tax_ids,
})

function settleOrder(env: Env, order: PurchaseOrder): void {
  const lines = linesOf(env, order)
  const totals = totalsOf(env, lines.map(pricedLine))
  const isBought = order.state === 'purchase'
  const isDue = lines.some((line) => line.qty_to_invoice !== 0)
  const isBilled = lines.some((line) => line.qty_invoiced !== 0)
  const rest = isBilled ? 'invoiced' : 'no'
  env.settle('purchase.order', order, {
    amount_untaxed: totals.untaxed,
    amount_tax: totals.tax,
    amount_total: totals.total,
    invoice_status: !isBought ? 'no' : isDue ? 'to invoice' : rest,
  })
}

function settleLine(env: Env, line: PurchaseLine): void {
  const { subtotal, total } = totalsOfLine(env, pricedLine(line))
  const qty_received = received(env, line)
  const qty_invoiced = billed(env, line)
  const isBought = env.get('purchase.order', line.order_id)['state'] === 'purchase'
  env.settle('purchase.order.line', line, {
    price_subtotal: subtotal,
    price_total: total,
    qty_received,
    qty_invoiced,
    qty_to_invoice: isBought ? qty_received - qty_invoiced : 0,
  })
}

function received(env: Env, line: PurchaseLine): number {
  let sum = 0
  for (const move of env.by<StockMove>('stock.move', 'purchase_line_id', line.id)) {
    if (move.state !== 'done') continue
    const quantity = convertUnits(env, move.quantity, {
      from: move.product_uom,
      to: line.product_uom_id,
    })
    const isBack = env.get('stock.location', move.location_dest_id)['usage'] === 'supplier'
    if (!isBack) sum += quantity
    else if (move.to_refund) sum -= quantity
  }
  return sum
}

function billed(env: Env, line: PurchaseLine): number {
  let sum = 0
  for (const one of env.by<InvoiceLine>('account.move.line', 'purchase_line_id', line.id)) {
    const move = env.get('account.move', one.move_id)
    if (move['state'] === 'cancel') continue
    const quantity = convertUnits(env, one.quantity, {
      from: one.product_uom_id,
      to: line.product_uom_id,
    })
    sum += move['move_type'] === 'in_refund' ? -quantity : quantity
  }
  return sum
}

function confirm(env: Env, order: PurchaseOrder): void {
  if (order.state !== 'draft' && order.state !== 'sent') return
  env.update('purchase.order', order, { state: 'purchase' })
  const [warehouse] = env.table('stock.warehouse').rows.values()
  const type = env.get<PickingType>('stock.picking.type', warehouse?.['in_type_id'])
  const picking = env.insert<Picking>('stock.picking', {
    state: 'draft',
    move_type: 'direct',
    priority: '0',
    company_id: 1,
    purchase_id: order.id,
    name: nextPickingName(env, type.id),
    origin: order.name,
    partner_id: order.partner_id,
    picking_type_id: type.id,
    location_id: type.default_location_src_id,
    location_dest_id: type.default_location_dest_id,
    scheduled_date: env.stamp.slice(0, 19),
  })
  env.announce('stock.picking', picking, true)
  env.announce('stock.picking', picking, false)
  confirmMoves(
    env,
    linesOf(env, order).map((line) => receiptMove(env, picking, line)),
  )
}

function receiptMove(env: Env, picking: Picking, line: PurchaseLine): StockMove {
  return addOrderedMove(env, picking, {
    productId: line.product_id,
    quantity: line.product_qty,
    unitId: line.product_uom_id,
    line: { purchase_line_id: line.id },
  })
}

/** A bill, or a credit note where more came back than was billed; with nothing due, a bill for nothing. */
function createBill(env: Env, order: PurchaseOrder): unknown {
  env.flush()
  const all = linesOf(env, order)
  const due = all.filter((line) => line.qty_to_invoice !== 0)
  const isRefund = due.reduce((sum, line) => sum + line.qty_to_invoice * line.price_unit, 0) < 0
  const sign = isRefund ? -1 : 1
  const lines = due.length > 0 ? due : all
  const bill = createRecord(env, 'account.move', {
    move_type: isRefund ? 'in_refund' : 'in_invoice',
    partner_id: order.partner_id,
    invoice_origin: order.name,
    ref: order['partner_ref'] && !isRefund ? order['partner_ref'] : false,
    invoice_line_ids: lines.map((line) => [0, 0, billLine(line, sign)]),
  })
  return {
    id: 271,
    display_name: 'Bills',
    name: 'Bills',
    type: 'ir.actions.act_window',
    xml_id: 'account.action_move_in_invoice_type',
    path: 'bills',
    context: {
      default_move_type: 'in_invoice',
      display_account_trust: true,
      default_partner_id: order.partner_id,
    },
    res_id: bill.id,
    res_model: 'account.move',
    target: 'current',
    view_mode: 'list,kanban,form,activity',
  }
}

const billLine = (line: PurchaseLine, sign: 1 | -1): Values => ({
  product_id: line.product_id,
  name: line.name,
  quantity: sign * line.qty_to_invoice,
  product_uom_id: line.product_uom_id,
  price_unit: line.price_unit,
  discount: line.discount,
  tax_ids: [[6, 0, line.tax_ids]],
  purchase_line_id: line.id,
})

/** What is about purchases. */
export const purchases: readonly ModelDefinition[] = [purchaseOrder, purchaseLine]
