import { boolean, char, choice, field, float, many2one, money } from '../../orm/fields.ts'
import type { ModelDefinition } from '../../orm/model.ts'

const byAccountant = 'Invoicing/Administrator'
const forbidden = { create: byAccountant, write: byAccountant, unlink: byAccountant }

/** Accounts, journals, taxes and what is set off between items. */
export const accountingBasics: readonly ModelDefinition[] = [
  {
    name: 'account.account',
    label: 'Account',
    order: 'code,id',
    forbidden,
    fields: {
      code: char('Code'),
      name: char('Account Name'),
      account_type: char('Type'),
      reconcile: boolean('Allow Reconciliation'),
    },
  },
  {
    name: 'account.journal',
    label: 'Journal',
    order: 'sequence,type,code',
    forbidden,
    fields: {
      name: char('Journal Name'),
      code: char('Sequence Prefix'),
      type: choice('Type', 'sale purchase cash bank credit general'),
      sequence: field('integer', 'Sequence'),
      currency_id: many2one('res.currency', 'Currency'),
      default_account_id: many2one('account.account', 'Default Account'),
      company_id: many2one('res.company', 'Company'),
    },
  },
  {
    name: 'account.tax',
    label: 'Tax',
    forbidden,
    fields: {
      name: char('Tax Name'),
      type_tax_use: choice('Tax Type', 'sale purchase none'),
      amount_type: choice('Tax Computation', 'group fixed percent division'),
      amount: float('Amount'),
      price_include: boolean('Included in Price'),
      price_include_override: choice('Included in Price Of', 'tax_included tax_excluded'),
      company_id: many2one('res.company', 'Company'),
    },
    defaults: (_env, values) => ({
      amount_type: 'percent',
      price_include: values['price_include_override'] === 'tax_included',
    }),
  },
  {
    name: 'account.partial.reconcile',
    label: 'Partial Reconcile',
    indexed: ['debit_move_id', 'credit_move_id'],
    fields: {
      amount: money('Amount'),
      debit_amount_currency: money('Debit Amount Currency'),
      credit_amount_currency: money('Credit Amount Currency'),
      debit_move_id: many2one('account.move.line', 'Debit Move'),
      credit_move_id: many2one('account.move.line', 'Credit Move'),
      max_date: field('date', 'Max Date of Matched Lines'),
      company_id: many2one('res.company', 'Company'),
    },
  },
  { name: 'product.pricelist', label: 'Pricelist', fields: { name: char('Pricelist Name') } },
  { name: 'account.payment.term', label: 'Payment Terms', fields: { name: char('Payment Terms') } },
  {
    name: 'account.fiscal.position',
    label: 'Fiscal Position',
    fields: { name: char('Fiscal Position') },
  },
  {
    name: 'delivery.carrier',
    label: 'Shipping Methods',
    fields: { name: char('Delivery Method') },
  },
]
