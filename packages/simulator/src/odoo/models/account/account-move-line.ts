import { nameOf } from '../../orm/display-name.ts'
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
  money,
  one2many,
  related,
} from '../../orm/fields.ts'
import type { ModelDefinition } from '../../orm/model.ts'
import { type Row, textOf, type Values } from '../../orm/rows.ts'
import type { Product } from '../stock/stock-rows.ts'
import { convertPrice } from '../units.ts'
import { type AccountMove, isSale } from './account-rows.ts'
import { accountOfType, balanceEntry, debitAndCredit, itemBasics } from './balance-entry.ts'
import { settlePaymentState, undoReconciliation } from './reconcile.ts'

/** account.move.line */
export const accountMoveLine: ModelDefinition = {
  name: 'account.move.line',
  label: 'Journal Item',
  order: 'date desc,move_id,id',
  indexed: ['move_id', 'sale_line_ids', 'purchase_line_id', 'product_id'],
  fields: {
    move_id: many2one('account.move', 'Journal Entry', { isRequired: true }),
    move_name: related('char', 'move_id.name'),
    move_type: related('selection', 'move_id.move_type'),
    parent_state: choice('Status', 'draft posted cancel'),
    journal_id: related('many2one', 'move_id.journal_id', { relation: 'account.journal' }),
    ref: related('char', 'move_id.ref'),
    invoice_date: related('date', 'move_id.invoice_date'),
    date: field('date', 'Date'),
    company_id: many2one('res.company', 'Company'),
    partner_id: many2one('res.partner', 'Partner'),
    sequence: field('integer', 'Sequence'),
    display_type: choice(
      'Display Type',
      'product cogs tax discount rounding payment_term line_section line_note epd',
    ),
    name: char('Label'),
    product_id: many2one('product.product', 'Product'),
    product_uom_id: many2one('uom.uom', 'Unit'),
    quantity: float('Quantity', { decimals: 2 }),
    price_unit: float('Unit Price'),
    discount: float('Discount (%)'),
    tax_ids: many2many('account.tax', 'Taxes'),
    tax_line_id: many2one('account.tax', 'Originator Tax'),
    account_id: many2one('account.account', 'Account'),
    account_type: related('selection', 'account_id.account_type'),
    analytic_distribution: field('json', 'Analytic Distribution'),
    debit: money('Debit'),
    credit: money('Credit'),
    balance: money('Balance'),
    amount_currency: money('Amount in Currency'),
    amount_residual: money('Residual Amount'),
    price_subtotal: money('Subtotal'),
    price_total: money('Total'),
    reconciled: boolean('Reconciled'),
    matched_debit_ids: one2many('account.partial.reconcile.credit_move_id', 'Matched Debits'),
    matched_credit_ids: one2many('account.partial.reconcile.debit_move_id', 'Matched Credits'),
    payment_id: related('many2one', 'move_id.origin_payment_id', { relation: 'account.payment' }),
    currency_id: many2one('res.currency', 'Currency'),
    sale_line_ids: many2many('sale.order.line', 'Sales Order Lines'),
    purchase_line_id: many2one('purchase.order.line', 'Purchase Order Line'),
  },
  displayName: (env, row) => {
    const move = nameOf(env, 'account.move', row['move_id'])
    return row['display_type'] === 'product' ? `${move} ${textOf(row['name'])}`.trim() : move
  },
  defaults: lineDefaults,
  beforeWrite: (env, { row, values }) => {
    refusePosted(env, row)
    return values
  },
  afterCreate: (env, row) => rebalance(env, moveOf(env, row)),
  afterWrite: (env, { row, given }) => {
    if (row['display_type'] === 'tax' && 'amount_currency' in given) keepTax(env, row)
    rebalance(env, moveOf(env, row))
  },
  beforeUnlink: (env, row) => {
    refusePosted(env, row)
    const move = moveOf(env, row)
    env.delete('account.move.line', row)
    rebalance(env, move)
  },
}

const moveOf = (env: Env, row: Row): AccountMove =>
  env.get<AccountMove>('account.move', row['move_id'])

/** A tax that was corrected by hand stays so, as long as its lines do not change. */
function keepTax(env: Env, row: Row): void {
  const balance = Number(row['amount_currency'])
  const computed_tax = row['computed_tax'] ?? row['balance']
  env.settle('account.move.line', row, { balance, ...debitAndCredit(balance), computed_tax })
}

/** A draft that changes lets go of what it had been set off against. */
function rebalance(env: Env, move: AccountMove): void {
  if (move.posted_before) undoReconciliation(env, move)
  balanceEntry(env, move)
  if (move.posted_before) settlePaymentState(env, move)
}

function refusePosted(env: Env, row: Row): void {
  if (moveOf(env, row).state !== 'posted') return
  throw userError(
    'You cannot do this modification on a posted journal entry, you can just change some non legal fields. You must revert the journal entry to cancel it.',
  )
}

function lineDefaults(env: Env, values: Values): Values {
  const move = env.find<AccountMove>('account.move', values['move_id'])
  if (!move) return {}
  const product = env.find<Product>('product.product', values['product_id'])
  const journal = env.get('account.journal', move.journal_id)
  const sells = isSale(move.move_type)
  const taxes = product && (sells ? product.taxes_id : product.supplier_taxes_id)
  const price = product && (sells ? product.list_price : product.standard_price)
  const unit = values['product_uom_id'] || product?.uom_id
  return {
    ...itemBasics(move),
    display_type: 'product',
    sequence: 100,
    quantity: 1,
    account_id: journal['default_account_id'] || accountOfType(env, sells ? 'income' : 'expense'),
    ...(product && {
      name: nameOf(env, 'product.product', product.id),
      product_uom_id: product.uom_id,
      tax_ids: taxes ?? [],
      price_unit: convertPrice(env, price ?? 0, { from: product.uom_id, to: unit }),
    }),
  }
}
