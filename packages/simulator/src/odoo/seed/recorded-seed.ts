import { readFileSync } from 'node:fs'

import type { Env } from '../orm/env.ts'
import { importRecords, type RecordedRecords } from './import-records.ts'

interface Seed {
  readonly records: RecordedRecords
}

const seedFile = new URL('../../../data/odoo/recordings/seed.json', import.meta.url)

/** The database as it was recorded before any return. */
function recordedSeed(): RecordedRecords {
  return (JSON.parse(readFileSync(seedFile, 'utf8')) as Seed).records
}

/** Fills an empty database with what was recorded, and with what the recordings show beside it. */
export function plantRecorded(env: Env): void {
  importRecords(env, basics)
  importRecords(env, recordedSeed())
  for (const [sequence, last] of Object.entries(lastNumbers)) env.db.continueAfter(sequence, last)
  plantTemplates(env)
}

/** How far the sequences had come, by what they count. */
const lastNumbers: Readonly<Record<string, number>> = {
  S: 33,
  P: 12,
  'WH/OUT/': 56,
  'WH/IN/': 10,
  'WH/RET/': 1,
  'WH/RO/': 3,
  'RINV/2026/floor': 4,
  'INV/2026/floor': 10,
  'BILL/2026/11/floor': 2,
  'PBNK1/2026/floor': 2,
}

/** The integration user's groups: id, id of the external id, external id. */
const groups: readonly (readonly [number, number, string])[] = [
  [23, 21_303, 'sales_team.group_sale_salesman_all_leads'],
  [27, 30_424, 'account.group_account_invoice'],
  [51, 39_055, 'purchase.group_purchase_user'],
  [38, 34_845, 'stock.group_stock_user'],
  [42, 34_849, 'stock.group_production_lot'],
  [1, 5, 'base.group_user'],
]

/** Records that the recordings refer to and the seed leaves out. */
const basics: RecordedRecords = {
  'res.users': [
    {
      id: 2,
      name: 'Mitchell Admin',
      login: 'admin',
      lang: 'en_US',
      tz: 'UTC',
      company_id: 1,
      company_ids: [1],
      group_ids: [],
      active: true,
      partner_id: 3,
      share: false,
      email: 'admin@odoo.example',
    },
    {
      id: 7,
      name: 'Returns Hub',
      login: 'returns-hub',
      lang: 'en_US',
      tz: 'UTC',
      company_id: 1,
      company_ids: [1],
      group_ids: [23, 27, 51, 38, 42, 1],
      active: true,
      partner_id: 45,
      share: false,
      email: 'returns-hub@odoo.example',
    },
  ],
  'res.partner': [
    {
      id: 3,
      name: 'Mitchell Admin',
      display_name: 'Mitchell Admin',
      type: 'contact',
      active: true,
      commercial_partner_id: 3,
    },
    {
      id: 45,
      name: 'Returns Hub',
      display_name: 'Returns Hub',
      type: 'contact',
      active: true,
      commercial_partner_id: 45,
    },
  ],
  'res.country': [{ id: 233, name: 'United States', code: 'US' }],
  'res.groups': groups.map(([id, , name], sequence) => ({ id, name, sequence })),
  'ir.model.data': groups.map(([res_id, id, complete_name]) => ({
    id,
    complete_name,
    module: complete_name.split('.')[0],
    name: complete_name.split('.')[1],
    model: 'res.groups',
    res_id,
  })),
  'product.category': [{ id: 1, name: 'Goods' }],
  'uom.category': [
    { id: 1, name: 'Unit' },
    { id: 2, name: 'Length / Distance' },
  ],
  'account.account': [
    {
      id: 14,
      code: '211000',
      name: 'Account Payable',
      account_type: 'liability_payable',
      reconcile: true,
    },
    { id: 32, code: '600000', name: 'Expenses', account_type: 'expense', reconcile: false },
    { id: 45, code: '101401', name: 'Bank', account_type: 'asset_cash', reconcile: false },
  ],
  'account.journal': [
    {
      id: 3,
      name: 'Miscellaneous Operations',
      code: 'MISC',
      type: 'general',
      currency_id: false,
      default_account_id: false,
      company_id: 1,
    },
  ],
  'account.fiscal.position': [{ id: 1, name: 'Domestic' }],
  'mail.message.subtype': [
    { id: 1, name: 'Discussions' },
    { id: 2, name: 'Note' },
  ],
  'product.supplierinfo': [
    { id: 28, partner_id: 49, product_tmpl_id: 45, product_code: false, price: 21, delay: 1 },
  ],
  'ir.module.module': [
    { id: 466, sequence: 1, name: 'repair', state: 'installed', installed_version: '19.0.1.0' },
    {
      id: 464,
      sequence: 2,
      name: 'purchase_stock',
      state: 'installed',
      installed_version: '19.0.1.2',
    },
    {
      id: 521,
      sequence: 3,
      name: 'stock_delivery',
      state: 'installed',
      installed_version: '19.0.1.0',
    },
    { id: 527, sequence: 4, name: 'stock_sms', state: 'installed', installed_version: '19.0.1.0' },
  ],
  'res.users.apikeys': [
    {
      id: 2,
      name: 'returns hub',
      scope: 'rpc',
      user_id: 7,
      create_date: '2026-11-23 05:08:22',
      expiration_date: '2027-02-11 05:08:22',
    },
    {
      id: 3,
      name: 'returns hub expired',
      scope: 'rpc',
      user_id: 7,
      create_date: '2026-11-23 05:08:22',
      expiration_date: '2026-11-22 05:08:22',
    },
  ],
}

/** Every product has a template, and no recording shows it. */
function plantTemplates(env: Env): void {
  const templates = [...env.table('product.product').rows.values()].map(
    ({ product_tmpl_id: id, name, default_code, uom_id }) => ({
      id,
      name,
      default_code,
      uom_id,
      active: true,
    }),
  )
  importRecords(env, { 'product.template': templates })
}
