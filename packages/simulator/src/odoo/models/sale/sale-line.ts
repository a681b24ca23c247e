import { nameOf } from '../../orm/display-name.ts'
import type { Env } from '../../orm/env.ts'
import {
  char,
  choice,
  field,
  float,
  many2many,
  many2one,
  money,
  one2many,
  related,
} from '../../orm/fields.ts'
import type { ModelDefinition } from '../../orm/model.ts'
import { orderIds } from '../../orm/order.ts'
import { type Row, textOf, type Values } from '../../orm/rows.ts'
import type { InvoiceLine } from '../account/account-rows.ts'
import { totalsOfLine } from '../account/taxes.ts'
import type { Product } from '../stock/stock-rows.ts'
import { convertPrice, convertUnits } from '../units.ts'
import { deliveredQuantity } from './delivered-quantity.ts'
import type { SaleLine } from './sale-rows.ts'

/** sale.order.line */
export const saleLine: ModelDefinition = {
  name: 'sale.order.line',
  label: 'Sales Order Line',
  order: 'order_id,sequence,id',
  indexed: ['order_id', 'product_id'],
  fields: {
    order_id: many2one('sale.order', 'Order Reference', { isRequired: true }),
    name: char('Description', { isRequired: true }),
    sequence: field('integer', 'Sequence'),
    product_id: many2one('product.product', 'Product'),
    product_template_id: related('many2one', 'product_id.product_tmpl_id', {
      relation: 'product.template',
    }),
    product_uom_id: many2one('uom.uom', 'Unit'),
    product_uom_qty: float('Quantity', { isRequired: true }),
    price_unit: float('Unit Price', { isRequired: true }),
    discount: float('Discount (%)'),
    tax_ids: many2many('account.tax', 'Taxes'),
    price_subtotal: money('Subtotal'),
    price_total: money('Total'),
    qty_delivered: float('Delivery Quantity'),
    qty_invoiced: float('Invoiced Quantity'),
    qty_to_invoice: float('Quantity To Invoice'),
    invoice_status: choice('Invoice Status', '', {
      selection: ['upselling', 'invoiced', 'to invoice', 'no'],
    }),
    invoice_lines: many2many('account.move.line', 'Invoice Lines', { compute: invoiceLineIds }),
    move_ids: one2many('stock.move.sale_line_id', 'Stock Moves'),
    state: related('selection', 'order_id.state'),
    display_type: choice('Display Type', 'line_section line_subsection line_note'),
    currency_id: related('many2one', 'order_id.currency_id', { relation: 'res.currency' }),
    company_id: related('many2one', 'order_id.company_id', { relation: 'res.company' }),
    order_partner_id: related('many2one', 'order_id.partner_id', { relation: 'res.partner' }),
  },
  displayName,
  defaults: lineDefaults,
  recompute: [
    {
      depends: [
        {
          model: 'stock.move',
          fields: ['state', 'quantity', 'product_uom', 'location_dest_id'],
          // Whether a return counts is only asked again when the line is written again.
          touched: ['sale_line_id'],
          via: 'sale_line_id',
        },
      ],
      run: (env, row) => {
        const line = row as SaleLine
        const qty_delivered = deliveredQuantity(env, line)
        env.settle('sale.order.line', line, { qty_delivered })
      },
    },
    {
      depends: [
        {
          model: 'sale.order.line',
          fields: [
            'product_uom_qty',
            'price_unit',
            'discount',
            'tax_ids',
            'product_uom_id',
            'qty_delivered',
          ],
          via: 'id',
        },
        {
          model: 'account.move.line',
          fields: ['quantity', 'product_uom_id', 'parent_state'],
          via: 'sale_line_ids',
        },
        { model: 'stock.move', fields: ['state'], via: 'sale_line_id' },
        { model: 'sale.order', fields: ['state'], via: 'order_line' },
      ],
      run: (env, row) => settleAmounts(env, row as SaleLine),
    },
  ],
}

function displayName(env: Env, row: Row): string {
  const line = row as SaleLine
  const order = env.get('sale.order', line.order_id)
  const partner = env.find('res.partner', order['partner_id'])
  const ref =
    partner?.['ref'] || env.find('res.partner', partner?.['commercial_partner_id'])?.['ref']
  const name = `${String(order['name'])} - ${line.name.split('\n')[0] ?? ''}`
  return ref ? `${name} (${textOf(ref)})` : name
}

function lineDefaults(env: Env, values: Values): Values {
  const product = env.find<Product>('product.product', values['product_id'])
  const unit = values['product_uom_id'] || product?.uom_id
  return {
    sequence: 10,
    product_uom_qty: 1,
    price_unit: product
      ? convertPrice(env, product.list_price, { from: product.uom_id, to: unit })
      : 0,
    ...(product && {
      name: nameOf(env, 'product.product', product.id),
      product_uom_id: product.uom_id,
      tax_ids: product.taxes_id,
    }),
    invoice_status: 'no',
  }
}

/** The invoice lines made of an order line, newest first. */
function invoiceLineIds(env: Env, row: Row): number[] {
  const lines = env.by('account.move.line', 'sale_line_ids', row.id)
  return orderIds(env, { model: env.registry.get('account.move.line') }, lines)
}

/** Works out what an order line comes to and what of it is to be invoiced, drafts counted in. */
function settleAmounts(env: Env, line: SaleLine): void {
  const { subtotal, total } = totalsOfLine(env, pricedLine(line))
  const qty_invoiced = invoicedQuantity(env, line)
  const isSold = env.get('sale.order', line.order_id)['state'] === 'sale'
  const product = env.find<Product>('product.product', line.product_id)
  const due = product?.invoice_policy === 'delivery' ? line.qty_delivered : line.product_uom_qty
  const qty_to_invoice = isSold && !line.display_type ? tidy(due - qty_invoiced) : 0
  env.settle('sale.order.line', line, {
    price_subtotal: subtotal,
    price_total: total,
    qty_invoiced,
    qty_to_invoice,
    invoice_status: isSold ? statusOf(env, line, { qty_invoiced, qty_to_invoice }) : 'no',
  })
}

const tidy = (quantity: number): number => Math.round(quantity * 1e6) / 1e6

const pricedLine = (line: SaleLine) => ({
  quantity: line.product_uom_qty,
  price_unit: line.price_unit,
  discount: line.discount,
  tax_ids: line.tax_ids,
})

function invoicedQuantity(env: Env, line: SaleLine): number {
  let sum = 0
  for (const one of env.by<InvoiceLine>('account.move.line', 'sale_line_ids', line.id)) {
    const move = env.get('account.move', one.move_id)
    if (move['state'] === 'cancel') continue
    const units = { from: one.product_uom_id, to: line.product_uom_id }
    const quantity = convertUnits(env, one.quantity, units)
    if (move['move_type'] === 'out_invoice') sum += quantity
    else if (move['move_type'] === 'out_refund') sum -= quantity
  }
  return tidy(sum)
}

function statusOf(
  env: Env,
  line: SaleLine,
  { qty_invoiced, qty_to_invoice }: { qty_invoiced: number; qty_to_invoice: number },
): string {
  if (qty_to_invoice !== 0) return 'to invoice'
  if (qty_invoiced >= line.product_uom_qty && line.product_uom_qty > 0) return 'invoiced'
  const moves = env.by('stock.move', 'sale_line_id', line.id)
  const isOver = moves.every(({ state }) => state === 'done' || state === 'cancel')
  return isOver && moves.some(({ state }) => state === 'done') ? 'invoiced' : 'no'
}
