import type { Env } from '../orm/env.ts'
import type { Row } from '../orm/rows.ts'

/** What every generated order is of: two products that are neither serial nor lot. */
const goods = [
  {
    product_id: 59,
    quantity: 20,
    price_unit: 12,
    name: '[RH-BOLT-M8] Hex Bolt M8x40 (box of 100)',
  },
  { product_id: 63, quantity: 4, price_unit: 39.9, name: '[RH-LAMP-20W] LED Work Lamp' },
] as const

const customers = [46, 47, 53] as const

/** Mail address that Odoo has for the customer of a generated order, by the order's number. */
export function emailOfGenerated(number: number): string {
  const emails = ['orders@halden.example', 'tomas.berg@mail.example', 'store@quarry.example']
  return emails[number % customers.length] ?? ''
}

const untaxed = goods.reduce((sum, { quantity, price_unit }) => sum + quantity * price_unit, 0)
const tax = Math.round(untaxed * 15) / 100
const total = Math.round((untaxed + tax) * 100) / 100

/** How many orders, and whether their invoices were paid, as those of shops are; they were not when left out. */
export interface GeneratedOrders {
  readonly orders: number
  readonly isPaid?: boolean
}

/**
 * Adds orders that were delivered in full and invoiced to a database that has the recorded records: `LOAD-1`,
 * `LOAD-2` and so on, by `client_order_ref`.
 */
export function generateOrders(env: Env, { orders: count, isPaid = false }: GeneratedOrders): void {
  for (let number = 1; number <= count; number += 1) {
    const order = addOrder(env, number)
    const lines = goods.map((one) => addOrderLine(env, order, one))
    addDelivery(env, order, lines)
    addInvoice(env, { order, lines, isPaid })
    // What undoes half a million rows would be as big as they are.
    if (number % 500 === 0) env.db.commit()
  }
  // All of it is as Odoo would have worked it out.
  env.forget()
}

const day = (env: Env): string => env.stamp.slice(0, 10)
const second = (env: Env): string => env.stamp.slice(0, 19)

function addOrder(env: Env, number: number): Row {
  const partner_id = customers[number % customers.length] as number
  return env.insert('sale.order', {
    name: `S${String(env.db.nextNumber('S')).padStart(5, '0')}`,
    state: 'sale',
    partner_id,
    partner_invoice_id: partner_id,
    partner_shipping_id: partner_id,
    client_order_ref: `LOAD-${number}`,
    date_order: second(env),
    currency_id: 1,
    company_id: 1,
    warehouse_id: 1,
    invoice_status: 'invoiced',
    delivery_status: 'full',
    amount_untaxed: untaxed,
    amount_tax: tax,
    amount_total: total,
  })
}

type Good = (typeof goods)[number]

function addOrderLine(env: Env, order: Row, { product_id, quantity, price_unit, name }: Good): Row {
  return env.insert('sale.order.line', {
    order_id: order.id,
    sequence: 10,
    name,
    product_id,
    product_uom_id: 1,
    product_uom_qty: quantity,
    qty_delivered: quantity,
    qty_invoiced: quantity,
    price_unit,
    tax_ids: [1],
    price_subtotal: quantity * price_unit,
    price_total: Math.round(quantity * price_unit * 115) / 100,
    invoice_status: 'invoiced',
  })
}

function addDelivery(env: Env, order: Row, lines: readonly Row[]): void {
  const place = { location_id: 5, location_dest_id: 2, company_id: 1 }
  const picking = env.insert('stock.picking', {
    ...place,
    name: `WH/OUT/${String(env.db.nextNumber('WH/OUT/')).padStart(5, '0')}`,
    state: 'done',
    move_type: 'direct',
    priority: '0',
    origin: order['name'],
    partner_id: order['partner_shipping_id'],
    picking_type_id: 2,
    sale_id: order.id,
    scheduled_date: second(env),
    date_done: second(env),
  })
  for (const line of lines) {
    const { product_id, product_uom_qty: quantity } = line
    const what = {
      ...place,
      picking_id: picking.id,
      product_id,
      quantity,
      picked: true,
      date: second(env),
    }
    const move = env.insert('stock.move', {
      ...what,
      state: 'done',
      sequence: 10,
      origin: order['name'],
      product_uom: 1,
      product_uom_qty: quantity,
      sale_line_id: line.id,
      to_refund: env.version >= 19,
    })
    env.insert('stock.move.line', { ...what, move_id: move.id, product_uom_id: 1, reserved: 0 })
  }
}

function addInvoice(
  env: Env,
  {
    order,
    lines,
    isPaid,
  }: { readonly order: Row; readonly lines: readonly Row[]; readonly isPaid: boolean },
): void {
  const residual = isPaid ? 0 : total
  const prefix = 'INV/2026/'
  const floor = env.db.lastNumber(`${prefix}generated`) || recordedInvoices
  env.db.continueAfter(`${prefix}generated`, floor + 1)
  const move = env.insert('account.move', {
    name: prefix + String(floor + 1).padStart(5, '0'),
    state: 'posted',
    move_type: 'out_invoice',
    payment_state: isPaid ? 'paid' : 'not_paid',
    partner_id: order['partner_invoice_id'],
    commercial_partner_id: order['partner_id'],
    ref: order['client_order_ref'],
    invoice_origin: order['name'],
    invoice_date: day(env),
    date: day(env),
    journal_id: 1,
    currency_id: 1,
    company_id: 1,
    amount_untaxed: untaxed,
    amount_tax: tax,
    amount_total: total,
    amount_residual: residual,
    posted_before: true,
  })
  for (const line of lines) addInvoiceLine(env, move, line)
  addItem(env, move, {
    display_type: 'tax',
    account_id: 21,
    balance: -tax,
    tax_line_id: 1,
    name: '15%',
  })
  addItem(env, move, {
    display_type: 'payment_term',
    account_id: 5,
    balance: total,
    amount_residual: residual,
    reconciled: isPaid,
  })
}

/** The recorded invoices end with INV/2026/00016. */
const recordedInvoices = 16

function addInvoiceLine(env: Env, move: Row, line: Row): void {
  const { product_id, name, price_unit, price_subtotal, price_total } = line
  addItem(env, move, {
    display_type: 'product',
    account_id: 26,
    balance: -Number(price_subtotal),
    product_id,
    name,
    quantity: line['product_uom_qty'],
    product_uom_id: 1,
    price_unit,
    price_subtotal,
    price_total,
    tax_ids: [1],
    sale_line_ids: [line.id],
  })
}

function addItem(env: Env, move: Row, values: Readonly<Record<string, unknown>>): void {
  const balance = Number(values['balance'])
  env.insert('account.move.line', {
    ...values,
    amount_currency: balance,
    debit: Math.max(0, balance),
    credit: Math.max(0, -balance),
    move_id: move.id,
    parent_state: 'posted',
    date: move['date'],
    partner_id: move['commercial_partner_id'],
    company_id: 1,
    currency_id: 1,
  })
}
