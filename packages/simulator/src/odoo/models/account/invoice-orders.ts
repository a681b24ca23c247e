import type { Env } from '../../orm/env.ts'
import { userError } from '../../orm/errors.ts'
import { choice, many2many } from '../../orm/fields.ts'
import type { ModelDefinition } from '../../orm/model.ts'
import { createRecord } from '../../orm/records.ts'
import type { Row } from '../../orm/rows.ts'
import { asIds } from '../../orm/rows.ts'
import type { SaleLine, SaleOrder } from '../sale/sale-rows.ts'

/** sale.advance.payment.inv */
export const invoiceWizard: ModelDefinition = {
  name: 'sale.advance.payment.inv',
  label: 'Sales Advance Payment Invoice',
  fields: {
    advance_payment_method: choice('Create Invoice', 'delivered percentage fixed'),
    sale_order_ids: many2many('sale.order', 'Sale Order'),
  },
  defaults: (env) => {
    const { active_model, active_ids } = env.context
    return {
      advance_payment_method: 'delivered',
      sale_order_ids: active_model === 'sale.order' ? asIds(active_ids) : [],
    }
  },
  methods: {
    create_invoices: {
      params: [],
      run: (env, { ids }) => createInvoices(env, env.get('sale.advance.payment.inv', ids[0])),
    },
  },
}

const nothingToInvoice =
  'Cannot create an invoice. No items are available to invoice.\n\nTo resolve this issue, please ensure that:\n' +
  '   • The products have been delivered before attempting to invoice them.\n' +
  '   • The invoicing policy of the product is configured correctly.\n\n' +
  'If you want to invoice based on ordered quantities instead:\n' +
  "   • For consumable or storable products, open the product, go to the 'General Information' tab and change the 'Invoicing Policy' from 'Delivered Quantities' to 'Ordered Quantities'.\n" +
  "   • For services (and other products), change the 'Invoicing Policy' to 'Prepaid/Fixed Price'.\n"

/** Invoices what is to be invoiced of orders; where that is less than nothing, a credit note for no invoice. */
function createInvoices(env: Env, wizard: Row): unknown {
  env.flush()
  const orders = asIds(wizard['sale_order_ids']).map((id) => env.get<SaleOrder>('sale.order', id))
  const made = orders.map((order) => invoiceOrder(env, order))
  const [order] = orders
  const [invoice] = made
  if (!order || !invoice) throw userError(nothingToInvoice)
  return invoiceAction(order, invoice)
}

function invoiceOrder(env: Env, order: SaleOrder): Row {
  const lines = env
    .by<SaleLine>('sale.order.line', 'order_id', order.id)
    .filter((line) => line.qty_to_invoice !== 0)
  if (lines.length === 0) throw userError(nothingToInvoice)
  const isRefund = lines.reduce((sum, line) => sum + line.qty_to_invoice * line.price_unit, 0) < 0
  const sign = isRefund ? -1 : 1
  return createRecord(env, 'account.move', {
    move_type: isRefund ? 'out_refund' : 'out_invoice',
    partner_id: order.partner_invoice_id,
    partner_shipping_id: order.partner_shipping_id,
    ref: order.client_order_ref || order.name,
    invoice_origin: order.name,
    invoice_line_ids: lines.map((line, sequence) => [
      0,
      0,
      {
        sequence,
        product_id: line.product_id,
        name: line.name,
        quantity: sign * line.qty_to_invoice,
        product_uom_id: line.product_uom_id,
        price_unit: line.price_unit,
        discount: line.discount,
        tax_ids: [[6, 0, line.tax_ids]],
        sale_line_ids: [[6, 0, [line.id]]],
      },
    ]),
  })
}

function invoiceAction(order: SaleOrder, invoice: Row): unknown {
  return {
    id: 268,
    display_name: 'Invoices',
    name: 'Invoices',
    type: 'ir.actions.act_window',
    xml_id: 'account.action_move_out_invoice_type',
    path: 'invoicing',
    binding_model_id: false,
    binding_type: 'action',
    binding_view_types: 'list,form',
    domain: "[('move_type', 'in', ['out_invoice', 'out_refund', 'out_receipt'])]",
    context: {
      default_move_type: 'out_invoice',
      default_partner_id: order.partner_id,
      default_partner_shipping_id: order.partner_shipping_id,
      default_invoice_payment_term_id: null,
    },
    res_id: invoice.id,
    res_model: 'account.move',
    target: 'current',
    view_mode: 'list,kanban,form,activity',
    views: [
      [765, 'form'],
      [759, 'list'],
      [false, 'kanban'],
      [false, 'activity'],
    ],
    limit: 80,
    group_ids: [],
    filter: false,
  }
}
