import type { Env } from '../orm/env.ts'
import { OdooError } from '../orm/errors.ts'
import { boolean, char, choice, field, many2many, many2one, one2many } from '../orm/fields.ts'
import type { ModelDefinition } from '../orm/model.ts'
import { repr } from '../orm/python.ts'
import { textOf, type Values } from '../orm/rows.ts'
import { messageMethods } from './messages.ts'

const resPartner: ModelDefinition = {
  name: 'res.partner',
  label: 'Contact',
  order: 'complete_name,id desc',
  indexed: ['parent_id', 'email', 'ref', 'commercial_partner_id'],
  parent: 'parent_id',
  fields: {
    name: char('Name'),
    complete_name: char('Complete Name'),
    display_name: char('Display Name', { compute: (_env, row) => row['complete_name'] }),
    type: choice('Address Type', 'contact invoice delivery other private'),
    is_company: boolean('Is a Company'),
    parent_id: many2one('res.partner', 'Related Company'),
    child_ids: one2many('res.partner.parent_id', 'Contact'),
    commercial_partner_id: many2one('res.partner', 'Commercial Entity'),
    email: char('Email'),
    phone: char('Phone'),
    ref: char('Reference'),
    vat: char('Tax ID'),
    street: char('Street'),
    street2: char('Street2'),
    city: char('City'),
    zip: char('Zip'),
    state_id: many2one('res.country.state', 'State'),
    country_id: many2one('res.country', 'Country'),
    company_id: many2one('res.company', 'Company'),
    lang: char('Language'),
    active: boolean('Active'),
    comment: field('html', 'Notes'),
  },
  displayName: (_env, row) => textOf(row['complete_name'] || row['name']),
  defaults: partnerDefaults,
  afterCreate: (env, row) => {
    if (row['commercial_partner_id']) return
    env.update('res.partner', row, { commercial_partner_id: row.id })
  },
  methods: messageMethods,
}

function partnerDefaults(env: Env, values: Values): Values {
  const parent = env.find('res.partner', values['parent_id'])
  const isOwn = values['is_company'] === true || !parent
  return {
    type: 'contact',
    active: true,
    lang: 'en_US',
    complete_name: isOwn ? values['name'] : `${String(parent['name'])}, ${String(values['name'])}`,
    ...(!isOwn && { commercial_partner_id: parent['commercial_partner_id'] }),
  }
}

const resUsers: ModelDefinition = {
  name: 'res.users',
  label: 'User',
  indexed: ['login'],
  forbidden: { create: 'Access Rights', write: 'Access Rights', unlink: 'Access Rights' },
  fields: {
    name: char('Name'),
    login: char('Login', { isRequired: true }),
    email: char('Email'),
    partner_id: many2one('res.partner', 'Related Partner'),
    lang: char('Language'),
    tz: char('Timezone'),
    company_id: many2one('res.company', 'Company'),
    company_ids: many2many('res.company', 'Companies'),
    group_ids: many2many('res.groups', 'Groups'),
    share: boolean('Share User'),
    active: boolean('Active'),
  },
  defaults: (env, values) => ({
    active: true,
    company_id: 1,
    company_ids: [1],
    partner_id: env.insert('res.partner', {
      name: values['name'],
      complete_name: values['name'],
      active: true,
    }).id,
  }),
  methods: {
    context_get: {
      params: [],
      isOfModel: true,
      run: (env) => {
        const { lang, tz } = env.get('res.users', env.user.id)
        return { lang, tz, uid: env.user.id }
      },
    },
    has_group: {
      params: ['group_ext_id'],
      run: (env, { args }) => hasGroup(env, args['group_ext_id']),
    },
  },
}

const groupsOfHub = new Set([
  'base.group_user',
  'stock.group_stock_user',
  'account.group_account_invoice',
  'sales_team.group_sale_salesman',
  'sales_team.group_sale_salesman_all_leads',
  'purchase.group_purchase_user',
  'stock.group_production_lot',
])

function hasGroup(env: Env, group: unknown): boolean {
  return env.user.isAdmin || groupsOfHub.has(String(group))
}

const apiKeys: ModelDefinition = {
  name: 'res.users.apikeys',
  label: 'Users API Keys',
  indexed: ['user_id'],
  forbidden: { create: 'Access Rights' },
  fields: {
    name: char('Description', { isRequired: true }),
    user_id: many2one('res.users', 'User'),
    scope: char('Scope'),
    expiration_date: field('datetime', 'Expiration Date'),
  },
}

const resCompany: ModelDefinition = {
  name: 'res.company',
  label: 'Companies',
  forbidden: { create: 'Access Rights', write: 'Access Rights', unlink: 'Access Rights' },
  fields: {
    name: char('Company Name'),
    currency_id: many2one('res.currency', 'Currency'),
    country_id: many2one('res.country', 'Country'),
    fiscalyear_lock_date: field('date', 'Global Lock Date'),
    sale_lock_date: field('date', 'Sales Lock date'),
    purchase_lock_date: field('date', 'Purchase Lock date'),
    tax_calculation_rounding_method: choice(
      'Tax Calculation Rounding Method',
      'round_per_line round_globally',
    ),
  },
  beforeWrite: (_env, { values }) => {
    if (values['fiscalyear_lock_date']) throw lockWarning()
    return values
  },
}

/** A warning with a button, which is no refusal to Odoo's server but an error of its own. */
function lockWarning(): OdooError {
  const action = {
    name: 'Unreconciled Transactions',
    type: 'ir.actions.act_window',
    res_model: 'account.bank.statement.line',
    context: { create: false },
    view_mode: 'list,form',
    domain: [['id', 'in', [3, 2, 4, 1]]],
  }
  const text =
    'There are still unreconciled bank statement lines in the period you want to lock.You should either reconcile or delete them.'
  const button = 'Show Unreconciled Bank Statement Line'
  const shown = repr(action).replace("['id', 'in', [3, 2, 4, 1]]", "('id', 'in', [3, 2, 4, 1])")
  const message = [text, shown, button, 'None'].join('\n')
  return new OdooError('odoo.exceptions.RedirectWarning', message, [text, action, button, null])
}

const simple = (
  name: string,
  label: string,
  more: ModelDefinition['fields'] = {},
): ModelDefinition => ({
  name,
  label,
  fields: { name: char('Name'), ...more },
})

const resCurrency = simple('res.currency', 'Currency', {
  symbol: char('Symbol'),
  rounding: field('float', 'Rounding Factor'),
  decimal_places: field('integer', 'Decimal Places'),
  position: char('Symbol Position'),
})

/** Who there is, and who may do what. */
export const parties: readonly ModelDefinition[] = [
  resPartner,
  resUsers,
  apiKeys,
  resCompany,
  resCurrency,
  simple('res.country', 'Country', { code: char('Country Code') }),
  simple('res.country.state', 'State', { code: char('State Code') }),
  {
    ...simple('res.groups', 'Access Groups', { sequence: field('integer', 'Sequence') }),
    order: 'sequence,id',
  },
]
